"""Runs migrations: all of them in one transaction, so that a failure or a kill leaves the database as it was."""

import asyncio
from typing import Final

from alembic import context
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.config import get_settings
from app.core.database import create_write_engine, is_sqlite
from app.models import Base

# Any number, the same for everybody who migrates: of two who start at once, one waits and then finds nothing to do.
LOCK: Final = 7_316_422_580
WAIT: Final = 300.0


def run_migrations(connection: Connection) -> None:
    """Bring the database to the wanted revision."""
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transactional_ddl=True,  # SQLite can, since `BEGIN` is ours and not the driver's
        render_as_batch=sqlite,
    )
    with context.begin_transaction():
        if not sqlite:  # there the transaction itself is the lock
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.run_migrations()


async def migrate() -> None:
    """Connect with the settings, or with those that a program put into the configuration."""
    settings = context.config.attributes.get("settings") or get_settings()
    # Building an index takes longer than a request may, and so does waiting for somebody who builds one.
    engine = create_write_engine(settings.model_copy(update={"database_statement_timeout": WAIT}))
    try:
        if is_sqlite(engine.url):
            keep_referring_rows(engine)
        async with engine.connect() as connection:
            await connection.run_sync(run_migrations)
    finally:
        await engine.dispose()


def keep_referring_rows(engine: AsyncEngine) -> None:
    """Switch foreign keys off: SQLite changes a table by making it anew, which would delete what refers to it."""

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.close()


asyncio.run(migrate())
