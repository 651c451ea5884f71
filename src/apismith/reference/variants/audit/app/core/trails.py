"""What the audit log looks at of an entity."""

from dataclasses import dataclass
from functools import cached_property
from typing import cast

from sqlalchemy import Table

from app.models.base import Base


@dataclass(frozen=True, slots=True)
class Members:
    """A set whose members are written down when they are added and removed.

    Args:
        name: what the set is called.
        table: where it is stored.
        near: the column of the row that has the set.
        far: the column of its members.
    """

    name: str
    table: Table
    near: str
    far: str


@dataclass(frozen=True)
class Trail:
    """What the audit log looks at of one entity; what is not named here, it never shows.

    Args:
        entity: what the log calls it.
        model: its table.
        key: the column that paths name.
        columns: whose values are written down.
        secrets: columns of which only is written down that they changed.
        sets: whose members are written down.
    """

    entity: str
    model: type[Base]
    key: str
    columns: tuple[str, ...]
    secrets: tuple[str, ...] = ()
    sets: tuple[Members, ...] = ()

    @cached_property
    def table(self) -> Table:
        """The table itself."""
        return cast("Table", self.model.__table__)

    @cached_property
    def looked_at(self) -> tuple[str, ...]:
        """All columns that tell what happened to a row."""
        marks = ("deleted_at",) if "deleted_at" in self.table.c else ()
        return tuple(dict.fromkeys(("id", self.key, *self.columns, *self.secrets, *marks)))
