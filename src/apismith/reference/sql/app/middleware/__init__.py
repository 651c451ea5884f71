"""What surrounds every request: pure ASGI only, in the order of this list."""

from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from app.config import Settings
from app.middleware.conditional import ConditionalMiddleware
from app.middleware.errors import ErrorShapeMiddleware, UnhandledErrorsMiddleware
from app.middleware.request_context import RequestContextMiddleware
from app.middleware.retries import RetryMiddleware
from app.middleware.security_headers import SecurityHeadersMiddleware


def middleware(settings: Settings) -> list[Middleware]:
    """The middleware of the app, outermost first."""
    return [
        Middleware(RequestContextMiddleware, slow_after=settings.slow_request_seconds),
        Middleware(SecurityHeadersMiddleware, https_only=settings.is_production),
        Middleware(ErrorShapeMiddleware),
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "X-Request-ID"],
            expose_headers=["ETag", "Idempotent-Replayed", "Link", "Location", "Retry-After", "X-Request-ID"],
            max_age=600,
        ),
        Middleware(ConditionalMiddleware),
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=1),
        Middleware(UnhandledErrorsMiddleware),
        # Inside of the others, so that its 413 gets their headers and our structure.
        Middleware(RequestBodyLimitMiddleware, max_body_size=settings.max_body_bytes),
        Middleware(RetryMiddleware),
    ]
