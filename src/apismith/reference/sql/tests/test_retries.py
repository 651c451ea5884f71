"""What the database gave up for the sake of something else is tried again."""

from typing import Annotated

import pytest
from fastapi import Body, FastAPI
from httpx2 import AsyncClient
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import DBAPIError

from app.core.database import Database
from app.dependencies import Writes
from app.main import create_app
from app.middleware import retries
from tests.databases import Scratch
from tests.support import failure, settings_for

pytestmark = pytest.mark.anyio

ALL_TRIES = len(retries.PAUSES) + 1

notes = Table("probe_notes", MetaData(), Column("number", Integer))


def lost(code: str, *, statement: str | None = "UPDATE", invalidated: bool = False) -> DBAPIError:
    """What the database raises with this code; without a statement, it was committing."""
    complaint = type("Complaint", (Exception,), {"sqlstate": code})()
    return DBAPIError(statement, None, complaint, connection_invalidated=invalidated)


@pytest.fixture(scope="module")
def app(migrated: Scratch) -> FastAPI:
    app = create_app(settings_for(migrated.url))

    @app.post("/probe/notes")
    async def create(db: Writes, number: Annotated[int, Body()], padding: Annotated[str, Body()] = "") -> int:
        """Store the number, then fail as often as the test wants."""
        await db.execute(insert(notes), {"number": number})
        if app.state.failures:
            raise app.state.failures.pop()
        return number

    return app


@pytest.fixture(autouse=True)
async def table(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "PAUSES", (0.001,) * len(retries.PAUSES))
    async with database.unit_of_work() as db:
        await db.execute(text("DROP TABLE IF EXISTS probe_notes"))
        await db.execute(text("CREATE TABLE probe_notes (number INTEGER)"))


async def stored(database: Database) -> list[int]:
    return list((await database.reader.execute(select(notes.c.number))).scalars())


@pytest.mark.parametrize("code", ["40001", "40P01"])
async def test_a_transaction_that_was_in_the_way_of_another_is_done_once_in_the_end(
    client: AsyncClient, app: FastAPI, database: Database, code: str
) -> None:
    app.state.failures = [lost(code)] * (ALL_TRIES - 1)
    answer = await client.post("/probe/notes", json={"number": 7})
    assert (answer.status_code, answer.json()) == (200, 7)
    assert await stored(database) == [7]


async def test_a_connection_that_is_lost_before_the_commit_is_replaced(
    client: AsyncClient, app: FastAPI, database: Database
) -> None:
    app.state.failures = [lost("08003", invalidated=True)]
    assert (await client.post("/probe/notes", json={"number": 7})).status_code == 200
    assert await stored(database) == [7]


async def test_it_is_given_up_after_the_last_try(client: AsyncClient, app: FastAPI, database: Database) -> None:
    app.state.failures = [lost("40001")] * ALL_TRIES
    answer = await client.post("/probe/notes", json={"number": 7})
    assert failure(answer, 503, "SERVICE_UNAVAILABLE") == {"component": "database"}
    assert answer.headers["retry-after"]
    assert app.state.failures == []
    assert await stored(database) == []


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(lost("22003"), 422, id="a-fault-of-the-request"),
        pytest.param(lost("42P01"), 500, id="a-fault-of-the-server"),
        pytest.param(lost("57014"), 503, id="a-statement-that-took-too-long"),
        pytest.param(lost("08003", statement=None, invalidated=True), 503, id="a-connection-lost-while-committing"),
    ],
)
async def test_what_would_fail_again_or_may_have_succeeded_is_tried_once(
    client: AsyncClient, app: FastAPI, error: DBAPIError, status: int
) -> None:
    app.state.failures = [error] * 2
    assert (await client.post("/probe/notes", json={"number": 7})).status_code == status
    assert len(app.state.failures) == 1


async def test_a_body_that_is_too_long_to_be_kept_is_not_tried_again(
    client: AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "LONGEST_BODY", 100)
    app.state.failures = [lost("40001")]
    failure(await client.post("/probe/notes", json={"number": 7, "padding": "x" * 100}), 503, "SERVICE_UNAVAILABLE")
