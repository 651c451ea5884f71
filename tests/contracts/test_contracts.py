"""Contracts of many shapes: each becomes a backend that is clean, typed, tested, and answers as its contract says.

A few are part of `make test`, all of them of `make test-all`.
"""

from itertools import combinations, product
from typing import Any

import pytest

from apismith.contract.model import Contract
from apismith.contract.routes import routes
from tests.backends.databases import database
from tests.backends.projects import Project, generated, names, source
from tests.backends.serving import served
from tests.backends.walking import Walk

QUICK = {"note", "quotes", "club"}
ON_POSTGRES = {"club", "shop", "library", "fleet"}

every_contract = pytest.mark.parametrize(
    "project", [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in names()], indirect=True
)


@pytest.fixture
def project(request: pytest.FixtureRequest) -> Project:
    return generated(request.param)


def choices(contract: Contract) -> dict[str, str]:
    """What a contract chose, wherever there is a choice today."""
    auth, cache, tasks = contract.auth, contract.cache, contract.tasks
    standard = Contract.model_fields["limits"].default
    return {
        "database": contract.database.kind,
        "ids": contract.database.ids,
        "auth": auth.kind if auth else "none",
        "access minutes": "" if auth is None else "default" if auth.access_minutes == 15 else "set",
        "cache": cache.kind if cache else "none",
        "tasks": f"{tasks.kind} on {tasks.broker}" if tasks else "none",
        "limits": "default" if contract.limits == standard else "set",
        "cors": "set" if contract.cors.origins else "none",
    }


def test_each_pair_of_choices_occurs_in_a_contract() -> None:
    chosen = [choices(source(name).contract) for name in names()]
    options = {question: {answers[question] for answers in chosen} for question in chosen[0]}
    missing = [
        f"{one}={first} with {other}={second}"
        for one, other in combinations(options, 2)
        for first, second in product(sorted(options[one]), sorted(options[other]))
        if {one, other} != {"auth", "access minutes"}
        and not any(answers[one] == first and answers[other] == second for answers in chosen)
    ]
    assert not missing, "give one of the contracts: " + "; ".join(missing)


@pytest.mark.parametrize(
    ("choice", "answers"),
    [
        ("database", {"sqlite", "postgres"}),
        ("ids", {"int", "uuid"}),
        ("auth", {"jwt", "none"}),
        ("cache", {"none", "memory", "redis"}),
        ("tasks", {"none", "celery on redis", "celery on rabbitmq"}),
    ],
)
def test_each_choice_occurs_in_a_contract(choice: str, answers: set[str]) -> None:
    assert {choices(source(name).contract)[choice] for name in names()} == answers


@every_contract
def test_backend_is_clean(project: Project) -> None:
    """By its own configuration; the contract in it is the user's own text."""
    written = ["--no-cache", "--exclude", "contract,contract.py"]
    project.run("ruff", "check", *written)
    project.run("ruff", "format", "--check", *written)
    project.run("bandit", "-q", "-c", "pyproject.toml", "-r", "app")


@every_contract
def test_backend_is_typed(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    # What libraries say is the same for all, and takes longest to read.
    project.run("mypy", "--strict", "--cache-dir", str(tmp_path_factory.getbasetemp() / "mypy"))


@every_contract
def test_backend_passes_its_own_tests(project: Project) -> None:
    project.run("pytest", "-q", "-p", "no:cacheprovider")


@pytest.mark.slow
@pytest.mark.parametrize("project", sorted(ON_POSTGRES), indirect=True)
def test_backend_passes_its_own_tests_on_postgresql(project: Project) -> None:
    with database("postgres", project.folder) as address:
        project.run("pytest", "-q", "-p", "no:cacheprovider", TEST_DATABASE_URL=address)


@every_contract
def test_served_backend_answers_as_documented(project: Project) -> None:
    """On the database that its contract chose, under a real server, as everybody that it tells apart."""
    with database(project.contract.database.kind, project.folder) as address, served(project, address) as client:
        spec = client.get("/openapi.json").json()
        assert documented(spec) == {
            (route.method, route.path, route.name, route.status) for route in routes(project.contract)
        }
        Walk(project, client, address).run()


def documented(spec: dict[str, Any]) -> set[tuple[str, str, str, int]]:
    """Method, path, operation id and status of success of all operations of an OpenAPI document."""
    return {
        (method.upper(), path, operation["operationId"], min(int(s) for s in operation["responses"] if s.isdigit()))
        for path, operations in spec["paths"].items()
        for method, operation in operations.items()
    }
