"""The time of day, in UTC everywhere."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Now, with its time zone."""
    return datetime.now(UTC)
