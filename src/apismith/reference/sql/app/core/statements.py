"""Statements that SQLAlchemy has no portable spelling for, and the type of those that select any columns."""

from typing import Any

from sqlalchemy import Select, Table
from sqlalchemy.dialects.postgresql import Insert, insert

from app.models.base import Base

Selection = Select[*tuple[Any, ...]]


def insert_if_absent(table: Table | type[Base]) -> Insert:
    """`INSERT … ON CONFLICT DO NOTHING`, which PostgreSQL and SQLite both understand."""
    return insert(table).on_conflict_do_nothing()
