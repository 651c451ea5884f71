"""Tokens that nobody but this backend can sign, whatever they say about how they were signed."""

import jwt
import pytest
from httpx2 import AsyncClient

from app.config import Settings
from tests.actors import Actors
from tests.forgeries import access_token, claims_of, encoded, refused, signed
from tests.logins import me

pytestmark = pytest.mark.anyio


async def test_a_token_of_another_key_is_refused(client: AsyncClient, actors: Actors) -> None:
    claims = claims_of(await access_token(client, actors))
    await refused(client, jwt.encode(claims, "another key, which is just as long as ours is", algorithm="HS256"))


async def test_an_unsigned_token_is_refused(client: AsyncClient, actors: Actors, settings: Settings) -> None:
    claims = claims_of(await access_token(client, actors))
    key = settings.secret_key.get_secret_value().encode()
    for algorithm in ("none", "None", "NONE", ""):
        await refused(client, signed({"alg": algorithm, "typ": "JWT"}, claims, key))
        await refused(client, signed({"alg": algorithm, "typ": "JWT"}, claims, key).rpartition(".")[0] + ".")


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "PS256", "EdDSA", "HS384", "HS512", "dir"])
async def test_the_token_does_not_choose_the_algorithm(
    client: AsyncClient, actors: Actors, settings: Settings, algorithm: str
) -> None:
    claims = claims_of(await access_token(client, actors))
    key = settings.secret_key.get_secret_value().encode()
    assert (await me(client, signed({"alg": "HS256"}, claims, key))).status_code == 200
    await refused(client, signed({"alg": algorithm, "typ": "JWT"}, claims, key))
    if algorithm.startswith("HS"):
        await refused(client, jwt.encode(claims, key * 2, algorithm=algorithm))


async def test_the_token_does_not_choose_the_key(client: AsyncClient, actors: Actors) -> None:
    key = "a key that the client made up, long enough"
    claims = claims_of(await access_token(client, actors))
    jwk = {"kty": "oct", "k": encoded(key.encode())}
    for header in ({"jwk": jwk}, {"kid": "../../dev/null"}, {"jku": "https://elsewhere.example/keys"}):
        await refused(client, signed({"alg": "HS256", **header}, claims, key.encode()))
