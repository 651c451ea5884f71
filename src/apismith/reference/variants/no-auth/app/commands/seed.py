"""Rows to try things out with."""

import argparse

from app.commands import Commands, Shell
from app.seed import seed


def add_to(commands: Commands) -> None:
    """The command."""
    commands.add_parser("seed", help=fill.__doc__).set_defaults(run=fill)


async def fill(shell: Shell, _: argparse.Namespace) -> str:
    """Store a few rows to try things out with."""
    async with shell.database.unit_of_work() as db:
        await seed(db)
    return "The rows are stored."
