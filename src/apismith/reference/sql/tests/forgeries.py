"""Tokens that somebody made up."""

import base64
import hmac
import json
from typing import Any

import jwt
from httpx2 import AsyncClient

from app.config import Settings
from app.core.signing import sign
from tests.actors import Actors
from tests.logins import me, tokens
from tests.support import failure


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, whoever signed it."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def forged(token: str, settings: Settings, **changes: Any) -> str:
    """The token with other claims, signed by the backend itself; those that are None are left out."""
    return sign({name: value for name, value in (claims_of(token) | changes).items() if value is not None}, settings)


def signed(header: dict[str, Any], claims: dict[str, Any], key: bytes, algorithm: str = "HS256") -> str:
    """A token with any header, signed by HMAC whatever the header says, and with whatever for a key."""
    parts = [encoded(json.dumps(part).encode()) for part in (header, claims)]
    signature = hmac.digest(key, ".".join(parts).encode(), algorithm.replace("HS", "sha"))
    return ".".join([*parts, encoded(signature)])


def encoded(part: bytes) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


async def refused(client: AsyncClient, token: str) -> None:
    """The token must be refused, without a word about why."""
    answer = await me(client, token)
    assert failure(answer, 401, "UNAUTHORIZED") == {}
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["cache-control"] == "no-store"


async def access_token(client: AsyncClient, actors: Actors) -> str:
    token: str = (await tokens(client, await actors.make()))["access_token"]
    return token
