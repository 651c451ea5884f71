"""Trying again what the database gave up for the sake of something else."""

from asyncio import sleep
from random import SystemRandom
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.database import may_be_tried_again
from app.core.failures import error_response
from app.exceptions import ServiceUnavailable

# Seconds before the second try, the third …, at most: two that were in each other's way shall not meet again.
PAUSES: Final = (0.05, 0.1, 0.2, 0.4)
LONGEST_BODY: Final = 1_000_000
"""Bytes; what is longer is not kept to be read a second time, and so not tried again."""

log = structlog.stdlib.get_logger(__name__)
jitter = SystemRandom().uniform


class RetryMiddleware:
    """Handles a request again whose transaction was rolled back for no fault of its own: a deadlock, a lost connection.

    No answer was started then, since a unit of work ends before that. What a handler has done outside of the database,
    such as sending a mail, is done again. What fails every time is answered with 503.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        untouched, state, body = dict(scope), dict(scope.get("state", ())), Body(receive)
        for pause in (*PAUSES, None):
            try:
                await self.app(scope, body.receive, send)
            except DBAPIError as error:
                if not may_be_tried_again(error):
                    raise
                if pause is None or not body.rewind():
                    log.exception("request.failed")
                    await error_response(ServiceUnavailable("database"), scope)(scope, receive, send)
                    return
                log.warning("request.repeated", reason=type(error.orig).__name__)
                await sleep(jitter(0, pause))
                scope = {**untouched, "state": state.copy()}
            else:
                return


class Body:
    """A request's body, which can be read from its beginning again."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: list[Message] = []
        self._length = 0
        self._next = 0

    async def receive(self) -> Message:
        """The next message."""
        if self._next < len(self._messages):
            message = self._messages[self._next]
        else:
            message = await self._receive()
            self._length += len(message.get("body", b""))
            if self._length <= LONGEST_BODY:
                self._messages.append(message)
        self._next += 1
        return message

    def rewind(self) -> bool:
        """Go back to the beginning; False where the body was too long to be kept."""
        self._next = 0
        return self._length <= LONGEST_BODY
