"""The document of a served backend has no mistake in the eyes of Spectral and of OWASP's rules for APIs."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.backends.databases import database
from tests.backends.projects import generated
from tests.backends.serving import served

PACKAGES = ("@stoplight/spectral-cli", "@stoplight/spectral-owasp-ruleset")
RULES = {
    "extends": ["spectral:oas", "@stoplight/spectral-owasp-ruleset"],
    "overrides": [
        # Who watches the server, or reads its keys, is not counted.
        {
            "files": [
                f"document.json#/paths/{path}" for path in ("~1health", "~1health~1ready", "~1.well-known~1jwks.json")
            ],
            "rules": {"owasp:api4:2023-rate-limit": "off"},
        },
    ],
}
COUNTED_IDS = {"owasp:api1:2023-no-numeric-ids": "off"}
"""Whether rows have counted ids is what the contract says."""


@pytest.fixture(scope="session")
def spectral(tmp_path_factory: pytest.TempPathFactory) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("there is no npm on this machine to install Spectral with")
    folder = tmp_path_factory.mktemp("spectral")
    subprocess.run([npm, "install", "--silent", "--no-audit", *PACKAGES], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", ["conduit", "club", "clinic", "library"])
def test_the_document_has_no_mistake(name: str, spectral: Path, tmp_path: Path) -> None:
    project = generated(name)
    with database("sqlite", tmp_path) as address, served(project, address) as client:
        (spectral / "document.json").write_bytes(client.get("/openapi.json").content)
    rules = RULES | ({"rules": COUNTED_IDS} if project.contract.database.ids == "int" else {})
    (spectral / "rules.json").write_text(json.dumps(rules), encoding="utf-8")
    command = ["node_modules/.bin/spectral", "lint", "document.json", "--ruleset", "rules.json", "--format", "json"]
    done = subprocess.run(command, cwd=spectral, capture_output=True, encoding="utf-8", check=False)
    found: list[dict[str, Any]] = json.loads(done.stdout.partition("No results with")[0] or "[]")
    mistakes = {f"{it['code']} at {'.'.join(it['path'])}: {it['message']}" for it in found if it["severity"] == 0}
    assert not mistakes, "\n".join(sorted(mistakes)[:20])
    assert found or done.returncode == 0, done.stderr
