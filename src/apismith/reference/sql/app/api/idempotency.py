"""`Idempotency-Key`: a POST that comes twice is done once (draft-ietf-httpapi-idempotency-key-header).

The key is taken in the unit of work that the request runs in, and the answer is kept there before it commits. So there
is never a key without its work, nor work without its key, and a second request waits until the first one is decided.
"""

import hashlib
import hmac
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request
from fastapi.responses import Response

from app.core.clock import utcnow
from app.dependencies import Writes
from app.exceptions import IdempotencyKeyReused
from app.repositories.idempotency_keys import IdempotencyKeyRepository, Kept

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

REMEMBERED: Final = timedelta(days=1)
REPLAYED: Final = "Idempotent-Replayed"


@dataclass(frozen=True)
class Claim:
    """A key that this request has taken."""

    keys: IdempotencyKeyRepository
    account: str
    key: str

    async def keep(self, answer: Response) -> None:
        headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
        body = bytes(answer.body).decode()
        await self.keys.keep(self.account, self.key, status=answer.status_code, headers=headers, body=body)


class Replay(Exception):
    """The request was done before: this is how it was answered."""

    def __init__(self, kept: Kept) -> None:
        super().__init__(kept.status)
        self.answer = Response(kept.body, kept.status, {**kept.headers, REPLAYED: "true"})


async def claim_key(
    request: Request,
    db: Writes,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            pattern=r"^[\x21-\x7e]+$",
            max_length=255,
            # A document can say how a key looks, but not that a new one is to be made for each request.
            include_in_schema=False,
        ),
    ] = None,
) -> None:
    """Take the key of the request, if it has one; raises `Replay` where it was taken before."""
    if key is None:
        return
    keys = IdempotencyKeyRepository(db)
    account: str = getattr(request.state, "account", "")  # all who are not logged in are one
    url = request.url
    asked = b"\0".join((url.path.encode(), url.query.encode(), await request.body()))
    # With a key: a body may hold a password, which a plain digest would let others try out.
    secret_key = request.app.state.settings.secret_key.get_secret_value().encode()
    fingerprint = hmac.new(secret_key, asked, hashlib.sha256).hexdigest()
    kept = await keys.take(account, key, fingerprint, expired=utcnow() - REMEMBERED)
    if kept is None:
        request.state.claim = Claim(keys, account, key)
    elif kept.fingerprint == fingerprint:
        raise Replay(kept)
    else:
        raise IdempotencyKeyReused


Once = Annotated[None, Depends(claim_key)]
"""Comes after the caller in an endpoint's parameters: only who may do a thing is told how it went before."""


def answered_once(handle: Handler) -> Handler:
    """What handles a request, and keeps its answer with the key; a request that was done before gets the kept one."""

    async def handle_once(request: Request) -> Response:
        try:
            answer = await handle(request)
        except Replay as replay:
            return replay.answer
        claim: Claim | None = getattr(request.state, "claim", None)
        if claim is not None:
            await claim.keep(answer)
        return answer

    return handle_once
