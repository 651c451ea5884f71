"""Everything SQL about the addresses of accounts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, func, select, update

from app.core.clock import utcnow
from app.core.database import Executor
from app.core.ids import Id
from app.models import User
from app.models.base import not_deleted

ADDRESSES = select(User.id, User.email.label("address"), User.password_hash, User.email_verified_at).where(
    not_deleted(User)
)
BY_ADDRESS = ADDRESSES.where(User.email == bindparam("address"))
BY_ACCOUNT = ADDRESSES.where(User.id == bindparam("account_id"))
# Each finds the row as the token's state says: of several uses at the same time only one changes it.
RESET = (
    update(User)
    .where(User.id == bindparam("row_account"), User.password_hash == bindparam("row_hash"))
    .values(
        password_hash=bindparam("new_hash"),
        email_verified_at=func.coalesce(User.email_verified_at, bindparam("row_time")),
    )
)
VERIFY = (
    update(User)
    .where(
        User.id == bindparam("row_account"), User.email == bindparam("row_address"), User.email_verified_at.is_(None)
    )
    .values(email_verified_at=bindparam("row_time"))
)


@dataclass(frozen=True, slots=True)
class Address:
    """The address of an account, and what links in mails to it are bound to."""

    account_id: Id
    address: str
    password_hash: str
    verified_at: datetime | None

    @property
    def reset_state(self) -> str:
        """What a reset changes: the password."""
        return f"{self.address} {self.password_hash}"

    @property
    def verify_state(self) -> str:
        """What a verification changes: the time of it."""
        return f"{self.address} {self.verified_at}"


class AddressRepository:
    """Reads and writes addresses of accounts."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def by_address(self, address: str) -> Address | None:
        return _address((await self._db.execute(BY_ADDRESS, {"address": address})).one_or_none())

    async def by_account(self, account_id: Id) -> Address | None:
        return _address((await self._db.execute(BY_ACCOUNT, {"account_id": account_id})).one_or_none())

    async def reset(self, known: Address, password_hash: str) -> bool:
        """Whether the password was still the one that is known."""
        params = {
            "row_account": known.account_id,
            "row_hash": known.password_hash,
            "new_hash": password_hash,
            "row_time": utcnow(),
        }
        return (await self._db.execute(RESET, params)).rowcount > 0

    async def verify(self, known: Address) -> bool:
        """Whether the address was still the one that is known, and not verified."""
        params = {"row_account": known.account_id, "row_address": known.address, "row_time": utcnow()}
        return (await self._db.execute(VERIFY, params)).rowcount > 0


def _address(row: "Row[tuple[Id, str, str, datetime | None]] | None") -> Address | None:
    return Address(row.id, row.address, row.password_hash, row.email_verified_at) if row else None
