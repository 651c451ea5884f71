"""Databases for tests: temporary SQLite files, or new ones on the server that TEST_DATABASE_URL names."""

import asyncio
import os
import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from uuid import uuid4

from alembic.config import Config
from sqlalchemy import delete, make_url, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.database import Database, database_url
from app.models import Base
from tests.support import settings_for

ROOT = Path(__file__).parent.parent


class Scratch(ABC):
    """A database of its own, empty at first, that nobody misses."""

    url: str

    @abstractmethod
    def for_test(self, folder: Path) -> str:
        """The URL for one test: with the tables that were migrated, and without rows."""

    @abstractmethod
    async def clean(self, database: Database) -> None:
        """Take away what a test has left."""

    @abstractmethod
    def drop(self) -> None:
        """Take the whole database away."""


class SqliteFile(Scratch):
    """A file, of which each test gets a copy."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"{uuid4().hex}.db"
        self.url = f"sqlite:///{self._path}"

    def for_test(self, folder: Path) -> str:
        return f"sqlite:///{shutil.copyfile(self._path, folder / 'test.db')}"

    async def clean(self, database: Database) -> None:
        """Nothing to do: the next test has a copy of its own."""

    def drop(self) -> None:
        self._path.unlink(missing_ok=True)


class PostgresDatabase(Scratch):
    """A new database on a server, whose tables are emptied after each test."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._name = f"test_{uuid4().hex}"
        self.url = make_url(server).set(database=self._name).render_as_string(hide_password=False)
        self._run(f'CREATE DATABASE "{self._name}"')
        self._run(f'ALTER DATABASE "{self._name}" SET synchronous_commit = off')  # nobody misses it after a crash

    def for_test(self, folder: Path) -> str:
        return self.url

    async def clean(self, database: Database) -> None:
        # One statement, so that foreign keys are looked at when all rows are gone; TRUNCATE takes ten times as long.
        kept = [table for table in Base.metadata.tables.values() if table.info.get("append_only")]
        deletes = [delete(table).cte() for table in Base.metadata.tables.values() if table not in kept]
        async with database.unit_of_work() as db:
            await db.execute(select(1).add_cte(*deletes))

    def drop(self) -> None:
        self._run(f'DROP DATABASE "{self._name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        async def run() -> None:
            engine = create_async_engine(database_url(settings_for(self._server)), isolation_level="AUTOCOMMIT")
            async with engine.connect() as connection:
                await connection.execute(text(statement))
            await engine.dispose()

        asyncio.run(run())


def scratch_database(folder: Path) -> Scratch:
    """A database of the kind that the environment asks for; a SQLite file is made in the folder."""
    server = os.environ.get("TEST_DATABASE_URL")
    return PostgresDatabase(server) if server else SqliteFile(folder)


def alembic_config(url: str) -> Config:
    """Alembic's configuration for a database."""
    return Config(ROOT / "alembic.ini", attributes={"settings": settings_for(url)})
