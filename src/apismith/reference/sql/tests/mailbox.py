"""A real mail server for tests: it listens on a port of this machine, and keeps what it is given."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """The mails that were sent, in order."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """The URL of the server, while it listens."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, hostname="localhost", loop=loop), "127.0.0.1", 0)
        async with server:
            yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by the server for each mail."""
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to an address."""
        return [mail for mail in self.mails if mail["To"] == address]

    def token(self, address: str, page: str) -> str:
        """The token of the newest link to a page of the website that was sent to an address."""
        found = [re.search(rf"(\S+)/{page}#token=(\S+)", mail.get_content()) for mail in self.to(address)]
        links = [match for match in found if match is not None]
        assert links, f"no mail to {address} leads to {page}"
        return links[-1][2]
