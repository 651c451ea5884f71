"""Conditional reads and HEAD (RFC 9110): what a client has already is not sent to it again."""

import hashlib
import re
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ENTITY_TAG: Final = re.compile(r'"[^"]*"')
OF_A_BODY: Final = (b"content-type", b"content-length", b"content-encoding")


class ConditionalMiddleware:
    """Gives every answer to a GET an `ETag`, and answers 304 to a client that has the same already.

    It stands outside of the compression, so that a tag names exactly the bytes that were sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        known = Headers(scope=scope).get("if-none-match")
        start: Message | None = None

        async def conditional_send(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and message["status"] == 200:
                start = message  # held back until the body is there
                return
            if start is not None:
                if message["type"] == "http.response.body" and not message.get("more_body", False):
                    message = tagged(start, message, known)
                await send(start)
                start = None
            if is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if not is_head:
            await self.app(scope, receive, conditional_send)
            return
        as_get = {**scope, "method": "GET"}
        try:
            await self.app(as_get, receive, conditional_send)
        finally:
            scope.update(as_get, method="HEAD")  # what the router found out is for the middleware around this one


def tagged(start: Message, body: Message, known: str | None) -> Message:
    """Tag an answer; where the client has it already, turn it into a 304 without a body."""
    headers: dict[bytes, bytes] = dict(start["headers"])
    digest = hashlib.sha256(body.get("body", b"")).hexdigest()[:24]
    # The version of a row comes first in its tag. What else an answer shows may change without it.
    version = headers.get(b"etag", b"").decode().strip('"')
    tag = f'"{version}-{digest}"' if version else f'"{digest}"'
    start["headers"] = [*(header for header in start["headers"] if header[0] != b"etag"), (b"etag", tag.encode())]
    if b"cache-control" not in headers:
        start["headers"].append((b"cache-control", b"no-cache"))  # to be kept, but not to be used without asking
    if known is None or not matches(known, tag):
        return body
    start["status"] = 304
    start["headers"] = [header for header in start["headers"] if header[0] not in OF_A_BODY]
    return {"type": "http.response.body", "body": b""}


def matches(known: str, tag: str) -> bool:
    """Whether `If-None-Match` names the tag; weak tags count as what they are tags of."""
    return known.strip() == "*" or tag in ENTITY_TAG.findall(known)
