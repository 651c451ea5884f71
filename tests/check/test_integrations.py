"""What other tools run `apismith check` with: GitHub's workflows and pre-commit."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
SLOW = """
import time
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def wait():
    time.sleep(1)
"""


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository of a project with one finding, committed."""
    folder = tmp_path / "a project"
    folder.mkdir()
    (folder / "main.py").write_text(SLOW, encoding="utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "first")
    return folder


def steps() -> list[dict[str, Any]]:
    """What the action runs, without the actions of others."""
    return [step for step in action()["runs"]["steps"] if "run" in step]


def action() -> dict[str, Any]:
    yaml: Any = YAML(typ="safe")
    read: dict[str, Any] = yaml.load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return read


def run(step: dict[str, Any], folder: Path, temporary: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Do a step as a runner does, in a folder."""
    values: dict[str, str] = {
        f"inputs.{name}": str(inputs.get(name, value["default"])) for name, value in action()["inputs"].items()
    }
    values |= {
        "runner.temp": str(temporary),
        "github.action_path": str(ROOT),
        "steps.python.outputs.python-path": sys.executable,
    }
    told = {
        name: re.sub(r"\$\{\{ (.*?) \}\}", lambda found: values[found[1]], text) for name, text in step["env"].items()
    }
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=folder,
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=False,
    )


def checked(project: Path, temporary: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """What the action finds in a project, with the apismith that is installed here."""
    (temporary / "apismith").mkdir(exist_ok=True)
    (temporary / "apismith" / "bin").symlink_to(BIN)
    return run(steps()[-1], project.parent, temporary, path=project.name, **inputs)


def test_the_action_annotates_what_is_found(project: Path, tmp_path: Path) -> None:
    done = checked(project, tmp_path)
    assert done.returncode == 1, done.stderr
    assert "::error " in done.stdout
    assert "main.py" in done.stdout
    assert "FA101" in done.stdout


def test_the_action_reports_what_a_branch_changed(project: Path, tmp_path: Path) -> None:
    done = checked(project, tmp_path, since="HEAD")
    assert (done.returncode, "FA101" in done.stdout) == (0, False), done.stderr


def test_the_action_leaves_out_what_a_baseline_knows(project: Path, tmp_path: Path) -> None:
    known = tmp_path / "known findings.json"
    subprocess.run([BIN / "apismith", "check", project, "--write-baseline", known], check=False, capture_output=True)
    assert json.loads(known.read_text(encoding="utf-8"))
    done = checked(project, tmp_path, baseline=str(known))
    assert (done.returncode, "FA101" in done.stdout) == (0, False), done.stderr


@pytest.mark.slow
def test_the_action_installs_what_it_runs(project: Path, tmp_path: Path) -> None:
    install, check = steps()
    installed = run(install, project.parent, tmp_path)
    assert installed.returncode == 0, installed.stderr
    done = run(check, project.parent, tmp_path, path=project.name)
    assert (done.returncode, "FA101" in done.stdout) == (1, True), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("schema", "file"),
    [("vendor.github-actions", "action.yml"), ("vendor.github-workflows", ".github/workflows/scheduled.yml")],
)
def test_what_github_reads_is_valid_by_its_schema(schema: str, file: str) -> None:
    said = subprocess.run(
        [BIN / "uvx", "--quiet", "check-jsonschema", "--builtin-schema", schema, ROOT / file],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "ok -- validation done" in said.stdout


@pytest.mark.slow
def test_pre_commit_runs_the_hook(project: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PRE_COMMIT_HOME": str(tmp_path / "hooks")}
    words: list[str | Path] = [
        BIN / "uvx",
        "--quiet",
        "pre-commit",
        "try-repo",
        ROOT,
        "apismith-check",
        "--all-files",
        "--color",
        "never",
    ]
    done = subprocess.run(words, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "FA101" in done.stdout
    assert "Failed" in done.stdout
