"""Runs the command line as a user does: another process, its own folder, pipes instead of a terminal."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "apismith"]
CONTRACT = '''"""A shelf of books."""

from apismith import Backend, Entity, SQLite
from pydantic import Field


class Book(Entity):
    """A book."""

    title: str = Field(min_length=1, max_length=200)


backend = Backend("shelf", entities=[Book], database=SQLite())
'''
BROKEN = CONTRACT.replace("title: str", "title: set[Boook]")


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user with an empty home and no wishes about colour."""
    home = tmp_path.parent / f"{tmp_path.name}-home"
    home.mkdir(exist_ok=True)
    left_out = {"NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out and "APISMITH" not in name}
    return {**kept, "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "TERM": "xterm-256color"}


@pytest.fixture
def process(tmp_path: Path, environment: dict[str, str]) -> Callable[..., Run]:
    """Runs `python -m apismith` with the words given."""

    def run(*words: str, cwd: Path = tmp_path, **variables: str) -> Run:
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=cwd,
            env=environment | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def warm() -> Iterator[subprocess.Popen[str]]:
    """A process that has imported everything and runs commands in forks of itself."""
    command = [sys.executable, str(Path(__file__).with_name("warm.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        yield server
        server.communicate()


@pytest.fixture
def apismith(tmp_path: Path, environment: dict[str, str], warm: subprocess.Popen[str]) -> Callable[..., Run]:
    """Runs `apismith` with the words given, in a fork that need not import it again."""

    def run(*words: str, cwd: Path = tmp_path, **variables: str) -> Run:
        assert warm.stdin is not None
        assert warm.stdout is not None
        out, err = (tmp_path.parent / f"{tmp_path.name}-{name}" for name in ("out", "err"))
        out.write_text("")
        err.write_text("")
        request = {"words": words, "folder": str(cwd), "out": str(out), "err": str(err)}
        warm.stdin.write(json.dumps({**request, "environment": environment | variables}) + "\n")
        warm.stdin.flush()
        return Run(int(warm.stdout.readline()), out.read_text(), err.read_text())

    return run


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    """A small contract, beside the folder that commands run in."""
    file = tmp_path.parent / f"{tmp_path.name}-shelf.py"
    file.write_text(CONTRACT)
    return file


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A contract with a misspelt entity on its tenth line."""
    file = tmp_path.parent / f"{tmp_path.name}-broken.py"
    file.write_text(BROKEN)
    return file


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder: content of files, None for folders."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if ".git" not in path.relative_to(folder).parts
    }
