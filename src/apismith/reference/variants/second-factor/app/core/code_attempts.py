"""Guessing codes is slow, and nobody is locked out by strangers.

Only who knows the password of an account, or is logged in to it, gets as far as guessing its codes. Their failed attempts
are counted for the account, wherever they come from; places from which it has logged in before are counted apart, so
that somebody with a stolen password does not use up the attempts of its owner.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from app.core.ids import Id
from app.core.limits import Limiter, Rate
from app.exceptions import TooManyRequests

# Each attempt has a chance of three in a million: at this rate, of one in a thousand for each day of trying.
RATE: Final = Rate("code", "10/hour")
REMEMBERED: Final = int(timedelta(days=30).total_seconds())


class CodeAttempts:
    """Attempts to say a code, from one address.

    Args:
        limiter: what counts.
        address: where they come from.
    """

    def __init__(self, limiter: Limiter, address: str) -> None:
        self._limiter = limiter
        self._address = address

    @asynccontextmanager
    async def of(self, account_id: Id) -> AsyncIterator[None]:
        """One attempt: raises `TooManyRequests` if there were too many, and is forgiven if the block succeeds."""
        who = [str(account_id)]
        if await self._limiter.remembers("code", *who, self._address):
            who.append(self._address)
        quota = await self._limiter.hit(RATE, *who)
        if quota.is_exceeded:
            raise TooManyRequests(RATE.policy, retry_after=quota.reset)
        yield
        await self._limiter.forgive(RATE, *who)
        await self._limiter.remember(REMEMBERED, "code", str(account_id), self._address)
