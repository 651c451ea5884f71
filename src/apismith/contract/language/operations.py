"""Actions, queries and events."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Literal, ParamSpec, TypeVar, cast

from apismith.contract.language.access import Rule
from apismith.contract.language.entities import Deprecated, Entity
from apismith.contract.language.said import REGISTRY, Said

P = ParamSpec("P")
R = TypeVar("R")
E = TypeVar("E", bound=Entity)
T = TypeVar("T")


@dataclass(frozen=True)
class SaidOperation(Said):
    """`@action(...)` or `@query(...)` and the function below it."""

    kind: Literal["action", "query"]
    route: str
    allow: Rule | None
    deprecated: Deprecated | None
    function: Callable[..., Any]


@dataclass(frozen=True)
class SaidHandler(Said):
    """`@on(...)` and the function below it."""

    event: "Event[Any]"
    background: bool
    publish: str | None
    function: Callable[..., Any]


def action(
    route: str, *, allow: Rule | None = None, deprecated: Deprecated | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A method of an entity that is an operation of its own.

    Args:
        route: method and path, with the key of the row in it: `"POST /articles/{slug}/publish"`.
        allow: who may; by default whoever may update the row.
        deprecated: tells clients that it will go.
    """
    return _operation("action", route, allow, deprecated)


def query(
    route: str, *, allow: Rule | None = None, deprecated: Deprecated | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A function that is an operation of its own and belongs to no row.

    Args:
        route: method and path: `"GET /articles/feed"`.
        allow: who may; by default every account.
        deprecated: tells clients that it will go.
    """
    return _operation("query", route, allow, deprecated)


def _operation(
    kind: Literal["action", "query"], route: str, allow: Rule | None, deprecated: Deprecated | None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    if callable(cast(object, route)):
        raise TypeError(f'@{kind} takes a route as argument: @{kind}("POST /…")')

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        REGISTRY.operations.append(SaidOperation(kind, route, allow, deprecated, function))
        return function

    return declare


@dataclass(frozen=True)
class Event(Said, Generic[E]):
    """Something that happens to the rows of an entity."""

    kind: Literal["created", "updated", "deleted"]
    entity: type[E]


def created(entity: type[E]) -> Event[E]:
    """A row of the entity was created."""
    return Event("created", entity)


def updated(entity: type[E]) -> Event[E]:
    """A row of the entity was changed."""
    return Event("updated", entity)


def deleted(entity: type[E]) -> Event[E]:
    """A row of the entity was deleted."""
    return Event("deleted", entity)


def on(
    event: Event[E], *, background: bool = False, publish: str | None = None
) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Call the function below when something happened.

    Args:
        event: `created(Comment)`, `updated(...)` or `deleted(...)`.
        background: after the answer was sent, instead of before.
        publish: topic under which the event also goes to the broker.
    """

    def declare(function: Callable[[E], None]) -> Callable[[E], None]:
        REGISTRY.handlers.append(SaidHandler(event, background, publish, function))
        return function

    return declare


class Page(Generic[T]):
    """One page of rows: `Page(a for a in Article if a.author in me.following)`."""

    def __init__(self, rows: Iterable[T]) -> None:
        raise TypeError("'Page' has a meaning in the bodies of a contract only, which are read and not run")

    def __iter__(self) -> Iterator[T]:
        raise TypeError("pages belong to the bodies of a contract, which are read and not run")
