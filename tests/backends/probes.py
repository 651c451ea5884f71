"""Endpoints that a backend of one's own has sooner or later: slow ones, and ones that get in each other's way.

Copied into a generated backend and served there as `probes:app`; they need PostgreSQL.
"""

from asyncio import sleep

from app.dependencies import Reads, Writes
from app.main import app
from sqlalchemy import text

TABLE = text("CREATE TABLE IF NOT EXISTS probes (id INTEGER PRIMARY KEY, value INTEGER NOT NULL)")
INSERT = text("INSERT INTO probes VALUES (CAST(:id AS INTEGER), 0)")
READ = text("SELECT value FROM probes WHERE id = :id")
COUNT_UP = text("UPDATE probes SET value = value + 1 WHERE id = :id")
SET = text("UPDATE probes SET value = :value WHERE id = :id")
SERIALIZABLE = text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
MY_CONNECTION = text("SELECT pg_backend_pid()")
END_CONNECTION = text("SELECT pg_terminate_backend(:pid)")
SLEEP = text("SELECT pg_sleep(:seconds)")
started: set[int] = set()


@app.post("/probes")
async def make_table(db: Writes) -> None:
    await db.execute(TABLE)


@app.post("/probes/{id}", status_code=201)
async def insert(id: int, db: Writes) -> int:
    await db.execute(INSERT, {"id": id})
    return id


@app.get("/probes/{id}")
async def read(id: int, db: Reads) -> int | None:
    value: int | None = (await db.execute(READ, {"id": id})).scalar_one_or_none()
    return value


@app.post("/probes/{first}/then/{second}")
async def count_up_both(first: int, second: int, db: Writes) -> None:
    """Two of these in opposite directions lock each other out."""
    await db.execute(COUNT_UP, {"id": first})
    await sleep(0.3)
    await db.execute(COUNT_UP, {"id": second})


@app.post("/probes/{id}/read-and-count-up")
async def count_up_carefully(id: int, db: Writes) -> None:
    """Two of these at the same time cannot both be right."""
    await db.execute(SERIALIZABLE)
    value = (await db.execute(READ, {"id": id})).scalar_one()
    await sleep(0.1)
    await db.execute(SET, {"id": id, "value": value + 1})


@app.post("/probes/{id}/and-lose-the-connection", status_code=201)
async def insert_without_connection(id: int, db: Writes, other: Reads) -> None:
    """Whoever operates the database ends the connection right before the commit."""
    await db.execute(INSERT, {"id": id})
    pid = (await db.execute(MY_CONNECTION)).scalar_one()
    await other.execute(END_CONNECTION, {"pid": pid})
    await sleep(0.1)


@app.get("/probes/sleeping/{seconds}")
async def sleep_in_database(seconds: float, db: Reads) -> float:
    await db.execute(SLEEP, {"seconds": seconds})
    return seconds


@app.post("/probes/{id}/slowly", status_code=201)
async def insert_slowly(id: int, db: Writes, seconds: float = 1) -> int:
    await db.execute(INSERT, {"id": id})
    started.add(id)
    await sleep(seconds)
    return id


@app.get("/probes/{id}/started")
async def is_started(id: int) -> bool:
    """Whether a slow one has come half of its way."""
    return id in started
