"""Served backends, attacked by Schemathesis with all of its checks: what they document is what they do.

How long each run takes: `APISMITH_CONFORMANCE_SECONDS`. `just conformance` is the long form.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from apismith.contract.routes import routes
from tests.backends.databases import database
from tests.backends.projects import Project, environment, generated
from tests.backends.serving import served

SECONDS = os.environ.get("APISMITH_CONFORMANCE_SECONDS", "30")
# A version is not part of what a document can promise: 412 for an old one, 428 for none.
CONFIG = """\
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "412", "428", "429", "5xx"]

# A list with too many items may also be more than a body may have.
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429", "5xx"]
"""
ENDS_THE_SESSION = ("log_out", "log_out_everywhere")


class Run(NamedTuple):
    """One run of Schemathesis."""

    contract: str
    database: str
    role: str
    seed: int


QUICK = Run("club", "sqlite", "admin", 1)
ALL = [
    Run(contract, kind, role, seed)
    for contract in ("conduit", "club", "clinic", "library")
    for kind in ("sqlite", "postgres")
    for role, seed in (("member", 1), ("admin", 2))
]


def name(run: Run) -> str:
    return f"{run.contract}-{run.database}-{run.role}"


def test_a_short_run_finds_nothing(tmp_path: Path) -> None:
    attack(QUICK, tmp_path, "--max-examples=10", "--generation-deterministic")


@pytest.mark.slow
@pytest.mark.parametrize("run", [pytest.param(run, id=name(run)) for run in ALL])
def test_no_run_finds_anything(run: Run, tmp_path: Path) -> None:
    attack(run, tmp_path, f"--max-time={SECONDS}")


def attack(run: Run, folder: Path, *options: str) -> None:
    """Run Schemathesis; what it reports is the test's failure."""
    (folder / "schemathesis.toml").write_text(CONFIG, encoding="utf-8")
    project = generated(run.contract)
    with database(run.database, folder) as address, served(project, address) as client:
        done = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"),
                "run",
                f"{client.base_url}/openapi.json",
                "--checks=all",
                "--continue-on-failure",
                "--no-color",
                *options,
                f"--seed={run.seed}",
                *(
                    f"--header={header}: {value}"
                    for header, value in logged_in(project, client, address, run.role).items()
                ),
                *(f"--exclude-operation-id={operation}" for operation in excluded(project)),
            ],
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=int(SECONDS) + 120,
            check=False,
        )
    if done.returncode != 0:
        pytest.fail(done.stdout, pytrace=False)


def logged_in(project: Project, client: httpx2.Client, address: str, role: str) -> dict[str, str]:
    """The header of an account that has some rows; none where the contract has no accounts."""
    said = project.run("app.manage", "seed", DATABASE_URL=address)
    account = re.search(r"Log in as (.*) with the password (.*)", said)
    if account is None:
        return {}
    login, password = account.groups()
    if role != "member":
        project.run("app.manage", "set-role", login, role, DATABASE_URL=address)
    answer = client.post("/api/v1/auth/token", data={"username": login, "password": password})
    return {"Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}


def excluded(project: Project) -> list[str]:
    """Operations that would end the session of the run itself."""
    contract = project.contract
    account = contract.auth.account if contract.auth else None
    gone = [route.name for route in routes(contract) if route.kind == "delete" and route.entity == account]
    return [*ENDS_THE_SESSION, *gone] if account else []
