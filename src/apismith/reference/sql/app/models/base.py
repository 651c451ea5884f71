"""What all tables share: names of constraints, column types, and columns that the server owns."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    TypeDecorator,
    bindparam,
    literal_column,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from app.core.clock import utcnow
from app.core.ids import ID_TYPE, Id


class SqliteUtc(TypeDecorator[datetime]):
    """Keeps times on SQLite, which knows no time zones: stored in UTC, read back with their zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time in UTC, without its zone."""
        return value.astimezone(UTC).replace(tzinfo=None) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time, with its zone."""
        return value.replace(tzinfo=UTC) if value is not None else None


MOMENT: TypeEngine[datetime] = DateTime(timezone=True).with_variant(SqliteUtc(), "sqlite")

NOW = bindparam("_now", type_=MOMENT, callable_=utcnow)
"""The time at which a statement runs."""


class Base(DeclarativeBase):
    """Every model. The database's complaints name a constraint, and the names below lead back to its columns."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        Id: ID_TYPE,
        datetime: MOMENT,
    }


class Timestamps:
    """When a row was made and last changed."""

    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)


class SoftDelete:
    """When a row was deleted: it stays in the table, but nobody sees it any more."""

    deleted_at: Mapped[datetime | None]


class Versioned:
    """Counts the changes of a row."""

    version: Mapped[int] = mapped_column(Integer, default=1, onupdate=literal_column("version + 1"))


def not_deleted(model: type[Base]) -> ColumnElement[bool]:
    """The condition that a row was not deleted softly; true for models whose rows cannot be."""
    return model.deleted_at.is_(None) if issubclass(model, SoftDelete) else true()
