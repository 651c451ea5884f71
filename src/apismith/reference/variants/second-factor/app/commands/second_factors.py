"""Second factors of those who have lost theirs."""

import argparse

from app.commands import Commands, Shell
from app.repositories.credentials import CredentialRepository
from app.repositories.second_factors import SecondFactorRepository


def add_to(commands: Commands) -> None:
    """The command."""
    reset = commands.add_parser("reset-second-factor", help=reset_second_factor.__doc__)
    reset.add_argument("login", help="what the account logs in with")
    reset.set_defaults(run=reset_second_factor)


async def reset_second_factor(shell: Shell, arguments: argparse.Namespace) -> str:
    """Let an account log in by its password alone again, when app and recovery codes are lost."""
    account = await CredentialRepository(shell.database.reader).of_login(arguments.login)
    if account is None:
        raise SystemExit(f"There is no account {arguments.login}.")
    async with shell.database.unit_of_work() as db:
        if not await SecondFactorRepository(db).forget(account.account_id):
            raise SystemExit(f"{arguments.login} has no second factor.")
    return f"{arguments.login} logs in by password alone now."
