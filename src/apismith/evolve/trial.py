"""A merged project tried out: it is started, and tested if that is wanted, in a folder of its own."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from apismith.evolve.verify import Problem

_STARTS: Final = """
import importlib, pkgutil, sys
sys.path.insert(0, ".")
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, f"{sys.argv[1]}."):
    importlib.import_module(module.name)
document = importlib.import_module(f"{sys.argv[1]}.main").app.openapi()
names = {f"#/components/{kind}/{name}" for kind, parts in document["components"].items() for name in parts}
def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)
lost = sorted(set(references(document["paths"])) - names)
ids = [one.get("operationId") for path in document["paths"].values() for one in path.values() if isinstance(one, dict)]
twice = sorted({one for one in ids if one and ids.count(one) > 1})
if lost or twice:
    sys.exit(f"the OpenAPI document is not valid: {', '.join(lost + twice)}")
"""
_DATABASE: Final = {"DATABASE_URL": "sqlite:///trial.db"}
_NEEDED: Final = "import fastapi, sqlalchemy, pydantic_settings"
_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Tried:
    """The outcome of a trial: problems, and why something could not be tried."""

    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def interpreter(root: Path) -> Path | None:
    """A Python that has what the project depends on: of its own environment, the active one, or this one."""
    active = os.environ.get("VIRTUAL_ENV")
    folders = [root / ".venv", root / "venv", *([Path(active)] if active else [])]
    places = [folder / part for folder in folders for part in ("bin/python", "Scripts/python.exe")]
    return next(
        (place for place in [*places, Path(sys.executable)] if place.exists() and _has_dependencies(place)), None
    )


@cache
def _has_dependencies(python: Path) -> bool:
    done = subprocess.run([python, "-c", _NEEDED], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return done.returncode == 0


def tried(root: Path, before: Mapping[str, bytes], merged: Mapping[str, bytes], *, run_tests: bool) -> Tried:
    """Start the merged project, and run its tests if wanted.

    Args:
        root: the project, whose environment is used.
        before: its files now; what fails with them already is no fault of the merge.
        merged: its files after the merge.
        run_tests: whether its tests are run.
    """
    python = interpreter(root)
    package = next((path.split("/")[0] for path in sorted(merged) if re.fullmatch(r"[^/]+/main\.py", path)), None)
    if python is None or package is None:
        why = "no Python with its dependencies was found" if python is None else "no main.py was found"
        return Tried(notes=(f"The app was not started: {why}.",))
    with _Folder(merged) as folder:
        failure = _run(python, folder, "-c", _STARTS, package)
        if failure is not None:
            with _Folder(before) as old:
                if _run(python, old, "-c", _STARTS, package) is not None:
                    return Tried(notes=("The app did not start before either, so nothing can be said by starting it.",))
            return Tried((_problem(failure, folder, f"{package}/main.py"),))
        if not run_tests:
            return Tried()
        failure = _run(python, folder, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", seconds=3600)
        return Tried() if failure is None else Tried((_failed_test(failure),))


class _Folder:
    """A tree written into a folder that is there for a while."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._folder = tempfile.TemporaryDirectory(prefix="apismith-trial-")

    def __enter__(self) -> Path:
        root = Path(self._folder.name).resolve()
        for path, content in self._files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        return root

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def _run(python: Path, folder: Path, *words: str, seconds: int = _SECONDS) -> str | None:
    """What a command printed if it failed."""
    # Settings of the caller's shell are not those of a trial, nor is the database of the project's own: alembic runs.
    kept = ("HOME", "LANG", "LC_ALL", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ} | _DATABASE
    try:
        done = subprocess.run(
            [python, *words],
            cwd=folder,
            env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it was not done after {seconds} seconds"
    return (done.stdout + done.stderr).strip() if done.returncode else None


def _problem(failure: str, folder: Path, main: str) -> Problem:
    places: list[str] = re.findall(rf'File "{re.escape(str(folder))}/([^"]+)", line \d+', failure)
    last = failure.splitlines()[-1] if failure else "it ended without a word"
    return Problem(places[-1] if places else main, f"the app does not start: {last}")


def _failed_test(failure: str) -> Problem:
    found = re.search(r"^(?:FAILED|ERROR) ([^\s:]+)(\S*)(.*)$", failure, re.MULTILINE)
    if found is None:
        return Problem("tests", f"the tests do not run: {failure.splitlines()[-1] if failure else ''}")
    return Problem(found[1], f"its test fails: {found[2].strip(':')}{found[3]}")
