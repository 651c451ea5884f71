"""Guessing passwords is slow, and does not lock out the owner of the account.

Failed attempts are counted for each address, and for each account at each address, never for an account as a whole: a
stranger who guesses uses up the attempts of their own address. From where an account has logged in before, it does not
share the attempts of others at the same address, such as an office. Whether an account exists makes no difference.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import blake2b

from app.config import Settings
from app.core.limits import Limiter, Quota, Rate
from app.exceptions import TooManyRequests


class Attempts:
    """Attempts to log in from one address.

    Args:
        limiter: what counts.
        settings: the rate, and for how long a place is known.
        address: where they come from.
        quotas: what the answer tells the client about.
    """

    def __init__(self, limiter: Limiter, settings: Settings, address: str, quotas: list[Quota]) -> None:
        self._limiter = limiter
        self._rate = Rate("login", settings.rate_limit_login)
        self._key = settings.secret_key.get_secret_value().encode()[:64]
        self._remembered = timedelta(days=settings.refresh_token_days)
        self._address = address
        self._quotas = quotas

    async def mail(self, address: str) -> None:
        """A mail that somebody asks for: raises `TooManyRequests` if an address was sent too many."""
        quota = await self._limiter.hit(self._rate, "mail", self._anonymous(address))
        if quota.is_exceeded:
            raise TooManyRequests(self._rate.policy, retry_after=quota.reset)

    @asynccontextmanager
    async def of(self, login: str) -> AsyncIterator[None]:
        """One attempt: raises `TooManyRequests` if there were too many, and is forgiven if the block succeeds.

        It is counted before it is made, so that many at once are not more than were allowed.
        """
        account = self._anonymous(login)
        counted: list[tuple[str, ...]] = [("account", account, self._address)]
        if not await self._limiter.remembers("known", account, self._address):
            counted.append(("address", self._address))
        quotas = [await self._limiter.hit(self._rate, *who) for who in counted]
        tightest = max(quotas, key=lambda quota: (quota.used, quota.reset))
        self._quotas.append(tightest)
        if tightest.is_exceeded:
            raise TooManyRequests(self._rate.policy, retry_after=tightest.reset)
        yield
        for who in counted:
            await self._limiter.forgive(self._rate, *who)
        await self._limiter.remember(int(self._remembered.total_seconds()), "known", account, self._address)

    def _anonymous(self, login: str) -> str:
        """A name for a login that does not tell who has an account to whoever reads the storage."""
        return blake2b(login.strip().lower().encode(), key=self._key, digest_size=16).hexdigest()
