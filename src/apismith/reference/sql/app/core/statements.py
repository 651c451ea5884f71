"""Statements that SQLAlchemy has no portable spelling for."""

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert, insert


def insert_if_absent(table: Table) -> Insert:
    """`INSERT … ON CONFLICT DO NOTHING`, which PostgreSQL and SQLite both understand."""
    return insert(table).on_conflict_do_nothing()
