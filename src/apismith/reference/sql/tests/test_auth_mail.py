"""Forgotten passwords and addresses to verify: the mails go to a real server, and their links are followed."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response
from pydantic import SecretStr
from starlette.types import Message, Receive, Scope, Send

from app.config import Environment
from app.core import links
from app.core.links import Purpose
from tests import samples
from tests.actors import Actors
from tests.factories import Factories
from tests.logins import log_in, me, refresh, tokens
from tests.mailbox import Mailbox
from tests.support import API, Configure, Statements, failure

pytestmark = pytest.mark.anyio


@pytest.fixture
async def mailbox(configure: Configure) -> AsyncIterator[Mailbox]:
    """The mails that the app sends in this test."""
    mailbox = Mailbox()
    async with mailbox.listening() as url:
        configure(smtp_url=SecretStr(url), public_url="https://app.example/")
        yield mailbox


@pytest.fixture
def new_password() -> str:
    """A password that is not yet anybody's."""
    return str(samples.user(77)[samples.SECRET])


async def forgot(client: AsyncClient, address: str) -> Response:
    return await client.post(f"{API}/auth/password/forgot", json={"email": address})


async def reset(client: AsyncClient, token: str, password: str) -> Response:
    return await client.post(f"{API}/auth/password/reset", json={"token": token, "password": password})


async def verify(client: AsyncClient, token: str) -> Response:
    return await client.post(f"{API}/auth/email/verify", json={"token": token})


async def register(client: AsyncClient, actors: Actors, make: Factories) -> dict[str, Any]:
    """The body with which somebody has registered."""
    body = await make.user_body(1)
    answer = await client.post(f"{API}/auth/register", json=body, headers=(await actors.make("admin")).headers)
    assert answer.status_code == 201, answer.text
    return body


# Forgotten passwords -------------------------------------------------------------------------------------------------


async def test_whoever_reads_the_mail_sets_a_new_password(
    client: AsyncClient, actors: Actors, mailbox: Mailbox, new_password: str
) -> None:
    actor = await actors.make()
    assert (await forgot(client, actor.login)).status_code == 202

    (mail,) = mailbox.to(actor.login)
    assert mail["Subject"].startswith("A new password for ")
    assert f"https://app.example/{Purpose.RESET_PASSWORD}#token=" in mail.get_content()

    answer = await reset(client, mailbox.token(actor.login, Purpose.RESET_PASSWORD), new_password)
    assert (answer.status_code, answer.text) == (204, "")
    failure(await log_in(client, actor.login, actor.password), 401, "INVALID_CREDENTIALS")
    assert (await log_in(client, actor.login, new_password)).status_code == 200


async def test_a_new_password_ends_all_sessions(
    client: AsyncClient, actors: Actors, mailbox: Mailbox, new_password: str
) -> None:
    actor, other = await actors.make(), await actors.make()
    pair = await tokens(client, actor)
    await forgot(client, actor.login)
    await reset(client, mailbox.token(actor.login, Purpose.RESET_PASSWORD), new_password)

    failure(await me(client, pair["access_token"]), 401, "UNAUTHORIZED")
    failure(await refresh(client, pair["refresh_token"]), 401, "INVALID_REFRESH_TOKEN")
    assert (await client.get(f"{API}/auth/me", headers=other.headers)).status_code == 200


async def test_a_link_to_a_new_password_works_once(
    client: AsyncClient, actors: Actors, mailbox: Mailbox, new_password: str
) -> None:
    actor = await actors.make()
    for _ in range(2):
        await forgot(client, actor.login)
    token = mailbox.token(actor.login, Purpose.RESET_PASSWORD)
    statuses: list[int] = []

    async def use() -> None:
        statuses.append((await reset(client, token, new_password)).status_code)

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(use)
    assert sorted(statuses) == [204, 401, 401, 401]
    for mail in mailbox.to(actor.login):  # the other link is over too
        used = mail.get_content().partition("#token=")[2].split()[0]
        failure(await reset(client, used, actor.password), 401, "INVALID_LINK")


async def test_a_link_ends_with_its_time(
    client: AsyncClient, actors: Actors, mailbox: Mailbox, new_password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for purpose in Purpose:
        monkeypatch.setitem(links.LIFETIMES, purpose, timedelta(seconds=-1))
    actor = await actors.make()
    await forgot(client, actor.login)
    await client.post(f"{API}/auth/email/verify/send", json={"email": actor.login})
    failure(await reset(client, mailbox.token(actor.login, Purpose.RESET_PASSWORD), new_password), 401, "INVALID_LINK")
    failure(await verify(client, mailbox.token(actor.login, Purpose.VERIFY_EMAIL)), 401, "INVALID_LINK")


async def test_a_link_is_only_good_for_its_account_and_purpose(
    client: AsyncClient, actors: Actors, mailbox: Mailbox, new_password: str
) -> None:
    actor, other = await actors.make(), await actors.make()
    await forgot(client, actor.login)
    await client.post(f"{API}/auth/email/verify/send", json={"email": actor.login})
    token = mailbox.token(actor.login, Purpose.RESET_PASSWORD)
    _, expires, signature = token.split(".")
    for wrong in (
        mailbox.token(actor.login, Purpose.VERIFY_EMAIL),
        f"{other.id}.{expires}.{signature}",
        f"{actor.id}.{int(expires) + 1}.{signature}",
        f"{actor.id}.{expires}.x{signature[1:]}" if signature[0] != "x" else f"{actor.id}.{expires}.y{signature[1:]}",
        f"{'9' * 30}.{expires}.{signature}",
        "x",
        "a.b.c",
        "...",
    ):
        failure(await reset(client, wrong, new_password), 401, "INVALID_LINK")
    failure(await verify(client, token), 401, "INVALID_LINK")
    assert (await reset(client, token, new_password)).status_code == 204


async def test_a_new_password_must_be_acceptable(client: AsyncClient, actors: Actors, mailbox: Mailbox) -> None:
    actor = await actors.make()
    await forgot(client, actor.login)
    token = mailbox.token(actor.login, Purpose.RESET_PASSWORD)
    for password in ("x" * 1025, "1234567890", "qwertyuiopasdfghjklzxcvbnm", actor.login):
        failure(await reset(client, token, password), 422, "VALIDATION_ERROR")
    assert (await log_in(client, actor.login, actor.password)).status_code == 200


@pytest.mark.parametrize("path", ["password/forgot", "email/verify/send"])
async def test_nobody_learns_which_addresses_have_an_account(
    app: FastAPI, client: AsyncClient, actors: Actors, mailbox: Mailbox, statements: Statements, path: str
) -> None:
    actor = await actors.make()
    before: list[int] = []

    async def spying(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                before.append(len(statements))
            await send(message)

        await app(scope, receive, sending)

    statements.clear()
    async with AsyncClient(transport=ASGITransport(spying), base_url="http://test") as spy:
        known = await spy.post(f"{API}/auth/{path}", json={"email": actor.login.upper()})
        statements.clear()
        unknown = await spy.post(f"{API}/auth/{path}", json={"email": f"x{actor.login}"})

    assert (known.status_code, known.text) == (unknown.status_code, unknown.text) == (202, unknown.text)
    assert before == [0, 0], "the account is looked up when the answer is on its way"
    assert len(mailbox.to(actor.login)) == 1
    assert mailbox.to(f"x{actor.login}") == []


async def test_an_address_is_not_flooded_with_mails(
    client: AsyncClient, actors: Actors, mailbox: Mailbox, configure: Configure
) -> None:
    configure(rate_limit_login="2/minute")
    actor = await actors.make()
    for address in (actor.login, f"x{actor.login}"):
        assert [(await forgot(client, address)).status_code for _ in range(3)] == [202, 202, 429]
    assert len(mailbox.to(actor.login)) == 2


# Addresses -----------------------------------------------------------------------------------------------------------


async def test_who_registers_is_asked_to_verify_the_address(
    client: AsyncClient, actors: Actors, make: Factories, mailbox: Mailbox
) -> None:
    body = await register(client, actors, make)
    token = mailbox.token(body[samples.LOGIN], Purpose.VERIFY_EMAIL)
    assert (await verify(client, token)).status_code == 204
    failure(await verify(client, token), 401, "INVALID_LINK")

    mailbox.mails.clear()
    answer = await client.post(f"{API}/auth/email/verify/send", json={"email": body[samples.LOGIN]})
    assert answer.status_code == 202
    assert mailbox.mails == [], "who has verified an address is not asked again"


async def test_unverified_accounts_may_be_kept_out(
    client: AsyncClient, actors: Actors, make: Factories, mailbox: Mailbox, configure: Configure
) -> None:
    body = await register(client, actors, make)
    login, password = body[samples.LOGIN], body[samples.SECRET]
    assert (await log_in(client, login, password)).status_code == 200

    configure(unverified_may_log_in=False)
    failure(await log_in(client, login, password), 403, "EMAIL_NOT_VERIFIED")
    failure(await log_in(client, login, "not the password"), 401, "INVALID_CREDENTIALS")
    await verify(client, mailbox.token(login, Purpose.VERIFY_EMAIL))
    assert (await log_in(client, login, password)).status_code == 200


async def test_a_new_password_by_mail_verifies_the_address(
    client: AsyncClient, actors: Actors, mailbox: Mailbox, configure: Configure, new_password: str
) -> None:
    configure(unverified_may_log_in=False)
    actor = await actors.make()
    await forgot(client, actor.login)
    await reset(client, mailbox.token(actor.login, Purpose.RESET_PASSWORD), new_password)
    assert (await log_in(client, actor.login, new_password)).status_code == 200


# Without a mail server -----------------------------------------------------------------------------------------------


async def test_in_development_the_link_is_in_the_log(
    client: AsyncClient, actors: Actors, caplog: pytest.LogCaptureFixture
) -> None:
    actor = await actors.make()
    caplog.set_level(logging.INFO)
    assert (await forgot(client, actor.login)).status_code == 202
    (line,) = [record.msg for record in caplog.records if record.name == "app.core.mail"]
    assert isinstance(line, dict)
    assert "development_only" in line
    assert "#token=" in line["link"]


@pytest.mark.parametrize("path", ["password/forgot", "email/verify/send"])
async def test_in_production_mails_need_a_server(
    client: AsyncClient, actors: Actors, configure: Configure, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    configure(environment=Environment.PRODUCTION)
    actor = await actors.make()
    for address in (actor.login, f"x{actor.login}"):
        answer = await client.post(f"{API}/auth/{path}", json={"email": address})
        assert failure(answer, 503, "SERVICE_UNAVAILABLE") == {"component": "mail"}
    assert "#token=" not in caplog.text


async def test_a_server_that_does_not_answer_is_logged(
    client: AsyncClient, actors: Actors, configure: Configure, caplog: pytest.LogCaptureFixture
) -> None:
    configure(smtp_url=SecretStr("smtp://127.0.0.1:1"))
    actor = await actors.make()
    assert (await forgot(client, actor.login)).status_code == 202
    assert "mail.not_sent" in caplog.text
    assert "#token=" not in caplog.text
