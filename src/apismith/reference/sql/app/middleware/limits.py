"""How often a client may ask, and for how long it may take to do so."""

from asyncio import get_running_loop, timeout_at
from collections.abc import Callable, Iterator
from typing import Final

from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import defaults
from app.core.failures import error_response
from app.core.limits import Limiter, Quota, Rate
from app.exceptions import TooManyRequests

LIMITED: Final = f"{defaults.API_PREFIX}/"
QUOTAS: Final = "quotas"
OF_BODIES: Final = (b"content-length", b"transfer-encoding")

Identify = Callable[[Scope], tuple[str, str]]


class RateLimitMiddleware:
    """Counts requests to the API, refuses those beyond the rate, and tells every client what it has left.

    The headers `RateLimit` and `RateLimit-Policy` are those of draft-ietf-httpapi-ratelimit-headers-11.

    Args:
        app: what answers.
        limiter: what counts.
        rate: how many requests are allowed.
        identify: whom a request is counted for.
        legacy_headers: whether to send `X-RateLimit-Limit`, `-Remaining` and `-Reset` too.
    """

    def __init__(self, app: ASGIApp, *, limiter: Limiter, rate: Rate, identify: Identify, legacy_headers: bool) -> None:
        self.app = app
        self.limiter = limiter
        self.rate = rate
        self.identify = identify
        self.legacy_headers = legacy_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(LIMITED):
            await self.app(scope, receive, send)
            return
        quota = await self.limiter.hit(self.rate, *self.identify(scope))
        quotas = scope.setdefault("state", {})[QUOTAS] = [quota]

        async def send_with_quotas(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.headers(quotas)]
            await send(message)

        if quota.is_exceeded:
            error = TooManyRequests(self.rate.policy, retry_after=quota.reset)
            await error_response(error, scope)(scope, receive, send_with_quotas)
        else:
            await self.app(scope, receive, send_with_quotas)

    def headers(self, quotas: list[Quota]) -> Iterator[tuple[bytes, bytes]]:
        """What tells the client about its quotas."""
        yield b"ratelimit-policy", ", ".join([quota.rate.described for quota in quotas]).encode()
        yield b"ratelimit", ", ".join([quota.described for quota in quotas]).encode()
        if self.legacy_headers:
            tightest = min(quotas, key=lambda quota: quota.remaining)
            yield b"x-ratelimit-limit", str(tightest.rate.amount).encode()
            yield b"x-ratelimit-remaining", str(tightest.remaining).encode()
            yield b"x-ratelimit-reset", str(tightest.reset).encode()


class BodyMiddleware:
    """Gives up on bodies that are too long or do not arrive. A request without one is let through.

    Args:
        app: what answers.
        seconds: for the body, from the end of the headers on.
        max_bytes: the longest body.
    """

    def __init__(self, app: ASGIApp, *, seconds: float, max_bytes: int) -> None:
        self.app = app
        self.guarded = BodyDeadlineMiddleware(RequestBodyLimitMiddleware(app, max_body_size=max_bytes), seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.guarded if may_have_body(scope) else self.app)(scope, receive, send)


def may_have_body(scope: Scope) -> bool:
    """Whether a body may follow; since HTTP/2, headers need not say so."""
    if scope["type"] != "http" or scope["http_version"] not in ("1.0", "1.1"):
        return True
    return any(name in OF_BODIES for name, _ in scope["headers"])


class BodyDeadlineMiddleware:
    """Gives up on bodies that do not arrive: a client that sends a few bytes now and then would hold on forever.

    Args:
        app: what answers.
        seconds: from the end of the headers to the end of the body.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        deadline = get_running_loop().time() + self.seconds
        is_complete = False

        async def receive_in_time() -> Message:
            nonlocal is_complete
            if is_complete:  # what is waited for now is that the client goes away
                return await receive()
            try:
                async with timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                # Only this class passes through the framework's parsing of bodies as it is.
                raise HTTPException(408, headers={"Connection": "close"}) from None
            is_complete = not message.get("more_body", False)
            return message

        await self.app(scope, receive_in_time, send)
