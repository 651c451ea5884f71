"""Rules about mails: who gets which, and what their links are good for."""

from app.config import Settings
from app.core.database import Database
from app.core.links import Purpose, account_of, check, link
from app.core.mail import Mailer
from app.core.passwords import require_unlike
from app.core.security import hash_password
from app.exceptions import InvalidLink
from app.repositories.api_keys import ApiKeyRepository
from app.repositories.auth import SessionRepository
from app.repositories.recovery import AddressRepository


class RecoveryService:
    """What may be done by who reads an account's mails."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._mailer = Mailer(settings)

    def require_mail(self) -> None:
        """Raise `ServiceUnavailable` where no mail can be sent."""
        self._mailer.require()

    async def offer_reset(self, address: str) -> None:
        """Send the link to set a new password, where there is such an account."""
        found = await AddressRepository(self._database.reader).by_address(address)
        if found is not None:
            url = link(Purpose.RESET_PASSWORD, found.account_id, found.reset_state, self._settings)
            await self._mailer.send("reset_password", address, url)

    async def ask_to_verify(self, address: str) -> None:
        """Send the link to verify an address, where there is such an account and it was not verified yet."""
        found = await AddressRepository(self._database.reader).by_address(address)
        if found is not None and found.verified_at is None:
            url = link(Purpose.VERIFY_EMAIL, found.account_id, found.verify_state, self._settings)
            await self._mailer.send("verify_email", address, url)

    async def reset(self, token: str, password: str) -> None:
        """Set a new password, end all sessions and revoke all API keys; raises `InvalidLink`.

        Who reads its mails has verified an address.
        """
        account_id = account_of(token)
        found = await AddressRepository(self._database.reader).by_account(account_id)
        if found is None:
            raise InvalidLink
        check(token, Purpose.RESET_PASSWORD, found.reset_state, self._settings)
        require_unlike("password", password, found.address)
        password_hash = await hash_password(password)
        async with self._database.unit_of_work() as db:
            if not await AddressRepository(db).reset(found, password_hash):
                raise InvalidLink
            await SessionRepository(db).end_all(account_id)
            await ApiKeyRepository(db).revoke_all(account_id)

    async def verify(self, token: str) -> None:
        """Take note that an address belongs to its account; raises `InvalidLink`."""
        found = await AddressRepository(self._database.reader).by_account(account_of(token))
        if found is None:
            raise InvalidLink
        check(token, Purpose.VERIFY_EMAIL, found.verify_state, self._settings)
        async with self._database.unit_of_work() as db:
            if not await AddressRepository(db).verify(found):
                raise InvalidLink
