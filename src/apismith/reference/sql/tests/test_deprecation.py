"""Operations that will go say so in their headers."""

from datetime import date

import pytest
from fastapi import Depends, FastAPI
from httpx2 import ASGITransport, AsyncClient

from app.core.deprecation import deprecation

pytestmark = pytest.mark.anyio


async def test_headers_say_since_when_until_when_and_what_to_use_instead() -> None:
    app = FastAPI()
    announced = deprecation(since=date(2025, 1, 1), sunset=date(2026, 7, 1), link="https://example.com/new")

    @app.get("/old", dependencies=[Depends(announced)])
    async def old() -> str:
        return "still here"

    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        answer = await client.get("/old")
    assert answer.headers["deprecation"] == "@1735689600"
    assert answer.headers["sunset"] == "Wed, 01 Jul 2026 00:00:00 GMT"
    assert answer.headers["link"] == '<https://example.com/new>; rel="deprecation"'


async def test_what_is_not_known_is_not_said() -> None:
    app = FastAPI()

    @app.get("/old", dependencies=[Depends(deprecation(since=date(2025, 1, 1)))])
    async def old() -> str:
        return "still here"

    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        answer = await client.get("/old")
    assert answer.headers["deprecation"] == "@1735689600"
    assert "sunset" not in answer.headers
    assert "link" not in answer.headers
