"""Everything SQL about second factors."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, delete, func, insert, or_, select, update

from app.core.database import Executor
from app.core.ids import Id
from app.models import RecoveryCode, SecondFactor

OF_ACCOUNT = select(SecondFactor.secret, SecondFactor.confirmed_at.is_not(None).label("confirmed")).where(
    SecondFactor.account_id == bindparam("account_id")
)
ENROL = insert(SecondFactor)
FORGET = delete(SecondFactor).where(SecondFactor.account_id == bindparam("account_id"))
FORGET_UNCONFIRMED = FORGET.where(SecondFactor.confirmed_at.is_(None))
CONFIRM = (
    update(SecondFactor)
    .where(SecondFactor.account_id == bindparam("row_account"), SecondFactor.confirmed_at.is_(None))
    .values(confirmed_at=bindparam("row_time"), last_step=bindparam("row_step"))
)
# Of several uses of one code, at the same time even, only the first finds an earlier step.
USE = (
    update(SecondFactor)
    .where(
        SecondFactor.account_id == bindparam("row_account"),
        SecondFactor.confirmed_at.is_not(None),
        or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < bindparam("row_step")),
    )
    .values(last_step=bindparam("row_step"))
)
CODES_LEFT = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.account_id == bindparam("account_id"))
ADD_CODES = insert(RecoveryCode)
FORGET_CODES = delete(RecoveryCode).where(RecoveryCode.account_id == bindparam("account_id"))
USE_CODE = FORGET_CODES.where(RecoveryCode.code_hash == bindparam("hash"))


@dataclass(frozen=True, slots=True)
class Factor:
    """The app of an account: its secret as it is stored, and whether a code has shown that it works."""

    secret: str
    confirmed: bool


class SecondFactorRepository:
    """Reads and writes second factors."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def of_account(self, account_id: Id) -> Factor | None:
        row = (await self._db.execute(OF_ACCOUNT, {"account_id": account_id})).one_or_none()
        return Factor(row.secret, bool(row.confirmed)) if row else None

    async def enrol(self, account_id: Id, secret: str) -> None:
        """Put a secret that is still to be confirmed into the place of another such."""
        await self._db.execute(FORGET_UNCONFIRMED, {"account_id": account_id})
        await self._db.execute(ENROL, {"account_id": account_id, "secret": secret})

    async def confirm(self, account_id: Id, step: int, *, now: datetime) -> bool:
        """Whether there was a secret to be confirmed."""
        return await self._changed(CONFIRM, {"row_account": account_id, "row_step": step, "row_time": now})

    async def use(self, account_id: Id, step: int) -> bool:
        """Whether no code of this step, or of a later one, was used before."""
        return await self._changed(USE, {"row_account": account_id, "row_step": step})

    async def use_recovery_code(self, account_id: Id, hash: str) -> bool:
        """Whether there was such a code, which there is no more."""
        return await self._changed(USE_CODE, {"account_id": account_id, "hash": hash})

    async def recovery_codes_left(self, account_id: Id) -> int:
        count: int = (await self._db.execute(CODES_LEFT, {"account_id": account_id})).scalar_one()
        return count

    async def replace_recovery_codes(self, account_id: Id, hashes: Iterable[str]) -> None:
        await self._db.execute(FORGET_CODES, {"account_id": account_id})
        for hash in hashes:
            await self._db.execute(ADD_CODES, {"id": uuid4(), "account_id": account_id, "code_hash": hash})

    async def forget(self, account_id: Id) -> bool:
        """Whether there was a second factor."""
        await self._db.execute(FORGET_CODES, {"account_id": account_id})
        return await self._changed(FORGET, {"account_id": account_id})

    async def _changed(self, statement: Any, params: dict[str, Any]) -> bool:
        return (await self._db.execute(statement, params)).rowcount > 0
