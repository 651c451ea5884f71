"""Compression of answers."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Message, Receive, Scope, Send


class CompressionMiddleware(GZipMiddleware):
    """Compresses answers for clients that accept it. The answers of others only say that they depend on that."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or accepts_gzip(scope):
            await super().__call__(scope, receive, send)
            return

        async def send_uncompressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"vary", b"Accept-Encoding")]
            await send(message)

        await self.app(scope, receive, send_uncompressed)


def accepts_gzip(scope: Scope) -> bool:
    """Whether the client can read compressed answers."""
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
