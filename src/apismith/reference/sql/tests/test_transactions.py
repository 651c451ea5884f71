"""One transaction for each request that writes: committed before the answer starts, or as if nothing had been."""

import anyio
import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient
from sqlalchemy import text

from app.core.database import Database
from app.dependencies import Writes
from app.main import create_app
from tests.databases import Scratch
from tests.support import failure, settings_for

pytestmark = pytest.mark.anyio

TABLE = """
CREATE TABLE probe_nodes (
    id INTEGER PRIMARY KEY,
    parent INTEGER REFERENCES probe_nodes (id) DEFERRABLE INITIALLY DEFERRED
)
"""


@pytest.fixture(scope="module")
def app(migrated: Scratch) -> FastAPI:
    app = create_app(settings_for(migrated.url))

    @app.post("/probe/nodes/{id}/{parent}", status_code=201)
    async def create(id: int, parent: int, db: Writes) -> int:
        """Store a node; whether its parent exists is looked at when the transaction is committed."""
        await db.execute(text(f"INSERT INTO probe_nodes VALUES ({id}, {parent})"))  # noqa: S608
        return id

    @app.post("/probe/wait")
    async def wait(db: Writes) -> None:
        """Store a node, and never come to an end."""
        await db.execute(text("INSERT INTO probe_nodes VALUES (1, 1)"))
        app.state.inserted.set()
        await anyio.sleep_forever()

    return app


@pytest.fixture(autouse=True)
async def table(database: Database) -> None:
    async with database.unit_of_work() as db:
        await db.execute(text("DROP TABLE IF EXISTS probe_nodes"))
        await db.execute(text(TABLE))


async def stored(database: Database) -> int:
    number: int = (await database.reader.execute(text("SELECT count(*) FROM probe_nodes"))).scalar_one()
    return number


def lent(database: Database) -> int:
    """How many connections are in use."""
    number: int = database.write_engine.sync_engine.pool.checkedout()  # type: ignore[attr-defined]
    return number


async def test_what_was_answered_is_stored(client: AsyncClient, database: Database) -> None:
    assert (await client.post("/probe/nodes/1/1")).status_code == 201
    assert await stored(database) == 1


async def test_a_commit_that_fails_is_answered_as_a_failure(client: AsyncClient, database: Database) -> None:
    answer = await client.post("/probe/nodes/1/2")
    failure(answer, 409, "UNKNOWN_REFERENCE")
    assert await stored(database) == 0
    assert lent(database) == 0


async def test_the_connection_of_a_failed_commit_is_as_good_as_new(client: AsyncClient, database: Database) -> None:
    for _ in range(20):  # more than there are connections
        failure(await client.post("/probe/nodes/1/2"), 409, "UNKNOWN_REFERENCE")
    assert (await client.post("/probe/nodes/1/1")).status_code == 201
    assert await stored(database) == 1


async def test_a_request_that_is_cancelled_is_rolled_back(
    client: AsyncClient, app: FastAPI, database: Database
) -> None:
    for _ in range(20):
        app.state.inserted = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(client.post, "/probe/wait")
            await app.state.inserted.wait()
            group.cancel_scope.cancel()
        assert lent(database) == 0
    assert await stored(database) == 0
    assert (await client.post("/probe/nodes/1/1")).status_code == 201
