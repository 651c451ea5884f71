"""Who is calling, and under which name of ours."""

from collections.abc import Collection
from typing import Final

import structlog
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.client import Network, client_address, find_client, is_trusted

HEALTH: Final = "/health"

log = structlog.stdlib.get_logger(__name__)


class ClientMiddleware:
    """Puts the client's address into `scope["client"]`, where limits, logs and endpoints find it.

    Args:
        app: what answers.
        trusted: the proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; of others they are not read.
    """

    def __init__(self, app: ASGIApp, trusted: Collection[Network]) -> None:
        self.app = app
        self.trusted = trusted
        self.has_warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
            if forwarded:
                self.replace_client(scope, b",".join(forwarded).decode("latin-1"))
        await self.app(scope, receive, send)

    def replace_client(self, scope: Scope, forwarded: str) -> None:
        """Set the address, and the scheme that a trusted proxy was called with."""
        peer = client_address(scope)
        address = find_client(peer, forwarded, self.trusted)
        if address != peer:
            scope["client"] = (address, 0)
        if is_trusted(peer, self.trusted):
            self.replace_scheme(scope)
        elif not self.has_warned and not self.trusted:
            self.has_warned = True
            log.warning("proxy.not_trusted", hint="If this is a proxy of yours, add its address to TRUSTED_PROXIES.")

    def replace_scheme(self, scope: Scope) -> None:
        """Set the scheme: redirects lead back to it."""
        for name, value in scope["headers"]:
            if name == b"x-forwarded-proto" and value in (b"http", b"https"):
                scope["scheme"] = value.decode().replace("http", "ws" if scope["type"] == "websocket" else "http")


class HostMiddleware(TrustedHostMiddleware):
    """Refuses requests for other hosts. Health is asked for by address: it says nothing that depends on the host."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(HEALTH):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
