"""Tells clients that an operation will go: the headers of RFC 9745 (Deprecation) and RFC 8594 (Sunset)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time
from email.utils import format_datetime

from fastapi import Response


def deprecation(
    *, since: date, sunset: date | None = None, link: str | None = None
) -> Callable[[Response], Awaitable[None]]:
    """A dependency that adds the headers: deprecated since when, gone from when on, and where to read more."""
    headers = {"Deprecation": f"@{_midnight(since).timestamp():.0f}"}
    if sunset is not None:
        headers["Sunset"] = format_datetime(_midnight(sunset), usegmt=True)
    if link is not None:
        headers["Link"] = f'<{link}>; rel="deprecation"'

    async def announce(response: Response) -> None:
        response.headers.update(headers)

    return announce


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
