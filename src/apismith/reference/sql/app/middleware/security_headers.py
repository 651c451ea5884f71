"""Headers that tell browsers to be careful."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import defaults

API_POLICY: Final = b"default-src 'none'; frame-ancestors 'none'"
DOCS_POLICY: Final = (
    b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'; "
    b"img-src 'self' data:; script-src 'self'; style-src 'self' 'unsafe-inline'; worker-src blob:"
)
DOCS: Final = ("/docs", "/redoc", "/static/")
AUTH: Final = f"{defaults.API_PREFIX}/auth/"
BROWSER: Final = f"{AUTH}browser/"
"""Where browsers may send a cookie to another origin than the page's: nowhere else does a cookie mean anything."""


class SecurityHeadersMiddleware:
    """Adds security headers to every answer, and forbids to store what is about logging in.

    Args:
        app: what answers.
        https_only: whether browsers shall never again come without TLS.
    """

    def __init__(self, app: ASGIApp, *, https_only: bool) -> None:
        self.app = app
        usual = {b"x-content-type-options": b"nosniff", b"x-frame-options": b"DENY", b"referrer-policy": b"no-referrer"}
        if https_only:
            usual[b"strict-transport-security"] = b"max-age=63072000; includeSubDomains"
        self.of_api = usual | {b"content-security-policy": API_POLICY}
        self.of_docs = usual | {b"content-security-policy": DOCS_POLICY}
        self.of_auth = self.of_api | {b"cache-control": b"no-store"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        added = self.of_docs if path.startswith(DOCS) else self.of_auth if path.startswith(AUTH) else self.of_api

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                others = [header for header in message["headers"] if header[0] not in added]
                message["headers"] = [*others, *added.items()]
                if (
                    path.startswith(BROWSER)
                    and Headers(raw=message["headers"]).get("access-control-allow-origin", "*") != "*"
                ):
                    message["headers"].append((b"access-control-allow-credentials", b"true"))
            await send(message)

        await self.app(scope, receive, send_with_headers)
