"""The audit log over HTTP: administrators read it, nobody writes it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient
from sqlalchemy import insert

from app.core.clock import utcnow
from app.core.database import Database
from app.models import AuditEntry
from tests.actors import Actors
from tests.support import API, failure, pages

pytestmark = pytest.mark.anyio

LOG = f"{API}/audit-log"


async def written(database: Database, **values: Any) -> str:
    """The entity of new entries: a word that no other test has."""
    entity = uuid4().hex
    plain = {"entity": entity, "row_id": "1", "key": "1", "change": "create"}
    async with database.unit_of_work() as db:
        for number in range(3):
            await db.execute(insert(AuditEntry), {**plain, "operation": f"operation_{number}", **values})
    return entity


def operations(entries: Sequence[dict[str, Any]]) -> list[str]:
    return [entry["operation"] for entry in entries]


async def test_administrators_read_it_the_latest_first(client: AsyncClient, database: Database, actors: Actors) -> None:
    admin = await actors.make("admin")
    entity = await written(database)
    entries = await pages(client, LOG, admin.headers, limit=1, entity=entity)
    assert operations(entries) == ["operation_2", "operation_1", "operation_0"]


async def test_nobody_else_reads_it(client: AsyncClient, actors: Actors) -> None:
    failure(await client.get(LOG), 401, "UNAUTHORIZED")
    member = await actors.make()
    failure(await client.get(LOG, headers=member.headers), 403, "FORBIDDEN")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_nobody_writes_it(client: AsyncClient, actors: Actors, method: str) -> None:
    admin = await actors.make("admin")
    failure(await client.request(method, LOG, headers=admin.headers), 405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("field", ["key", "actor"])
async def test_it_is_filtered_by_what_is_asked(
    client: AsyncClient, database: Database, actors: Actors, field: str
) -> None:
    admin = await actors.make("admin")
    wanted: dict[str, Any] = {field: "wanted"}
    another: dict[str, Any] = {field: "another"}
    entity = await written(database, **wanted)
    assert len(await pages(client, LOG, admin.headers, entity=entity, **wanted)) == 3
    assert await pages(client, LOG, admin.headers, entity=entity, **another) == []


async def test_it_is_filtered_by_time(client: AsyncClient, database: Database, actors: Actors) -> None:
    admin = await actors.make("admin")
    entity = await written(database)
    hour = timedelta(hours=1)
    before, after = (utcnow() - hour).isoformat(), (utcnow() + hour).isoformat()
    assert len(await pages(client, LOG, admin.headers, entity=entity, since=before, until=after)) == 3
    assert await pages(client, LOG, admin.headers, entity=entity, since=after) == []
    assert await pages(client, LOG, admin.headers, entity=entity, until=before) == []


async def test_unknown_filters_are_refused(client: AsyncClient, actors: Actors) -> None:
    admin = await actors.make("admin")
    failure(await client.get(LOG, params={"who": "me"}, headers=admin.headers), 422, "VALIDATION_ERROR")
