"""The audit log is written with every change of an audited row, and stays as it was written."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Executable, RowMapping, delete, select, update
from sqlalchemy.exc import DBAPIError

from app.core.database import Database
from app.core.trails import Trail
from app.models import AuditEntry
from app.repositories.audit_recording import MASK, Recorder, jsonable
from app.repositories.audit_trails import TRAILS
from tests.factories import Factories

pytestmark = pytest.mark.anyio
each_trail = pytest.mark.parametrize("trail", TRAILS, ids=lambda trail: trail.entity)


async def log_of(database: Database, trail: Trail, row_id: object) -> Sequence[RowMapping]:
    """What the log says of one row, the oldest first."""
    entries = select(*AuditEntry.__table__.columns).order_by(AuditEntry.created_at, AuditEntry.id)
    of_row = entries.where(AuditEntry.entity == trail.entity, AuditEntry.row_id == str(row_id))
    return (await database.reader.execute(of_row)).mappings().all()


async def made(make: Factories, trail: Trail) -> Any:
    """The id of a new row."""
    return (await getattr(make, trail.entity)()).id


async def stored(database: Database, trail: Trail, row_id: object) -> dict[str, Any]:
    """What the log may show of a row, as it is stored now."""
    columns = [trail.table.c[name] for name in trail.columns]
    row = (await database.reader.execute(select(*columns).where(trail.table.c.id == row_id))).mappings().one()
    return {name: jsonable(value) for name, value in row.items()} | dict.fromkeys(trail.secrets, MASK)


async def fail_after(database: Database, statement: Executable) -> None:
    """Run a statement in a unit of work that fails."""
    async with database.unit_of_work() as db:
        await Recorder(db).execute(statement)
        raise ZeroDivisionError


@each_trail
async def test_a_new_row_is_written_down(database: Database, make: Factories, trail: Trail) -> None:
    row_id = await made(make, trail)
    first = (await log_of(database, trail, row_id))[0]
    assert (first["change"], first["before"]) == ("create", None)
    assert first["after"] == await stored(database, trail, row_id)
    assert (first["actor"], first["request_id"]) == (None, None), "nobody asked for it over HTTP"


@each_trail
async def test_a_deleted_row_is_written_down(database: Database, make: Factories, trail: Trail) -> None:
    row_id = await made(make, trail)
    known = await stored(database, trail, row_id)
    async with database.unit_of_work() as db:
        await Recorder(db).execute(delete(trail.model).where(trail.table.c.id == row_id))
    last = (await log_of(database, trail, row_id))[-1]
    assert (last["change"], last["before"], last["after"]) == ("delete", known, None)


@each_trail
async def test_what_is_rolled_back_is_not_written_down(database: Database, make: Factories, trail: Trail) -> None:
    row_id = await made(make, trail)
    known = await log_of(database, trail, row_id)
    with pytest.raises(ZeroDivisionError):
        await fail_after(database, delete(trail.model).where(trail.table.c.id == row_id))
    assert await log_of(database, trail, row_id) == known


@each_trail
async def test_what_changes_nothing_is_not_written_down(database: Database, make: Factories, trail: Trail) -> None:
    row_id = await made(make, trail)
    known = await log_of(database, trail, row_id)
    same = {name: trail.table.c[name] for name in trail.columns}
    async with database.unit_of_work() as db:
        await Recorder(db).execute(update(trail.model).where(trail.table.c.id == row_id).values(same))
    assert await log_of(database, trail, row_id) == known


@each_trail
async def test_secrets_are_not_written_down(database: Database, make: Factories, trail: Trail) -> None:
    row_id = await made(make, trail)
    for name in trail.secrets:
        async with database.unit_of_work() as db:
            changed = update(trail.model).where(trail.table.c.id == row_id).values({name: "a new secret"})
            await Recorder(db).execute(changed)
        last = (await log_of(database, trail, row_id))[-1]
        assert (last["change"], last["before"], last["after"]) == ("update", {name: MASK}, {name: MASK})


@pytest.mark.parametrize("statement", [update(AuditEntry).values(actor="nobody"), delete(AuditEntry)])
async def test_entries_are_never_changed(database: Database, make: Factories, statement: Any) -> None:
    row_id = await made(make, TRAILS[0])
    known = await log_of(database, TRAILS[0], row_id)
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.unit_of_work() as db:
            await db.execute(statement)
    assert await log_of(database, TRAILS[0], row_id) == known
