"""Databases for generated backends: a SQLite file, or one made on the PostgreSQL server of this machine."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

POSTGRES = os.environ.get("APISMITH_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database that is gone afterwards.

    Args:
        kind: `sqlite` or `postgres`; the test is skipped when the server does not answer.
        folder: where a file goes.
    """
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder / 'walk.db'}"
        return
    name = f"apismith_{uuid4().hex}"
    try:
        asyncio.run(_execute(f'CREATE DATABASE "{name}"'))
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        pytest.skip(f"PostgreSQL at {POSTGRES} (APISMITH_TEST_POSTGRES) gives no database: {error!r}")
    try:
        yield urlunsplit(urlsplit(POSTGRES)._replace(scheme="postgresql+asyncpg", path=f"/{name}"))
    finally:
        asyncio.run(_execute(f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _execute(statement: str) -> None:
    connection = await asyncpg.connect(POSTGRES, timeout=5)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
