"""Scripts on pages of other origins: who may ask what, as browsers find out."""

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response

from app.main import create_app
from tests.support import API, failure, settings_for

pytestmark = pytest.mark.anyio

SHOP, OFFICE = "https://shop.example", "https://office.example:8443"
FOREIGN = [
    "https://elsewhere.example",
    "http://shop.example",
    "https://shop.example:444",
    "https://shop.example.evil.example",
    "https://notshop.example",
    "https://SHOP.example.",
    "null",
    "*",
    "",
]


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(settings_for("postgresql://nobody@127.0.0.1:1/nothing", cors_origins=[SHOP, OFFICE]))


async def send(app: FastAPI, method: str, **headers: str) -> Response:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.request(method, f"{API}/nowhere", headers=named)


async def ask_first(app: FastAPI, origin: str, method: str = "GET", **headers: str) -> Response:
    return await send(app, "OPTIONS", Origin=origin, Access_Control_Request_Method=method, **headers)


@pytest.mark.parametrize("origin", [SHOP, OFFICE])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_allowed_origins_may_use_our_methods(app: FastAPI, origin: str, method: str) -> None:
    answer = await ask_first(app, origin, method)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin
    assert method in answer.headers["access-control-allow-methods"].split(", ")
    assert "Origin" in answer.headers["vary"]
    assert int(answer.headers["access-control-max-age"]) > 0


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "get", "*"])
async def test_other_methods_are_refused(app: FastAPI, method: str) -> None:
    failure(await ask_first(app, SHOP, method), 400, "BAD_REQUEST")


@pytest.mark.parametrize("header", ["Authorization", "content-type", "X-Request-ID", "authorization, Content-Type"])
async def test_our_headers_may_be_sent(app: FastAPI, header: str) -> None:
    answer = await ask_first(app, SHOP, "POST", Access_Control_Request_Headers=header)
    assert answer.status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Cookie", "X-Unknown", "Authorization, X-Unknown", "*"])
async def test_other_headers_are_refused(app: FastAPI, header: str) -> None:
    failure(await ask_first(app, SHOP, "POST", Access_Control_Request_Headers=header), 400, "BAD_REQUEST")


@pytest.mark.parametrize("origin", FOREIGN)
async def test_other_origins_are_refused(app: FastAPI, origin: str) -> None:
    refused = await ask_first(app, origin)
    failure(refused, 400, "BAD_REQUEST")
    answered = await send(app, "GET", Origin=origin)
    for answer in (refused, answered):
        assert "access-control-allow-origin" not in answer.headers
        assert "Origin" in answer.headers["vary"], "a cache must not give this answer to an allowed origin"


async def test_an_answer_names_the_origin_and_what_scripts_may_read_of_it(app: FastAPI) -> None:
    answer = await send(app, "GET", Origin=SHOP)
    failure(answer, 404, "NOT_FOUND")
    assert answer.headers["access-control-allow-origin"] == SHOP
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID"} <= set(exposed)


async def test_browsers_do_not_send_what_they_have_stored(app: FastAPI) -> None:
    for answer in (await ask_first(app, SHOP), await send(app, "GET", Origin=SHOP)):
        assert "access-control-allow-credentials" not in answer.headers


async def test_what_is_no_script_needs_no_origin(app: FastAPI) -> None:
    answer = await send(app, "GET")
    failure(answer, 404, "NOT_FOUND")
    assert "access-control-allow-origin" not in answer.headers
