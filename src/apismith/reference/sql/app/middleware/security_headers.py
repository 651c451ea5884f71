"""Headers that tell browsers to be careful."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import defaults

API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
DOCS_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'; "
    "img-src 'self' data:; script-src 'self'; style-src 'self' 'unsafe-inline'; worker-src blob:"
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
        self.https_only = https_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Content-Security-Policy"] = DOCS_POLICY if path.startswith(DOCS) else API_POLICY
                if self.https_only:
                    headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
                if path.startswith(AUTH):
                    headers["Cache-Control"] = "no-store"
                if path.startswith(BROWSER) and headers.get("Access-Control-Allow-Origin", "*") != "*":
                    headers["Access-Control-Allow-Credentials"] = "true"
            await send(message)

        await self.app(scope, receive, send_with_headers)
