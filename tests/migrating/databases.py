"""A database with the tables of a contract, and the migrations that were written for it."""

import importlib.util
import os
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from apismith import generate
from apismith.contract.load import load
from apismith.contract.model import Contract
from apismith.generate.emit import migration as first
from apismith.generate.migrating.revision import migration as written
from apismith.migration import Migration

REFERENCE = Path(generate.__file__).parents[1] / "reference" / "sql"
POSTGRES = os.environ.get("APISMITH_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
HEAD = """
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid4

from apismith import *
from pydantic import Field
"""

Row = Mapping[str, Any]


@cache
def contract(text: str) -> Contract:
    """The contract of these entities."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "contract.py"
        file.write_text(HEAD + text, encoding="utf-8")
        return load(file, name="shop")


def between(old: Contract, new: Contract, heads: Sequence[str] = ("0001",)) -> Migration | None:
    """The migration from one contract to another."""
    settings = {"pyproject.toml": (REFERENCE / "pyproject.toml").read_bytes()}
    return written(old, new, heads, settings)


def initial(of: Contract) -> str:
    """The first migration of a contract."""
    module = first.initial(of)
    return module.text()


def module(folder: Path, text: str) -> ModuleType:
    """The migration, imported as Alembic does."""
    file = folder / f"migration_{uuid.uuid4().hex}.py"
    file.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(REFERENCE))  # for the helpers that every backend has
    try:
        spec.loader.exec_module(found)
    finally:
        sys.path.remove(str(REFERENCE))
        for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
            del sys.modules[name]
    return found


@dataclass
class Database:
    """A scratch database."""

    engine: sa.Engine
    folder: Path
    known: dict[str, ModuleType] = field(default_factory=dict[str, ModuleType])

    def run(self, text: str, direction: str = "upgrade") -> None:
        """Run one direction of a migration, wholly or not at all."""
        step = self.known.setdefault(text, module(self.folder, text))
        with self.engine.begin() as connection:
            context = MigrationContext.configure(connection, opts={"transactional_ddl": True})
            with Operations.context(context):
                getattr(step, direction)()

    def insert(self, table: str, *rows: Row) -> None:
        """Add rows; what they leave out is empty."""
        with self.engine.begin() as connection:
            found = sa.Table(table, sa.MetaData(), autoload_with=connection)
            for row in rows:
                connection.execute(found.insert().values(**row))

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """The rows of a table, in the order of their first column."""
        names = [sa.column(name) for name in columns]
        with self.engine.connect() as connection:
            found = connection.execute(sa.select(*names).select_from(sa.table(table)).order_by(names[0]))
            return [tuple(row) for row in found]

    def schema(self) -> dict[str, object]:
        """Everything that the database says of its tables, but the order of columns."""
        inspector = sa.inspect(self.engine)
        return {name: _table(inspector, name) for name in inspector.get_table_names()}


def _table(inspector: sa.Inspector, name: str) -> dict[str, object]:
    keys = inspector.get_foreign_keys(name)
    return {
        "columns": sorted(
            (c["name"], str(c["type"]), c["nullable"], str(c["default"] or "").partition("::")[0].strip("'"))
            for c in inspector.get_columns(name)
            if c["name"] != "id"
        ),
        "key": inspector.get_pk_constraint(name),
        "uniques": sorted((u["name"], *u["column_names"]) for u in inspector.get_unique_constraints(name)),
        "indexes": sorted(
            (str(i["name"]), *map(str, i["column_names"]))
            for i in inspector.get_indexes(name)
            if "duplicates_constraint" not in i
        ),
        "checks": sorted((str(c["name"]), _plain(c["sqltext"])) for c in inspector.get_check_constraints(name)),
        "keys": sorted(
            (str(k["name"]), *k["constrained_columns"], k["referred_table"], str(k["options"].get("ondelete")))
            for k in keys
        ),
    }


def _plain(sql: str) -> str:
    return "".join(sql.replace('"', "").replace("(", "").replace(")", "").split())


@contextmanager
def scratch(kind: str, folder: Path) -> Iterator[Database]:
    """A database that is gone afterwards; the test is skipped where there is no server."""
    if kind == "sqlite":
        engine = sa.create_engine(f"sqlite:///{folder / uuid.uuid4().hex}.db")
        sa.event.listen(engine, "connect", _manual)
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        yield Database(engine, folder)
        engine.dispose()
        return
    name = f"apismith_{uuid.uuid4().hex[:16]}"
    address = sa.make_url(POSTGRES).set(drivername="postgresql+psycopg")
    server = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    except sa.exc.OperationalError as error:
        pytest.skip(f"no PostgreSQL at APISMITH_TEST_POSTGRES: {error}")
    engine = sa.create_engine(address.set(database=name))
    try:
        yield Database(engine, folder)
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.dispose()


def _manual(connection: Any, _: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = OFF")
