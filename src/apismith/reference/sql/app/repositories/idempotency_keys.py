"""Everything SQL about keys of requests that must not be done twice."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from app.core.database import Executor
from app.core.statements import insert_if_absent
from app.models.idempotency_keys import IdempotencyKey

IS_IT = (IdempotencyKey.account == bindparam("for_account")) & (IdempotencyKey.key == bindparam("for_key"))
FORGET = delete(IdempotencyKey).where(IdempotencyKey.created_at < bindparam("before"))
TAKE = insert_if_absent(IdempotencyKey)
FIND = select(IdempotencyKey.fingerprint, IdempotencyKey.status, IdempotencyKey.headers, IdempotencyKey.body).where(
    IS_IT
)
KEEP = update(IdempotencyKey).where(IS_IT)


@dataclass(frozen=True)
class Kept:
    """How a request was answered, and a digest of what it had asked."""

    fingerprint: str
    status: int
    headers: dict[str, str]
    body: str


class IdempotencyKeyRepository:
    """Takes keys and keeps answers, in the unit of work that the request itself runs in."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def take(self, account: str, key: str, fingerprint: str, *, expired: datetime) -> Kept | None:
        """Take the key; where it is taken already, how that request was answered.

        A request that is still running holds its key: this waits until it has ended.
        """
        await self._db.execute(FORGET, {"before": expired})
        taken = await self._db.execute(TAKE, {"account": account, "key": key, "fingerprint": fingerprint})
        if taken.rowcount:
            return None
        row = (await self._db.execute(FIND, {"for_account": account, "for_key": key})).one()
        return Kept(row.fingerprint, row.status, row.headers, row.body)

    async def keep(self, account: str, key: str, *, status: int, headers: dict[str, str], body: str) -> None:
        """Keep the answer with the key."""
        answer = {"status": status, "headers": headers, "body": body}
        await self._db.execute(KEEP, {"for_account": account, "for_key": key, **answer})
