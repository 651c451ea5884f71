"""A private database on a PostgreSQL server, with rows to ask for."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

POSTGRES = os.environ.get("APISMITH_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
USERS, MEMOS = 1_000, 1_000
TEXT = "lorem ipsum " * 85
"""About a kilobyte, the body of every text."""

SEED = """
INSERT INTO users (email, username, password_hash, created_at, updated_at)
    SELECT 'user' || i || '@example.com', 'user' || i, 'none', now(), now() FROM generate_series(1, $users) i;
INSERT INTO posts (title, body, status, author_id, created_at, updated_at)
    SELECT 'Title of post number ' || i, '$text', (ARRAY['draft', 'published', 'archived'])[1 + i % 3],
        1 + i % $users, to_timestamp(1700000000 + i * 60), to_timestamp(1700000000 + i * 60)
    FROM generate_series(1, $posts) i;
INSERT INTO memos (title, body, status, author_id, created_at, updated_at)
    SELECT title, body, status, author_id, created_at, updated_at FROM posts ORDER BY id LIMIT $memos;
INSERT INTO thing0s (name, count, created_at, updated_at) SELECT 'One of many', 7, now(), now();
INSERT INTO thing$lasts (name, count, created_at, updated_at) SELECT 'One of many', 7, now(), now();
"""


@asynccontextmanager
async def database() -> AsyncIterator[str]:
    """The address of an empty database that is gone afterwards. Commits in it do not wait for the disk."""
    name = f"apismith_bench_{uuid4().hex[:12]}"
    await execute(POSTGRES, f'CREATE DATABASE "{name}"')
    try:
        for setting in ("synchronous_commit = off", "jit = off"):
            await execute(POSTGRES, f'ALTER DATABASE "{name}" SET {setting}')
        yield urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{name}"))
    finally:
        await execute(POSTGRES, f'DROP DATABASE "{name}" WITH (FORCE)')


async def seed(address: str, *, posts: int, last: int) -> None:
    """Fill the migrated tables: users, posts, memos, and one row of the first and of the last thing."""
    values = {"users": USERS, "posts": posts, "memos": min(MEMOS, posts), "text": TEXT, "last": last}
    script = SEED
    for name, value in values.items():
        script = script.replace(f"${name}", str(value))
    await execute(address, script)
    await execute(address, "VACUUM ANALYZE")


async def forget_created(address: str, *, posts: int) -> None:
    """Back to the rows of the beginning, so that all read the same."""
    await execute(address, f"DELETE FROM posts WHERE id > {posts}")
    await execute(address, "VACUUM posts")


async def execute(address: str, statement: str) -> None:
    """Run one statement, or a script."""
    connection = await asyncpg.connect(address, timeout=5)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
