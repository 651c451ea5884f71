"""How access tokens are signed: with the secret key, which nobody but this backend has."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import jwt

from app import defaults
from app.config import Settings
from app.exceptions import Unauthorized

ALGORITHM: Final = "HS256"


def sign(claims: Mapping[str, Any], settings: Settings) -> str:
    """A JWT that says this."""
    return jwt.encode(dict(claims), settings.secret_key.get_secret_value(), algorithm=ALGORITHM)


def verified(encoded: str, settings: Settings, *, required: Collection[str]) -> dict[str, Any]:
    """What a JWT says; raises `Unauthorized` unless it is ours, for us, of this moment, and has these claims."""
    try:
        claims: dict[str, Any] = jwt.decode(
            encoded,
            settings.secret_key.get_secret_value(),
            algorithms=[ALGORITHM],
            issuer=defaults.NAME,
            audience=defaults.NAME,
            options={"require": list(required)},
        )
    except (jwt.InvalidTokenError, ValueError):
        raise Unauthorized from None
    return claims
