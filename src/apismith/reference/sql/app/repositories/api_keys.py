"""Everything SQL about API keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, or_, select, update

from app.api.v1.schemas.api_keys import ApiKeyInput, ApiKeyRead
from app.core.api_keys import ApiKeySecret
from app.core.database import Executor
from app.core.ids import Id
from app.models import ApiKey, User
from app.models.base import not_deleted

HOLDER = (
    select(User.id, User.role, ApiKey.scopes, ApiKey.last_used_at)
    .join(ApiKey, ApiKey.account_id == User.id)
    .where(
        ApiKey.id == bindparam("key_id"),
        ApiKey.secret_hash == bindparam("hash"),
        ApiKey.expires_at > bindparam("now"),
        not_deleted(User),
    )
)
OF_ACCOUNT = (
    select(ApiKey.id, ApiKey.name, ApiKey.scopes, ApiKey.created_at, ApiKey.expires_at, ApiKey.last_used_at)
    .where(ApiKey.account_id == bindparam("account_id"))
    .order_by(ApiKey.created_at.desc(), ApiKey.id)
)
CREATE = insert(ApiKey)
USED = (
    update(ApiKey)
    .where(
        ApiKey.id == bindparam("key_id"),
        or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < bindparam("before")),
    )
    .values(last_used_at=bindparam("now"))
)
REVOKE = delete(ApiKey).where(ApiKey.id == bindparam("key_id"), ApiKey.account_id == bindparam("account_id"))
REVOKE_ALL = delete(ApiKey).where(ApiKey.account_id == bindparam("account_id"))
FORGET_EXPIRED = REVOKE_ALL.where(ApiKey.expires_at <= bindparam("now"))


@dataclass(frozen=True, slots=True)
class Holder:
    """For whom a key acts, and how far it reaches."""

    account_id: Id
    role: str
    scopes: frozenset[str]
    last_used_at: datetime | None


class ApiKeyRepository:
    """Reads and writes API keys."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def holder(self, key: ApiKeySecret, *, now: datetime) -> Holder | None:
        """Who has the key; None where it is unknown, over or revoked, or its account is gone."""
        params = {"key_id": key.id, "hash": key.hash, "now": now}
        row = (await self._db.execute(HOLDER, params)).one_or_none()
        return Holder(row.id, row.role, frozenset(row.scopes.split()), row.last_used_at) if row else None

    async def of_account(self, account_id: Id) -> list[ApiKeyRead]:
        rows = await self._db.execute(OF_ACCOUNT, {"account_id": account_id})
        return [_read(row._mapping) for row in rows]

    async def create(self, account_id: Id, key: ApiKeySecret, body: ApiKeyInput, *, now: datetime) -> ApiKeyRead:
        values = {
            "id": key.id,
            "account_id": account_id,
            "name": body.name,
            "secret_hash": key.hash,
            "scopes": " ".join(dict.fromkeys(body.scopes)),
            "created_at": now,
            "expires_at": now + timedelta(days=body.expires_in_days),
            "last_used_at": None,
        }
        await self._db.execute(CREATE, values)
        return _read(values)

    async def used(self, id: UUID, *, now: datetime, before: datetime) -> None:
        """Note that a key was used, unless that was noted a moment ago."""
        await self._db.execute(USED, {"key_id": id, "now": now, "before": before})

    async def revoke(self, id: UUID, account_id: Id) -> bool:
        """Whether the account had such a key."""
        return (await self._db.execute(REVOKE, {"key_id": id, "account_id": account_id})).rowcount > 0

    async def revoke_all(self, account_id: Id) -> None:
        await self._db.execute(REVOKE_ALL, {"account_id": account_id})

    async def forget_expired(self, account_id: Id, *, now: datetime) -> None:
        await self._db.execute(FORGET_EXPIRED, {"account_id": account_id, "now": now})


def _read(row: Mapping[Any, Any]) -> ApiKeyRead:
    return ApiKeyRead.model_validate({**row, "scopes": row["scopes"].split()})
