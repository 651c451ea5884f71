"""The application that commands register at, and the options that several of them have."""

from importlib.metadata import version as installed
from pathlib import Path
from typing import Annotated

import typer
from typer.completion import get_completion_inspect_parameters, install_callback, show_callback

from apismith.cli.terminal import terminal
from apismith.cli.usage import Group

# `api` is imported by each command when it runs: `--help`, `--version` and completion need none of it and stay fast.

app = typer.Typer(
    cls=Group,
    name="apismith",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="apismith new shop --yes\napismith contract contract.py\napismith new --help",
)
# Registers the shells. Typer's own two options would load Pydantic on every start, so they are declared below.
get_completion_inspect_parameters()

Project = Annotated[
    Path,
    typer.Option(
        "--project",
        metavar="FOLDER",
        help="A folder in the project.",
        envvar="APISMITH_PROJECT",
        rich_help_panel="Input",
    ),
]

DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Show what would be written, and write nothing.", rich_help_panel="Writing"),
]


Yes = Annotated[
    bool,
    typer.Option("--yes", help="Ask nothing; take the defaults.", envvar="APISMITH_YES", rich_help_panel="Writing"),
]

Diff = Annotated[bool, typer.Option("--diff", help="Show the content, too.", rich_help_panel="Writing")]

Test = Annotated[
    bool, typer.Option("--test", help="Run the project's tests on the result first.", rich_help_panel="Writing")
]

AllowDirty = Annotated[
    bool, typer.Option("--allow-dirty", help="Go on beside edits that are not committed.", rich_help_panel="Writing")
]

Migrate = Annotated[
    bool,
    typer.Option(
        "--migrate/--no-migrate",
        help="Write the migration from the former contract to this one.",
        rich_help_panel="Writing",
    ),
]

LoseData = Annotated[
    bool, typer.Option("--lose-data", help="The migration may drop values.", rich_help_panel="Writing")
]


def _version(wanted: bool) -> None:
    if wanted:
        terminal.say(f"apismith {installed('apismith')}")
        raise typer.Exit


@app.callback()
def apismith(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
    show: Annotated[
        bool,
        typer.Option(
            "--show-completion",
            help="Print the completion script of this shell.",
            callback=show_callback,
            expose_value=False,
        ),
    ] = False,
    install: Annotated[
        bool,
        typer.Option(
            "--install-completion",
            help="Install completion for this shell.",
            callback=install_callback,
            expose_value=False,
        ),
    ] = False,
) -> None:
    """A FastAPI backend architect: from one typed contract to a complete backend that is yours."""
