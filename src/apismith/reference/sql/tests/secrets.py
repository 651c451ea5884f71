"""Secrets of the tests: everything that production does not start without."""

from typing import Any, Final

SECRETS: Final[dict[str, Any]] = {"secret_key": "k" * 40}
