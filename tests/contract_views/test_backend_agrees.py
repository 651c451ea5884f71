"""What is shown of a contract is what the backend does: its OpenAPI document and the list of routes say the same."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from apismith import generate
from apismith.contract.failures import failures
from apismith.contract.model import Contract
from apismith.contract.routes import routes

# Declared once, for all routes below `/api`.
ANY_ROUTE = {400, 408, 413, 429, 500, 503}


def openapi(contract: Contract, folder: Path) -> dict[str, Any]:
    for path, content in generate.render(contract).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", "import json; from app.main import app; print(json.dumps(app.openapi()))"],
        cwd=folder,
        env={},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.mark.parametrize("name", ["blog", "open_notes"])
def test_the_list_of_routes_is_the_api(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    contract: Contract = request.getfixturevalue(name)
    served = {
        (method.upper(), path, operation["operationId"]): {int(status) for status in operation["responses"]}
        for path, operations in openapi(contract, tmp_path)["paths"].items()
        for method, operation in operations.items()
    }
    shown = {
        (route.method, route.path, route.name): {route.status, *failures(contract, route)}
        | (ANY_ROUTE if route.kind != "health" else set())
        for route in routes(contract)
    }
    assert served == shown
