"""What a request spends in the database: told in the log when it is slow, and to browsers in development."""

from contextvars import ContextVar
from time import perf_counter
from typing import Any, Final

from sqlalchemy import Executable

MOST_STATEMENTS: Final = 10


class Spent:
    """The statements of one request, each with the seconds that it took, waiting for a connection included."""

    def __init__(self) -> None:
        self._statements: list[tuple[Executable, float]] = []
        self._start = perf_counter()

    def add(self, statement: Executable, seconds: float) -> None:
        """Remember a statement that was run."""
        self._statements.append((statement, seconds))

    @property
    def seconds(self) -> float:
        """How long the request takes so far."""
        return perf_counter() - self._start

    @property
    def slowest(self) -> list[dict[str, Any]]:
        """The statements that took longest, without the values of their parameters."""
        found = sorted(self._statements, key=lambda each: -each[1])[:MOST_STATEMENTS]
        return [{"sql": " ".join(str(each).split()), "milliseconds": round(took * 1000, 1)} for each, took in found]

    @property
    def header(self) -> bytes:
        """The value of `Server-Timing`, which browsers show beside the request (W3C Server Timing)."""
        database, count = sum(took for _, took in self._statements), len(self._statements)
        return f'total;dur={self.seconds * 1000:.1f}, db;dur={database * 1000:.1f};desc="{count} statements"'.encode()


def remember(statement: Executable, start: float) -> None:
    """Count a statement that began at this time (`perf_counter`), and has ended now, for the request that ran it."""
    if (measured := spent.get()) is not None:
        measured.add(statement, perf_counter() - start)


spent: Final = ContextVar[Spent | None]("spent", default=None)
"""What is measured of the request that is being answered."""
