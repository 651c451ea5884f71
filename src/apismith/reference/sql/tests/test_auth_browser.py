"""Logging in from a page: where the refresh token is kept, and which pages may use it."""

from http.cookies import Morsel, SimpleCookie
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient, Response

from app import defaults
from app.config import Environment
from app.main import create_app
from tests.actors import Actor, Actors
from tests.databases import Scratch
from tests.logins import me
from tests.support import API, Configure, failure, settings_for

pytestmark = pytest.mark.anyio

BROWSER = f"{API}/auth/browser"
PAGE = {"Origin": "https://app.example"}
OWN_PAGE = {"Origin": "http://test"}


@pytest.fixture(autouse=True)
def one_allowed_origin(configure: Configure) -> None:
    configure(cors_origins=(PAGE["Origin"],))


async def log_in(client: AsyncClient, actor: Actor, headers: dict[str, str] = PAGE) -> Response:
    form = {"username": actor.login, "password": actor.password}
    return await client.post(f"{BROWSER}/token", data=form, headers=headers)


def cookie_of(answer: Response) -> "Morsel[str]":
    (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
    return cookie


async def test_the_refresh_token_stays_in_a_cookie(client: AsyncClient, actors: Actors) -> None:
    answer = await log_in(client, await actors.make())
    assert answer.json().keys() == {"access_token", "token_type", "expires_in"}
    assert (await me(client, answer.json()["access_token"])).status_code == 200

    cookie = cookie_of(answer)
    assert cookie.key == f"{defaults.NAME}_refresh"
    assert cookie.value not in answer.text
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "strict", BROWSER)
    assert int(cookie["max-age"]) == defaults.REFRESH_TOKEN_DAYS * 24 * 60 * 60
    assert answer.headers["cache-control"] == "no-store"


async def test_in_production_the_cookie_needs_tls(client: AsyncClient, actors: Actors, configure: Configure) -> None:
    actor = await actors.make()
    assert not cookie_of(await log_in(client, actor))["secure"]
    configure(environment=Environment.PRODUCTION)
    assert cookie_of(await log_in(client, actor))["secure"]
    failure(await log_in(client, actor, OWN_PAGE), 403, "FOREIGN_ORIGIN")
    assert (await log_in(client, actor, {"Origin": "https://test"})).status_code == 200


async def test_the_cookie_gives_new_tokens(client: AsyncClient, actors: Actors) -> None:
    first = cookie_of(await log_in(client, await actors.make())).value
    answer = await client.post(f"{BROWSER}/refresh", headers=PAGE)
    assert answer.status_code == 200, answer.text
    assert cookie_of(answer).value != first
    assert (await me(client, answer.json()["access_token"])).status_code == 200
    assert (await client.post(f"{BROWSER}/refresh", headers=PAGE)).status_code == 200


async def test_logging_out_ends_the_session_and_the_cookie(client: AsyncClient, actors: Actors) -> None:
    logged_in = await log_in(client, await actors.make())
    kept = cookie_of(logged_in)
    answer = await client.post(f"{BROWSER}/logout", headers=PAGE)
    assert answer.status_code == 204
    assert cookie_of(answer)["max-age"] == "0"
    assert not client.cookies

    failure(await me(client, logged_in.json()["access_token"]), 401, "UNAUTHORIZED")
    again = await client.post(f"{BROWSER}/refresh", headers={**PAGE, "Cookie": f"{kept.key}={kept.value}"})
    failure(again, 401, "INVALID_REFRESH_TOKEN")


@pytest.mark.parametrize("path", ["token", "refresh", "logout"])
@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        pytest.param(PAGE, True, id="an allowed origin"),
        pytest.param(OWN_PAGE, True, id="the backend's own"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, True, id="the backend's own, said otherwise"),
        pytest.param({}, False, id="nobody knows"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, False, id="another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, False, id="a neighbour"),
        pytest.param({"Sec-Fetch-Site": "none"}, False, id="no page"),
        pytest.param({"Origin": "https://evil.example"}, False, id="another origin"),
        pytest.param({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, False, id="both"),
        pytest.param({"Origin": "https://app.example.evil.example"}, False, id="begins alike"),
        pytest.param({"Origin": "https://evilapp.example"}, False, id="ends alike"),
        pytest.param({"Origin": "https://app.example:8443"}, False, id="another port"),
        pytest.param({"Origin": "http://app.example"}, False, id="without TLS"),
        pytest.param({"Origin": "null"}, False, id="hidden"),
        pytest.param({"Referer": "https://app.example/"}, False, id="a referer"),
    ],
)
async def test_only_allowed_pages_may_ask(
    client: AsyncClient, actors: Actors, path: str, headers: dict[str, str], allowed: bool
) -> None:
    actor = await actors.make()
    before = await log_in(client, actor)
    if path == "token":
        answer = await log_in(client, actor, headers)
    else:
        answer = await client.post(f"{BROWSER}/{path}", headers=headers)
    if allowed:
        assert answer.is_success, answer.text
        return
    failure(answer, 403, "FOREIGN_ORIGIN")
    assert "set-cookie" not in answer.headers
    assert (await me(client, before.json()["access_token"])).status_code == 200, "nothing was ended"


@pytest.mark.parametrize("path", ["refresh", "logout"])
@pytest.mark.parametrize("cookie", [None, "", "x", "x.y", f"{'0' * 32}.secret"])
async def test_without_a_valid_cookie_nobody_is_logged_in(client: AsyncClient, path: str, cookie: str | None) -> None:
    headers: dict[str, Any] = {**PAGE} if cookie is None else {**PAGE, "Cookie": f"{defaults.NAME}_refresh={cookie}"}
    answer = await client.post(f"{BROWSER}/{path}", headers=headers)
    if path == "logout" and cookie is not None and cookie.startswith("0"):
        assert answer.status_code == 204, "what has ended may be ended again"
    else:
        failure(answer, 401, "INVALID_REFRESH_TOKEN")


@pytest.mark.parametrize(("path", "status"), [("refresh", 401), ("token", 422)])
async def test_pages_of_allowed_origins_read_the_answer(migrated: Scratch, path: str, status: int) -> None:
    app = create_app(settings_for(migrated.url, cors_origins=PAGE["Origin"]))
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://test") as it,
    ):
        answer = await it.post(f"{BROWSER}/{path}", headers=PAGE)
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == PAGE["Origin"]
        assert answer.headers["access-control-allow-credentials"] == "true"
        for elsewhere in (await it.post(f"{API}/auth/token", headers=PAGE), await it.get("/health", headers=PAGE)):
            assert "access-control-allow-credentials" not in elsewhere.headers
        stranger = await it.post(f"{BROWSER}/{path}", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-credentials" not in stranger.headers


async def test_the_cookie_is_good_for_nothing_else(client: AsyncClient, actors: Actors) -> None:
    kept = cookie_of(await log_in(client, await actors.make()))
    cookie = {"Cookie": f"{kept.key}={kept.value}"}
    failure(await client.get(f"{API}/auth/me", headers=cookie), 401, "UNAUTHORIZED")
    failure(await client.post(f"{API}/auth/logout", headers=cookie), 401, "UNAUTHORIZED")
