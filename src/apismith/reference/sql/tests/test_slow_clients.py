"""A client that takes forever does not hold on to the server: seen on the wire, under a real server."""

import json
import socket
from collections.abc import Iterator
from time import monotonic
from typing import Annotated

import pytest
from fastapi import Body, FastAPI, Form

from app.main import create_app
from tests.server import serving
from tests.support import API, settings_for

DEADLINE = 0.4


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    settings = settings_for("postgresql://nobody@127.0.0.1:1/nothing", body_timeout_seconds=DEADLINE)
    app: FastAPI = create_app(settings)

    @app.post(f"{API}/probe/json")
    async def take_json(title: Annotated[str, Body(embed=True)]) -> str:
        return title

    @app.post(f"{API}/probe/form")
    async def take_form(title: Annotated[str, Form()]) -> str:
        return title

    with serving(app) as port:
        yield port


def request(path: str, kind: str, *, length: int) -> bytes:
    lines = [f"POST {API}/probe/{path} HTTP/1.1", "Host: test", f"Content-Type: {kind}", f"Content-Length: {length}"]
    return "\r\n".join([*lines, "", ""]).encode()


def answer_to(client: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer after which the server closes the connection."""
    received = b"".join(iter(lambda: client.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, body


@pytest.mark.parametrize(
    ("path", "kind", "start"),
    [
        ("json", "application/json", b""),
        ("json", "application/json", b'{"title": '),
        ("form", "application/x-www-form-urlencoded", b"title="),
        ("form", "multipart/form-data; boundary=x", b"--x\r\n"),
    ],
)
def test_a_body_that_does_not_arrive_is_given_up(port: int, path: str, kind: str, start: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(request(path, kind, length=1000) + start)
        status, headers, body = answer_to(client)
    assert status == 408
    assert headers["content-type"] == "application/json"
    assert headers["connection"] == "close"
    assert headers["x-content-type-options"] == "nosniff"
    found = json.loads(body)
    assert found["error_code"] == "REQUEST_TIMEOUT"
    assert found["request_id"] == headers["x-request-id"]


def test_a_few_bytes_now_and_then_do_not_help(port: int) -> None:
    start = monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE / 8) as client:
        client.sendall(request("json", "application/json", length=1000))
        received = b""
        while not received and monotonic() - start < 10:
            try:
                client.sendall(b" ")
                received = client.recv(65536)
            except TimeoutError:
                continue
    assert b" 408 " in received.partition(b"\r\n")[0]


def test_a_body_that_comes_in_pieces_is_read(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(request("json", "application/json\r\nConnection: close", length=14) + b'{"title": ')
        client.sendall(b'"x"}')
        status, _, body = answer_to(client)
    assert (status, body) == (200, b'"x"')
