"""The keys that sign access tokens."""

import argparse

from app.commands import Commands, Shell
from app.core.keys import make


def add_to(commands: Commands) -> None:
    """The command."""
    commands.add_parser("make-signing-key", help=make_signing_key.__doc__).set_defaults(run=make_signing_key)


async def make_signing_key(shell: Shell, _: argparse.Namespace) -> str:
    """Print a new private key for SIGNING_KEYS, in PEM; nothing is stored."""
    return make().rstrip()
