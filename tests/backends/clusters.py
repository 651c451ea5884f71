"""A PostgreSQL server of one's own, which may be stopped and started."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest

from tests.backends.serving import free_port

ACCOUNT = "postgres"
"""Who runs the server when the tests run as root, which it refuses."""


@dataclass
class Cluster:
    """A server, its folder and the port it listens on."""

    binaries: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """The address of its only database."""
        return f"postgresql+asyncpg://{ACCOUNT}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c fsync=off"
        self.run("pg_ctl", "start", "-w", "-s", "-l", str(self.folder / "log"), "-o", options)

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop it: `fast` ends all connections properly, `immediate` is a crash."""
        self.run("pg_ctl", "stop", "-w", "-s", "-m", mode)

    def run(self, program: str, *words: str) -> None:
        """Run one of its programs."""
        subprocess.run(
            [self.binaries / program, "-D", self.folder / "data", *words],
            cwd=self.folder,
            user=ACCOUNT if os.geteuid() == 0 else None,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A new server that is running; the test is skipped where PostgreSQL is not installed."""
    with TemporaryDirectory(prefix="apismith-postgres-") as name:
        if os.geteuid() == 0:
            try:
                shutil.chown(name, ACCOUNT)
            except LookupError:
                pytest.skip(f"PostgreSQL refuses to run as root, and there is no account {ACCOUNT}")
        made = Cluster(_binaries(), Path(name), free_port())
        made.run("initdb", "-A", "trust", "-U", ACCOUNT, "-N", "-E", "UTF8")
        made.start()
        try:
            yield made
        finally:
            if (made.folder / "data" / "postmaster.pid").exists():
                made.stop("immediate")


def _binaries() -> Path:
    """Where PostgreSQL's programs are: in the path, or where Debian keeps those of each version."""
    places = [shutil.which("pg_ctl"), *sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True)]
    for place in places:
        if place and Path(place).with_name("initdb").exists():
            return Path(place).parent
    pytest.skip("PostgreSQL's initdb and pg_ctl are not installed (neither in PATH nor in /usr/lib/postgresql/*/bin)")
