"""Mails: texts of `app/templates/mail/`, sent by SMTP or, while there is no server, written to the log."""

from email.message import EmailMessage
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from app import defaults
from app.config import Settings
from app.exceptions import ServiceUnavailable

TEMPLATES: Final = Path(__file__).parent.parent / "templates" / "mail"
PORTS: Final = {"smtp": 587, "smtps": 465}
TIMEOUT: Final = 20

log = structlog.stdlib.get_logger(__name__)


class Mailer:
    """Sends mails as the settings say."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def require(self) -> None:
        """Raise `ServiceUnavailable` where mails could neither be sent nor be read in a developer's log."""
        if self._settings.smtp_url is None and self._settings.is_production:
            raise ServiceUnavailable("mail")

    async def send(self, template: str, address: str, link: str) -> None:
        """Send a mail with a link. That it cannot be sent is logged, for nobody waits for it any more."""
        if self._settings.smtp_url is None:
            if self._settings.is_production:
                log.error("mail.not_sent", template=template, reason="SMTP_URL is not set")
            else:
                log.info("mail.not_sent", development_only="set SMTP_URL to send mails", template=template, link=link)
            return
        try:
            await self._deliver(self._settings.smtp_url.get_secret_value(), self._message(template, address, link))
        except (aiosmtplib.SMTPException, OSError):
            log.exception("mail.not_sent", template=template)

    def _message(self, template: str, address: str, link: str) -> EmailMessage:
        text = Template((TEMPLATES / f"{template}.txt").read_text(encoding="utf-8"))
        head, _, body = text.substitute(title=defaults.TITLE, link=link).partition("\n\n")
        message = EmailMessage()
        message["Subject"] = head.removeprefix("Subject: ")
        message["From"] = self._settings.mail_from
        message["To"] = address
        message.set_content(body, cte="quoted-printable" if not body.isascii() else "7bit")
        return message

    async def _deliver(self, url: str, message: EmailMessage) -> None:
        server = urlsplit(url)
        await aiosmtplib.send(
            message,
            hostname=server.hostname,
            port=server.port or PORTS[server.scheme],
            username=unquote(server.username) if server.username else None,
            password=unquote(server.password) if server.password else None,
            use_tls=server.scheme == "smtps",
            timeout=TIMEOUT,
        )
