"""Connections to the database: single reads, and units of work.

A read needs no transaction, so it runs on an engine in AUTOCOMMIT and holds a connection only while it runs. What must
stand or fall together runs in a unit of work: one transaction, begun by its first statement.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from time import perf_counter
from types import TracebackType
from typing import Any, Final, Protocol

from pydantic_core import to_json
from sqlalchemy import URL, Connection, CursorResult, Executable, event, make_url, select, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, InternalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import greenlet_spawn

from app import defaults
from app.config import Settings
from app.core.timing import remember
from app.exceptions import ServiceUnavailable

Params = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None

DRIVERS = {"postgres": "postgresql+asyncpg", "postgresql": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}
PING = select(1)
COMMIT, ROLLBACK = text("COMMIT"), text("ROLLBACK")
# PostgreSQL's codes: of transactions that stood in each other's way, and of connections that an operator ended.
ROLLED_BACK: Final = ("40001", "40P01")
CONNECTION_ENDED: Final = ("57P01", "57P02")


class Executor(Protocol):
    """What runs statements: a reader, or a unit of work."""

    async def execute(self, statement: Executable, params: Params = None, /) -> CursorResult[Any]:
        """Run one statement."""


class Reader:
    """Runs single read statements, holding a connection only while one runs.

    A connection that was lost while nobody used it is found out by the statement that should run on it. That closes all
    others of the pool too, so that the statement runs on a new one the second time.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def execute(self, statement: Executable, params: Params = None, /) -> CursorResult[Any]:
        """Run one statement; its rows are all read when this returns."""
        try:
            return await self._execute(statement, params)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return await self._execute(statement, params)

    async def _execute(self, statement: Executable, params: Params) -> CursorResult[Any]:
        # As `AsyncConnection` does it, only in one step for connecting, executing and giving back.
        return await _run(self._execute_sync, statement, params)

    def _execute_sync(self, statement: Executable, params: Params) -> CursorResult[Any]:
        with self._engine.sync_engine.connect() as connection:
            return connection.execute(statement, params)


class UnitOfWork:
    """Runs statements in one transaction: committed at the end of the block, rolled back when an exception leaves it.

    Until the first statement, no connection is taken and nothing is locked.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._stack = ExitStack()
        self._connection: Connection | None = None

    async def __aenter__(self) -> Executor:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            start = perf_counter()
            try:
                await greenlet_spawn(self._stack.__exit__, kind, error, trace)
            finally:
                remember(COMMIT if error is None else ROLLBACK, start)

    async def execute(self, statement: Executable, params: Params = None, /) -> CursorResult[Any]:
        """Run one statement in the transaction; its rows are all read when this returns."""
        return await _run(self._execute_sync, statement, params)

    def _execute_sync(self, statement: Executable, params: Params) -> CursorResult[Any]:
        if self._connection is None:
            self._connection = self._stack.enter_context(self._engine.sync_engine.begin())
        return self._connection.execute(statement, params)


class Database:
    """The database of the settings. Nothing is connected until the first statement runs."""

    def __init__(self, settings: Settings) -> None:
        self.read_engine = create_read_engine(settings)
        self.write_engine = create_write_engine(settings)
        self.reader = Reader(self.read_engine)

    def unit_of_work(self) -> UnitOfWork:
        """One transaction, for `async with`."""
        return UnitOfWork(self.write_engine)

    async def ping(self) -> None:
        """Ask the database for a sign of life; raises what the driver raises when there is none."""
        await self.reader.execute(PING)

    async def close(self) -> None:
        """Close all connections."""
        await self.read_engine.dispose()
        await self.write_engine.dispose()


async def _run(
    execute: Callable[[Executable, Params], CursorResult[Any]], statement: Executable, params: Params
) -> CursorResult[Any]:
    """Execute a statement beside the event loop, and say how long it took."""
    start = perf_counter()
    try:
        return await greenlet_spawn(execute, statement, params)
    except OSError as error:  # no server, or none that can be reached
        raise ServiceUnavailable("database") from error
    finally:
        remember(statement, start)


def create_read_engine(settings: Settings) -> AsyncEngine:
    """The engine for single reads: no transaction to begin, and none to reset when a connection is given back."""
    url = database_url(settings)
    options = _pool_options(settings) | {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None}
    if is_sqlite(url):
        engine = create_async_engine(url, **_sqlite_options(settings), **options)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite_reader)
        return engine
    return _create_postgres_engine(url, **_postgres_options(settings, read_only=True), **options)


def create_write_engine(settings: Settings) -> AsyncEngine:
    """The engine for transactions."""
    url = database_url(settings)
    if is_sqlite(url):
        # SQLite has one writer at a time: one connection makes the others queue here, in order, instead of polling.
        options = _pool_options(settings) | {"pool_size": 1, "max_overflow": 0}
        engine = create_async_engine(url, **_sqlite_options(settings), **options)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite_writer)
        event.listen(engine.sync_engine, "begin", begin_immediate)
        return engine
    return _create_postgres_engine(url, **_postgres_options(settings), **_pool_options(settings))


def database_url(settings: Settings) -> URL:
    """The URL with the asynchronous driver of its database, and options by the names that the driver knows."""
    url = make_url(settings.database_url.get_secret_value())
    url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
    if "sslmode" in url.query:
        url = url.set(query={"ssl" if name == "sslmode" else name: value for name, value in url.query.items()})
    return url


def is_sqlite(url: URL) -> bool:
    """Whether the URL is of a SQLite file."""
    return url.get_backend_name() == "sqlite"


def may_be_tried_again(error: DBAPIError) -> bool:
    """Whether a transaction was rolled back for no fault of its own.

    Not where the connection was lost while it was committed: nobody can tell then what has become of it.
    """
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None) or ""
    committing = error.statement is None
    return code in ROLLED_BACK or code.startswith("SQLITE_BUSY") or (error.connection_invalidated and not committing)


def notice_lost_connection(context: ExceptionContext) -> None:
    """Give up a connection that the server is closing; the driver notices it only when it is closed.

    In between, it says that an operator ended the connection, or that its own state is not what it should be.
    """
    code = getattr(context.original_exception, "sqlstate", None)
    confused = code is None and isinstance(context.sqlalchemy_exception, InternalError)
    if confused or code in CONNECTION_ENDED:
        context.is_disconnect = True


def begin_immediate(connection: Connection) -> None:
    """Take SQLite's write lock at once: a transaction that reads first and writes later could not get it any more."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _create_postgres_engine(url: URL, **options: Any) -> AsyncEngine:
    engine = create_async_engine(url, **options)
    event.listen(engine.sync_engine, "handle_error", notice_lost_connection)
    return engine


def _pool_options(settings: Settings) -> dict[str, Any]:
    return {
        "hide_parameters": True,  # values of statements, such as password hashes, stay out of logs
        "json_serializer": _to_json,
        "pool_size": settings.database_pool_size,
        "max_overflow": settings.database_max_overflow,
        "pool_timeout": settings.database_pool_timeout,
        "pool_recycle": settings.database_pool_recycle,
    }


def _to_json(value: object) -> str:
    """JSON of lists whose items JSON has no type for: dates, decimals, UUIDs become texts."""
    return to_json(value).decode()


def _sqlite_options(settings: Settings) -> dict[str, Any]:
    return {"connect_args": {"timeout": settings.database_statement_timeout}}


def _postgres_options(settings: Settings, *, read_only: bool = False) -> dict[str, Any]:
    return {
        "connect_args": {
            "timeout": settings.database_pool_timeout,
            "prepared_statement_cache_size": 500,
            "server_settings": {
                "application_name": defaults.NAME,
                "statement_timeout": f"{settings.database_statement_timeout:g}s",
                "default_transaction_read_only": "on" if read_only else "off",
                "timezone": "UTC",
            },
        }
    }


def _prepare_sqlite_reader(connection: Any, _: ConnectionPoolEntry) -> None:
    _run_pragmas(connection, "journal_mode = WAL", "query_only = ON")


def _prepare_sqlite_writer(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins no transaction of its own: `begin_immediate` does
    _run_pragmas(connection, "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON")


def _run_pragmas(connection: Any, *pragmas: str) -> None:
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
