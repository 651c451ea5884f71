"""What somebody logs in with."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.core.database import Executor
from app.core.ids import Id
from app.models import User
from app.models.base import not_deleted

CREDENTIALS = select(User.id, User.password_hash).where(User.email == bindparam("login"), not_deleted(User))


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a password is checked against. There is no address to verify."""

    account_id: Id
    password_hash: str
    verified: bool = True


class CredentialRepository:
    """Reads what accounts log in with."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def of_login(self, login: str) -> Credentials | None:
        row = (await self._db.execute(CREDENTIALS, {"login": login})).one_or_none()
        return Credentials(row.id, row.password_hash) if row else None

    async def vouch(self, account_id: Id) -> None:
        """Nothing to do: there is no address to verify."""
