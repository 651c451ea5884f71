"""What other tools run `apismith check` with: GitHub's workflows and pre-commit."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

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


def checked(project: Path, tmp_path: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """What the last step of the action does with these inputs."""
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    step = action["runs"]["steps"][-1]
    given = {name: inputs.get(name, value["default"]) for name, value in action["inputs"].items()}
    told = {
        variable: text.replace("${{ runner.temp }}", str(tmp_path))
        if "runner.temp" in text
        else given[text.removeprefix("${{ inputs.").removesuffix(" }}")]
        for variable, text in step["env"].items()
    }
    (tmp_path / "apismith").mkdir(exist_ok=True)
    if not (tmp_path / "apismith" / "bin").exists():
        (tmp_path / "apismith" / "bin").symlink_to(BIN)
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=project.parent,
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_action_annotates_what_is_found(project: Path, tmp_path: Path) -> None:
    done = checked(project, tmp_path, path=project.name)
    assert done.returncode == 1, done.stderr
    assert "::error " in done.stdout
    assert "main.py" in done.stdout
    assert "FA101" in done.stdout


def test_the_action_reports_what_a_branch_changed(project: Path, tmp_path: Path) -> None:
    done = checked(project, tmp_path, path=project.name, since="HEAD")
    assert (done.returncode, "FA101" in done.stdout) == (0, False), done.stderr


def test_the_action_leaves_out_what_a_baseline_knows(project: Path, tmp_path: Path) -> None:
    known = tmp_path / "known findings.json"
    subprocess.run([BIN / "apismith", "check", project, "--write-baseline", known], check=False, capture_output=True)
    assert json.loads(known.read_text(encoding="utf-8"))
    done = checked(project, tmp_path, path=project.name, baseline=str(known))
    assert (done.returncode, "FA101" in done.stdout) == (0, False), done.stderr


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
    words = [
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
