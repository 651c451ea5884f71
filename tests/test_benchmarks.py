"""The benchmark of backends measures what it says: all servers start and answer alike. Times are never asserted."""

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from benchmarks.backends.database import POSTGRES

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_all_servers_start_and_answer_alike() -> None:
    try:
        asyncio.run(connect())
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        pytest.skip(f"PostgreSQL at {POSTGRES} (APISMITH_TEST_POSTGRES) does not answer: {error!r}")
    command = [sys.executable, "-m", "benchmarks.backend", "--check", "--posts", "400"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "All servers answer alike.\n"


async def connect() -> None:
    await (await asyncpg.connect(POSTGRES, timeout=5)).close()
