"""Tables, columns, indexes as data: what the models and the migrations are written from."""

import hashlib
from dataclasses import dataclass, field
from typing import Final, Literal

from apismith.contract.model import Entity, Field, Relation

LONGEST_NAME: Final = 63
"""PostgreSQL's limit, the smallest of all."""

OnDelete = Literal["CASCADE", "SET NULL", "RESTRICT"]


@dataclass(frozen=True, slots=True)
class SqlType:
    """A column type as source text.

    Args:
        source: e.g. `String(200)`.
        names: what the source needs from `sqlalchemy`.
        enum: the contract's enum that it stores, if it does.
    """

    source: str
    names: tuple[str, ...]
    enum: str | None = None


def plain(name: str) -> SqlType:
    return SqlType(f"{name}()", (name,))


def text(longest: int) -> SqlType:
    return SqlType(f"String({longest})", ("String",))


ID: Final = SqlType("Id", ())
TIMESTAMP: Final = SqlType("DateTime(timezone=True)", ("DateTime",))
INTEGER: Final = plain("Integer")


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Where a column points.

    Args:
        table: name of the table whose `id` it holds.
        deferred: the other table is created later, so the constraint is added once both exist.
    """

    table: str
    on_delete: OnDelete
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `made_by` is the mixin or the field or relation that it comes from."""

    name: str
    type: SqlType
    made_by: Field | Relation | None = None
    nullable: bool = False
    primary_key: bool = False
    unique: bool = False
    indexed: bool = False
    references: ForeignKey | None = None
    server_default: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """An index over several columns."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unique:
    """A uniqueness over several columns."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowCheck:
    """A condition on every row: its short name, and portable SQL."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: of an entity, between two entities (`relation`), or of the server itself.

    Of an `append_only` table, the database lets nobody change or delete rows.
    """

    name: str
    columns: tuple[Column, ...]
    entity: Entity | None = None
    relation: Relation | None = None
    indexes: tuple[Index, ...] = ()
    uniques: tuple[Unique, ...] = ()
    checks: tuple[RowCheck, ...] = field(default=())
    append_only: bool = False

    @property
    def targets(self) -> set[str]:
        """Other tables that must exist for its foreign keys."""
        return {column.references.table for column in self.columns if column.references} - {self.name}

    @property
    def needed(self) -> set[str]:
        """Those of `targets` without which no row can be inserted."""
        return {c.references.table for c in self.columns if c.references and not c.nullable} - {self.name}


def shortened(name: str, longest: int = LONGEST_NAME) -> str:
    """The name, or where it is too long for a database its beginning and a digest of it."""
    if len(name) <= longest:
        return name
    return f"{name[: max(longest - 9, 0)]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
