"""How access tokens are signed: with a private key, so that whoever has its public half can verify them."""

from collections.abc import Collection, Mapping
from typing import Any

import jwt

from app import defaults
from app.config import Settings
from app.core.algorithm import ALGORITHM
from app.core.keys import keys_of
from app.exceptions import Unauthorized


def sign(claims: Mapping[str, Any], settings: Settings) -> str:
    """A JWT that says this, and by which key it was signed."""
    key = next(iter(keys_of(settings).values()))
    return jwt.encode(dict(claims), key.private, algorithm=ALGORITHM, headers={"kid": key.id})


def verified(encoded: str, settings: Settings, *, required: Collection[str]) -> dict[str, Any]:
    """What a JWT says; raises `Unauthorized` unless it is ours, for us, of this moment, and has these claims.

    Its header names one of our keys, and has no say in anything else: neither in the algorithm nor in where keys are.
    """
    try:
        key = keys_of(settings)[jwt.get_unverified_header(encoded)["kid"]]
        claims: dict[str, Any] = jwt.decode(
            encoded,
            key.private.public_key(),
            algorithms=[ALGORITHM],
            issuer=defaults.NAME,
            audience=defaults.NAME,
            options={"require": list(required)},
        )
    except (jwt.InvalidTokenError, ValueError, LookupError):
        raise Unauthorized from None
    return claims
