"""The entry point: runs one command and turns every outcome into an exit code."""

import signal
import sys
import tempfile
import traceback
from itertools import pairwise
from types import FrameType
from typing import NoReturn

import typer

from apismith.cli import adding, checking, commands
from apismith.cli.app import app
from apismith.cli.terminal import Terminal, terminal
from apismith.cli.usage import explained
from apismith.errors import ApismithError

INTERRUPTED = 130
# Importing them registers their commands.
MODULES = (commands, adding, checking)


class Crash(ApismithError):
    """A fault of apismith itself."""


def main() -> NoReturn:
    """Run the command line; exits with 0, 1 (findings), 2 (a mistake, or it could not run) or 130 (interrupted)."""
    signal.signal(signal.SIGTERM, _end)
    code = run(sys.argv[1:])
    terminal.flush()
    sys.exit(code)


def run(words: list[str]) -> int:
    """Run the words after `apismith`.

    Returns:
        The exit code.
    """
    try:
        code = int(app(words or ["--help"], prog_name="apismith", standalone_mode=False) or 0)
        if code == INTERRUPTED:
            terminal.tell("\nInterrupted.")
        return code
    except typer.TyperException as error:
        _settle(words, terminal)
        return _fail(explained(error))
    except ApismithError as error:
        _settle(words, terminal)
        return _fail(error)
    except Exception as error:
        return _fail(_crash(error))


def _end(signal_number: int, frame: FrameType | None) -> NoReturn:
    # As an exception, so that what was begun is undone on the way out.
    sys.exit(128 + signal_number)


def _settle(words: list[str], terminal: Terminal) -> None:
    """Take over what a command line that was not parsed to its end says about its output."""
    terminal.as_json |= "--json" in words
    terminal.debug |= "--debug" in words
    if "--color=never" in words or ("--color", "never") in pairwise(words):
        terminal.color = "never"


def _fail(error: ApismithError) -> int:
    if terminal.debug:
        traceback.print_exception(error)
    terminal.fail(*error.each)
    return error.exit_code


def _crash(error: Exception) -> Crash:
    with tempfile.NamedTemporaryFile(
        "w", prefix="apismith-crash-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write("".join(traceback.format_exception(error)))
    crash = Crash(
        f"apismith itself failed: {type(error).__name__}: {error}. The whole story is in {log.name}.",
        hint="Report it with that file and the output of 'apismith doctor' to the maintainers.",
    )
    crash.__cause__ = error
    return crash
