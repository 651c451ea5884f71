"""Tokens with which programs call other services: for one service, for a while, for no more than their key."""

from typing import Any

import jwt
import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from app import defaults
from app.core.algorithm import ALGORITHM
from app.core.database import Database
from tests.actors import Actor, Actors
from tests.forgeries import refused
from tests.server import serving
from tests.support import API, failure

pytestmark = pytest.mark.anyio

TOKEN = f"{API}/auth/service-token"


async def key(client: AsyncClient, actor: Actor, *scopes: str) -> dict[str, str]:
    body = {"name": "program", "scopes": scopes}
    made = await client.post(f"{API}/auth/api-keys", json=body, headers=actor.headers)
    assert made.status_code == 201, made.text
    return {"X-API-Key": made.json()["key"]}


async def token_for(client: AsyncClient, headers: dict[str, str], audience: str, *scopes: str) -> dict[str, Any]:
    body: dict[str, Any] = {"audience": audience, **({"scopes": scopes} if scopes else {})}
    answer = await client.post(TOKEN, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_another_service_learns_who_calls_and_for_what(
    client: AsyncClient, app: FastAPI, database: Database, actors: Actors
) -> None:
    actor = await actors.make()
    made = await token_for(client, await key(client, actor, "read", "write"), "https://billing.example")
    with serving(app) as port:
        verifier = jwt.PyJWKClient(f"http://127.0.0.1:{port}/.well-known/jwks.json")
        known = verifier.get_signing_key_from_jwt(made["access_token"])
    claims = jwt.decode(
        made["access_token"], known, algorithms=[ALGORITHM], issuer=defaults.NAME, audience="https://billing.example"
    )
    assert (claims["sub"], claims["scope"], claims["typ"]) == (str(actor.id), "read write", "service")
    assert claims["exp"] - claims["iat"] == made["expires_in"]
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(made["access_token"], known, algorithms=[ALGORITHM], audience="https://mail.example")


async def test_this_backend_takes_none_of_them(client: AsyncClient, actors: Actors) -> None:
    headers = await key(client, await actors.make(), "read", "write")
    await refused(client, (await token_for(client, headers, "billing"))["access_token"])
    failure(await client.post(TOKEN, json={"audience": defaults.NAME}, headers=headers), 422, "VALIDATION_ERROR")


async def test_a_token_is_for_no_more_than_the_key(client: AsyncClient, actors: Actors) -> None:
    actor = await actors.make()
    reads, both = await key(client, actor, "read"), await key(client, actor, "read", "write")
    assert (await token_for(client, reads, "billing"))["scope"] == "read"
    assert (await token_for(client, both, "billing", "read"))["scope"] == "read"
    answer = await client.post(TOKEN, json={"audience": "billing", "scopes": ["read", "write"]}, headers=reads)
    failure(answer, 403, "INSUFFICIENT_SCOPE")


async def test_only_keys_get_one(client: AsyncClient, actors: Actors) -> None:
    actor = await actors.make()
    body = {"audience": "billing"}
    failure(await client.post(TOKEN, json=body), 401, "UNAUTHORIZED")
    failure(await client.post(TOKEN, json=body, headers=actor.headers), 401, "UNAUTHORIZED")
    failure(await client.post(TOKEN, json=body, headers={"X-API-Key": "x"}), 401, "INVALID_API_KEY")
    headers = await key(client, actor, "read")
    (made,) = (await client.get(f"{API}/auth/api-keys", headers=actor.headers)).json()
    await client.delete(f"{API}/auth/api-keys/{made['id']}", headers=actor.headers)
    failure(await client.post(TOKEN, json=body, headers=headers), 401, "INVALID_API_KEY")


@pytest.mark.parametrize("audience", ["", " billing", "bill ing", "a" * 201, None, 1], ids=repr)
async def test_an_audience_is_a_name_or_an_address(client: AsyncClient, actors: Actors, audience: object) -> None:
    headers = await key(client, await actors.make(), "read")
    failure(await client.post(TOKEN, json={"audience": audience}, headers=headers), 422, "VALIDATION_ERROR")
