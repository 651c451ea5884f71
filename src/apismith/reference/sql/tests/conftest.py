"""Fixtures of all tests: a database of their own, the app on it, a client, accounts."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import event

from app.config import Settings
from app.core import security
from app.core.database import Database
from app.main import create_app
from tests.actors import Actors
from tests.databases import Scratch, alembic_config, scratch_database
from tests.factories import Factories
from tests.support import Configure, Statements, settings_for


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Passwords of tests are worth nothing: their hashes may be fast."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
        patch.setattr(security, "hasher", cheap)
        yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """The database of this run, with all tables."""
    scratch = scratch_database(tmp_path_factory.mktemp("database"))
    command.upgrade(alembic_config(scratch.url), "head")
    yield scratch
    scratch.drop()


@pytest.fixture(scope="session")
def app(migrated: Scratch) -> FastAPI:
    """The app; building it takes a while, so that all tests share it."""
    return create_app(settings_for(migrated.url))


@pytest.fixture
def settings(migrated: Scratch, tmp_path: Path) -> Settings:
    return settings_for(migrated.for_test(tmp_path))


@pytest.fixture
async def database(migrated: Scratch, settings: Settings) -> AsyncIterator[Database]:
    """All tables, and no row."""
    database = Database(settings)
    yield database
    await migrated.clean(database)
    await database.close()


@pytest.fixture
async def client(app: FastAPI, database: Database) -> AsyncIterator[AsyncClient]:
    """Sends requests to the app, without a network."""
    app.state.database = database
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://test") as it,
    ):
        yield it


@pytest.fixture
def configure(app: FastAPI) -> Iterator[Configure]:
    """Changes settings of the app for one test: `configure(refresh_grace_seconds=0)`."""
    before = app.state.settings

    def change(**changes: Any) -> None:
        app.state.settings = app.state.settings.model_copy(update=changes)

    yield change
    app.state.settings = before


@pytest.fixture
def make(database: Database, settings: Settings) -> Factories:
    """Makes rows to test with: `await make.article(me, title="News")`."""
    return Factories(database, settings)


@pytest.fixture
def actors(make: Factories) -> Actors:
    """Makes accounts to act as: `await actors.make("admin")`."""
    return make.actors


@pytest.fixture
def statements(database: Database) -> Statements:
    """What SQL was run since the test began, or since `statements.clear()`."""
    statements = Statements()
    for engine in (database.read_engine, database.write_engine):
        event.listen(engine.sync_engine, "before_cursor_execute", statements.record)
    return statements
