"""What tests of several topics need: settings, recorded statements, the structure of errors, pages, sets."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from httpx2 import URL, AsyncClient, Response
from sqlalchemy import Table, exists, func, insert, select

from app import defaults
from app.config import Environment, Settings
from app.core.database import Database
from app.core.ids import Id
from app.models.base import Base
from tests.secrets import SECRETS

API: Final = defaults.API_PREFIX
ANY_VERSION: Final = {"If-Match": "*"}
# Tests ask more often than people do; those of the limits set them low.
UNLIMITED: Final = {"rate_limit": "1000000/minute", "rate_limit_login": "1000000/minute"}

Row = TypeVar("Row")
Configure = Callable[..., None]


def settings_for(url: str, **others: Any) -> Settings:
    """The settings of the tests, with this database."""
    given = {"environment": Environment.TEST, "database_url": url, **SECRETS, **UNLIMITED}
    return Settings.model_validate({**given, **others})


class Statements(list[str]):
    """The SQL statements that were run, in order; what begins and ends transactions is left out.

    One for many rows counts once, also where it is run for some after the others: SQLite tells the ids that it counts
    of one row at a time.
    """

    _context: object = None

    def record(self, *event: Any) -> None:
        """Listen to `before_cursor_execute`."""
        statement: str = event[2]
        if not statement.startswith("BEGIN") and event[4] is not self._context:
            self.append(statement)
        self._context = event[4]


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


def refused(answer: Response, field: str) -> None:
    """The answer must refuse this field of the body, and no other."""
    errors = failure(answer, 422, "VALIDATION_ERROR")["errors"]
    assert {error["field"].split(".")[1] for error in errors} == {field}


async def pages(
    client: AsyncClient, url: str, headers: Mapping[str, str] | None = None, /, *, limit: int = 100, **query: Any
) -> list[Any]:
    """All items of a list, read page by page."""
    items: list[Any] = []
    params: dict[str, Any] = {**query, "limit": limit}
    while True:
        answer = await client.get(url, params=params, headers=headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        assert page["total"] is None, "nobody asked for it"
        assert ("next" in answer.links) is (page["next_cursor"] is not None)
        if page["next_cursor"] is None:
            assert len(page["items"]) <= limit
            return items
        assert len(page["items"]) == limit
        assert params.get("cursor") != page["next_cursor"], "the list goes in circles"
        params["cursor"] = page["next_cursor"]
        assert URL(answer.links["next"]["url"]).params == URL(url, params=params).params


def without(body: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """What is left of a body."""
    return {name: value for name, value in body.items() if name not in names}


def found(row: Row | None) -> Row:
    """A row that must be there."""
    assert row is not None
    return row


async def link(database: Database, table: Table, **ids: Id) -> None:
    """Put a row into a set."""
    async with database.unit_of_work() as db:
        await db.execute(insert(table).values(**ids))


async def linked(database: Database, table: Table, **ids: Id) -> bool:
    """Whether a row is in a set."""
    matches = [table.c[name] == value for name, value in ids.items()]
    return bool((await database.reader.execute(select(exists().where(*matches)))).scalar_one())


async def how_many(database: Database, model: type[Base]) -> int:
    """How many rows a table has."""
    count: int = (await database.reader.execute(select(func.count()).select_from(model))).scalar_one()
    return count


class Calls(list[Any]):
    """Takes the place of a handler, and remembers with what it was called."""

    async def __call__(self, row: Any) -> None:
        self.append(row)
