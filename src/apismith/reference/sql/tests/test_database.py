"""Reads, units of work, and what holds on either database."""

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import cast

import anyio
import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select, text, update
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, InternalError

from app.core.database import Database, database_url, may_be_tried_again, notice_lost_connection
from app.models.base import Base
from tests.support import Statements, settings_for

pytestmark = pytest.mark.anyio

counters = Table("probe_counters", MetaData(), Column("id", Integer, primary_key=True), Column("value", Integer))
COUNT = select(func.count()).select_from(counters)


@pytest.fixture
async def table(database: Database) -> Table:
    """A table for this test; the database goes away with the test, or the table with its next use."""
    async with database.unit_of_work() as db:
        await db.execute(text("DROP TABLE IF EXISTS probe_counters"))
        await db.execute(text("CREATE TABLE probe_counters (id INTEGER PRIMARY KEY, value INTEGER)"))
    return counters


async def test_a_unit_of_work_is_committed(database: Database, table: Table) -> None:
    async with database.unit_of_work() as db:
        await db.execute(insert(table), [{"value": 1, "id": 1}, {"value": 2, "id": 2}])
    assert (await database.reader.execute(COUNT)).scalar_one() == 2


async def test_a_unit_of_work_that_fails_changes_nothing(database: Database, table: Table) -> None:
    async def fail() -> None:
        async with database.unit_of_work() as db:
            await db.execute(insert(table), {"id": 1, "value": 1})
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert (await database.reader.execute(COUNT)).scalar_one() == 0


async def test_a_unit_of_work_takes_no_connection_before_its_first_statement(
    database: Database, statements: Statements
) -> None:
    async with database.unit_of_work():
        pass
    assert statements == []
    assert database.write_engine.sync_engine.pool.checkedin() == 0  # type: ignore[attr-defined]


async def test_a_reader_cannot_write(database: Database, table: Table) -> None:
    with pytest.raises(DBAPIError):
        await database.reader.execute(insert(table), {"id": 1, "value": 1})


async def test_units_of_work_at_the_same_time_all_succeed(database: Database, table: Table) -> None:
    async with database.unit_of_work() as db:
        await db.execute(insert(table), {"id": 1, "value": 0})

    async def count_up() -> None:
        async with database.unit_of_work() as db:
            await db.execute(select(table))
            await db.execute(update(table).values(value=table.c.value + 1))

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(count_up)
    assert (await database.reader.execute(select(table.c.value))).scalar_one() == 10


async def test_reads_go_on_while_something_is_written(database: Database, table: Table) -> None:
    async with database.unit_of_work() as db:
        await db.execute(insert(table), {"id": 1, "value": 0})
        assert (await database.reader.execute(COUNT)).scalar_one() == 0


async def test_times_come_back_in_utc_whatever_their_zone_was(database: Database) -> None:
    kind = Base.type_annotation_map[datetime]
    moment = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5)))
    moments = Table("probe_moments", MetaData(), Column("at", kind))
    async with database.write_engine.connect() as connection:
        await connection.run_sync(moments.create)
        await connection.execute(insert(moments), {"at": moment})
        stored = (await connection.execute(select(moments.c.at).where(moments.c.at == moment))).scalar_one()
    assert stored == moment
    assert stored.utcoffset() == timedelta(0)
    assert stored.tzinfo == UTC


async def test_values_of_statements_stay_out_of_error_messages(database: Database) -> None:
    with pytest.raises(DBAPIError) as raised:
        await database.reader.execute(text("SELECT :secret FROM nowhere"), {"secret": "hunter2"})
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("code", "again"), [("SQLITE_BUSY", True), ("SQLITE_BUSY_SNAPSHOT", True), ("SQLITE_FULL", False)]
)
def test_a_busy_sqlite_may_be_tried_again(code: str, again: bool) -> None:
    complaint = type("Complaint", (Exception,), {"sqlite_errorname": code})()
    assert may_be_tried_again(DBAPIError("BEGIN IMMEDIATE", None, complaint)) is again


@pytest.mark.parametrize(
    ("kind", "code", "lost"),
    [
        pytest.param(DBAPIError, "57P01", True, id="ended-by-an-operator"),
        pytest.param(InternalError, None, True, id="the-driver-does-not-know-its-state"),
        pytest.param(InternalError, "XX000", False, id="an-error-inside-of-the-server"),
        pytest.param(DBAPIError, "57014", False, id="a-statement-that-was-stopped"),
    ],
)
def test_a_connection_that_the_server_is_closing_is_given_up(
    kind: type[DBAPIError], code: str | None, lost: bool
) -> None:
    complaint = type("Complaint", (Exception,), {"sqlstate": code})()
    found = SimpleNamespace(
        original_exception=complaint, sqlalchemy_exception=kind("SELECT 1", None, complaint), is_disconnect=False
    )
    notice_lost_connection(cast(ExceptionContext, found))
    assert found.is_disconnect is lost


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:///data.db", "sqlite+aiosqlite:///data.db"),
        ("postgres://me@host/name", "postgresql+asyncpg://me@host/name"),
        ("postgresql://me@host/name?sslmode=require", "postgresql+asyncpg://me@host/name?ssl=require"),
        ("postgresql+asyncpg://me@host/name", "postgresql+asyncpg://me@host/name"),
    ],
)
def test_the_usual_urls_are_understood(given: str, used: str) -> None:
    assert database_url(settings_for(given)).render_as_string() == used
