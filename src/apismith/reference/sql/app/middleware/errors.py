"""Failures outside of the router, in the structure of all others."""

from typing import Final

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.failures import JSON, PROBLEM, error_response
from app.exceptions import InternalError, error_for

ABOUT_THE_BODY: Final = frozenset({"content-type", "content-length", "content-encoding"})

log = structlog.stdlib.get_logger(__name__)


class UnhandledErrorsMiddleware:
    """Answers with 500 when something was raised that nobody expected, and logs it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watching_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watching_send)
        except Exception:
            log.exception("request.failed")
            if started:  # too late for another answer: the server has to cut this one off
                raise
            await error_response(InternalError(), scope)(scope, receive, send)


class ErrorShapeMiddleware:
    """Replaces errors in other structures, such as the plain texts of Starlette's middleware, by ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        replaced = False

        async def shaping_send(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] >= 400:
                headers = Headers(raw=message["headers"])
                replaced = not headers.get("content-type", "").startswith((JSON, PROBLEM))
                if replaced:
                    kept = {name: value for name, value in headers.items() if name not in ABOUT_THE_BODY}
                    await error_response(error_for(message["status"]), scope, kept)(scope, receive, send)
            if not replaced:
                await send(message)

        await self.app(scope, receive, shaping_send)
