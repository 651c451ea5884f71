"""What is generated works: models and migration agree, schemas accept and refuse what they should."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]
import pytest
from pydantic import JsonValue

from apismith import generate
from apismith.contract.model import Contract, Default
from apismith.generate.examples import create_example
from apismith.generate.samples import invalid
from apismith.generate.view import views
from tests.generate.contracts import blog, contract, entity, everything, field

PROBE = Path(__file__).with_name("probe.py")


class Backend:
    """A rendered backend in a folder."""

    def __init__(self, asked: Contract, folder: Path) -> None:
        self.contract = asked
        self.folder = folder
        for path, content in generate.render(asked).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)

    def probe(self, *cases: tuple[str, str, JsonValue], url: str | None = None) -> dict[str, Any]:
        """What `probe.py` found in it."""
        done = subprocess.run(
            [sys.executable, PROBE],
            cwd=self.folder,
            input=json.dumps({"validate": cases, "url": url}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


@dataclass(frozen=True)
class Probed:
    """What a backend of everything did with values that it must refuse, and what else was found in it."""

    backend: Backend
    refusable: list[str]
    found: dict[str, Any]


@pytest.fixture(scope="module", params=["int", "uuid"])
def probed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Probed:
    backend = Backend(everything(ids=request.param), tmp_path_factory.mktemp("backend"))
    cases: list[tuple[str, str, JsonValue]] = []
    names: list[str] = []
    for view in views(backend.contract):
        good = create_example(view)
        for asked in view.written_fields:
            for value, why in invalid(backend.contract, asked):
                cases.append((view.module, f"{view.cls}Create", good | {asked.name: value}))
                names.append(f"{view.cls}.{asked.name}: {why} ({value!r})")
    return Probed(backend, names, backend.probe(*cases, url="sqlite+aiosqlite://"))


def test_models_and_migration_do_not_drift_on_sqlite(probed: Probed) -> None:
    found = probed.found["database"]
    assert found["differences"] == []
    assert found["created"] > len(probed.backend.contract.entities)
    assert found["left"] == []


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The URL of a database of its own on the server of `TEST_DATABASE_URL`."""
    server = os.environ.get("TEST_DATABASE_URL")
    if server is None:
        pytest.skip("needs TEST_DATABASE_URL")
    name = f"apismith_{uuid4().hex}"

    async def run(statement: str) -> None:
        connection = await asyncpg.connect(server)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(run(f"CREATE DATABASE {name}"))
    yield urlsplit(server)._replace(scheme="postgresql+asyncpg", path=f"/{name}").geturl()
    asyncio.run(run(f"DROP DATABASE {name} WITH (FORCE)"))


def test_models_and_migration_do_not_drift_on_postgresql(probed: Probed, postgresql: str) -> None:
    found = probed.backend.probe(url=postgresql)["database"]
    assert found["differences"] == []
    assert found["left"] == []


def test_every_example_is_valid(probed: Probed) -> None:
    found = probed.found["examples"]
    assert found["refused"] == []
    assert found["count"] > 2 * len(probed.backend.contract.entities)


def test_every_value_that_a_field_must_refuse_is_refused(probed: Probed) -> None:
    answers = zip(probed.refusable, probed.found["validated"], strict=True)
    assert [name for name, error in answers if error is None] == []
    assert len(probed.refusable) > 50


def test_a_change_may_leave_out_everything_but_null_only_where_null_is_allowed(tmp_path: Path) -> None:
    optional = entity("Note", field("title"), field("text", nullable=True, default=Default()))
    bodies: list[JsonValue] = [{}, {"text": None}, {"title": None}, {"unknown": 1}]
    found = Backend(contract(optional), tmp_path).probe(*(("notes", "NoteUpdate", body) for body in bodies))
    assert found["validated"] == [None, None, "string_type", "extra_forbidden"]


def test_what_the_server_owns_cannot_be_sent(tmp_path: Path) -> None:
    backend = Backend(blog(), tmp_path)
    cases = (
        ("posts", "PostCreate", {"title": "A"}),
        ("posts", "PostCreate", {"title": "A", "author_id": 1}),
        ("posts", "PostCreate", {"title": "A", "id": 1}),
        ("posts", "PostCreate", {"title": "A", "created_at": "2026-01-01T00:00:00Z"}),
        ("users", "UserCreate", {"email": "a@example.com", "password": "long enough", "role": "admin"}),
        ("users", "UserUpdate", {"password": "another one"}),
    )
    assert backend.probe(*cases)["validated"] == [None, *["extra_forbidden"] * 5]
