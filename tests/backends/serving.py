"""A generated backend under a real server, migrated and empty."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from tests.backends.projects import Project, environment

_PATIENCE = 30.0


@contextmanager
def served(project: Project, database_url: str) -> Iterator[httpx2.Client]:
    """A client of the backend, migrated and started under uvicorn on a free port.

    Raises:
        AssertionError: it does not migrate or start, or something was logged as an error.
    """
    project.run("alembic", "upgrade", "head", DATABASE_URL=database_url)
    log, port = project.folder / "server.log", _free_port()
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port)],
            cwd=project.folder,
            env=environment() | {"DATABASE_URL": database_url, "LOG_LEVEL": "WARNING"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE, trust_env=False) as client:
            _wait_until_ready(client, server)
            yield client
    except AssertionError as error:
        raise AssertionError(f"{error}\n\nThe server said:\n{log.read_text(encoding='utf-8')[-4000:]}") from error
    finally:
        server.terminate()
        server.wait(timeout=_PATIENCE)


def _free_port() -> int:
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
