"""What deploys and tests a backend elsewhere is what GitHub and Kubernetes understand, and fits the backend."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backends.projects import generated

UVX = Path(sys.executable).with_name("uvx")


def run(*words: str | Path) -> str:
    return subprocess.run([UVX, "--quiet", *words], check=True, capture_output=True, encoding="utf-8").stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fleet", "festival"])
def test_the_workflow_is_one_by_githubs_schema(name: str) -> None:
    workflow = generated(name).folder / ".github/workflows/check.yml"
    said = run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", workflow)
    assert "ok -- validation done" in said


@pytest.mark.slow
def test_the_manifests_are_some_by_the_schemas_of_kubernetes() -> None:
    run("kubernetes-validate", "--strict", generated("fleet").folder / "deploy/kubernetes.yaml")


def test_the_workflow_runs_what_the_makefile_has_on_every_database_of_the_backend() -> None:
    for name, has_server in (("fleet", True), ("festival", False)):
        folder = generated(name).folder
        workflow = (folder / ".github/workflows/check.yml").read_text(encoding="utf-8")
        targets = re.findall(r"^(\w+):", (folder / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert {"install", "lint", "test"} == set(re.findall(r"run: make (\w+)", workflow)) <= set(targets)
        assert ("TEST_DATABASE_URL" in workflow) is has_server


def test_the_manifests_speak_of_this_backend() -> None:
    folder = generated("fleet").folder
    manifests = (folder / "deploy/kubernetes.yaml").read_text(encoding="utf-8")
    assert "conduit" not in manifests
    assert "image: &image fleet:latest" in manifests
    routes = (folder / "app/api/health.py").read_text(encoding="utf-8")
    prefix, ready = re.findall(r'"(/\w+)"', routes)
    assert set(re.findall(r"path: (\S+),", manifests)) == {prefix, prefix + ready}
    assert "runAsUser: 10001" in manifests
    assert "--uid 10001" in (folder / "Dockerfile").read_text(encoding="utf-8")


def test_what_nobody_asked_for_is_not_there() -> None:
    folder = generated("conduit").folder
    assert not (folder / ".github").exists()
    assert not (folder / "deploy").exists()
