"""Rules about second factors: when a code is asked for, what is one, and who may switch that off.

A code is good once: the step in time of the last one that was used is remembered, and only later ones count (RFC 6238,
section 5.2).
"""

from pydantic import SecretStr

from app.api.v1.schemas.second_factors import RecoveryCodes, SecondFactorRead, SecondFactorSecret
from app.config import Settings
from app.core.access import Caller
from app.core.challenges import (
    InvalidChallenge,
    InvalidCode,
    SecondFactorRequired,
    SecondFactorState,
    WrongCode,
    account_of,
    challenge,
    check,
)
from app.core.clock import utcnow
from app.core.code_attempts import CodeAttempts
from app.core.codes import decrypted, encrypted, hash_of, new_recovery_codes, new_secret, plain, step_of, uri
from app.core.database import Database, Executor
from app.core.ids import Id
from app.core.security import AccessToken, verify_password
from app.exceptions import WrongPassword
from app.repositories.auth import AccountRepository
from app.repositories.second_factors import Factor, SecondFactorRepository


class SecondFactorService:
    """What may be done with second factors."""

    def __init__(self, database: Database, settings: Settings, attempts: CodeAttempts) -> None:
        self._database = database
        self._settings = settings
        self._attempts = attempts

    # Logging in ------------------------------------------------------------------------------------------------------

    async def ask(self, account_id: Id) -> None:
        """Raise `SecondFactorRequired` where the account wants more than its password."""
        factor = await self._factor(account_id)
        if factor is not None and factor.confirmed:
            raise SecondFactorRequired(challenge(account_id, await self._password_hash(account_id), self._settings))

    async def answer(self, token: str, code: str) -> Id:
        """The account of a challenge whose code is right; raises `InvalidChallenge` or `InvalidCode`."""
        account_id = account_of(token)
        check(token, await self._password_hash(account_id), self._settings)
        factor = await self._factor(account_id)
        async with self._attempts.of(account_id), self._database.unit_of_work() as db:
            if factor is None or not await self._use(db, account_id, factor, code):
                raise InvalidCode
        return account_id

    # Being logged in -------------------------------------------------------------------------------------------------

    async def read(self, account_id: Id) -> SecondFactorRead:
        factor = await self._factor(account_id)
        left = await SecondFactorRepository(self._database.reader).recovery_codes_left(account_id)
        return SecondFactorRead(enabled=factor is not None and factor.confirmed, recovery_codes_left=left)

    async def enrol(self, account_id: Id, password: SecretStr) -> SecondFactorSecret:
        """Make a secret, which counts when a code has confirmed it; raises `WrongPassword` or `SecondFactorState`."""
        async with self._attempts.of(account_id):
            await self._require_password(account_id, password)
        factor = await self._factor(account_id)
        if factor is not None and factor.confirmed:
            raise SecondFactorState("There is a second factor already: disable it first.")
        secret = new_secret()
        async with self._database.unit_of_work() as db:
            await SecondFactorRepository(db).enrol(account_id, encrypted(secret, self._settings))
        login = await AccountRepository(self._database.reader).login(account_id)
        return SecondFactorSecret(secret=secret, uri=uri(secret, login))

    async def confirm(self, session: AccessToken, code: str) -> RecoveryCodes:
        """Switch the second factor on, and end all other sessions: nobody has asked them for a code."""
        account_id = session.account_id
        factor = await self._factor(account_id)
        if factor is None or factor.confirmed:
            raise SecondFactorState("There is no second factor to be confirmed.")
        codes = new_recovery_codes()
        async with self._attempts.of(account_id), self._database.unit_of_work() as db:
            step = step_of(plain(code), decrypted(factor.secret, self._settings))
            factors = SecondFactorRepository(db)
            if step is None or not await factors.confirm(account_id, step, now=utcnow()):
                raise WrongCode
            await factors.replace_recovery_codes(account_id, map(hash_of, codes))
            me = Caller(account_id, None, session.session_id)
            await AccountRepository(db).end_other_sessions(account_id, me)
        return RecoveryCodes(recovery_codes=codes)

    async def renew_recovery_codes(self, account_id: Id, code: str) -> RecoveryCodes:
        """Make new recovery codes, which end the old ones; raises `WrongCode` or `SecondFactorState`."""
        factor = await self._enabled(account_id)
        codes = new_recovery_codes()
        async with self._attempts.of(account_id), self._database.unit_of_work() as db:
            if not await self._use(db, account_id, factor, code):
                raise WrongCode
            await SecondFactorRepository(db).replace_recovery_codes(account_id, map(hash_of, codes))
        return RecoveryCodes(recovery_codes=codes)

    async def disable(self, account_id: Id, password: SecretStr, code: str) -> None:
        """Ask for the password only, from now on; raises `WrongPassword`, `WrongCode` or `SecondFactorState`."""
        factor = await self._enabled(account_id)
        async with self._attempts.of(account_id):
            await self._require_password(account_id, password)
            async with self._database.unit_of_work() as db:
                if not await self._use(db, account_id, factor, code):
                    raise WrongCode
                await SecondFactorRepository(db).forget(account_id)

    async def _factor(self, account_id: Id) -> Factor | None:
        return await SecondFactorRepository(self._database.reader).of_account(account_id)

    async def _enabled(self, account_id: Id) -> Factor:
        factor = await self._factor(account_id)
        if factor is None or not factor.confirmed:
            raise SecondFactorState("There is no second factor.")
        return factor

    async def _use(self, db: Executor, account_id: Id, factor: Factor, code: str) -> bool:
        """Whether a code is right and was not used before, which it is now."""
        sent, factors = plain(code), SecondFactorRepository(db)
        step = step_of(sent, decrypted(factor.secret, self._settings))
        if step is not None:
            return await factors.use(account_id, step)
        return await factors.use_recovery_code(account_id, hash_of(sent))

    async def _password_hash(self, account_id: Id) -> str:
        known = await AccountRepository(self._database.reader).password_hash(account_id)
        if known is None:
            raise InvalidChallenge
        return known

    async def _require_password(self, account_id: Id, password: SecretStr) -> None:
        known = await AccountRepository(self._database.reader).password_hash(account_id)
        if not await verify_password(password.get_secret_value(), known):
            raise WrongPassword
