"""Who asks for a change, as the audit log writes it down."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog
from fastapi import Request

from app.core.client import client_address

_request: ContextVar[Request | None] = ContextVar("_request", default=None)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a change comes from; outside of requests, as in management commands, nothing of it is known.

    Args:
        actor: the id of the account that asks, as text.
        api_key: the id of the API key that it came with.
        operation: the operation that was asked for: `update_article`.
        request_id: the id that the request has in the logs.
        address: the address of the client.
    """

    actor: str | None = None
    api_key: UUID | None = None
    operation: str | None = None
    request_id: str | None = None
    address: str | None = None


NOBODY: Final = Origin()


async def note_request(request: Request) -> None:
    """Remember the request for as long as it runs; a dependency of all routes."""
    _request.set(request)


def current_origin() -> Origin:
    """Where the change comes from that is being made."""
    request = _request.get()
    if request is None:
        return NOBODY
    actor: str | None = getattr(request.state, "account", None)
    return Origin(
        actor,
        _api_key(request) if actor else None,
        getattr(request.scope.get("endpoint"), "__name__", None),
        structlog.contextvars.get_contextvars().get("request_id"),
        client_address(request.scope) or None,
    )


def _api_key(request: Request) -> UUID | None:
    """The id of the key with which somebody is known: where there is an access token, no key is looked at."""
    sent = request.headers.get("x-api-key")
    if sent is None or request.headers.get("authorization", "").lower().startswith("bearer "):
        return None
    return UUID(hex=sent.rsplit("_", 2)[1])
