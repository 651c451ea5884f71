"""Mails about accounts: forgotten passwords, and addresses to verify."""

from apismith.contract.routes import writes_mails
from apismith.generate.plan import Part, register

FILES = (
    "app/api/v1/endpoints/recovery.py",
    "app/api/v1/schemas/recovery.py",
    "app/api/v1/schemas/reset.py",
    "app/core/links.py",
    "app/core/mail.py",
    "app/repositories/recovery.py",
    "app/services/recovery.py",
    "app/templates/mail/*",
    "tests/mailbox.py",
    "tests/test_auth_mail.py",
)

register(Part("mail", when=writes_mails, files=FILES, dependencies=("aiosmtplib", "aiosmtpd")))
register(Part("no-mail", when=lambda contract: contract.auth is not None and not writes_mails(contract), replaces=True))
