"""Rows to try things out with."""

import argparse

from app.commands import Commands
from app.config import Settings
from app.core.database import Database
from app.seed import seed


def add_to(commands: Commands) -> None:
    """The command."""
    commands.add_parser("seed", help=fill.__doc__).set_defaults(run=fill)


async def fill(database: Database, settings: Settings, _: argparse.Namespace) -> str:
    """Store a few rows to try things out with, and an account to log in with."""
    if settings.is_production:
        raise SystemExit("The demo account has a password that everybody knows: not in production.")
    async with database.unit_of_work() as db:
        demo = await seed(db)
    return f"Log in as {demo.login} with the password {demo.password}"
