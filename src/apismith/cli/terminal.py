"""What the user sees: results on stdout; notes, progress and errors on stderr; colour only where it is wanted."""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol, TextIO

from apismith.errors import ApismithError, frame

Color = Literal["auto", "always", "never"]
Style = Literal["bold", "red", "yellow", "green", "cyan", "dim"]

_CODES: dict[Style, str] = {"bold": "1", "red": "1;31", "yellow": "33", "green": "32", "cyan": "36", "dim": "2"}
_ACTIONS: dict[str, Style] = {"create": "green", "update": "yellow", "delete": "red", "keep": "dim"}


class Result(Protocol):
    """What a job returns: readable, or as data."""

    def text(self) -> str:
        """As people read it."""
        ...

    def json(self) -> object:
        """As tools read it."""
        ...


def colored(mode: Color, stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether text for `stream` is coloured (no-color.org, force-color.org; an explicit `mode` wins)."""
    if mode != "auto":
        return mode == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"


@dataclass(slots=True)
class Terminal:
    """The streams of this process and how the user wants them used.

    Args:
        as_json: results and errors are printed as JSON.
        quiet: nothing but results and errors.
        verbose: more notes.
        debug: tracebacks.
    """

    as_json: bool = False
    quiet: bool = False
    verbose: bool = False
    debug: bool = False
    color: Color = "auto"

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer a question."""
        return sys.stdin.isatty() and sys.stderr.isatty() and not self.as_json

    def paint(self, text: str, style: Style, stream: TextIO) -> str:
        """`text` in a style, where `stream` is coloured."""
        return f"\033[{_CODES[style]}m{text}\033[0m" if colored(self.color, stream, os.environ) else text

    def say(self, text: str) -> None:
        """Print a line on stdout."""
        encoding = sys.stdout.encoding or "utf-8"
        with _reader_may_leave():
            sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")

    def flush(self) -> None:
        """Hand over what was printed."""
        with _reader_may_leave():
            sys.stdout.flush()

    def tell(self, text: str) -> None:
        """Print a line on stderr."""
        self.flush()
        sys.stderr.write(f"{text}\n")

    def show(self, result: Result) -> None:
        """Print a result."""
        self.say(json.dumps(result.json(), indent=2) if self.as_json else result.text())

    def list(self, text: str) -> None:
        """Print a list of changes, each action in its colour; left out of JSON and of `--quiet`."""
        if self.as_json or self.quiet:
            return
        for line in text.splitlines():
            action, gap, path = line.partition(" ")
            style = _ACTIONS.get(action)
            self.say(self.paint(action, style, sys.stdout) + gap + path if style and gap else line)
        self.say("")

    def note(self, text: str) -> None:
        """Tell something besides the result."""
        if not self.quiet:
            self.tell(f"{self.paint('note:', 'cyan', sys.stderr)} {text}")

    def notes(self, texts: Iterable[str]) -> None:
        """Tell several things besides the result."""
        for text in texts:
            self.note(text)

    def detail(self, text: str) -> None:
        """Tell something that only `--verbose` wants to know."""
        if self.verbose and not self.quiet:
            self.tell(self.paint(text, "dim", sys.stderr))

    def fail(self, *errors: ApismithError) -> None:
        """Print errors: with their place in the file on stderr, or as JSON on stdout."""
        if self.as_json:
            described = [describe(error) for error in errors]
            several = {"errors": described} if len(described) > 1 else {}
            self.say(json.dumps({"error": described[0], **several}, indent=2))
            return
        self.tell("\n\n".join(self._error(error) for error in errors))

    def _error(self, error: ApismithError) -> str:
        lines = [f"{self.paint(f'error[{error.code}]:', 'red', sys.stderr)} {error.message}"]
        if error.at:
            would = " (as it would be; nothing was changed)" if error.text is not None else ""
            lines.append(f"{self.paint('  -->', 'cyan', sys.stderr)} {error.at}{would}")
            lines += [shown] if (shown := frame(error.at, error.text)) else []
        if error.hint:
            lines.append(f"{self.paint('hint:', 'green', sys.stderr)} {error.hint}")
        return "\n".join(lines)

    @contextmanager
    def progress(self, stages: int) -> Generator[Callable[[str], None]]:
        """A bar on a terminal's stderr once the work takes longer than a second; with `--verbose` a line each stage.

        Yields:
            A function that is called with the name of each of the `stages` as it begins.
        """
        bar = _Bar(stages)
        if self.quiet or self.verbose or not sys.stderr.isatty():
            yield self.detail
            return
        ended = threading.Event()
        thread = threading.Thread(target=bar.run, args=(ended,), daemon=True)
        thread.start()
        try:
            yield bar.begin
        finally:
            ended.set()
            thread.join()


@dataclass(slots=True)
class _Bar:
    stages: int
    done: int = 0
    stage: str = ""

    def begin(self, stage: str) -> None:
        self.done += bool(self.stage)
        self.stage = stage

    def run(self, ended: threading.Event) -> None:
        started = time.monotonic()
        if ended.wait(1):
            return
        while not ended.wait(0.1):
            filled = "#" * (20 * self.done // self.stages)
            sys.stderr.write(f"\r[{filled:20}] {self.stage}, {time.monotonic() - started:.0f} s   ")
            sys.stderr.flush()
        sys.stderr.write("\r" + " " * 60 + "\r")
        sys.stderr.flush()


@contextmanager
def _reader_may_leave() -> Generator[None]:
    """Print on into nothing once the reader has seen enough, e.g. `head`."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def describe(error: ApismithError) -> dict[str, object]:
    """An error as data."""
    return {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "file": error.at.file if error.at else None,
        "line": error.at.line if error.at else None,
        "column": error.at.column if error.at else None,
    }


terminal = Terminal()
