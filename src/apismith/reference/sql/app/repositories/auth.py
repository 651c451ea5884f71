"""Everything SQL about logging in: accounts as far as it concerns them, and their sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update

from app.api.v1.schemas.auth import SessionRead
from app.api.v1.schemas.users import UserRead
from app.core.access import Caller
from app.core.database import Executor
from app.core.ids import Id
from app.core.security import AccessToken, RefreshSecret
from app.models import RefreshToken, User
from app.models.base import not_deleted
from app.repositories.users import UserRepository

ME = UserRepository.rows.where(User.id == bindparam("id"))
LOGIN = select(User.email).where(User.id == bindparam("account_id"))
PASSWORD_HASH = select(User.password_hash).where(User.id == bindparam("account_id"))
CALLER = (
    select(User.id, User.role)
    .join(RefreshToken, RefreshToken.account_id == User.id)
    .where(User.id == bindparam("account_id"), RefreshToken.id == bindparam("session_id"), not_deleted(User))
)
SET_ROLE = (
    update(User).where(User.email == bindparam("row_login"), not_deleted(User)).values(role=bindparam("new_role"))
)

SESSIONS = (
    select(
        RefreshToken.id,
        RefreshToken.client,
        RefreshToken.created_at,
        RefreshToken.last_used_at,
        RefreshToken.expires_at,
        (RefreshToken.id == bindparam("session_id")).label("current"),
    )
    .where(RefreshToken.account_id == bindparam("account_id"), RefreshToken.expires_at > bindparam("now"))
    .order_by(RefreshToken.last_used_at.desc(), RefreshToken.id)
)
START = insert(RefreshToken)
FORGET_EXPIRED = delete(RefreshToken).where(
    RefreshToken.account_id == bindparam("account_id"), RefreshToken.expires_at <= bindparam("now")
)
# Of several uses of one token, at the same time even, only the first finds the row as it was.
ROTATE = (
    update(RefreshToken)
    .where(
        RefreshToken.id == bindparam("session_id"),
        RefreshToken.token_hash == bindparam("old_hash"),
        RefreshToken.expires_at > bindparam("now"),
    )
    .values(token_hash=bindparam("new_hash"), last_used_at=bindparam("now"), expires_at=bindparam("until"))
    .returning(RefreshToken.account_id)
)
ROTATED = select(RefreshToken.account_id).where(
    RefreshToken.id == bindparam("session_id"),
    RefreshToken.token_hash == bindparam("hash"),
    RefreshToken.last_used_at > bindparam("since"),
)
END = delete(RefreshToken).where(RefreshToken.id == bindparam("session_id"))
END_OTHERS = delete(RefreshToken).where(
    RefreshToken.account_id == bindparam("account_id"), RefreshToken.id != bindparam("session_id")
)
END_ALL = delete(RefreshToken).where(RefreshToken.account_id == bindparam("account_id"))


class AccountRepository(UserRepository):
    """Accounts as far as logging in concerns them."""

    async def me(self, account_id: Id) -> UserRead | None:
        return await self._one(ME, {"id": account_id})

    async def caller(self, token: AccessToken) -> Caller | None:
        """Who holds the token; None when the account is gone or the session has ended."""
        params = {"account_id": token.account_id, "session_id": token.session_id}
        row = (await self._db.execute(CALLER, params)).one_or_none()
        return Caller(row.id, row.role, token.session_id) if row else None

    async def password_hash(self, account_id: Id) -> str | None:
        return (await self._db.execute(PASSWORD_HASH, {"account_id": account_id})).scalar_one_or_none()

    async def login(self, account_id: Id) -> object:
        """What an account logs in with."""
        return (await self._db.execute(LOGIN, {"account_id": account_id})).scalar_one()

    async def end_other_sessions(self, account_id: Id, me: Caller) -> None:
        """End the sessions of an account, but for the one that is asking."""
        await self._db.execute(END_OTHERS, {"account_id": account_id, "session_id": me.session_id})

    async def set_role(self, login: str, role: str) -> bool:
        """Whether there is such an account."""
        return (await self._db.execute(SET_ROLE, {"row_login": login, "new_role": role})).rowcount > 0


class SessionRepository:
    """Where accounts are logged in."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def of_account(self, token: AccessToken, *, now: datetime) -> list[SessionRead]:
        params = {"account_id": token.account_id, "session_id": token.session_id, "now": now}
        rows = await self._db.execute(SESSIONS, params)
        return [SessionRead.model_validate(row._mapping) for row in rows]

    async def start(self, account_id: Id, token: RefreshSecret, client: str | None, *, until: datetime) -> None:
        values = {
            "id": token.session_id,
            "account_id": account_id,
            "token_hash": token.hash,
            "client": client,
            "expires_at": until,
        }
        await self._db.execute(START, values)

    async def rotate(self, old: RefreshSecret, new: RefreshSecret, *, now: datetime, until: datetime) -> Id | None:
        """Put the new token into the place of the old one: the account, or None where the old one is not valid."""
        params = {"session_id": old.session_id, "old_hash": old.hash, "new_hash": new.hash, "now": now, "until": until}
        account_id: Id | None = (await self._db.execute(ROTATE, params)).scalar_one_or_none()
        return account_id

    async def rotated(self, new: RefreshSecret, *, since: datetime) -> Id | None:
        """The account, where this token was put into another's place since then and was not used yet."""
        params = {"session_id": new.session_id, "hash": new.hash, "since": since}
        account_id: Id | None = (await self._db.execute(ROTATED, params)).scalar_one_or_none()
        return account_id

    async def end(self, session_id: UUID) -> None:
        await self._db.execute(END, {"session_id": session_id})

    async def end_all(self, account_id: Id) -> None:
        await self._db.execute(END_ALL, {"account_id": account_id})

    async def forget_expired(self, account_id: Id, *, now: datetime) -> None:
        await self._db.execute(FORGET_EXPIRED, {"account_id": account_id, "now": now})
