"""The id of each request, and its line in the log."""

import re
from secrets import token_hex
from typing import Any, Final

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.client import client_address
from app.core.logging import RequestLog
from app.core.timing import Spent, spent

ACCEPTABLE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")


class RequestContextMiddleware:
    """Gives a request the id that its client sent, or a new one, and logs the request when it was answered.

    Args:
        app: what answers.
        log: what writes the line.
        slow_after: seconds after which a request is logged as a warning, with its statements.
        tell: whether clients are told where the time went, in `Server-Timing`.
    """

    def __init__(self, app: ASGIApp, *, log: RequestLog, slow_after: float, tell: bool) -> None:
        self.app = app
        self.log = log
        self.slow_after = slow_after
        self.tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent_id = Headers(scope=scope).get("x-request-id", "")
        request_id = sent_id if ACCEPTABLE_ID.fullmatch(sent_id) else token_hex(16)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status, measured = 500, Spent()
        spent.set(measured)

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
                if self.tell:
                    message["headers"].append((b"server-timing", measured.header))
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            seconds = measured.seconds
            is_slow = seconds > self.slow_after
            write = self.log.warning if is_slow else self.log.info
            # The path as it was sent is escaped, and without the query, which may hold secrets.
            path = route_template(scope) or scope.get("raw_path", b"").partition(b"?")[0].decode("latin-1")
            write(
                "request",
                method=scope["method"],
                path=path,
                status=status,
                milliseconds=round(seconds * 1000, 1),
                client=client_address(scope),
                **({"statements": measured.slowest} if is_slow else {}),
            )


def route_template(scope: Scope) -> str | None:
    """The path of the route that answered, such as `/api/v1/articles/{slug}`; None where none did.

    FastAPI keeps included routers as a tree, in which `scope["route"].path` lacks the prefixes.
    """
    context: Any = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    return getattr(context, "path", None)
