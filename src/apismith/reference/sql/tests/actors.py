"""Accounts that are logged in, for tests to act as."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from app.api.v1.schemas.users import UserCreate
from app.config import Settings
from app.core.clock import utcnow
from app.core.database import Database
from app.core.ids import Id
from app.core.security import AccessToken, RefreshSecret, encode_access_token, hash_password
from app.repositories.auth import AccountRepository, SessionRepository
from tests import samples


@dataclass(frozen=True, slots=True)
class Actor:
    """An account that is logged in."""

    id: Id
    role: str
    login: str
    password: str
    headers: dict[str, str]


class Actors:
    """Makes accounts, straight in the database."""

    def __init__(
        self, database: Database, settings: Settings, body: Callable[[int], Awaitable[dict[str, Any]]]
    ) -> None:
        self._database = database
        self._settings = settings
        self._body = body
        self._numbers = count(9001)

    async def make(self, role: str = "member") -> Actor:
        """A new account with this role, logged in."""
        body = await self._body(next(self._numbers))
        login, password = body[samples.LOGIN], body[samples.SECRET]
        password_hash = await hash_password(password)
        token = RefreshSecret.new(uuid4())
        async with self._database.unit_of_work() as db:
            accounts = AccountRepository(db)
            account_id = await accounts.create(UserCreate.model_validate(body), password_hash=password_hash)
            if role != "member":  # which every new account is
                await accounts.set_role(login, role)
            await SessionRepository(db).start(account_id, token, "tests", until=utcnow() + timedelta(days=1))
        access = encode_access_token(AccessToken(account_id, token.session_id), self._settings)
        return Actor(account_id, role, login, password, {"Authorization": f"Bearer {access}"})

    async def headers(self, who: str, owner: Actor | None = None) -> dict[str, str]:
        """What a kind of caller sends: nothing, the owner's token, or that of a new account with this role."""
        if who == "anonymous":
            return {}
        actor = owner if who == "owner" and owner is not None else await self.make(who)
        return actor.headers
