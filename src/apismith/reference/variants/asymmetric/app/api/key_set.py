"""The public halves of the keys that sign access tokens, for other services to verify them with."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.core.keys import keys_of

KEPT: Final = 300
"""Seconds for which clients keep the key set: a new key is published for longer than that before it signs."""

router = APIRouter(prefix="/.well-known", tags=["auth"])


class PublicKey(BaseModel):
    """A public key (RFC 7517); its other members are those of its type (RFC 7518, RFC 8037)."""

    model_config = ConfigDict(extra="allow")

    kid: Annotated[str, Field(description="What the header of a token calls the key: its thumbprint (RFC 7638).")]
    kty: str
    use: Literal["sig"]
    alg: str


class KeySet(BaseModel):
    """All keys with which a token may be signed."""

    keys: list[PublicKey]


@router.get("/jwks.json", summary="Read the keys that access tokens are verified with")
async def key_set(request: Request, response: Response) -> KeySet:
    response.headers["Cache-Control"] = f"public, max-age={KEPT}"
    return KeySet(keys=[PublicKey.model_validate(key.jwk) for key in keys_of(request.app.state.settings).values()])
