"""Whether the backend lives, and whether it can work."""

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from app.core.database import Database
from tests.support import Statements, failure, settings_for

pytestmark = pytest.mark.anyio


async def test_it_lives_without_asking_the_database(client: AsyncClient, statements: Statements) -> None:
    answer = await client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert statements == []


async def test_it_is_ready_when_the_database_answers(client: AsyncClient, statements: Statements) -> None:
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert len(statements) == 1


async def test_it_is_not_ready_without_its_database(client: AsyncClient, app: FastAPI) -> None:
    app.state.database = Database(settings_for("postgresql://nobody@127.0.0.1:1/nothing"))
    answer = await client.get("/health/ready")
    assert failure(answer, 503, "SERVICE_UNAVAILABLE") == {"component": "database"}
    assert "127.0.0.1" not in answer.text
    assert (await client.get("/health")).status_code == 200
