"""What stands between the password and the code: a token that says that somebody knew the password a moment ago.

It is signed together with the hash of the password, so that it ends when that is changed, and nothing has to be stored.
"""

import base64
import hashlib
import hmac
from http import HTTPStatus
from typing import Final

from pydantic import TypeAdapter, ValidationError

from app.config import Settings
from app.core.clock import utcnow
from app.core.ids import Id, QueryId
from app.exceptions import Conflict, Forbidden, Unauthorized

LIFETIME: Final = 300
"""Seconds to look for the phone."""

_account_id: TypeAdapter[Id] = TypeAdapter(QueryId)


class SecondFactorRequired(Unauthorized):
    """The password is right, and the account wants a code too."""

    error_code = "SECOND_FACTOR_REQUIRED"
    default_message = "Send a code of your app, or a recovery code, together with `challenge`."

    def __init__(self, challenge: str) -> None:
        super().__init__(details={"challenge": challenge, "expires_in": LIFETIME})


class InvalidChallenge(Unauthorized):
    """A challenge that is over, was made for another password, or never was ours."""

    error_code = "INVALID_CHALLENGE"
    default_message = "The challenge is not valid any more: log in again."


class InvalidCode(Unauthorized):
    """A code that is wrong, over, or was used before."""

    error_code = "INVALID_CODE"
    default_message = "The code is wrong, over, or was used before."


class WrongCode(Forbidden):
    """The same, from somebody who is logged in."""

    error_code = "WRONG_CODE"
    default_message = InvalidCode.default_message


class SecondFactorState(Conflict):
    """There is a second factor already, or there is none."""

    status = HTTPStatus.CONFLICT
    error_code = "SECOND_FACTOR_STATE"


def challenge(account_id: Id, password_hash: str, settings: Settings) -> str:
    """The token to send back with a code."""
    expires = int(utcnow().timestamp()) + LIFETIME
    return f"{account_id}.{expires}.{_signature(account_id, expires, password_hash, settings)}"


def account_of(token: str) -> Id:
    """The account that a challenge is said to be for; raises `InvalidChallenge` where it is over or cannot be one."""
    account_id, expires, _ = _parts(token)
    if expires <= utcnow().timestamp():
        raise InvalidChallenge
    return account_id


def check(token: str, password_hash: str, settings: Settings) -> None:
    """Raise `InvalidChallenge` unless the challenge is ours, and the password is still the same."""
    account_id, expires, signature = _parts(token)
    if not hmac.compare_digest(signature, _signature(account_id, expires, password_hash, settings)):
        raise InvalidChallenge


def _parts(token: str) -> tuple[Id, int, str]:
    try:
        account_id, expires, signature = token.split(".")
        return _account_id.validate_python(account_id), int(expires), signature
    except (ValueError, ValidationError):
        raise InvalidChallenge from None


def _signature(account_id: Id, expires: int, password_hash: str, settings: Settings) -> str:
    signed = "\0".join(["second factor", str(account_id), str(expires), password_hash])
    digest = hmac.digest(settings.secret_key.get_secret_value().encode(), signed.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
