"""Whatever fails is answered in one structure, and tells nothing that is not the client's business."""

from collections.abc import AsyncIterator
from typing import Annotated

import pytest
from fastapi import Body, FastAPI, HTTPException, Path
from httpx2 import AsyncClient
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.api.route import Route
from app.core.database import Database
from app.core.routing import Router
from app.defaults import API_PREFIX
from app.dependencies import Reads, Writes
from app.exceptions import AppError, Conflict, Forbidden, InternalError, NotFound, error_for, errors
from app.main import create_app
from tests.databases import Scratch
from tests.support import failure, settings_for

pytestmark = pytest.mark.anyio

LIMIT = 1000
SECRET = "do not tell anybody"


class Note(BaseModel):
    title: Annotated[str, Field(max_length=10)]
    number: int = 0


def add_probes(app: FastAPI) -> None:
    """Routes that fail in every way."""

    @app.post("/probe/notes/{number}")
    async def create_note(number: Annotated[int, Path(ge=1)], body: Note) -> Note:
        return body

    router = Router(prefix="/probe", route_class=Route)

    @router.get("/both")
    @router.delete("/both")
    async def both() -> None:
        return None

    @router.patch("/{other}")
    async def patch(other: str) -> None:
        return None

    app.include_router(router, prefix=API_PREFIX)

    @app.get("/probe/raise")
    async def fail() -> None:
        raise ValueError(SECRET)

    @app.get("/probe/http/{status}")
    async def fail_with(status: int) -> None:
        raise HTTPException(status, detail=SECRET, headers={"X-Reason": "yes"})

    @app.get("/probe/read")
    async def read(db: Reads) -> None:
        await db.execute(text("SELECT 1"))

    @app.get("/probe/complain")
    async def complain() -> None:
        if app.state.complaint is None:
            raise PoolTimeout
        raise DBAPIError("SELECT 1", None, app.state.complaint)

    @app.post("/probe/commit")
    async def commit(db: Writes, fails: Annotated[bool, Body(embed=True)]) -> None:
        await db.execute(text("CREATE TABLE probes (id INTEGER)"))
        if fails:
            raise Conflict("No.", fields=["id"])


@pytest.fixture(scope="module")
def app(migrated: Scratch) -> FastAPI:
    app = create_app(settings_for(migrated.url, max_body_bytes=LIMIT))
    add_probes(app)
    return app


async def test_a_path_that_does_not_exist(client: AsyncClient) -> None:
    failure(await client.get("/nowhere"), 404, "NOT_FOUND")


async def test_a_method_that_is_not_allowed(client: AsyncClient) -> None:
    answer = await client.delete("/health")
    failure(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_all_methods_of_the_path_are_allowed(client: AsyncClient) -> None:
    answer = await client.put(f"{API_PREFIX}/probe/both")
    failure(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS"


async def test_a_path_with_a_parameter_does_not_take_what_a_fixed_one_refuses(client: AsyncClient) -> None:
    answer = await client.patch(f"{API_PREFIX}/probe/both")
    failure(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS"
    assert (await client.patch(f"{API_PREFIX}/probe/other")).status_code == 200


async def test_invalid_values_are_named_but_not_repeated(client: AsyncClient) -> None:
    answer = await client.post("/probe/notes/0", json={"title": SECRET, "number": SECRET})
    details = failure(answer, 422, "VALIDATION_ERROR")
    assert [(error["field"], error["type"]) for error in details["errors"]] == [
        ("path.number", "greater_than_equal"),
        ("body.title", "string_too_long"),
        ("body.number", "int_parsing"),
    ]
    assert all(error["message"] for error in details["errors"])
    assert SECRET not in answer.text


@pytest.mark.parametrize("content", [b"{", b'{"title": }', b"", b"[]", b"null", b'"text"', b'{"title": NaN}'])
async def test_a_body_that_is_not_the_json_we_want(client: AsyncClient, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    failure(await client.post("/probe/notes/1", content=content, headers=headers), 422, "VALIDATION_ERROR")


async def test_a_body_that_is_not_utf8(client: AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    failure(await client.post("/probe/notes/1", content=b'{"title": "\xff"}', headers=headers), 400, "BAD_REQUEST")


async def test_a_body_that_says_it_is_too_long(client: AsyncClient) -> None:
    answer = await client.post("/probe/notes/1", json={"title": "x" * LIMIT})
    failure(answer, 413, "CONTENT_TOO_LARGE")


async def test_a_body_that_becomes_too_long(client: AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"title": "'
        yield b"x" * LIMIT
        yield b'"}'

    headers = {"Content-Type": "application/json"}
    failure(await client.post("/probe/notes/1", content=chunks(), headers=headers), 413, "CONTENT_TOO_LARGE")


async def test_what_nobody_expected_is_the_servers_fault(client: AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = await client.get("/probe/raise", headers={"Origin": "https://elsewhere.example"})
    failure(answer, 500, "INTERNAL_ERROR")
    assert SECRET not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "request.failed" in caplog.text


@pytest.mark.parametrize(("status", "code"), [(400, "BAD_REQUEST"), (403, "FORBIDDEN"), (409, "CONFLICT"), (418, None)])
async def test_what_the_framework_raises(client: AsyncClient, status: int, code: str | None) -> None:
    answer = await client.get(f"/probe/http/{status}")
    failure(answer, status, code or "IM_A_TEAPOT")
    assert SECRET not in answer.text
    assert answer.headers["x-reason"] == "yes"


async def test_a_refused_preflight(client: AsyncClient) -> None:
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    failure(await client.options("/probe/read", headers=headers), 400, "BAD_REQUEST")


@pytest.mark.parametrize(("method", "path"), [("GET", "/probe/read"), ("POST", "/probe/commit")])
async def test_a_database_that_does_not_answer(client: AsyncClient, app: FastAPI, method: str, path: str) -> None:
    app.state.database = Database(settings_for("postgresql://nobody@127.0.0.1:1/nothing"))
    answer = await client.request(method, path, json={"fails": False})
    assert failure(answer, 503, "SERVICE_UNAVAILABLE") == {"component": "database"}
    assert answer.headers["retry-after"]


@pytest.mark.parametrize(
    ("code", "status", "error_code"),
    [
        ("22003", 422, "OUT_OF_RANGE"),
        ("57P01", 503, "SERVICE_UNAVAILABLE"),
        ("53300", 503, "SERVICE_UNAVAILABLE"),
        ("08006", 503, "SERVICE_UNAVAILABLE"),
        ("42P01", 500, "INTERNAL_ERROR"),
    ],
)
async def test_what_postgresql_complains_about(
    client: AsyncClient, app: FastAPI, code: str, status: int, error_code: str
) -> None:
    app.state.complaint = type("Complaint", (Exception,), {"sqlstate": code})(SECRET)
    answer = await client.get("/probe/complain")
    failure(answer, status, error_code)
    assert SECRET not in answer.text


async def test_a_pool_without_a_free_connection(client: AsyncClient, app: FastAPI) -> None:
    app.state.complaint = None
    failure(await client.get("/probe/complain"), 503, "SERVICE_UNAVAILABLE")


async def test_a_failing_request_leaves_nothing_behind(client: AsyncClient, database: Database) -> None:
    failed = await client.post("/probe/commit", json={"fails": True})
    assert failure(failed, 409, "CONFLICT") == {"fields": ["id"]}
    again = await client.post("/probe/commit", json={"fails": False})
    assert again.status_code == 200, "the table of the first request was rolled back"
    async with database.unit_of_work() as db:
        await db.execute(text("DROP TABLE probes"))


# The errors themselves -----------------------------------------------------------------------------------------------


def test_a_missing_row_is_named_without_repeating_the_key() -> None:
    error = NotFound("order item", order=SECRET, position=1)
    assert error.message == "There is no order item with this order and position."
    assert error.details == {"resource": "order item"}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 408, 409, 413, 415, 429, 500, 501, 503])
def test_every_status_has_an_error(status: int) -> None:
    error = error_for(status)
    assert error.status == status
    assert type(error) is not AppError


def test_documented_failures_have_an_example() -> None:
    documented = errors(403, 422, 500)
    examples = {status: answer["content"]["application/json"]["example"] for status, answer in documented.items()}
    assert examples[403]["error_code"] == Forbidden.error_code
    assert examples[422]["details"]["errors"]
    assert examples[500]["message"] == InternalError.default_message
