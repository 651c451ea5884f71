"""What the database refused to store, in the client's words."""

import re
from typing import Final

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from app.exceptions import AppError, Conflict, RuleViolated, UnknownReference
from app.models.base import Base

# PostgreSQL tells the kind of violation by its code and names the constraint, or the column.
FOREIGN_KEYS: Final = frozenset({"23001", "23503"})
UNIQUE: Final = "23505"
NOT_NULL: Final = "23502"

# SQLite has only texts: "UNIQUE constraint failed: articles.slug, articles.author_id".
SQLITE_TEXT: Final = re.compile(r"(UNIQUE|FOREIGN KEY|NOT NULL) constraint failed(?:: (.*))?")
SQLITE_CODES: Final = {"UNIQUE": UNIQUE, "FOREIGN KEY": "23503", "NOT NULL": NOT_NULL}


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
    # What a statement looks up itself is null where there is no such row.
    if code in FOREIGN_KEYS or (code == NOT_NULL and _refers(columns)):
        deleting = (error.statement or "").lstrip().upper().startswith("DELETE")
        return Conflict("It is still in use.") if deleting else UnknownReference(next(iter(fields), None))
    return RuleViolated(None if item is None else f"items.{item}")


def _violation(error: IntegrityError) -> tuple[str, list[str]]:
    """The kind of violation, and the columns of the constraint where they are known."""
    code = getattr(error.orig, "sqlstate", None)
    if code is not None:
        cause = error.orig.__cause__ if error.orig else None
        column = getattr(cause, "column_name", None)
        return code, [column] if column else _columns(getattr(cause, "constraint_name", None))
    match = SQLITE_TEXT.search(str(error.orig))
    if match is None:
        return "", []
    return SQLITE_CODES[match[1]], [column.rpartition(".")[2] for column in (match[2] or "").split(", ") if column]


def _refers(columns: list[str]) -> bool:
    keys = (key for table in Base.metadata.tables.values() for key in table.foreign_key_constraints)
    return any(list(key.column_keys) == columns for key in keys)


def _columns(constraint: str | None) -> list[str]:
    for table in Base.metadata.tables.values():
        for key in table.foreign_key_constraints:
            if key.name == constraint:
                return list(key.column_keys)
        for unique in (*table.constraints, *table.indexes):
            if isinstance(unique, UniqueConstraint | Index) and unique.name == constraint:
                return [column.name for column in unique.columns]
    return []
