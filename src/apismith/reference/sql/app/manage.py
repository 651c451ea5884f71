"""What an operator does from the shell: `python -m app.manage --help`."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from getpass import getpass
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic_core import from_json
from sqlalchemy.exc import IntegrityError

from app import defaults
from app.api.v1.schemas.users import UserCreate
from app.config import get_settings
from app.core.database import Database
from app.core.integrity import explain
from app.core.security import hash_password
from app.exceptions import AppError
from app.repositories.auth import AccountRepository
from app.repositories.credentials import CredentialRepository
from app.seed import seed

Command = Callable[[Database, argparse.Namespace], Awaitable[str]]


async def create_admin(database: Database, arguments: argparse.Namespace) -> str:
    """Create an account with the role `admin`; what is not given as an option is asked for."""
    body = ask_for_account(arguments)
    secret = next(value for _, value in body if isinstance(value, SecretStr))
    password_hash = await hash_password(secret.get_secret_value())
    async with database.unit_of_work() as db:
        accounts = AccountRepository(db)
        account_id = await accounts.create(body, password_hash=password_hash)
        await CredentialRepository(db).vouch(account_id)
        login = body.email
        await accounts.set_role(login, "admin")
    return f"{login} is an admin now."


async def set_role(database: Database, arguments: argparse.Namespace) -> str:
    """Change the role of an account."""
    async with database.unit_of_work() as db:
        if not await AccountRepository(db).set_role(arguments.login, arguments.role):
            raise SystemExit(f"There is no account {arguments.login}.")
    return f"{arguments.login} has the role {arguments.role} now."


async def fill(database: Database, _: argparse.Namespace) -> str:
    """Store a few rows to try things out with, and an account to log in with."""
    if get_settings().is_production:
        raise SystemExit("The demo account has a password that everybody knows: not in production.")
    async with database.unit_of_work() as db:
        demo = await seed(db)
    return f"Log in as {demo.login} with the password {demo.password}"


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


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(prog="python -m app.manage", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    admin = commands.add_parser("create-admin", help=create_admin.__doc__)
    for name, field in UserCreate.model_fields.items():
        admin.add_argument(f"--{name.replace('_', '-')}", dest=name, help=(field.description or "").replace("%", "%%"))
    admin.set_defaults(run=create_admin)

    role = commands.add_parser("set-role", help=set_role.__doc__)
    role.add_argument("login", help="what the account logs in with")
    role.add_argument("role", choices=defaults.ROLES)
    role.set_defaults(run=set_role)

    commands.add_parser("seed", help=fill.__doc__).set_defaults(run=fill)
    return parser


async def run(command: Command, arguments: argparse.Namespace) -> str:
    """What a command has to say; its failures are explained, not traced."""
    database = Database(get_settings())
    try:
        return await command(database, arguments)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)]
        raise SystemExit("\n".join(lines)) from None
    except IntegrityError as error:
        raise SystemExit(explain(error).message) from None
    except AppError as error:
        raise SystemExit(error.message) from None
    finally:
        await database.close()


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command."""
    arguments = parser().parse_args(argv)
    print(asyncio.run(run(arguments.run, arguments)))


if __name__ == "__main__":
    main()
