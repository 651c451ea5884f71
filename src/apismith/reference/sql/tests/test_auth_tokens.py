"""Tokens that are not ours, not whole, not of now or not for this: every one is refused in the same way."""

import json
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from app.config import Settings
from app.core.clock import utcnow
from app.core.security import AccessToken, RefreshSecret, encode_access_token
from tests.actors import Actors
from tests.forgeries import access_token, claims_of, encoded, forged, refused
from tests.logins import me, tokens
from tests.support import API, failure

pytestmark = pytest.mark.anyio

CLAIMS: Final = ("iss", "aud", "sub", "exp", "iat", "nbf", "jti", "typ", "sid")


@pytest.mark.parametrize("claim", CLAIMS)
async def test_a_token_needs_every_claim(client: AsyncClient, actors: Actors, settings: Settings, claim: str) -> None:
    token = await access_token(client, actors)
    assert set(claims_of(token)) == set(CLAIMS)
    assert (await me(client, forged(token, settings))).status_code == 200
    await refused(client, forged(token, settings, **{claim: None}))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"exp": utcnow() - timedelta(minutes=1)}, id="expired"),
        pytest.param({"exp": "tomorrow"}, id="exp is no time"),
        pytest.param({"nbf": utcnow() + timedelta(days=1)}, id="not yet valid"),
        pytest.param({"iat": utcnow() + timedelta(days=1)}, id="issued in the future"),
        pytest.param({"iss": "somebody else"}, id="another issuer"),
        pytest.param({"aud": "somebody else"}, id="another audience"),
        pytest.param({"typ": "refresh"}, id="another type"),
        pytest.param({"typ": 1}, id="no type"),
        pytest.param({"jti": 1}, id="a jti that is no text"),
        pytest.param({"sub": "nobody"}, id="no account"),
        pytest.param({"sub": str(uuid4())}, id="an unknown account"),
        pytest.param({"sid": "none"}, id="no session"),
        pytest.param({"sid": 1}, id="a session that is no text"),
        pytest.param({"sid": uuid4().hex}, id="an unknown session"),
    ],
)
async def test_a_token_must_be_ours_and_of_now(
    client: AsyncClient, actors: Actors, settings: Settings, changes: dict[str, Any]
) -> None:
    await refused(client, forged(await access_token(client, actors), settings, **changes))


async def test_a_session_is_only_good_for_its_own_account(
    client: AsyncClient, actors: Actors, settings: Settings
) -> None:
    token, other = await access_token(client, actors), await actors.make()
    await refused(client, forged(token, settings, sub=str(other.id)))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "e30.e30.", "..", "null"])
async def test_what_is_no_token_is_refused(client: AsyncClient, token: str) -> None:
    answer = await client.get(f"{API}/auth/me", headers={b"Authorization": f"Bearer {token}".encode()})
    failure(answer, 401, "UNAUTHORIZED")


@pytest.mark.parametrize("scheme", ["Basic", "Token", "", "BearerX"])
async def test_a_token_comes_as_a_bearer_token(client: AsyncClient, actors: Actors, scheme: str) -> None:
    token = await access_token(client, actors)
    failure(await client.get(f"{API}/auth/me", headers={"Authorization": f"{scheme} {token}"}), 401, "UNAUTHORIZED")
    failure(await client.get(f"{API}/auth/me", params={"access_token": token}), 401, "UNAUTHORIZED")


async def test_a_changed_token_is_refused(client: AsyncClient, actors: Actors) -> None:
    token = await access_token(client, actors)
    header, _, signature = token.split(".")
    claims = encoded(json.dumps(claims_of(token) | {"exp": 2**33}).encode())
    await refused(client, f"{header}.{claims}.{signature}")
    await refused(client, f"{token[:-4]}AAAA")


async def test_a_refresh_token_is_no_access_token(client: AsyncClient, actors: Actors) -> None:
    await refused(client, (await tokens(client, await actors.make()))["refresh_token"])


async def test_two_tokens_of_one_second_differ(client: AsyncClient, actors: Actors, settings: Settings) -> None:
    token = AccessToken((await actors.make()).id, RefreshSecret.new(uuid4()).session_id)
    first, second = encode_access_token(token, settings), encode_access_token(token, settings)
    assert first != second
    assert claims_of(first)["jti"] != claims_of(second)["jti"]
