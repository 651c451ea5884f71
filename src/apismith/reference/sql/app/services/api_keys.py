"""Rules about API keys: what they are good for, and for how long."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from app.api.v1.schemas.api_keys import ApiKeyCreated, ApiKeyInput, ApiKeyRead
from app.core.access import Caller
from app.core.api_keys import ApiKeySecret
from app.core.clock import utcnow
from app.core.database import Database
from app.core.ids import Id
from app.exceptions import Conflict, InsufficientScope, InvalidApiKey, NotFound
from app.repositories.api_keys import ApiKeyRepository

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
MOST: Final = 50
"""Keys of one account."""
RECENT: Final = timedelta(minutes=1)
"""A key that is used all the time is not written down each time."""


class ApiKeyService:
    """What may be done with API keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, body: ApiKeyInput, account_id: Id) -> ApiKeyCreated:
        """Make a key; raises `Conflict` where the account has too many."""
        key, now = ApiKeySecret.new(), utcnow()
        async with self._database.unit_of_work() as db:
            keys = ApiKeyRepository(db)
            await keys.forget_expired(account_id, now=now)
            if len(await keys.of_account(account_id)) >= MOST:
                raise Conflict(f"There are {MOST} keys already: revoke one first.")
            made = await keys.create(account_id, key, body, now=now)
        return ApiKeyCreated(**made.model_dump(), key=str(key))

    async def of_account(self, account_id: Id) -> list[ApiKeyRead]:
        """The keys of an account, the newest first."""
        return await ApiKeyRepository(self._database.reader).of_account(account_id)

    async def revoke(self, id: UUID, account_id: Id) -> None:
        """End a key at once; raises `NotFound`."""
        async with self._database.unit_of_work() as db:
            if not await ApiKeyRepository(db).revoke(id, account_id):
                raise NotFound("API key", id=id)

    async def caller(self, sent: str, method: str) -> Caller:
        """Who sends a key; raises `InvalidApiKey`, and `InsufficientScope` where it is not for such requests."""
        key, now = ApiKeySecret.parse(sent), utcnow()
        found = await ApiKeyRepository(self._database.reader).holder(key, now=now)
        if found is None:
            raise InvalidApiKey
        if method not in SAFE and "write" not in found.scopes:
            raise InsufficientScope
        if found.last_used_at is None or found.last_used_at < now - RECENT:
            async with self._database.unit_of_work() as db:
                await ApiKeyRepository(db).used(key.id, now=now, before=now - RECENT)
        return Caller(found.account_id, found.role, scopes=found.scopes)
