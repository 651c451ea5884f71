"""A backend works with the lowest and the newest of what it says that it works with, on every Python there is."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.backends.databases import database
from tests.backends.projects import Project, generated
from tests.backends.serving import served
from tests.backends.walking import Walk

VERSIONS = ("3.11", "3.12", "3.13", "3.14")
UV = Path(sys.executable).with_name("uv")


def pythons() -> Iterator[tuple[str, Path | None]]:
    """Each version that backends are promised to run on, and where it is."""
    homes = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in VERSIONS:
        found = [*homes.glob(f"{version}.*/bin/python"), *filter(None, [shutil.which(f"python{version}")])]
        yield version, next((Path(it) for it in found if works(Path(it), version)), None)


def works(python: Path, version: str) -> bool:
    """Whether it is a Python of this version, and not only a name for one that is not there."""
    said = subprocess.run([python, "--version"], capture_output=True, encoding="utf-8", check=False)
    return said.returncode == 0 and said.stdout.startswith(f"Python {version}.")


each_python = pytest.mark.parametrize(("version", "python"), [pytest.param(*it, id=it[0]) for it in pythons()])


@pytest.mark.slow
@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
@each_python
def test_a_backend_works_with_all_that_it_allows(
    version: str, python: Path | None, resolution: str, tmp_path: Path
) -> None:
    what = ["--resolution", resolution, "--editable", ".[dev]"]
    project = installed(generated("conduit"), version, python, what, tmp_path)
    project.run("pytest", "-q", "-p", "no:cacheprovider")
    serves(project, tmp_path)


@pytest.mark.slow
@each_python
def test_a_backend_serves_with_what_is_locked(version: str, python: Path | None, tmp_path: Path) -> None:
    what = ["--require-hashes", "--no-deps", "--requirement", "requirements.lock"]
    serves(installed(generated("conduit"), version, python, what, tmp_path), tmp_path)


def serves(project: Project, folder: Path) -> None:
    """Every operation answers as it should, from a server of its own."""
    with database("sqlite", folder) as address, served(project, address) as client:
        Walk(project, client, address).run()


def installed(project: Project, version: str, python: Path | None, what: list[str], folder: Path) -> Project:
    """The backend in an environment of its own, with some of what it depends on."""
    if python is None:
        pytest.skip(f"there is no Python {version} on this machine")
    copy = shutil.copytree(project.folder, folder / "backend")
    made = folder / "environment"
    for command in (
        ["venv", "--quiet", "--python", str(python), str(made)],
        ["pip", "install", "--quiet", "--python", str(made), *what],
    ):
        subprocess.run([UV, *command], cwd=copy, check=True)
    return replace(project, folder=copy, python=made / "bin" / "python")
