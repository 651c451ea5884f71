"""Passwords and tokens."""

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final, Self
from uuid import UUID, uuid4

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import TypeAdapter, ValidationError

from app import defaults
from app.config import Settings
from app.core.clock import utcnow
from app.core.ids import Id
from app.core.signing import sign, verified
from app.exceptions import InvalidRefreshToken, Unauthorized

ACCESS: Final = "access"
CLAIMS: Final = ("iss", "aud", "sub", "exp", "iat", "nbf", "jti", "typ", "sid")

hasher = PasswordHash((Argon2Hasher(),))
# A hash takes a processor and 64 MiB of memory: no more of them at once than there are processors.
_hashing = CapacityLimiter(os.cpu_count() or 1)
_account_id: TypeAdapter[Id] = TypeAdapter(Id)


async def hash_password(password: str) -> str:
    """The hash to store instead of the password."""
    return await to_thread.run_sync(hasher.hash, password, limiter=_hashing)


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one that was hashed. Without a hash it is not, which takes just as long to say."""
    matches = await to_thread.run_sync(_verify, password, password_hash, limiter=_hashing)
    return matches and password_hash is not None


def _verify(password: str, password_hash: str | None) -> bool:
    nobodys_hash = _nobodys_hash()  # made for the first who logs in, whoever it is
    return hasher.verify(password, password_hash if password_hash is not None else nobodys_hash)


@cache
def _nobodys_hash() -> str:
    return hasher.hash(secrets.token_urlsafe())


# Access tokens -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccessToken:
    """Who sent a request: the account, and the session in which it logged in."""

    account_id: Id
    session_id: UUID


def encode_access_token(token: AccessToken, settings: Settings) -> str:
    """The token as a signed JWT, valid from now on for as long as the settings say."""
    now = utcnow()
    claims = {
        "iss": defaults.NAME,
        "aud": defaults.NAME,
        "sub": str(token.account_id),
        "iat": now,
        "nbf": now,
        "exp": now + timedelta(minutes=settings.access_token_minutes),
        "jti": uuid4().hex,
        "typ": ACCESS,
        "sid": token.session_id.hex,
    }
    return sign(claims, settings)


def decode_access_token(encoded: str, settings: Settings) -> AccessToken:
    """The token behind a JWT; raises `Unauthorized` unless it is ours, whole and of this moment."""
    try:
        claims = verified(encoded, settings, required=CLAIMS)
        if claims["typ"] == ACCESS:
            return AccessToken(_account_id.validate_python(claims["sub"]), UUID(claims["sid"]))
    except (ValidationError, ValueError, AttributeError):
        pass
    raise Unauthorized


# Refresh tokens ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RefreshSecret:
    """A refresh token: the session that it continues, and a secret of which only the hash is stored."""

    session_id: UUID
    secret: str

    @classmethod
    def new(cls, session_id: UUID) -> Self:
        """A fresh token for a session."""
        return cls(session_id, secrets.token_urlsafe(32))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The token that a client sent; raises `InvalidRefreshToken` where it cannot be one."""
        session, _, secret = text.partition(".")
        try:
            return cls(UUID(hex=session), secret)
        except ValueError:
            raise InvalidRefreshToken from None

    def successor(self, settings: Settings) -> Self:
        """The token that takes its place. It is always the same one, so that a lost answer can be given again."""
        key = settings.secret_key.get_secret_value().encode()
        digest = hmac.digest(key, f"successor of {self}".encode(), hashlib.sha256)
        return type(self)(self.session_id, base64.urlsafe_b64encode(digest).decode().rstrip("="))

    @property
    def hash(self) -> str:
        """What the database keeps of it. The secret is random and long, so that a fast hash is enough."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.session_id.hex}.{self.secret}"
