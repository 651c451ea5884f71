"""The limit: no framework, asyncpg, and JSON written by orjson straight from the rows."""

from typing import Any
from urllib.parse import parse_qs

import asyncpg
import orjson

from benchmarks.backends.servers.common import DATABASE, POOL, Status, account_of, decode_cursor, encode_cursor

COLUMNS = "t.id, t.title, t.body, t.status, t.created_at, t.updated_at, u.id AS user_id, u.username"
ONE = f"SELECT {COLUMNS} FROM posts t JOIN users u ON u.id = t.author_id WHERE t.id = $1"
MEMO = ONE.replace("posts", "memos")
ACCOUNT = "SELECT id, role FROM users WHERE id = $1"
PAGE = (
    f"SELECT {COLUMNS} FROM posts t JOIN users u ON u.id = t.author_id%s ORDER BY t.created_at DESC, t.id DESC LIMIT $1"
)
FIRST, NEXT = PAGE % "", PAGE % " WHERE (t.created_at, t.id) < ($2, $3)"
CREATE = (
    "WITH t AS (INSERT INTO posts (title, body, author_id, status, created_at, updated_at) "
    f"VALUES ($1, $2, $3, $4, now(), now()) RETURNING *) SELECT {COLUMNS} FROM t JOIN users u ON u.id = t.author_id"
)
HEADERS = [(b"content-type", b"application/json")]

state: dict[str, Any] = {}


def text(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "title": row["title"],
        "body": row["body"],
        "status": row["status"],
        "author": {"id": row["user_id"], "username": row["username"]},
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


async def answer(send: Any, value: Any, status: int = 200) -> None:
    body = orjson.dumps(value, option=orjson.OPT_UTC_Z)
    headers = [*HEADERS, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        return await lifespan(receive, send)
    path, method, pool = scope["path"], scope["method"], state["pool"]
    if path == "/posts" and method == "POST":
        return await create(receive, send)
    if path == "/posts":
        return await page(scope, send)
    row = None
    if path.startswith("/posts/"):
        row = await pool.fetchrow(ONE, int(path[7:]))
    elif path.startswith("/memos/"):
        account = account_of(dict(scope["headers"]).get(b"authorization", b"").decode())
        async with pool.acquire() as connection:
            if account is None or await connection.fetchrow(ACCOUNT, account) is None:
                return await answer(send, {"error": "unauthorized"}, 401)
            row = await connection.fetchrow(MEMO, int(path[7:]))
    elif path == "/health":
        return await answer(send, {"status": "ok"})
    if row is None:
        return await answer(send, {"error": "not found"}, 404)
    return await answer(send, text(row))


async def page(scope: Any, send: Any) -> None:
    query = parse_qs(scope["query_string"])
    limit = int(query.get(b"limit", [b"20"])[0])
    if b"cursor" in query:
        rows = await state["pool"].fetch(NEXT, limit, *decode_cursor(query[b"cursor"][0].decode()))
    else:
        rows = await state["pool"].fetch(FIRST, limit)
    cursor = encode_cursor(rows[-1]["created_at"], rows[-1]["id"]) if rows else None
    await answer(send, {"items": [text(row) for row in rows], "next_cursor": cursor, "total": None})


async def create(receive: Any, send: Any) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    sent = orjson.loads(body)
    title, content, author, status = sent["title"], sent["body"], sent["author_id"], sent.get("status", "draft")
    valid = isinstance(title, str) and 0 < len(title) <= 200 and isinstance(content, str) and len(content) <= 10_000
    if not (valid and isinstance(author, int) and author > 0 and status in Status.__members__):
        return await answer(send, {"error": "invalid"}, 422)
    return await answer(send, text(await state["pool"].fetchrow(CREATE, title, content, author, status)), 201)


async def lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            state["pool"] = await asyncpg.create_pool(DATABASE, min_size=POOL, max_size=POOL)
            await send({"type": "lifespan.startup.complete"})
        else:
            await state["pool"].close()
            await send({"type": "lifespan.shutdown.complete"})
            return
