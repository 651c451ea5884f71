"""The time of day, in UTC everywhere."""

from datetime import UTC, date, datetime


def utcnow() -> datetime:
    """Now, with its time zone."""
    return datetime.now(UTC)


def today() -> date:
    """The date, where it is midnight in UTC."""
    return utcnow().date()
