"""What HTTP offers to every client: conditional reads, HEAD, OPTIONS, problems, strict JSON, repeated requests."""

import asyncio
import gzip
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Response
from httpx2 import AsyncClient
from pydantic import BaseModel
from sqlalchemy import text

from app.api.idempotency import Once
from app.api.route import Route
from app.core.database import Database
from app.core.negotiation import preferred
from app.core.preconditions import Precondition, entity_tag
from app.dependencies import Writes
from app.exceptions import Conflict, PreconditionFailed, PreconditionRequired
from app.main import create_app
from tests.databases import Scratch
from tests.support import failure, settings_for

pytestmark = pytest.mark.anyio

NOTES = "/probe/notes"
JSON = {"Content-Type": "application/json"}
PROBLEM = "application/problem+json"


class Note(BaseModel):
    text: str
    more: dict[str, Any] = {}


class Notes(list[str]):
    """What the probes have kept."""


def add_probes(app: FastAPI, notes: Notes) -> None:
    router = APIRouter(prefix=NOTES, route_class=Route)

    @router.get("")
    async def read() -> list[str]:
        return notes

    @router.get("/{version}")
    async def read_version(version: int, response: Response) -> Note:
        response.headers["ETag"] = entity_tag(version)
        return Note(text="".join(notes))

    @router.post("", status_code=201)
    async def write(body: Note, db: Writes, response: Response, _: Once) -> Note:
        await db.execute(text("SELECT 1"))
        notes.append(body.text)
        if body.text == "refused":
            raise Conflict
        response.headers["Location"] = f"{NOTES}/{len(notes)}"
        return Note(text=f"{body.text} {len(notes)}")

    app.include_router(router)


@pytest.fixture(scope="module")
def notes() -> Notes:
    return Notes()


@pytest.fixture(scope="module")
def app(migrated: Scratch, notes: Notes) -> FastAPI:
    app = create_app(settings_for(migrated.url, max_body_bytes=1_000_000))
    add_probes(app, notes)
    return app


@pytest.fixture(autouse=True)
def no_notes(notes: Notes) -> None:
    notes.clear()


# Conditional reads ---------------------------------------------------------------------------------------------------


async def test_what_a_client_has_already_is_not_sent_again(client: AsyncClient, notes: Notes) -> None:
    first = await client.get(NOTES)
    assert first.headers["cache-control"] == "no-cache"
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await client.get(NOTES, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert "content-type" not in again.headers
    notes.append("new")
    changed = await client.get(NOTES, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()) == (200, ["new"])


async def test_a_tag_names_the_bytes_that_were_sent(client: AsyncClient, notes: Notes) -> None:
    notes.extend("many words" for _ in range(200))
    plain = await client.get(NOTES, headers={"Accept-Encoding": "identity"})
    packed = await client.get(NOTES, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.json() == plain.json()
    assert len(gzip.compress(plain.content, 1)) < len(plain.content)


async def test_the_tag_of_a_versioned_row_begins_with_its_version(client: AsyncClient, notes: Notes) -> None:
    before = await client.get(f"{NOTES}/7")
    assert before.headers["etag"].startswith('"7-')
    Precondition(before.headers["etag"]).check(7)
    notes.append("shown along with the row")
    after = await client.get(f"{NOTES}/7", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200, "what an answer shows besides the row may change without its version"


@pytest.mark.parametrize("known", ["*", '"3"', 'W/"3"', '"3-b2f5"', '"1", "3"'])
def test_who_knows_the_version_may_change_the_row(known: str) -> None:
    Precondition(known).check(3)


@pytest.mark.parametrize("known", ['"2"', '"2-3"', '"33"', '"x3"', '"1", "2"'])
def test_who_knows_another_version_may_not(known: str) -> None:
    with pytest.raises(PreconditionFailed):
        Precondition(known).check(3)


def test_who_says_no_version_is_asked_for_it() -> None:
    with pytest.raises(PreconditionRequired):
        Precondition("").check(3)


# HEAD and OPTIONS ----------------------------------------------------------------------------------------------------


async def test_head_answers_as_get_without_the_body(client: AsyncClient) -> None:
    get, head = await client.get(NOTES), await client.head(NOTES)
    assert (head.status_code, head.content) == (200, b"")
    for header in ("content-length", "content-type", "etag"):
        assert head.headers[header] == get.headers[header]
    unchanged = await client.head(NOTES, headers={"If-None-Match": get.headers["etag"]})
    assert unchanged.status_code == 304
    assert (await client.head("/nowhere")).status_code == 404


async def test_options_lists_the_methods(client: AsyncClient) -> None:
    answer = await client.options(NOTES)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    failure(await client.options("/nowhere"), 404, "NOT_FOUND")


# Problems ------------------------------------------------------------------------------------------------------------


async def test_a_failure_is_a_problem_for_who_likes_that_better(client: AsyncClient) -> None:
    answer = await client.get("/nowhere", headers={"Accept": f"{PROBLEM}, application/json;q=0.9"})
    assert answer.headers["content-type"] == PROBLEM
    assert "Accept" in answer.headers["vary"]
    body = answer.json()
    assert (body["type"], body["title"], body["status"]) == ("about:blank", "Not Found", 404)
    assert (body["detail"], body["error_code"]) == (body["message"], "NOT_FOUND")
    failure(await client.get("/nowhere", headers={"Accept": f"{PROBLEM}, */*"}), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("accept", "is_problem"),
    [
        ("", False),
        ("*/*", False),
        ("text/html", False),
        (PROBLEM, True),
        (f"{PROBLEM}, application/json", False),
        (f"{PROBLEM}, application/*;q=0.5", True),
        (f"{PROBLEM};q=0.5, */*;q=0.8", False),
        (f"{PROBLEM};q=0.5, application/json;q=0", True),
        (f"{PROBLEM};q=none", False),
        (f"{PROBLEM};charset=utf-8;q=0.9, text/html", True),
    ],
)
def test_which_form_a_client_likes_better(accept: str, *, is_problem: bool) -> None:
    assert preferred(accept, "application/json", PROBLEM) == (PROBLEM if is_problem else "application/json")


# JSON ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"text": "a", "text": "b"}', 422, "VALIDATION_ERROR"),
        (b'{"text": "a", "more": {"x": 1, "x": 1}}', 422, "VALIDATION_ERROR"),
        (b'{"text": "a", "more": {"x": NaN}}', 422, "VALIDATION_ERROR"),
        (b'{"text": "a", "more": {"x": -Infinity}}', 422, "VALIDATION_ERROR"),
        (b'{"text": "a"} {}', 422, "VALIDATION_ERROR"),
        ('{"text": "a"}'.encode("utf-16"), 400, "BAD_REQUEST"),
        (b'{"text": "\\ud800"}', 422, "VALIDATION_ERROR"),
        (b'{"text": "a", "more": {"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}", 400, "BAD_REQUEST"),
        (b'{"text": "a", "more": {"x": ' + b"9" * 5000 + b"}}", 400, "BAD_REQUEST"),
    ],
)
async def test_json_that_not_every_reader_understands_alike(
    client: AsyncClient, notes: Notes, content: bytes, status: int, code: str
) -> None:
    failure(await client.post(NOTES, content=content, headers=JSON), status, code)
    assert notes == []


@pytest.mark.parametrize("kind", ["text/plain", "application/jsonp", "application/x-www-form-urlencoded", "json"])
async def test_a_body_of_another_type(client: AsyncClient, notes: Notes, kind: str) -> None:
    answer = await client.post(NOTES, content=b'{"text": "a"}', headers={"Content-Type": kind})
    failure(answer, 415, "UNSUPPORTED_MEDIA_TYPE")
    assert notes == []


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json"]
)
async def test_a_body_of_json(client: AsyncClient, kind: str) -> None:
    answer = await client.post(NOTES, content=b'{"text": "a"}', headers={"Content-Type": kind})
    assert answer.status_code == 201


# Repeated requests ---------------------------------------------------------------------------------------------------


async def test_a_repeated_request_is_done_once(client: AsyncClient, notes: Notes) -> None:
    keyed = {"Idempotency-Key": "a-key"}
    first = await client.post(NOTES, json={"text": "once"}, headers=keyed)
    again = await client.post(NOTES, json={"text": "once"}, headers=keyed)
    assert (
        (again.status_code, again.json()) == (first.status_code, first.json()) == (201, {"text": "once 1", "more": {}})
    )
    assert again.headers["location"] == first.headers["location"]
    assert (again.headers["idempotent-replayed"], "idempotent-replayed" in first.headers) == ("true", False)
    assert notes == ["once"]
    other = await client.post(NOTES, json={"text": "once"}, headers={"Idempotency-Key": "another-key"})
    assert other.json()["text"] == "once 2"


async def test_requests_without_a_key_are_all_done(client: AsyncClient, notes: Notes) -> None:
    for _ in range(2):
        await client.post(NOTES, json={"text": "again"})
    assert notes == ["again", "again"]


async def test_a_key_belongs_to_one_request(client: AsyncClient, notes: Notes) -> None:
    keyed = {"Idempotency-Key": "a-key"}
    await client.post(NOTES, json={"text": "one"}, headers=keyed)
    failure(await client.post(NOTES, json={"text": "two"}, headers=keyed), 422, "IDEMPOTENCY_KEY_REUSED")
    assert notes == ["one"]


async def test_a_request_that_failed_may_be_tried_again(client: AsyncClient, notes: Notes) -> None:
    keyed = {"Idempotency-Key": "a-key"}
    for _ in range(2):
        failure(await client.post(NOTES, json={"text": "refused"}, headers=keyed), 409, "CONFLICT")
    assert notes == ["refused", "refused"]
    assert (await client.post(NOTES, json={"text": "well"}, headers=keyed)).status_code == 201


async def test_requests_that_come_at_once_are_done_once(client: AsyncClient, notes: Notes) -> None:
    keyed = {"Idempotency-Key": "a-key"}
    sent = [client.post(NOTES, json={"text": "once"}, headers=keyed) for _ in range(10)]
    answers = await asyncio.gather(*sent)
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, '{"text":"once 1","more":{}}')}
    assert notes == ["once"]


async def test_keys_are_forgotten_after_a_day(client: AsyncClient, database: Database, notes: Notes) -> None:
    keyed = {"Idempotency-Key": "a-key"}
    await client.post(NOTES, json={"text": "old"}, headers=keyed)
    async with database.unit_of_work() as db:
        await db.execute(text("UPDATE idempotency_keys SET created_at = '2020-01-01 00:00:00'"))
    assert (await client.post(NOTES, json={"text": "new"}, headers=keyed)).json()["text"] == "new 2"


@pytest.mark.parametrize("key", [b"", b"with space", b"x" * 256, "ü".encode()])
async def test_a_key_that_is_none(client: AsyncClient, notes: Notes, key: bytes) -> None:
    answer = await client.post(NOTES, json={"text": "a"}, headers={b"Idempotency-Key": key})
    failure(answer, 422, "VALIDATION_ERROR")
    assert notes == []
