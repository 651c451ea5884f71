"""Entities and what belongs to a whole entity."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from apismith.contract.language.access import Access, Rule
from apismith.contract.language.said import REGISTRY, Place, Said, here

_E = TypeVar("_E")


@dataclass(frozen=True)
class Deprecated(Said):
    """Tell clients that something will go: headers of RFC 9745 and RFC 8594, and OpenAPI's flag.

    Args:
        since: the day from which it is discouraged.
        sunset: the day on which it may be gone.
        link: where to read what to use instead.
    """

    since: date | str
    sunset: date | str | None = None
    link: str | None = None


@dataclass(frozen=True)
class Listing(Said):
    """How the rows of an entity are listed.

    Args:
        allow: who may list them, when that differs from who may read one.
        filters: paths of fields that clients may filter by, e.g. `["author.username", "tags"]`.
        order: fields that clients may order by; the first is the default, `-` in front means descending.
    """

    allow: Rule | None = None
    filters: str | Sequence[str] = ()
    order: str | Sequence[str] = ()


@dataclass(frozen=True)
class Rules(Said):
    """What the database enforces over several fields of a row.

    Args:
        unique: names of fields whose values together are unique: `[("order", "position")]`.
        index: names of fields that are looked up together.
        check: conditions that every row meets: functions or lambdas over `self`.
    """

    unique: Sequence[Sequence[str]] = ()
    index: Sequence[Sequence[str]] = ()
    check: Sequence[Callable[[Any], bool]] = ()


class EntityType(type):
    """Type of entities, so that `for a in Article` may be written in a body."""

    said_at: Place | None
    options: dict[str, Any]

    def __iter__(cls: type[_E]) -> Iterator[_E]:
        raise TypeError("rows can be gone through in the bodies of a contract only, which are read and not run")


class Entity(metaclass=EntityType):
    """One kind of thing that the backend keeps: `class Article(Entity, Timestamps, key="slug")`.

    Annotated attributes are its fields and relations. Class options:

    Args:
        key: the unique field that its paths name; by default `id`.
        was: its former name, so that its rows are kept.
        deprecated: tells clients that it will go.
        bulk: how many rows one request may create together, all or none; by default there is no such request.
    """

    id: Any
    access: ClassVar[Access]
    listing: ClassVar[Listing]
    rules: ClassVar[Rules]

    if TYPE_CHECKING:

        def __init_subclass__(
            cls,
            *,
            key: str = "id",
            was: str | None = None,
            deprecated: Deprecated | None = None,
            bulk: int | None = None,
        ) -> None: ...
    else:

        def __init_subclass__(cls, **options: Any) -> None:
            cls.said_at = here()
            cls.options = options
            REGISTRY.entities.append(cls)


class Timestamps:
    """Mixin: `created_at` and `updated_at`, kept by the server."""

    created_at: datetime
    updated_at: datetime


class SoftDelete:
    """Mixin: deleting hides the row and keeps it; `deleted_at` says since when."""

    deleted_at: datetime | None


class Audited:
    """Mixin: who changed what and when is written to an audit log, which admins read and nobody can change."""


class Versioned:
    """Mixin: an optimistic lock; `version` counts up, answers carry an ETag, changes ask for If-Match."""

    version: int
