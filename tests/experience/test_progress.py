"""Progress: a bar on a terminal once work takes longer than a second, and nothing anywhere else."""

import io
import time
from contextlib import redirect_stderr

from apismith.cli.terminal import Terminal


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(terminal: Terminal, seconds: float, stream: io.StringIO) -> str:
    """What two stages of work leave on stderr."""
    with redirect_stderr(stream), terminal.progress(2) as stage:
        stage("read")
        stage("write")
        time.sleep(seconds)
    return stream.getvalue()


def test_long_work_shows_a_bar_and_wipes_it() -> None:
    text = shown(Terminal(), 1.5, Screen())
    assert "[##########          ] write, 1 s" in text
    assert text.endswith("\r" + " " * 60 + "\r")


def test_short_work_shows_none() -> None:
    assert shown(Terminal(), 0, Screen()) == ""


def test_quiet_shows_none() -> None:
    assert shown(Terminal(quiet=True), 1.3, Screen()) == ""


def test_a_pipe_gets_none() -> None:
    assert shown(Terminal(), 1.3, io.StringIO()) == ""


def test_verbose_gets_a_line_for_each_stage() -> None:
    assert shown(Terminal(verbose=True, color="never"), 0, Screen()) == "read\nwrite\n"
