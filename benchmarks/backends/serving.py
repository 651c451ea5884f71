"""Servers that are measured: one process each, on one processor."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PATIENCE = 30.0
PROCESSORS = sorted(os.sched_getaffinity(0))
SERVERS_PROCESSOR, LOADS_PROCESSOR = PROCESSORS[0], PROCESSORS[-1]


class Server:
    """uvicorn with uvloop and httptools, and an app.

    Args:
        name: what it is called in tables.
        app: what uvicorn serves, `module:name`.
        folder: where it is started.
        environment: its environment.
        prefix: what the paths of its resources begin with.
    """

    def __init__(self, name: str, app: str, folder: Path, environment: dict[str, str], prefix: str = "") -> None:
        self.name, self.prefix, self.port = name, prefix, _free_port()
        options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
        command = [sys.executable, "-m", "uvicorn", app, "--port", str(self.port), *options]
        # Logs are written, and nobody keeps them.
        self._process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
        os.sched_setaffinity(self._process.pid, {SERVERS_PROCESSOR})

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def wait(self) -> None:
        """Until it answers."""
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            if self._process.poll() is not None:
                raise SystemExit(f"{self.name}: the server ended with {self._process.returncode}")
            try:
                urllib.request.urlopen(f"{self.address}/health", timeout=2).read()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{self.name}: the server does not answer")

    def cpu(self) -> float:
        """Seconds of processor time that it has used, its own and the kernel's for it."""
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def memory(self) -> float:
        """MiB that it has in memory now."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20

    @property
    def pid(self) -> int:
        """Its process, for profilers."""
        return self._process.pid

    def stop(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
