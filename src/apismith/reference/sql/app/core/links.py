"""Links in mails: good for one account and one purpose, for a while, and once.

A token is signed together with what its use changes, such as the hash of the password: once it was used, or the password
was changed in another way, the signature does not fit any more. So nothing has to be stored that could be stolen.
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from enum import StrEnum
from typing import Final

from pydantic import TypeAdapter, ValidationError

from app.config import Settings
from app.core.clock import utcnow
from app.core.ids import Id, QueryId
from app.exceptions import InvalidLink


class Purpose(StrEnum):
    """What a link is for; also the page of the website that it leads to."""

    RESET_PASSWORD = "reset-password"  # noqa: S105
    VERIFY_EMAIL = "verify-email"


LIFETIMES: Final = {Purpose.RESET_PASSWORD: timedelta(hours=1), Purpose.VERIFY_EMAIL: timedelta(days=3)}

_account_id: TypeAdapter[Id] = TypeAdapter(QueryId)


def link(purpose: Purpose, account_id: Id, state: str, settings: Settings) -> str:
    """The link to send. Its token stands behind the `#`, which browsers keep to themselves: no log ever has it."""
    expires = int((utcnow() + LIFETIMES[purpose]).timestamp())
    token = f"{account_id}.{expires}.{_signature(purpose, account_id, expires, state, settings)}"
    return f"{settings.public_url.rstrip('/')}/{purpose}#token={token}"


def account_of(token: str) -> Id:
    """The account that a token is said to be for; raises `InvalidLink` where it is over or cannot be one."""
    account_id, expires, _ = _parts(token)
    if expires <= utcnow().timestamp():
        raise InvalidLink
    return account_id


def check(token: str, purpose: Purpose, state: str, settings: Settings) -> None:
    """Raise `InvalidLink` unless the token is ours, for this purpose, and not used yet."""
    account_id, expires, signature = _parts(token)
    if not hmac.compare_digest(signature, _signature(purpose, account_id, expires, state, settings)):
        raise InvalidLink


def _parts(token: str) -> tuple[Id, int, str]:
    try:
        account_id, expires, signature = token.split(".")
        return _account_id.validate_python(account_id), int(expires), signature
    except (ValueError, ValidationError):
        raise InvalidLink from None


def _signature(purpose: Purpose, account_id: Id, expires: int, state: str, settings: Settings) -> str:
    signed = "\0".join([purpose, str(account_id), str(expires), state])
    digest = hmac.digest(settings.secret_key.get_secret_value().encode(), signed.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
