"""Statements: those that SQLAlchemy has no portable spelling for, and variations that are built once."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, ParamSpec, TypeVar, cast

from sqlalchemy import ColumnElement, Select, Table, func
from sqlalchemy.dialects.postgresql import Insert, insert

from app.models.base import Base

Selection = Select[*tuple[Any, ...]]
Condition = ColumnElement[bool]
P = ParamSpec("P")
T = TypeVar("T")

MOST_VARIATIONS: Final = 2000


def built_once(build: Callable[P, T]) -> Callable[P, T]:
    """A function that builds a statement from others; asked for the same again, it answers with the same one.

    To build a statement, and to find out that its SQL is known, takes longer than to run it.
    """
    return cast("Callable[P, T]", lru_cache(MOST_VARIATIONS)(build))


@built_once
def narrowed(statement: Selection, *conditions: Condition) -> Selection:
    """The rows that meet these conditions too."""
    return statement.where(*conditions)


@built_once
def counted(statement: Selection) -> Selection:
    """How many rows there are."""
    return statement.with_only_columns(func.count(), maintain_column_froms=True)


def insert_if_absent(table: Table | type[Base]) -> Insert:
    """`INSERT … ON CONFLICT DO NOTHING`, which PostgreSQL and SQLite both understand."""
    return insert(table).on_conflict_do_nothing()
