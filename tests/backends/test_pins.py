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


@pytest.mark.slow
@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
@pytest.mark.parametrize(("version", "python"), [pytest.param(*it, id=it[0]) for it in pythons()])
def test_a_backend_works_with_all_that_it_allows(
    version: str, python: Path | None, resolution: str, tmp_path: Path
) -> None:
    if python is None:
        pytest.skip(f"there is no Python {version} on this machine")
    project = installed(generated("conduit"), python, resolution, tmp_path)
    project.run("pytest", "-q", "-p", "no:cacheprovider")
    with database("sqlite", tmp_path) as address, served(project, address) as client:
        Walk(project, client, address).run()


def installed(project: Project, python: Path, resolution: str, folder: Path) -> Project:
    """The backend in an environment of its own, with the lowest or the newest of what it depends on."""
    copy = shutil.copytree(project.folder, folder / "backend")
    made = folder / "environment"
    for command in (
        ["venv", "--quiet", "--python", str(python), str(made)],
        ["pip", "install", "--quiet", "--python", str(made), "--resolution", resolution, "--editable", f"{copy}[dev]"],
    ):
        subprocess.run([UV, *command], check=True)
    return replace(project, folder=copy, python=made / "bin" / "python")
