"""Where the time of a request goes."""

import json
from contextlib import suppress
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import select

from app.config import Environment, Settings
from app.core.database import Database
from app.core.timing import Spent, spent
from app.main import create_app
from tests.logs import everything_logged

pytestmark = pytest.mark.anyio

READY = "/health/ready"


async def asked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], str | None]:
    """The line in the log of one request that asks the database, and what its `Server-Timing` says."""
    app = create_app(settings)
    with everything_logged(settings, monkeypatch) as output:
        async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
            answer = await client.get(READY)
    await app.state.database.close()
    assert answer.status_code == 200, answer.text
    events = [json.loads(line) for line in output.getvalue().splitlines() if line.startswith("{")]
    return next(e for e in events if e["event"] == "request"), answer.headers.get("server-timing")


@pytest.fixture
def production(settings: Settings) -> Settings:
    return settings.model_copy(update={"environment": Environment.PRODUCTION})


async def test_a_slow_request_is_logged_with_its_statements(
    production: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, _ = await asked(production.model_copy(update={"slow_request_seconds": 1e-9}), monkeypatch)
    assert line["level"] == "warning"
    [statement] = line["statements"]
    assert statement["sql"].startswith("SELECT ")
    assert 0 < statement["milliseconds"] <= line["milliseconds"]


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
async def test_the_end_of_a_transaction_is_one_of_them(database: Database, end: str) -> None:
    measured = Spent()
    token = spent.set(measured)
    with suppress(ValueError):
        async with database.unit_of_work() as db:
            await db.execute(select(1))
            if end == "ROLLBACK":
                raise ValueError
    spent.reset(token)
    assert {statement["sql"] for statement in measured.slowest} == {"SELECT 1", end}


async def test_any_other_request_is_logged_without_them(production: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    line, _ = await asked(production.model_copy(update={"slow_request_seconds": 3600}), monkeypatch)
    assert line["level"] == "info"
    assert "statements" not in line


async def test_browsers_are_told_in_development(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"environment": Environment.DEVELOPMENT}))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        ready, alive = await client.get(READY), await client.get("/health")
    assert 'db;dur=0.0;desc="0 statements"' in alive.headers["server-timing"]
    assert 'desc="1 statements"' in ready.headers["server-timing"]
    await app.state.database.close()


async def test_nobody_is_told_in_production(production: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await asked(production, monkeypatch))[1] is None
