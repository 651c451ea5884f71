"""Guessing passwords is slow, and locks nobody out."""

from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response

from app.core.database import Database
from app.main import create_app
from tests.actors import Actor, Actors
from tests.support import API, failure, settings_for

pytestmark = pytest.mark.anyio

HOME, STRANGER, ELSEWHERE = "203.0.113.1", "198.51.100.1", "192.0.2.1"


@pytest.fixture
def app(database: Database) -> FastAPI:
    app = create_app(settings_for("sqlite:///unused.db", rate_limit_login="3/minute"))
    app.state.database = database
    return app


async def log_in(app: FastAPI, login: str, typed: str = "wrong", *, address: str) -> Response:
    transport = ASGITransport(app, client=(address, 1234))
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.post(f"{API}/auth/token", data={"username": login, "password": typed})


async def guess(app: FastAPI, login: str, *, times: int, address: str = STRANGER) -> list[int]:
    return [(await log_in(app, login, f"guess {n}", address=address)).status_code for n in range(times)]


async def enter(app: FastAPI, actor: Actor, *, address: str) -> int:
    return (await log_in(app, actor.login, actor.password, address=address)).status_code


async def test_guessing_is_slowed_down(app: FastAPI, actors: Actors) -> None:
    actor = await actors.make()
    assert await guess(app, actor.login, times=3) == [401, 401, 401]
    answer = await log_in(app, actor.login, actor.password, address=STRANGER)
    assert failure(answer, 429, "TOO_MANY_REQUESTS") == {"policy": "login"}
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.headers["ratelimit-policy"].endswith(', "login";q=3;w=60')
    assert answer.headers["ratelimit"].endswith(f', "login";r=0;t={answer.headers["retry-after"]}')
    assert answer.headers["cache-control"] == "no-store"


async def test_many_guesses_at_once_are_not_more(app: FastAPI, actors: Actors) -> None:
    actor = await actors.make()
    statuses: list[int] = []

    async def try_once() -> None:
        statuses.append((await log_in(app, actor.login, address=STRANGER)).status_code)

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(try_once)
    assert sorted(statuses) == [401] * 3 + [429] * 7


async def test_trying_one_password_on_many_accounts_is_slowed_down(app: FastAPI, actors: Actors) -> None:
    logins = [(await actors.make()).login for _ in range(4)]
    statuses = [(await log_in(app, login, address=STRANGER)).status_code for login in logins]
    assert statuses == [401, 401, 401, 429]


async def test_strangers_do_not_lock_out_the_owner(app: FastAPI, actors: Actors) -> None:
    actor = await actors.make()
    assert await enter(app, actor, address=HOME) == 200
    assert 429 in await guess(app, actor.login, times=5)
    assert await enter(app, actor, address=HOME) == 200, "from where they were before"
    assert await enter(app, actor, address=ELSEWHERE) == 200, "from a new address"


async def test_where_an_account_was_before_others_do_not_matter(app: FastAPI, actors: Actors) -> None:
    actor, neighbour = await actors.make(), await actors.make()
    assert await enter(app, actor, address=HOME) == 200
    assert 429 in await guess(app, neighbour.login, times=5, address=HOME)
    assert await enter(app, actor, address=HOME) == 200
    assert await guess(app, actor.login, times=4, address=HOME) == [401, 401, 401, 429], "it may fail as often as any"


async def test_logging_in_often_is_no_guessing(app: FastAPI, actors: Actors) -> None:
    actor = await actors.make()
    assert [await enter(app, actor, address=HOME) for _ in range(8)] == [200] * 8


async def test_logging_in_to_an_own_account_does_not_make_room_for_guesses(app: FastAPI, actors: Actors) -> None:
    own, other = await actors.make(), await actors.make()
    statuses: list[int] = []
    for _ in range(4):
        await enter(app, own, address=STRANGER)
        statuses += await guess(app, other.login, times=1)
    assert statuses == [401, 401, 401, 429]


async def test_whether_an_account_exists_makes_no_difference(app: FastAPI, actors: Actors) -> None:
    actor = await actors.make()
    known: list[Any] = [await log_in(app, actor.login, address=STRANGER) for _ in range(5)]
    unknown: list[Any] = [await log_in(app, f"x{actor.login}", address=ELSEWHERE) for _ in range(5)]
    for one, other in zip(known, unknown, strict=True):
        assert one.status_code == other.status_code
        assert one.json() | {"request_id": ""} == other.json() | {"request_id": ""}
        assert one.headers["ratelimit"].partition(";t=")[0] == other.headers["ratelimit"].partition(";t=")[0]


async def test_writing_a_login_in_another_way_is_no_other_account(app: FastAPI, actors: Actors) -> None:
    actor = await actors.make()
    logins = [actor.login, actor.login.upper(), f" {actor.login} ", actor.login.title()]
    assert [(await log_in(app, login, address=STRANGER)).status_code for login in logins][-1] == 429


# All requests --------------------------------------------------------------------------------------------------------


async def test_accounts_are_counted_wherever_they_are(database: Database, actors: Actors) -> None:
    app = create_app(settings_for("sqlite:///unused.db", rate_limit="2/minute"))
    app.state.database = database
    one, other = await actors.make(), await actors.make()

    async def me(headers: dict[str, str], address: str) -> int:
        transport = ASGITransport(app, client=(address, 1234))
        async with AsyncClient(transport=transport, base_url="http://test") as client:
            return (await client.get(f"{API}/auth/me", headers=headers)).status_code

    assert [await me(one.headers, address) for address in (HOME, STRANGER, ELSEWHERE)] == [200, 200, 429]
    assert await me(other.headers, HOME) == 200
    forged = {"Authorization": f"{one.headers['Authorization'][:-4]}AAAA"}
    assert [await me(forged, HOME) for _ in range(3)] == [401, 401, 429], "a token that is not valid is nobody's"
    assert await me({}, HOME) == 429
