"""What surrounds every request: headers, the request's id, its line in the log, limits on who may ask."""

import logging
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from app.config import Environment
from app.core import security
from app.main import create_app
from tests.support import failure, settings_for

pytestmark = pytest.mark.anyio

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


def client_of(app: FastAPI) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(app), base_url="http://test")


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/health/"])
async def test_every_answer_carries_security_headers(client: AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert HEADERS.items() <= dict(answer.headers).items()
    assert "strict-transport-security" not in answer.headers


async def test_production_asks_browsers_to_stay_with_tls() -> None:
    settings = settings_for("postgresql://nobody@nowhere/x", environment=Environment.PRODUCTION)
    async with client_of(create_app(settings)) as client:
        answer = await client.get("/health")
    assert answer.headers["strict-transport-security"].startswith("max-age=")


# The request's id ----------------------------------------------------------------------------------------------------


async def test_every_request_has_an_id_of_its_own(client: AsyncClient) -> None:
    ids = {(await client.get("/health")).headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3


async def test_the_id_that_a_client_sends_is_kept(client: AsyncClient) -> None:
    answer = await client.get("/nowhere", headers={"X-Request-ID": "trace-1.a_B"})
    assert answer.headers["x-request-id"] == "trace-1.a_B"
    assert answer.json()["request_id"] == "trace-1.a_B"


@pytest.mark.parametrize("sent", ["", "with space", "x" * 129, "line\tbreak", 'quote"'])
async def test_an_id_that_could_do_harm_is_replaced(client: AsyncClient, sent: str) -> None:
    answer = await client.get("/health", headers={"X-Request-ID": sent})
    assert answer.headers["x-request-id"] != sent
    assert len(answer.headers["x-request-id"]) == 32


# The log -------------------------------------------------------------------------------------------------------------


def request_lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [record.msg for record in caplog.records if record.name == "app.requests" and isinstance(record.msg, dict)]


async def test_each_request_is_logged_with_its_route(client: AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await client.get("/health/ready?token=secret")
    await client.get("/nowhere%1b?token=secret")
    known, unknown = request_lines(caplog)
    assert (known["method"], known["path"], known["status"]) == ("GET", "/health/ready", 200)
    assert known["milliseconds"] > 0
    assert known["request_id"]
    assert (unknown["path"], unknown["status"]) == ("/nowhere%1b", 404)
    assert "secret" not in f"{known}{unknown}"


async def test_slow_requests_are_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    settings = settings_for("postgresql://nobody@nowhere/x", slow_request_seconds=1e-9)
    async with client_of(create_app(settings)) as client:
        await client.get("/health")
    assert [record.levelname for record in caplog.records if record.name == "app.requests"] == ["WARNING"]


# Browsers ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def shop() -> AsyncClient:
    """A client of a backend that allows one other origin."""
    settings = settings_for("postgresql://nobody@nowhere/x", cors_origins=["https://shop.example"])
    return client_of(create_app(settings))


async def test_scripts_of_allowed_origins_may_ask(shop: AsyncClient) -> None:
    headers = {"Origin": "https://shop.example", "Access-Control-Request-Method": "PATCH"}
    answer = await shop.options("/health", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert "access-control-allow-credentials" not in answer.headers


async def test_scripts_of_other_origins_may_not(shop: AsyncClient) -> None:
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "PATCH"}
    failure(await shop.options("/health", headers=headers), 400, "BAD_REQUEST")
    answer = await shop.get("/health", headers={"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in answer.headers


async def test_long_answers_are_compressed(client: AsyncClient) -> None:
    long, short = await client.get("/openapi.json"), await client.get("/health")
    assert long.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in short.headers


# Passwords -----------------------------------------------------------------------------------------------------------


async def test_passwords_are_hashed_with_argon2_and_a_salt() -> None:
    first, second = [await security.hash_password("correct horse") for _ in range(2)]
    assert first.startswith("$argon2id$")
    assert first != second
    assert await security.verify_password("correct horse", first)
    assert not await security.verify_password("wrong horse", first)


async def test_without_a_hash_no_password_is_right() -> None:
    assert not await security.verify_password("", None)
