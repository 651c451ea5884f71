"""What somebody logs in with."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from app.core.clock import utcnow
from app.core.database import Executor
from app.core.ids import Id
from app.models import User
from app.models.base import not_deleted

CREDENTIALS = select(User.id, User.password_hash, User.email_verified_at.is_not(None).label("verified")).where(
    User.email == bindparam("login"), not_deleted(User)
)
VOUCH = update(User).where(User.id == bindparam("row_account")).values(email_verified_at=bindparam("row_time"))


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a password is checked against, and whether the address was verified."""

    account_id: Id
    password_hash: str
    verified: bool


class CredentialRepository:
    """Reads what accounts log in with."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def of_login(self, login: str) -> Credentials | None:
        row = (await self._db.execute(CREDENTIALS, {"login": login})).one_or_none()
        return Credentials(row.id, row.password_hash, bool(row.verified)) if row else None

    async def vouch(self, account_id: Id) -> None:
        """Take an address for verified, because an operator says so."""
        await self._db.execute(VOUCH, {"row_account": account_id, "row_time": utcnow()})
