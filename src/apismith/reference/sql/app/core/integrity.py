"""What the database refused to store, in the client's words."""

import re
from typing import Final

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from app.exceptions import AppError, Conflict, RuleViolated, UnknownReference
from app.models.base import Base

# PostgreSQL tells the kind of violation by its code and names the constraint.
FOREIGN_KEYS: Final = frozenset({"23001", "23503"})
UNIQUE: Final = "23505"

# SQLite has only texts: "UNIQUE constraint failed: articles.slug, articles.author_id".
SQLITE_TEXT: Final = re.compile(r"(UNIQUE|FOREIGN KEY) constraint failed(?:: (.*))?")
SQLITE_CODES: Final = {"UNIQUE": UNIQUE, "FOREIGN KEY": "23503"}


def explain(error: IntegrityError, *, item: int | None = None) -> AppError:
    """The error to answer with: 409 for a duplicate or a row in use, 422 for values that cannot be.

    Args:
        error: what the database said.
        item: the number of the row among several that were sent together.
    """
    code, columns = _violation(error)
    fields = columns if item is None else [f"items.{item}.{column}" for column in columns]
    if code == UNIQUE:
        names = " and ".join(f"`{field}`" for field in fields)
        return Conflict(f"There is one with this {names} already." if fields else None, fields=fields)
    if code in FOREIGN_KEYS:
        deleting = (error.statement or "").lstrip().upper().startswith("DELETE")
        return Conflict("It is still in use.") if deleting else UnknownReference(next(iter(fields), None))
    return RuleViolated(None if item is None else f"items.{item}")


def _violation(error: IntegrityError) -> tuple[str, list[str]]:
    """The kind of violation, and the columns of the constraint where they are known."""
    code = getattr(error.orig, "sqlstate", None)
    if code is not None:
        return code, _columns(getattr(error.orig.__cause__, "constraint_name", None)) if error.orig else []
    match = SQLITE_TEXT.search(str(error.orig))
    if match is None:
        return "", []
    return SQLITE_CODES[match[1]], [column.rpartition(".")[2] for column in (match[2] or "").split(", ") if column]


def _columns(constraint: str | None) -> list[str]:
    for table in Base.metadata.tables.values():
        for key in table.foreign_key_constraints:
            if key.name == constraint:
                return list(key.column_keys)
        for unique in (*table.constraints, *table.indexes):
            if isinstance(unique, UniqueConstraint | Index) and unique.name == constraint:
                return [column.name for column in unique.columns]
    return []
