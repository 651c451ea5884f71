"""A generated backend under a real server, migrated and empty."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.backends.projects import Project, environment

_PATIENCE = 30.0
# Tests ask more often than people do.
_UNLIMITED = {"RATE_LIMIT": "1000000/minute", "RATE_LIMIT_LOGIN": "1000000/minute"}


@dataclass
class Server:
    """A running server: its process and what it wrote."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def text(self) -> str:
        """What it wrote so far."""
        return self.log.read_text(encoding="utf-8")


@contextmanager
def served(project: Project, database_url: str) -> Iterator[httpx2.Client]:
    """A client of the backend, migrated and started under uvicorn on a free port.

    Raises:
        AssertionError: it does not migrate or start, or something was logged as an error.
    """
    with started(project, database_url) as server, client_of(server) as client:
        yield client


@contextmanager
def started(
    project: Project, database_url: str, *, app: str = "app.main:app", migrate: bool = True, **variables: str
) -> Iterator[Server]:
    """The backend under uvicorn on a free port, ready to answer.

    Args:
        app: what is served, for one that more was put into.
        migrate: whether the tables are made first.
        variables: settings, besides the address of the database.

    Raises:
        AssertionError: it does not migrate or start; and those that leave the block, with what the server said.
    """
    if migrate:
        project.run("alembic", "upgrade", "head", DATABASE_URL=database_url)
    port = free_port()
    log = project.folder / f"server-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [project.python, "-m", "uvicorn", app, "--port", str(port)],
            cwd=project.folder,
            env=environment() | {"DATABASE_URL": database_url, "LOG_LEVEL": "WARNING"} | _UNLIMITED | variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        with client_of(server) as client:
            _wait_until_ready(client, process)
        yield server
    except AssertionError as error:
        raise AssertionError(f"{error}\n\nThe server said:\n{server.text()[-4000:]}") from error
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)


def client_of(server: Server) -> httpx2.Client:
    """A client of the server, for as long as it is the context."""
    return httpx2.Client(base_url=server.url, timeout=_PATIENCE, trust_env=False)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_ready(client: httpx2.Client, server: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + _PATIENCE
    while time.monotonic() < give_up:
        assert server.poll() is None, f"uvicorn ended with {server.returncode}"
        try:
            answer = client.get("/health/ready")
        except httpx2.TransportError:
            time.sleep(0.05)
            continue
        assert answer.status_code == 200, f"not ready: {answer.status_code} {answer.text}"
        return
    raise AssertionError(f"not ready within {_PATIENCE:.0f} seconds")
