"""What an operator does from the shell: `python -m app.manage --help`."""

import argparse
import asyncio
from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from app.config import get_settings
from app.core.database import Database
from app.core.integrity import explain
from app.exceptions import AppError
from app.seed import seed


async def fill() -> str:
    """Store a few rows to try things out with."""
    database = Database(get_settings())
    try:
        async with database.unit_of_work() as db:
            await seed(db)
    except IntegrityError as error:
        raise SystemExit(explain(error).message) from None
    except AppError as error:
        raise SystemExit(error.message) from None
    finally:
        await database.close()
    return "The rows are stored."


def parser() -> argparse.ArgumentParser:
    """The commands."""
    parser = argparse.ArgumentParser(prog="python -m app.manage", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("seed", help=fill.__doc__).set_defaults(run=fill)
    return parser


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command."""
    arguments = parser().parse_args(argv)
    print(asyncio.run(arguments.run()))


if __name__ == "__main__":
    main()
