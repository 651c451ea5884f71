"""Progress: a bar on a terminal once work takes longer than a second, and nothing anywhere else."""

import io
import sys
import time

import pytest

from apismith.cli.terminal import Terminal


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    stream = Screen()
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def work(terminal: Terminal, seconds: float) -> None:
    with terminal.progress(2) as stage:
        stage("read")
        stage("write")
        time.sleep(seconds)


def test_long_work_shows_a_bar_and_wipes_it(screen: Screen) -> None:
    work(Terminal(), 1.5)
    assert "[##########          ] write, 1 s" in screen.getvalue()
    assert screen.getvalue().endswith("\r" + " " * 60 + "\r")


def test_short_work_shows_none(screen: Screen) -> None:
    work(Terminal(), 0)
    assert screen.getvalue() == ""


def test_quiet_shows_none(screen: Screen) -> None:
    work(Terminal(quiet=True), 1.3)
    assert screen.getvalue() == ""


def test_a_pipe_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    work(Terminal(), 1.3)
    assert pipe.getvalue() == ""


def test_verbose_gets_a_line_for_each_stage(screen: Screen) -> None:
    work(Terminal(verbose=True, color="never"), 0)
    assert screen.getvalue() == "read\nwrite\n"
