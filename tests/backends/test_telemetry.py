"""Traces and metrics of a backend arrive at an OpenTelemetry collector."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.backends.databases import database
from tests.backends.projects import generated
from tests.backends.serving import client_of, started


class Collector(ThreadingHTTPServer):
    """Takes what is exported to it by OTLP over HTTP: path → the bodies."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.received: dict[str, list[bytes]] = {}


class _Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.setdefault(self.path, []).append(body)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def collector() -> Iterator[Collector]:
    """A collector on a free port."""
    with Collector() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.slow
def test_a_collector_gets_traces_and_metrics_without_what_clients_sent(tmp_path: Path) -> None:
    project, extra = generated("conduit"), tmp_path / "extra"
    subprocess.run(
        [
            Path(sys.executable).with_name("uv"),
            "pip",
            "install",
            "--quiet",
            "--python",
            sys.executable,
            "--target",
            extra,
            "fastapi[opentelemetry]",
        ],
        check=True,
    )
    with database("sqlite", tmp_path) as address, collector() as it:
        settings = {
            "PYTHONPATH": str(extra),
            "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{it.server_port}",
        }
        with started(project, address, **settings) as server, client_of(server) as client:
            assert client.get("/api/v1/articles/nothing-here").status_code == 404
            assert client.post("/api/v1/auth/register", json={"password": "hunter2hunter2"}).status_code == 422
    assert it.received.keys() == {"/v1/traces", "/v1/metrics"}
    for bodies in it.received.values():
        assert b"/api/v1/articles/{" in b"".join(bodies)
        assert b"hunter2" not in b"".join(bodies)
