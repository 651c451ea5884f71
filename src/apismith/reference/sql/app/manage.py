"""What an operator does from the shell: `python -m app.manage --help`."""

import argparse
import asyncio
import pkgutil
from collections.abc import Sequence
from importlib import import_module

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from app import commands
from app.config import get_settings
from app.core.integrity import explain
from app.exceptions import AppError


def parser() -> argparse.ArgumentParser:
    """The commands of all modules of `app.commands`."""
    parser = argparse.ArgumentParser(prog="python -m app.manage", description=__doc__)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in pkgutil.iter_modules(commands.__path__, f"{commands.__name__}."):
        import_module(module.name).add_to(subparsers)
    return parser


async def run(command: commands.Command, arguments: argparse.Namespace) -> str:
    """What a command has to say; its failures are explained, not traced."""
    shell = commands.Shell(get_settings)
    try:
        return await command(shell, arguments)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)]
        raise SystemExit("\n".join(lines)) from None
    except IntegrityError as error:
        raise SystemExit(explain(error).message) from None
    except AppError as error:
        raise SystemExit(error.message) from None
    finally:
        await shell.close()


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command."""
    arguments = parser().parse_args(argv)
    print(asyncio.run(run(arguments.run, arguments)))


if __name__ == "__main__":
    main()
