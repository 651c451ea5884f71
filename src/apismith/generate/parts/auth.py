"""Accounts: registering, logging in, sessions."""

from apismith.generate.plan import Part, register

FILES = (
    "app/api/v1/endpoints/api_keys.py",
    "app/api/v1/endpoints/browser.py",
    "app/api/v1/schemas/api_keys.py",
    "app/core/api_keys.py",
    "app/models/api_keys.py",
    "app/repositories/api_keys.py",
    "app/services/api_keys.py",
    "app/api/v1/endpoints/auth.py",
    "app/api/v1/endpoints/login.py",
    "app/api/v1/schemas/auth.py",
    "app/commands/accounts.py",
    "app/core/attempts.py",
    "app/core/common_passwords.txt",
    "app/core/cookies.py",
    "app/core/passwords.py",
    "app/core/security.py",
    "app/core/signing.py",
    "app/models/refresh_tokens.py",
    "app/repositories/auth.py",
    "app/repositories/credentials.py",
    "app/services/auth.py",
    "tests/actors.py",
    "tests/forgeries.py",
    "tests/logins.py",
    "tests/test_auth*.py",
    "tests/test_manage.py",
    "tests/test_security.py",
)
DEPENDENCIES = ("pwdlib", "pyjwt", "python-multipart")

register(Part("auth", when=lambda contract: contract.auth is not None, files=FILES, dependencies=DEPENDENCIES))
register(Part("no-auth", when=lambda contract: contract.auth is None, replaces=True))
