"""Logging in and out, and what tokens are good for."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import anyio
import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy import delete, update

from app import defaults
from app.core import security
from app.core.clock import utcnow
from app.core.database import Database
from app.models import RefreshToken, User
from tests import samples
from tests.actors import Actors
from tests.factories import Factories
from tests.logins import bearer, log_in, me, refresh, tokens
from tests.support import API, Configure, Statements, failure

pytestmark = pytest.mark.anyio

UNKNOWN = UUID(int=1).hex


# Logging in ----------------------------------------------------------------------------------------------------------


async def test_whoever_has_registered_can_log_in(client: AsyncClient, actors: Actors, make: Factories) -> None:
    admin = await actors.make("admin")
    body = await make.user_body(1)

    registered = await client.post(f"{API}/auth/register", json=body, headers=admin.headers)
    assert registered.status_code == 201, registered.text
    assert body[samples.SECRET] not in registered.text
    assert registered.headers["location"].startswith(f"{API}/")

    answer = await log_in(client, body[samples.LOGIN], body[samples.SECRET])
    assert answer.json()["token_type"] == "bearer"
    assert answer.json()["expires_in"] == defaults.ACCESS_TOKEN_MINUTES * 60
    assert (await me(client, answer.json()["access_token"])).json() == registered.json()


async def test_nobody_becomes_admin_by_registering(client: AsyncClient, actors: Actors, make: Factories) -> None:
    admin = await actors.make("admin")
    body = {**await make.user_body(1), "role": "admin"}
    answer = await client.post(f"{API}/auth/register", json=body, headers=admin.headers)
    failure(answer, 422, "VALIDATION_ERROR")


@pytest.mark.skipif(not defaults.LOGIN_IS_EMAIL, reason="accounts do not log in with an e-mail address")
async def test_the_case_of_an_email_address_does_not_matter(client: AsyncClient, actors: Actors) -> None:
    actor = await actors.make()
    assert (await log_in(client, actor.login.upper(), actor.password)).status_code == 200


async def test_an_unknown_account_and_a_wrong_password_are_answered_alike(client: AsyncClient, actors: Actors) -> None:
    actor = await actors.make()
    wrong = await log_in(client, actor.login, "not the password")
    unknown = await log_in(client, f"x{actor.login}", actor.password)

    failure(wrong, 401, "INVALID_CREDENTIALS")
    assert wrong.headers["www-authenticate"] == "Bearer"
    assert wrong.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


async def test_an_unknown_account_costs_as_much_as_a_wrong_password(
    client: AsyncClient, actors: Actors, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = await actors.make()
    done: list[str] = []
    real = security.hasher

    class Counting:
        def hash(self, password: str) -> str:
            done.append("hash")
            return real.hash(password)

        def verify(self, password: str, password_hash: str) -> bool:
            done.append("verify")
            return real.verify(password, password_hash)

    monkeypatch.setattr(security, "hasher", Counting())
    await log_in(client, actor.login, "warm up")
    for login in (actor.login, f"x{actor.login}"):
        done.clear()
        failure(await log_in(client, login, "not the password"), 401, "INVALID_CREDENTIALS")
        assert done == ["verify"]


async def test_the_login_is_no_password(client: AsyncClient, actors: Actors, make: Factories) -> None:
    admin = await actors.make("admin")
    body = await make.user_body(1)
    for password in {str(body[samples.LOGIN]), str(body[samples.LOGIN]).upper()}:
        answer = await client.post(
            f"{API}/auth/register", json=body | {samples.SECRET: password}, headers=admin.headers
        )
        # shorter logins are refused for their length
        assert [error["field"] for error in failure(answer, 422, "VALIDATION_ERROR")["errors"]] == [
            f"body.{samples.SECRET}"
        ]


async def test_the_form_needs_a_login_and_a_password(client: AsyncClient) -> None:
    details = failure(await client.post(f"{API}/auth/token", data={"username": "somebody"}), 422, "VALIDATION_ERROR")
    assert [error["field"] for error in details["errors"]] == ["body.password"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "token"),
        ("POST", "refresh"),
        ("POST", "register"),
        ("POST", "logout"),
        ("GET", "me"),
        ("GET", "sessions"),
        ("DELETE", "me"),
        ("GET", "nowhere"),
    ],
)
async def test_answers_about_logging_in_are_not_stored(
    client: AsyncClient, actors: Actors, method: str, path: str
) -> None:
    actor = await actors.make()
    form = {"username": actor.login, "password": actor.password} if path == "token" else None
    for headers in ({}, actor.headers):
        answer = await client.request(method, f"{API}/auth/{path}", data=form, headers=headers)
        assert answer.headers["cache-control"] == "no-store"


# Access tokens -------------------------------------------------------------------------------------------------------


async def test_an_access_token_says_who_is_calling(client: AsyncClient, actors: Actors) -> None:
    actor = await actors.make()
    answer = await client.get(f"{API}/auth/me", headers=actor.headers)
    assert answer.status_code == 200
    assert str(answer.json()["id"]) == str(actor.id)


async def test_who_is_calling_costs_one_statement_and_is_logged(
    client: AsyncClient, actors: Actors, statements: Statements, caplog: pytest.LogCaptureFixture
) -> None:
    actor = await actors.make()
    statements.clear()
    caplog.set_level(logging.INFO)
    await client.post(f"{API}/auth/logout", headers=actor.headers)
    assert len(statements) == 2, statements
    (line,) = [record.msg for record in caplog.records if record.name == "app.requests"]
    assert isinstance(line, dict)
    assert line["account_id"] == str(actor.id)


async def test_without_a_token_there_is_no_account(client: AsyncClient) -> None:
    answer = await client.get(f"{API}/auth/me")
    failure(answer, 401, "UNAUTHORIZED")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_ends_with_its_account(client: AsyncClient, actors: Actors, database: Database) -> None:
    actor = await actors.make()
    async with database.unit_of_work() as db:
        await db.execute(delete(User).where(User.id == actor.id))
    failure(await client.get(f"{API}/auth/me", headers=actor.headers), 401, "UNAUTHORIZED")
    failure(await log_in(client, actor.login, actor.password), 401, "INVALID_CREDENTIALS")


# Refresh tokens ------------------------------------------------------------------------------------------------------


async def test_a_refresh_token_gives_a_new_pair(client: AsyncClient, actors: Actors) -> None:
    old = await tokens(client, await actors.make())
    answer = await refresh(client, old["refresh_token"])
    assert answer.status_code == 200
    new = answer.json()
    assert new["refresh_token"] != old["refresh_token"]
    assert new["access_token"] != old["access_token"]
    assert (await me(client, new["access_token"])).status_code == 200


async def age(database: Database, seconds: int) -> None:
    """Let some time pass since all refresh tokens were used."""
    async with database.unit_of_work() as db:
        await db.execute(update(RefreshToken).values(last_used_at=utcnow() - timedelta(seconds=seconds)))


async def ended(client: AsyncClient, pair: dict[str, Any]) -> None:
    """The session must have ended, for the newest of its tokens too."""
    failure(await refresh(client, pair["refresh_token"]), 401, "INVALID_REFRESH_TOKEN")
    failure(await me(client, pair["access_token"]), 401, "UNAUTHORIZED")


async def test_a_refresh_token_that_comes_twice_ends_the_session(
    client: AsyncClient, actors: Actors, database: Database
) -> None:
    old = await tokens(client, await actors.make())
    new = (await refresh(client, old["refresh_token"])).json()
    await age(database, 6)

    failure(await refresh(client, old["refresh_token"]), 401, "INVALID_REFRESH_TOKEN")
    await ended(client, new)


async def test_a_client_whose_answer_got_lost_asks_again(client: AsyncClient, actors: Actors) -> None:
    old = await tokens(client, await actors.make())
    lost = (await refresh(client, old["refresh_token"])).json()
    again = await refresh(client, old["refresh_token"])
    assert again.status_code == 200
    assert again.json()["refresh_token"] == lost["refresh_token"]
    assert (await refresh(client, lost["refresh_token"])).status_code == 200


async def test_only_the_last_token_may_come_again(client: AsyncClient, actors: Actors) -> None:
    first = await tokens(client, await actors.make())
    second = (await refresh(client, first["refresh_token"])).json()
    third = (await refresh(client, second["refresh_token"])).json()
    failure(await refresh(client, first["refresh_token"]), 401, "INVALID_REFRESH_TOKEN")
    await ended(client, third)


@pytest.mark.parametrize(("grace", "winners"), [(0, 1), (60, 20)], ids=["without grace", "with grace"])
async def test_of_twenty_refreshes_at_once_one_wins(
    client: AsyncClient,
    actors: Actors,
    configure: Configure,
    grace: int,
    winners: int,
) -> None:
    configure(refresh_grace_seconds=grace)
    pair = await tokens(client, await actors.make())
    answers: list[Response] = []

    async def use() -> None:
        answers.append(await refresh(client, pair["refresh_token"]))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(use)
    assert sorted(answer.status_code for answer in answers) == [200] * winners + [401] * (20 - winners)
    given = {answer.json()["refresh_token"] for answer in answers if answer.is_success}
    assert len(given) == 1, "there is one new token, however often it is told"


@pytest.mark.parametrize("token", ["x", "x.y", f"{UNKNOWN}.", f"{UNKNOWN}.secret"])
async def test_an_unknown_refresh_token_is_refused(client: AsyncClient, token: str) -> None:
    failure(await refresh(client, token), 401, "INVALID_REFRESH_TOKEN")


async def test_an_access_token_does_not_refresh(client: AsyncClient, actors: Actors) -> None:
    pair = await tokens(client, await actors.make())
    failure(await refresh(client, pair["access_token"][:200]), 401, "INVALID_REFRESH_TOKEN")
    failure(await me(client, pair["refresh_token"]), 401, "UNAUTHORIZED")


# Sessions ------------------------------------------------------------------------------------------------------------


async def test_logging_out_ends_the_tokens_of_this_session_only(client: AsyncClient, actors: Actors) -> None:
    actor = await actors.make()
    here, there = await tokens(client, actor), await tokens(client, actor)

    assert (await client.post(f"{API}/auth/logout", headers=bearer(here["access_token"]))).status_code == 204

    failure(await me(client, here["access_token"]), 401, "UNAUTHORIZED")
    failure(await refresh(client, here["refresh_token"]), 401, "INVALID_REFRESH_TOKEN")
    assert (await me(client, there["access_token"])).status_code == 200
    assert (await refresh(client, there["refresh_token"])).status_code == 200


async def test_logging_out_everywhere_ends_all_sessions_of_the_account(client: AsyncClient, actors: Actors) -> None:
    actor, other = await actors.make(), await actors.make()
    here, there = await tokens(client, actor), await tokens(client, actor)

    assert (await client.post(f"{API}/auth/logout-all", headers=bearer(here["access_token"]))).status_code == 204

    for pair in (here, there):
        failure(await me(client, pair["access_token"]), 401, "UNAUTHORIZED")
        failure(await refresh(client, pair["refresh_token"]), 401, "INVALID_REFRESH_TOKEN")
    assert (await client.get(f"{API}/auth/me", headers=other.headers)).status_code == 200


async def test_sessions_tell_where_one_is_logged_in(client: AsyncClient, actors: Actors) -> None:
    actor = await actors.make()
    await actors.make()
    pair = (
        await client.post(
            f"{API}/auth/token",
            data={"username": actor.login, "password": actor.password},
            headers={"User-Agent": "browser"},
        )
    ).json()

    answer = await client.get(f"{API}/auth/sessions", headers=bearer(pair["access_token"]))
    assert [(session["client"], session["current"]) for session in answer.json()] == [
        ("browser", True),
        ("tests", False),
    ]
    assert pair["refresh_token"].partition(".")[2] not in answer.text


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/logout"), ("POST", "/logout-all"), ("GET", "/me"), ("GET", "/sessions")]
)
async def test_sessions_are_for_those_who_are_logged_in(client: AsyncClient, method: str, path: str) -> None:
    failure(await client.request(method, f"{API}/auth{path}"), 401, "UNAUTHORIZED")
