"""Nobody writes lines of their own into the log."""

import json
import socket
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException
from httpx2 import ASGITransport, AsyncClient

from app.config import Environment
from app.main import create_app
from tests.logs import everything_logged
from tests.server import serving
from tests.support import API, settings_for

pytestmark = pytest.mark.anyio

FORGED = "2026-01-01 [info] all is well"
# What begins a line, moves the cursor, colours, or rings in a terminal or a viewer.
HARMFUL = ["\n", "\r", "\x1b", "\x07", "\x00", "\x85", "\u2028"]


@pytest.fixture(scope="module", params=[Environment.DEVELOPMENT, Environment.PRODUCTION])
def app(request: pytest.FixtureRequest) -> FastAPI:
    settings = settings_for("postgresql://nobody@127.0.0.1:1/nothing", environment=request.param, log_level="DEBUG")
    app = create_app(settings)

    @app.get("/probe/{name}")
    async def fail(name: str) -> None:
        raise ValueError(name)

    @app.get("/refuse/{name}")
    async def refuse(name: str) -> None:
        raise HTTPException(418, detail=name)

    return app


def lines(text: str) -> list[str]:
    """Whatever any viewer takes for a line."""
    return [line for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("character", HARMFUL, ids=ascii)
async def test_paths_stay_in_their_line(app: FastAPI, monkeypatch: pytest.MonkeyPatch, character: str) -> None:
    raw = "".join(f"%{byte:02x}" for byte in character.encode())
    with everything_logged(app.state.settings, monkeypatch) as output:
        async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
            for folder in (API, "/probe", "/refuse"):
                await client.get(f"{folder}/x{raw}{FORGED}")
    check(output.getvalue(), character)


@pytest.mark.parametrize("character", ["\t", "\x1b", "\x07", "\x7f", "\x85"], ids=ascii)
@pytest.mark.parametrize("header", ["User-Agent", "X-Request-ID", "X-Forwarded-For", "Host", "Origin", "X-Any"])
async def test_headers_stay_in_their_line(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, header: str, character: str
) -> None:
    value = f"x{character}{FORGED}".encode("latin-1")
    with everything_logged(app.state.settings, monkeypatch) as output:
        async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
            answer = await client.get(f"{API}/nowhere", headers=[(header.encode(), value)])
    check(output.getvalue(), character)
    assert all(name.isprintable() and content.isprintable() for name, content in answer.headers.items())


def check(text: str, character: str) -> None:
    """What is harmful must be escaped, and what follows it must not stand at the beginning of a line."""
    assert character == "\n" or character not in text.replace("\n", ""), ascii(text)
    assert not any(line.startswith(FORGED) for line in lines(text)), text


def test_each_line_of_production_is_json(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_for("sqlite:///unused.db", environment=Environment.PRODUCTION)
    app = create_app(settings)
    with everything_logged(settings, monkeypatch) as output, serving(app) as port:
        for sent in (
            f"GET /x%0a{FORGED.replace(' ', '%20')} HTTP/1.1\r\nHost: test\r\nX-Request-ID: a\tb\r\n",
            f"GET /y HTTP/1.1\r\nHost: test\r\nUser-Agent: \t{FORGED}\r\n",
            f"GET /z\n{FORGED} HTTP/1.1\r\nHost: test\r\n",
        ):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
                client.sendall(f"{sent}Connection: close\r\n\r\n".encode("latin-1"))
                while client.recv(65536):
                    pass
    events: list[dict[str, Any]] = [json.loads(line) for line in lines(output.getvalue())]
    assert [event["path"] for event in events if event["event"] == "request"] == [
        f"/x%0a{FORGED.replace(' ', '%20')}",
        "/y",
    ]
