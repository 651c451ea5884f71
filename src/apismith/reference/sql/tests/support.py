"""What tests of several topics need: settings, recorded statements, the structure of errors."""

from typing import Any, Final

from httpx2 import Response

from app import defaults
from app.config import Environment, Settings

API: Final = defaults.API_PREFIX


def settings_for(url: str, **others: Any) -> Settings:
    """The settings of the tests, with this database."""
    return Settings.model_validate({"environment": Environment.TEST, "database_url": url, **others})


class Statements(list[str]):
    """The SQL statements that were run, in order; what begins and ends transactions is left out."""

    def record(self, *event: Any) -> None:
        """Listen to `before_cursor_execute`."""
        statement: str = event[2]
        if not statement.startswith("BEGIN"):
            self.append(statement)


def failure(answer: Response, status: int, error_code: str) -> dict[str, Any]:
    """The details of an answer that must be this failure, in the structure of all failures."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body: dict[str, Any] = answer.json()
    assert body.keys() == {"error_code", "message", "details", "request_id"}
    assert body["error_code"] == error_code
    assert body["message"]
    assert body["request_id"] == answer.headers["x-request-id"]
    details: dict[str, Any] = body["details"]
    return details
