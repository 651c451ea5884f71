"""A merged project is started in a folder of its own, far from what the user's own settings lead to."""

from pathlib import Path

import pytest

from apismith.evolve.tree import read_tree
from apismith.evolve.trial import tried

STARTED = """
import os
from pathlib import Path

class App:
    def openapi(self):
        return {"paths": {}, "components": {}}

%s
app = App()
"""
REAL = "postgresql://me@production.example/shop"


def backend(condition: str) -> dict[str, bytes]:
    """A project that only starts where the condition holds."""
    return {"app/__init__.py": b"", "app/main.py": (STARTED % f"assert {condition}").encode(), ".gitignore": b".env\n"}


def stored(folder: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


@pytest.mark.parametrize("variable", ["DATABASE_URL", "SECRET_KEY", "SMTP_URL"])
def test_no_setting_of_the_shell_is_known_in_a_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, REAL)
    new = backend(f"os.environ.get('{variable}') != '{REAL}'")
    assert not tried(tmp_path, backend("True"), new, run_tests=False).problems


def test_its_database_is_a_file_of_its_own(tmp_path: Path) -> None:
    new = backend("os.environ['DATABASE_URL'] == 'sqlite:///trial.db'")
    assert not tried(tmp_path, backend("True"), new, run_tests=False).problems


def test_settings_with_secrets_stay_where_they_are(tmp_path: Path) -> None:
    files = backend("not Path('.env').exists()")
    root = stored(tmp_path, files | {".env": f"DATABASE_URL={REAL}\n".encode()})
    tree = read_tree(root, files)
    assert tree == files
    assert not tried(root, backend("True"), tree, run_tests=False).problems


def test_what_does_not_start_is_a_problem_of_its_file(tmp_path: Path) -> None:
    (problem,) = tried(tmp_path, backend("True"), backend("False"), run_tests=False).problems
    assert problem.path == "app/main.py"
    assert "AssertionError" in problem.text
