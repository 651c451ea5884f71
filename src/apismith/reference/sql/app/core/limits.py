"""How much a client may ask for: requests are counted in windows of time, in memory or in Redis.

A window begins with a client's first request. When it ends, the whole quota is back.
"""

from math import ceil
from time import monotonic, time
from typing import Final, NamedTuple

import structlog
from limits import parse
from limits.aio.storage import RedisStorage, Storage

from app import defaults
from app.config import Settings

MEMORY: Final = "memory://"
# Requests wait for their count: rather count wrongly than slowly.
PATIENCE: Final = 0.5
RETRY_AFTER: Final = 5.0

log = structlog.stdlib.get_logger(__name__)


class Rate:
    """So many requests in so much time.

    Args:
        policy: what headers call it.
        text: such as `120/minute`.
    """

    def __init__(self, policy: str, text: str) -> None:
        item = parse(text)
        self.policy = policy
        self.amount = item.amount
        self.seconds = item.get_expiry()
        self.described = f'"{policy}";q={self.amount};w={self.seconds}'

    def key(self, *who: str) -> str:
        """Under which a client's requests are counted; those of another rate are not mistaken for them."""
        return "/".join((self.policy, str(self.amount), str(self.seconds), *who))


class Quota(NamedTuple):
    """What a client has used of a rate, and in how many seconds it has all of it again."""

    rate: Rate
    used: int
    reset: int

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.rate.amount

    @property
    def remaining(self) -> int:
        return max(0, self.rate.amount - self.used)

    @property
    def described(self) -> str:
        return f'"{self.rate.policy}";r={self.remaining};t={self.reset}'


class Limiter:
    """Counts requests. While the storage does not answer, each process counts for itself: nobody is turned away."""

    def __init__(self, storage: "MemoryStorage | SharedStorage") -> None:
        self._storage = storage
        self._own = storage if isinstance(storage, MemoryStorage) else MemoryStorage()
        self._retry_at = 0.0

    async def hit(self, rate: Rate, *who: str) -> Quota:
        """Count one request of a client."""
        used, end = await self._count(rate.key(*who), rate.seconds, 1)
        return Quota(rate, used, max(1, ceil(end - time())))

    async def forgive(self, rate: Rate, *who: str) -> None:
        """Take one request back."""
        await self._count(rate.key(*who), rate.seconds, -1)

    async def remember(self, seconds: int, *what: str) -> None:
        """Note something for a while."""
        await self._count("/".join(what), seconds, 1)

    async def remembers(self, *what: str) -> bool:
        """Whether something was noted, and not long ago."""
        storage = self._own if monotonic() < self._retry_at else self._storage
        try:
            return await storage.get("/".join(what)) > 0
        except storage.base_exceptions as error:
            self._do_without(error)
            return False

    async def is_complete(self) -> bool:
        """Whether all processes count together as they should."""
        return await self._storage.check()

    async def close(self) -> None:
        """Close connections."""
        if isinstance(self._storage, SharedStorage):
            await self._storage.close()

    async def _count(self, key: str, seconds: int, amount: int) -> tuple[int, float]:
        if monotonic() >= self._retry_at:
            try:
                return await self._storage.add(key, seconds, amount)
            except self._storage.base_exceptions as error:
                self._do_without(error)
        return await self._own.add(key, seconds, amount)

    def _do_without(self, error: Exception) -> None:
        self._retry_at = monotonic() + RETRY_AFTER
        log.warning("rate_limits.unavailable", error=type(error).__name__, meanwhile="each process counts for itself")


def create_limiter(settings: Settings) -> Limiter:
    """The limiter of the settings. Nothing is connected until the first request."""
    url = settings.rate_limit_storage.get_secret_value()
    return Limiter(MemoryStorage() if url == MEMORY else SharedStorage(url))


class MemoryStorage(Storage):
    """Counts in the memory of this process. The library's own walks through all clients at every request."""

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, tuple[int, float]] = {}
        self._tidy_at = 1000

    @property
    def base_exceptions(self) -> type[Exception]:
        return MemoryError

    async def add(self, key: str, seconds: int, amount: int) -> tuple[int, float]:
        """Add to a count: what it is now, and when its window ends."""
        count, end = self._counts.get(key, (0, 0.0))
        if end <= (now := time()):
            count, end = 0, now + seconds
        self.put(key, count + amount, end)
        return count + amount, end

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return (await self.add(key, expiry, amount))[0]

    async def get(self, key: str) -> int:
        count, end = self._counts.get(key, (0, 0.0))
        return count if end > time() else 0

    async def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (0, 0.0))[1]

    async def clear(self, key: str) -> None:
        self._counts.pop(key, None)

    async def check(self) -> bool:
        return True

    async def reset(self) -> None:
        self._counts.clear()

    def put(self, key: str, count: int, end: float) -> None:
        """Set a count. What is over is forgotten each time that there is twice as much as was left before."""
        self._counts[key] = (count, end)
        if len(self._counts) > self._tidy_at:
            now = time()
            self._counts = {key: count for key, count in self._counts.items() if count[1] > now}
            self._tidy_at = max(1000, 2 * len(self._counts))


class SharedStorage(RedisStorage):
    """Counts in Redis, for all processes together. When a window ends is asked for once, not at every request."""

    STORAGE_SCHEME: list[str] = []

    def __init__(self, url: str) -> None:
        # Imported where it is needed: it takes longer than all else that happens here.
        from redis.asyncio import ConnectionPool
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        self._pool = ConnectionPool.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 1)
        )
        super().__init__(
            url,
            implementation="redispy",
            key_prefix=defaults.NAME,
            connection_pool=self._pool,  # type: ignore[arg-type]  # documented, and forgotten in the annotation
        )
        self._ends = MemoryStorage()

    async def add(self, key: str, seconds: int, amount: int) -> tuple[int, float]:
        """Add to a count: what it is now, and when its window ends."""
        return await self.incr(key, seconds, amount), await self.get_expiry(key)

    async def get_expiry(self, key: str) -> float:
        end = await self._ends.get_expiry(key)
        if end <= time():
            end = await super().get_expiry(key)
            self._ends.put(key, 1, end)
        return end

    async def close(self) -> None:
        """Close connections."""
        await self._pool.aclose()
