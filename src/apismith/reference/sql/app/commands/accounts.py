"""Accounts: the first admin, and what an account may do."""

import argparse
import sys
from getpass import getpass
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic_core import from_json

from app import defaults
from app.api.v1.schemas.users import UserCreate
from app.commands import Commands, Shell
from app.core.security import hash_password
from app.repositories.auth import AccountRepository
from app.repositories.credentials import CredentialRepository


def add_to(commands: Commands) -> None:
    """The commands and their options."""
    admin = commands.add_parser("create-admin", help=create_admin.__doc__)
    for name, field in UserCreate.model_fields.items():
        admin.add_argument(f"--{name.replace('_', '-')}", dest=name, help=(field.description or "").replace("%", "%%"))
    admin.set_defaults(run=create_admin)

    role = commands.add_parser("set-role", help=set_role.__doc__)
    role.add_argument("login", help="what the account logs in with")
    role.add_argument("role", choices=defaults.ROLES)
    role.set_defaults(run=set_role)


async def create_admin(shell: Shell, arguments: argparse.Namespace) -> str:
    """Create an account with the role `admin`; what is not given as an option is asked for."""
    body = ask_for_account(arguments)
    secret = next(value for _, value in body if isinstance(value, SecretStr))
    password_hash = await hash_password(secret.get_secret_value())
    async with shell.database.unit_of_work() as db:
        accounts = AccountRepository(db)
        account_id = await accounts.create(body, password_hash=password_hash)
        await CredentialRepository(db).vouch(account_id)
        login = body.email
        await accounts.set_role(login, "admin")
    return f"{login} is an admin now."


async def set_role(shell: Shell, arguments: argparse.Namespace) -> str:
    """Change the role of an account."""
    async with shell.database.unit_of_work() as db:
        if not await AccountRepository(db).set_role(arguments.login, arguments.role):
            raise SystemExit(f"There is no account {arguments.login}.")
    return f"{arguments.login} has the role {arguments.role} now."


def ask_for_account(arguments: argparse.Namespace) -> UserCreate:
    """The account of the options and of the answers on the terminal."""
    values: dict[str, str] = {}
    for name, field in UserCreate.model_fields.items():
        given = getattr(arguments, name)
        if given is None and field.is_required() and sys.stdin.isatty():
            ask = getpass if field.annotation is SecretStr else input
            given = ask(f"{name}: ")
        if given is not None:
            values[name] = given
    return from_texts(values)


def from_texts(values: dict[str, str]) -> UserCreate:
    """The account of texts; one that is no value of its field is read as JSON: a number, a truth value, a list."""
    try:
        return UserCreate.model_validate(values)
    except ValidationError as error:
        refused = {str(e["loc"][0]) for e in error.errors(include_input=False)}
    return UserCreate.model_validate(
        {name: as_json(text) if name in refused else text for name, text in values.items()}
    )


def as_json(text: str) -> Any:
    """What a text says in JSON; the text itself where it says nothing."""
    try:
        return from_json(text)
    except ValueError:
        return text
