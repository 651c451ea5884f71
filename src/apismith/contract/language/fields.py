"""What can be said of a field, besides its type and Pydantic's `Field`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar, cast, overload

from apismith.contract.language.said import Said

__all__ = [
    "NOTHING",
    "External",
    "ExternalKey",
    "Indexed",
    "Mark",
    "MarkWord",
    "Now",
    "Owner",
    "Parent",
    "Reverse",
    "ReverseOf",
    "Secret",
    "Slug",
    "Tenant",
    "Unique",
    "Was",
    "computed",
    "count",
    "now",
    "reverse_of",
    "slugify",
    "was",
]

T = TypeVar("T")
R = TypeVar("R")

MarkWord = Literal["unique", "indexed", "secret", "owner", "parent", "tenant", "reverse"]


@dataclass(frozen=True)
class Mark:
    """What an alias such as `Unique[...]` adds to the type in it."""

    word: MarkWord


Unique = Annotated[T, Mark("unique")]
"""No two rows have the same value: `email: Unique[EmailStr]`; of a relation: one-to-one."""

Indexed = Annotated[T, Mark("indexed")]
"""Rows are often looked up by it."""

Secret = Annotated[T, Mark("secret")]
"""Stored hashed, never returned. The entity that has one is the account: its rows log in."""

Owner = Annotated[T, Mark("owner")]
"""The account that owns a row; set by the server to whoever creates it."""

Parent = Annotated[T, Mark("parent")]
"""The row that this one lives below: nested paths, deleted with it."""

Tenant = Annotated[T, Mark("tenant")]
"""Rows are visible only to accounts of the same tenant; set by the server."""

Reverse = Annotated[T, Mark("reverse")]
"""The other side of a relation that the target has: `comments: Reverse[set["Comment"]]`."""


@dataclass(frozen=True)
class ExternalKey:
    """What `External["users.User"]` is when the contract runs."""

    target: object


if TYPE_CHECKING:
    # A type checker takes the text in other brackets for a type of that name.
    from typing import Literal as External
else:

    class External:
        """The key of an entity in another service: `customer: External["users.User"]`."""

        def __class_getitem__(cls, target: object) -> object:
            return Annotated[str, ExternalKey(target)]


@dataclass(frozen=True)
class Slug(Said):
    """`slugify(...)` as the default of a field."""

    source: str


def slugify(field: str) -> Any:
    """Make the field from another one when a row is created; unique and owned by the server.

    Args:
        field: name of a text field of the same entity.
    """
    return Slug(field)


@dataclass(frozen=True)
class Was(Said):
    """`was(...)` as the default of a field."""

    name: str
    default: object


NOTHING = object()


def was(name: str, default: Any = NOTHING) -> Any:
    """Say that a field or relation had another name before, so that its values are kept.

    Args:
        name: the former name.
        default: what would stand there without `was`: a value or `Field(...)`.
    """
    return Was(name, default)


@dataclass(frozen=True)
class ReverseOf(Said):
    """`reverse_of(...)` as the default of a `Reverse`."""

    relation: str


def reverse_of(relation: str) -> Any:
    """Say which relation a `Reverse` is the other side of, where the target has several.

    Args:
        relation: name of the relation of the target.
    """
    return ReverseOf(relation)


class Now(Said):
    """What `now()` is when the contract runs."""


def now() -> datetime:
    """The time of the request, in UTC; as a default and in bodies."""
    return cast(datetime, Now())


def count(rows: Iterable[object]) -> int:
    """How many rows a set has: `count(self.comments)`, `count(c for c in self.comments if c.approved)`."""
    raise TypeError("'count' has a meaning in the bodies of a contract only, which are read and not run")


class computed(Generic[R]):  # noqa: N801 - used like `property`
    """A value of the answer that is not stored: a method whose body returns an expression over `self`."""

    def __init__(self, method: Callable[[Any], R]) -> None:
        self.method = method

    if TYPE_CHECKING:

        @overload
        def __get__(self, row: None, owner: type) -> "computed[R]": ...
        @overload
        def __get__(self, row: object, owner: type) -> R: ...
        def __get__(self, row: object, owner: type) -> Any: ...
