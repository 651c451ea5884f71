"""What surrounds every request: pure ASGI only, in the order of this list."""

from functools import partial
from typing import Final

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from app.config import Environment, Settings
from app.core.identity import identify
from app.core.limits import Limiter, Rate
from app.core.logging import request_log
from app.middleware.client import ClientMiddleware, HostMiddleware
from app.middleware.compression import CompressionMiddleware
from app.middleware.conditional import ConditionalMiddleware
from app.middleware.errors import ErrorShapeMiddleware, UnhandledErrorsMiddleware
from app.middleware.limits import BodyMiddleware, RateLimitMiddleware
from app.middleware.request_context import RequestContextMiddleware
from app.middleware.retries import RetryMiddleware
from app.middleware.security_headers import SecurityHeadersMiddleware

EXPOSED: Final = (
    "ETag",
    "Idempotent-Replayed",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-ID",
)


def middleware(settings: Settings, limiter: Limiter) -> list[Middleware]:
    """The middleware of the app, outermost first."""
    return [
        Middleware(ClientMiddleware, trusted=settings.trusted_proxies),
        Middleware(
            RequestContextMiddleware,
            log=request_log(settings),
            slow_after=settings.slow_request_seconds,
            tell=settings.environment is Environment.DEVELOPMENT,
        ),
        Middleware(SecurityHeadersMiddleware, https_only=settings.is_production),
        Middleware(ErrorShapeMiddleware),
        Middleware(HostMiddleware, allowed_hosts=settings.allowed_hosts, www_redirect=False),
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "X-Request-ID"],
            expose_headers=EXPOSED,
            max_age=600,
        ),
        Middleware(
            RateLimitMiddleware,
            limiter=limiter,
            rate=Rate("default", settings.rate_limit),
            identify=partial(identify, settings=settings),
            legacy_headers=settings.rate_limit_legacy_headers,
        ),
        Middleware(ConditionalMiddleware),
        Middleware(CompressionMiddleware, minimum_size=1000, compresslevel=1),
        Middleware(UnhandledErrorsMiddleware),
        # Inside of the others, so that its 413 gets their headers and our structure.
        Middleware(BodyMiddleware, seconds=settings.body_timeout_seconds, max_bytes=settings.max_body_bytes),
        Middleware(RetryMiddleware),
    ]
