"""Rules about logging in: who gets tokens, for how long, and what ends them.

A refresh token is used up by its first use. One that comes a second time was copied by somebody, so it ends the session
for whoever holds a token of it; only the last one that was used up has a few seconds in which it gives the same new one
again, because its answer may have got lost. These methods open their own units of work: nothing is locked while a password is
checked, and ending a session is kept although the request is refused.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from pydantic import MISSING, SecretStr

from app import defaults
from app.api.v1.schemas.auth import LoginForm, SessionRead, TokenPair
from app.api.v1.schemas.users import UserRead
from app.config import Settings
from app.core.access import Caller
from app.core.clock import utcnow
from app.core.database import Database
from app.core.ids import Id
from app.core.security import AccessToken, RefreshSecret, encode_access_token, verify_password
from app.exceptions import (
    EmailNotVerified,
    Forbidden,
    InvalidCredentials,
    InvalidRefreshToken,
    Unauthorized,
    WrongPassword,
)
from app.repositories.auth import AccountRepository, SessionRepository
from app.repositories.credentials import CredentialRepository


class AuthService:
    """What may be done to log in and out."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    async def identify(self, form: LoginForm) -> Id:
        """The account whose password somebody knows; raises `InvalidCredentials` or `EmailNotVerified`."""
        login = form.username.lower() if defaults.LOGIN_IS_EMAIL else form.username
        account = await CredentialRepository(self._database.reader).of_login(login)
        matches = await verify_password(
            form.password.get_secret_value(), account.password_hash if account is not None else None
        )
        if account is None or not matches:
            raise InvalidCredentials
        if not (account.verified or self._settings.unverified_may_log_in):
            raise EmailNotVerified
        return account.account_id

    async def start(self, account_id: Id, client: str | None) -> TokenPair:
        """Start a session of an account that has shown who it is."""
        token = RefreshSecret.new(uuid4())
        now = utcnow()
        async with self._database.unit_of_work() as db:
            sessions = SessionRepository(db)
            await sessions.forget_expired(account_id, now=now)
            await sessions.start(account_id, token, client, until=now + self._lifetime)
        return self._pair(account_id, token)

    async def refresh(self, refresh_token: str) -> TokenPair:
        """Go on with a session; raises `InvalidRefreshToken`, and ends the session if it was a token of one."""
        old = RefreshSecret.parse(refresh_token)
        new = old.successor(self._settings)
        now = utcnow()
        async with self._database.unit_of_work() as db:
            sessions = SessionRepository(db)
            account_id = await sessions.rotate(old, new, now=now, until=now + self._lifetime)
            if account_id is None:
                account_id = await sessions.rotated(new, since=now - self._grace)
            if account_id is None:
                await sessions.end(old.session_id)
        if account_id is None:
            raise InvalidRefreshToken
        return self._pair(account_id, new)

    async def log_out(self, session_id: UUID) -> None:
        """End one session and its tokens at once."""
        async with self._database.unit_of_work() as db:
            await SessionRepository(db).end(session_id)

    async def log_out_everywhere(self, account_id: Id) -> None:
        """End all sessions of an account."""
        async with self._database.unit_of_work() as db:
            await SessionRepository(db).end_all(account_id)

    async def confirm(self, me: Caller, current: SecretStr | MISSING, *, own: bool) -> None:
        """Let somebody change how an account logs in: its owner by the current password, an admin without.

        Raises `WrongPassword` or `Forbidden`.
        """
        if me.session_id is None or not (own or me.role == "admin"):
            raise Forbidden
        if not own:
            return
        known = await AccountRepository(self._database.reader).password_hash(me.account_id)
        if current is MISSING or not await verify_password(current.get_secret_value(), known):
            raise WrongPassword

    async def me(self, account_id: Id) -> UserRead:
        account = await AccountRepository(self._database.reader).me(account_id)
        if account is None:
            raise Unauthorized
        return account

    async def sessions(self, token: AccessToken) -> list[SessionRead]:
        """Where the account is logged in, what was used last first."""
        return await SessionRepository(self._database.reader).of_account(token, now=utcnow())

    @property
    def _lifetime(self) -> timedelta:
        return timedelta(days=self._settings.refresh_token_days)

    @property
    def _grace(self) -> timedelta:
        return timedelta(seconds=self._settings.refresh_grace_seconds)

    def _pair(self, account_id: Id, refresh: RefreshSecret) -> TokenPair:
        access = AccessToken(account_id, refresh.session_id)
        return TokenPair(
            access_token=encode_access_token(access, self._settings),
            expires_in=self._settings.access_token_minutes * 60,
            refresh_token=str(refresh),
        )
