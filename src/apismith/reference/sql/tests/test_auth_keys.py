"""API keys: what programs may do with them, and what only who has logged in may."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import APIRouter, FastAPI
from httpx2 import AsyncClient
from sqlalchemy import select, update

from app import defaults
from app.core.access import scope
from app.core.clock import utcnow
from app.core.database import Database
from app.dependencies import Member
from app.main import create_app
from app.models import ApiKey
from app.services import api_keys
from tests.actors import Actor, Actors
from tests.databases import Scratch
from tests.support import API, Statements, failure, settings_for

pytestmark = pytest.mark.anyio

KEYS = f"{API}/auth/api-keys"
PROBE = "/probe/keys"


@pytest.fixture(scope="module")
def app(migrated: Scratch) -> FastAPI:
    """The app, with a few routes that say who is calling."""
    router = APIRouter(prefix=PROBE)

    @router.api_route("", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    async def who(me: Member) -> str:
        return str(me.id)

    @router.get("/reports")
    async def reports(me: Member) -> None:
        scope("reports").authorize(me)

    app = create_app(settings_for(migrated.url))
    app.include_router(router)
    return app


async def create(client: AsyncClient, actor: Actor, *scopes: str, **others: Any) -> dict[str, Any]:
    body = {"name": "backup", "scopes": scopes or ["read"], **others}
    answer = await client.post(KEYS, json=body, headers=actor.headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def with_key(made: dict[str, Any]) -> dict[str, str]:
    return {"X-API-Key": made["key"]}


async def test_a_key_acts_for_its_account(client: AsyncClient, actors: Actors) -> None:
    actor = await actors.make()
    await actors.make()
    made = await create(client, actor)
    answer = await client.get(f"{API}/auth/me", headers=with_key(made))
    assert (answer.status_code, str(answer.json()["id"])) == (200, str(actor.id))


async def test_a_key_is_shown_once_and_kept_as_a_hash(client: AsyncClient, actors: Actors, database: Database) -> None:
    actor = await actors.make()
    made = await create(client, actor)
    secret = made["key"].rpartition("_")[2]
    assert made["key"].startswith(f"{defaults.NAME}_{UUID(made['id']).hex}_")
    assert len(secret) == 64

    listed = await client.get(KEYS, headers=actor.headers)
    (shown,) = listed.json()
    assert shown == {name: value for name, value in made.items() if name != "key"}
    assert secret not in listed.text
    stored = (await database.reader.execute(select(ApiKey.secret_hash))).scalar_one()
    assert secret not in stored


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_key_for_reading_changes_nothing(client: AsyncClient, actors: Actors, method: str) -> None:
    actor = await actors.make()
    reads, writes = await create(client, actor, "read"), await create(client, actor, "write")
    for made in (reads, writes):
        assert (await client.get(PROBE, headers=with_key(made))).status_code == 200
    failure(await client.request(method, PROBE, headers=with_key(reads)), 403, "INSUFFICIENT_SCOPE")
    assert (await client.request(method, PROBE, headers=with_key(writes))).status_code == 200


async def test_rules_ask_for_scopes(client: AsyncClient, actors: Actors, database: Database) -> None:
    actor = await actors.make()
    made = await create(client, actor)
    failure(await client.get(f"{PROBE}/reports", headers=with_key(made)), 403, "FORBIDDEN")
    async with database.unit_of_work() as db:
        await db.execute(update(ApiKey).values(scopes="read reports"))
    for headers in (with_key(made), actor.headers):
        assert (await client.get(f"{PROBE}/reports", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api-keys"),
        ("GET", "/api-keys"),
        ("DELETE", f"/api-keys/{uuid4()}"),
        ("GET", "/sessions"),
        ("POST", "/logout"),
        ("POST", "/logout-all"),
    ],
)
async def test_a_key_manages_neither_keys_nor_sessions(
    client: AsyncClient, actors: Actors, method: str, path: str
) -> None:
    made = await create(client, await actors.make("admin"), "read", "write")
    body = {"name": "another"} if path == "/api-keys" and method == "POST" else None
    answer = await client.request(method, f"{API}/auth{path}", json=body, headers=with_key(made))
    failure(answer, 401, "UNAUTHORIZED")


async def test_a_revoked_key_ends_at_once(client: AsyncClient, actors: Actors) -> None:
    actor, other = await actors.make(), await actors.make()
    made, kept = await create(client, actor), await create(client, actor)

    failure(await client.delete(f"{KEYS}/{made['id']}", headers=other.headers), 404, "NOT_FOUND")
    assert (await client.delete(f"{KEYS}/{made['id']}", headers=actor.headers)).status_code == 204
    failure(await client.delete(f"{KEYS}/{made['id']}", headers=actor.headers), 404, "NOT_FOUND")

    failure(await client.get(PROBE, headers=with_key(made)), 401, "INVALID_API_KEY")
    assert (await client.get(PROBE, headers=with_key(kept))).status_code == 200
    assert [key["id"] for key in (await client.get(KEYS, headers=actor.headers)).json()] == [kept["id"]]
    assert (await client.get(KEYS, headers=other.headers)).json() == []


async def test_a_key_ends_with_its_time(client: AsyncClient, actors: Actors, database: Database) -> None:
    actor = await actors.make()
    made = await create(client, actor, expires_in_days=1)
    async with database.unit_of_work() as db:
        await db.execute(update(ApiKey).values(expires_at=utcnow() - timedelta(seconds=1)))
    failure(await client.get(PROBE, headers=with_key(made)), 401, "INVALID_API_KEY")


async def test_what_is_no_key_is_refused(client: AsyncClient, actors: Actors) -> None:
    actor = await actors.make()
    key = (await create(client, actor))["key"]
    name, key_id, secret = key.rsplit("_", 2)
    wrong = ["x", "_", f"other_{key_id}_{secret}", f"{name}_{uuid4().hex}_{secret}", f"{name}_{key_id}_{'0' * 64}"]
    for sent in [*wrong, key[:-1], f"{name}_{key_id}_", f"{name}_nothing_{secret}"]:
        failure(await client.get(PROBE, headers={"X-API-Key": sent}), 401, "INVALID_API_KEY")
    failure(await client.get(PROBE, headers={"Authorization": f"Bearer {key}"}), 401, "UNAUTHORIZED")
    failure(await client.get(PROBE, params={"X-API-Key": key}), 401, "UNAUTHORIZED")


async def test_the_last_use_is_noted_once_a_minute(
    client: AsyncClient, actors: Actors, database: Database, statements: Statements
) -> None:
    actor = await actors.make()
    made = await create(client, actor)
    assert made["last_used_at"] is None
    counts: list[int] = []
    for _ in range(3):
        statements.clear()
        await client.get(PROBE, headers=with_key(made))
        counts.append(len(statements))
    assert counts == [2, 1, 1]
    (key,) = (await client.get(KEYS, headers=actor.headers)).json()
    assert key["last_used_at"] is not None

    async with database.unit_of_work() as db:
        await db.execute(update(ApiKey).values(last_used_at=utcnow() - timedelta(minutes=2)))
    statements.clear()
    await client.get(PROBE, headers=with_key(made))
    assert len(statements) == 2


async def test_an_account_has_so_many_keys_and_no_more(
    client: AsyncClient, actors: Actors, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_keys, "MOST", 3)
    actor = await actors.make()
    for _ in range(3):
        await create(client, actor)
    failure(await client.post(KEYS, json={"name": "one more"}, headers=actor.headers), 409, "CONFLICT")
    async with database.unit_of_work() as db:
        await db.execute(update(ApiKey).values(expires_at=utcnow()))
    await create(client, actor)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"expires_in_days": 0},
        {"expires_in_days": 367},
        {"account_id": 1},
        {"id": str(uuid4())},
    ],
    ids=str,
)
async def test_a_key_is_made_of_what_is_allowed(client: AsyncClient, actors: Actors, changes: dict[str, Any]) -> None:
    actor = await actors.make()
    answer = await client.post(KEYS, json={"name": "backup", **changes}, headers=actor.headers)
    failure(answer, 422, "VALIDATION_ERROR")
