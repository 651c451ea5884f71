"""What is published: the wheel holds the whole package, the reference backends with their hidden files included."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def tracked(folder: str) -> set[str]:
    listed = subprocess.run(["git", "ls-files", "-z", folder], cwd=ROOT, check=True, capture_output=True, text=True)
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}


def test_the_wheel_holds_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    expected = {name.removeprefix("src/") for name in tracked("src/apismith")}
    assert expected - set(wheel.namelist()) == set()


def test_the_wheel_holds_nothing_that_a_run_left_behind(wheel: zipfile.ZipFile) -> None:
    left = ("__pycache__", ".db", ".pyc", ".env", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")
    assert [name for name in wheel.namelist() if any(part.endswith(left) for part in name.split("/"))] == []


def test_the_reference_backends_are_there_with_their_hidden_files(wheel: zipfile.ZipFile) -> None:
    hidden = {name for name in tracked("src/apismith/reference") if Path(name).name.startswith(".")}
    assert hidden != set()
    assert {name.removeprefix("src/") for name in hidden} <= set(wheel.namelist())


def test_no_upper_bound_on_python_so_that_installers_do_not_take_an_old_release() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11"


def test_every_dependency_is_pinned_with_hashes_and_no_address() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    for requirement in [*project["dependencies"], *extras]:
        name = canonicalize_name(requirement.split("[")[0].split(">")[0])
        assert name == "apismith" or f"\n{name}==" in f"\n{pins}", requirement
    assert "://" not in pins
    assert "#" not in pins
    for pin in pins.strip().replace("\\\n", "").splitlines():
        assert "--hash=sha256:" in pin


def test_what_is_imported_is_declared_and_what_is_declared_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[\[<>=;.]", requirement)[0] for requirement in project["dependencies"]}
    imported = set[str]()
    for path in (ROOT / "src" / "apismith").rglob("*.py"):
        if "reference" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    imported |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    imported.add(node.module.split(".")[0])
    imported -= {"apismith", "annotationlib", *sys.stdlib_module_names}  # annotationlib: of Python 3.14
    imported -= {"annotated_types", "pydantic_core"}  # what Pydantic's own interface is made of
    ran = {"ruff"}  # formats what is generated, as a process
    assert imported | ran == declared
