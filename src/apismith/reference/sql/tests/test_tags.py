"""Tags, as clients see them."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from app.core.database import Database
from app.models import Tag
from tests import samples
from tests.actors import Actors
from tests.factories import Factories
from tests.support import API, Statements, failure, how_many, pages, refused

pytestmark = pytest.mark.anyio

TAGS = f"{API}/tags"


VALID = [pytest.param("name", "name2", id="name-usual")]


INVALID = [
    pytest.param("name", None, id="name-null"),
    pytest.param("name", 7, id="name-a-number"),
    pytest.param("name", "\x00", id="name-a-NUL-character"),
    pytest.param("name", "", id="name-too-short"),
    pytest.param("name", "x" * 41, id="name-too-long"),
    pytest.param("name", " ", id="name-against-the-pattern"),
    pytest.param("name", "bulk", id="name-word-of-a-path"),
]


SERVER_OWNED = ["id", "created_at", "updated_at", "deleted_at", "version"]


async def test_what_is_created_can_be_read_back(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    body = samples.tag(1)
    created = await client.post(TAGS, json=body, headers=me.headers)
    assert created.status_code == 201, created.text
    assert created.json() | body == created.json()
    read = await client.get(created.headers["location"], headers=me.headers)
    assert (read.status_code, read.json()) == (200, created.json())


async def test_an_update_changes_what_is_sent_and_nothing_else(
    client: AsyncClient, actors: Actors, make: Factories
) -> None:
    me = await actors.make("admin")
    tag = await make.tag()
    answer = await client.patch(f"{TAGS}/{tag.name}", json={"name": "name202"}, headers=me.headers)
    assert answer.status_code == 200, answer.text
    assert answer.json() == tag.model_dump(mode="json") | {"name": "name202"}


async def test_what_is_deleted_is_gone(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make("admin")
    tag = await make.tag()
    answer = await client.delete(f"{TAGS}/{tag.name}", headers=me.headers)
    assert (answer.status_code, answer.text) == (204, "")
    failure(await client.get(f"{TAGS}/{tag.name}", headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_read(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    key = samples.tag(0)["name"]
    failure(await client.get(f"{TAGS}/{key}", headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_changed(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make("admin")
    key = samples.tag(0)["name"]
    failure(await client.patch(f"{TAGS}/{key}", json={"name": "name202"}, headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_deleted(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make("admin")
    key = samples.tag(0)["name"]
    failure(await client.delete(f"{TAGS}/{key}", headers=me.headers), 404, "NOT_FOUND")


@pytest.mark.parametrize(("field", "value"), VALID)
async def test_what_a_field_allows_is_kept(client: AsyncClient, actors: Actors, field: str, value: Any) -> None:
    me = await actors.make()
    body = samples.tag(1) | {field: value}
    answer = await client.post(TAGS, json=body, headers=me.headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()[field] == value


@pytest.mark.parametrize(("field", "value"), INVALID)
async def test_what_a_field_does_not_allow_is_refused(
    client: AsyncClient, actors: Actors, make: Factories, field: str, value: Any
) -> None:
    me = await actors.make("admin")
    body = samples.tag(1) | {field: value}
    refused(await client.post(TAGS, json=body, headers=me.headers), field)
    tag = await make.tag()
    refused(await client.patch(f"{TAGS}/{tag.name}", json={field: value}, headers=me.headers), field)


async def test_a_field_that_is_not_known_is_refused(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    body = samples.tag(1) | {"unheard_of": 1}
    refused(await client.post(TAGS, json=body, headers=me.headers), "unheard_of")


async def test_name_must_be_unique(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    tag = await make.tag()
    body = samples.tag(1) | {"name": tag.name}
    answer = await client.post(TAGS, json=body, headers=me.headers)
    assert failure(answer, 409, "CONFLICT") == {"fields": ["name"]}


async def test_a_repeated_request_creates_one_row(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    body = samples.tag(1)
    sent = [await client.post(TAGS, json=body, headers=me.headers | {"Idempotency-Key": "a-key"}) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [201, 201], sent[1].text
    assert sent[0].json()["id"] == sent[1].json()["id"]


async def test_bulk_creates_rows_in_the_order_in_which_they_are_sent(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    bodies = [samples.tag(number) for number in range(1, 4)]
    answer = await client.post(f"{TAGS}/bulk", json={"items": bodies}, headers=me.headers)
    assert answer.status_code == 201, answer.text
    items = answer.json()["items"]
    for body, item in zip(bodies, items, strict=True):
        assert item | body == item
        assert (await client.get(f"{TAGS}/{item['name']}", headers=me.headers)).json() == item


async def test_bulk_creates_at_least_1_and_at_most_100(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    refused(await client.post(f"{TAGS}/bulk", json={"items": []}, headers=me.headers), "items")
    body = samples.tag(1)
    refused(await client.post(f"{TAGS}/bulk", json={"items": [body] * 101}, headers=me.headers), "items")


async def test_bulk_creates_none_where_one_is_not_valid(
    client: AsyncClient, actors: Actors, database: Database
) -> None:
    me = await actors.make()
    bodies = [samples.tag(number) for number in (1, 2)]
    bodies[1]["unheard_of"] = 1
    answer = await client.post(f"{TAGS}/bulk", json={"items": bodies}, headers=me.headers)
    errors = failure(answer, 422, "VALIDATION_ERROR")["errors"]
    assert [error["field"] for error in errors] == ["body.items.1.unheard_of"]
    assert await how_many(database, Tag) == 0


async def test_bulk_creates_none_where_name_of_one_is_taken(
    client: AsyncClient, actors: Actors, make: Factories, database: Database
) -> None:
    me = await actors.make()
    tag = await make.tag()
    bodies = [samples.tag(number) for number in (1, 2)]
    bodies[1]["name"] = tag.name
    answer = await client.post(f"{TAGS}/bulk", json={"items": bodies}, headers=me.headers)
    assert failure(answer, 409, "CONFLICT") == {"fields": ["items.1.name"]}
    assert await how_many(database, Tag) == 1


async def test_bulk_creates_none_where_name_comes_twice(
    client: AsyncClient, actors: Actors, database: Database
) -> None:
    me = await actors.make()
    bodies = [samples.tag(number) for number in (1, 2)]
    bodies[1]["name"] = bodies[0]["name"]
    answer = await client.post(f"{TAGS}/bulk", json={"items": bodies}, headers=me.headers)
    assert failure(answer, 409, "CONFLICT") == {"fields": ["items.1.name"]}
    assert await how_many(database, Tag) == 0


async def test_bulk_creates_once_what_is_sent_twice(client: AsyncClient, actors: Actors, database: Database) -> None:
    me = await actors.make()
    bodies = [samples.tag(number) for number in (1, 2)]
    sent = [
        await client.post(f"{TAGS}/bulk", json={"items": bodies}, headers=me.headers | {"Idempotency-Key": "a-key"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [201, 201], sent[1].text
    assert sent[0].json() == sent[1].json()
    assert await how_many(database, Tag) == 2


async def test_bulk_creates_30_in_as_many_statements_as_2(
    client: AsyncClient, actors: Actors, statements: Statements
) -> None:
    me = await actors.make()
    counts = []
    for numbers in (range(1, 3), range(3, 33)):
        bodies = [samples.tag(number) for number in numbers]
        statements.clear()
        answer = await client.post(f"{TAGS}/bulk", json={"items": bodies}, headers=me.headers)
        assert answer.status_code == 201, answer.text
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("member", 201), ("admin", 201), ("editor", 201)])
async def test_who_may_bulk_create(client: AsyncClient, actors: Actors, who: str, status: int) -> None:
    body = samples.tag(1)
    headers = await actors.headers(who)
    answer = await client.post(f"{TAGS}/bulk", json={"items": [body]}, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("field", SERVER_OWNED)
async def test_what_the_server_owns_is_refused_when_created(client: AsyncClient, actors: Actors, field: str) -> None:
    me = await actors.make()
    body = samples.tag(1) | {field: 1}
    refused(await client.post(TAGS, json=body, headers=me.headers), field)


@pytest.mark.parametrize("field", SERVER_OWNED)
async def test_what_the_server_owns_is_refused_when_changed(
    client: AsyncClient, actors: Actors, make: Factories, field: str
) -> None:
    me = await actors.make("admin")
    tag = await make.tag()
    refused(await client.patch(f"{TAGS}/{tag.name}", json={field: 1}, headers=me.headers), field)


@pytest.mark.parametrize(("who", "status"), [("anonymous", 200), ("member", 200), ("admin", 200), ("editor", 200)])
async def test_who_may_list(client: AsyncClient, actors: Actors, who: str, status: int) -> None:
    headers = await actors.headers(who)
    answer = await client.get(TAGS, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("member", 201), ("admin", 201), ("editor", 201)])
async def test_who_may_create(client: AsyncClient, actors: Actors, who: str, status: int) -> None:
    body = samples.tag(1)
    headers = await actors.headers(who)
    answer = await client.post(TAGS, json=body, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("who", "status"), [("anonymous", 200), ("member", 200), ("admin", 200), ("editor", 200)])
async def test_who_may_read(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    tag = await make.tag()
    headers = await actors.headers(who)
    answer = await client.get(f"{TAGS}/{tag.name}", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("member", 403), ("admin", 200), ("editor", 403)])
async def test_who_may_change(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    tag = await make.tag()
    headers = await actors.headers(who)
    answer = await client.patch(f"{TAGS}/{tag.name}", json={"name": "name202"}, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("member", 403), ("admin", 204), ("editor", 403)])
async def test_who_may_delete(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    tag = await make.tag()
    headers = await actors.headers(who)
    answer = await client.delete(f"{TAGS}/{tag.name}", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("order", ["name"])
async def test_pages_lead_through_all_rows_in_every_order(
    client: AsyncClient, actors: Actors, make: Factories, order: str
) -> None:
    me = await actors.make()
    rows = [await make.tag() for _ in range(5)]
    items = await pages(client, TAGS, me.headers, limit=2, order=order)
    assert sorted(item["id"] for item in items) == sorted(row.id for row in rows)
    assert items == await pages(client, TAGS, me.headers, limit=100, order=order)
    counted = await client.get(TAGS, params={"limit": 1, "with_total": True}, headers=me.headers)
    assert counted.json()["total"] == len(items)


async def test_a_cursor_is_only_good_as_it_was_given(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    for _ in range(2):
        await make.tag()
    answer = await client.get(TAGS, params={"limit": 1}, headers=me.headers)
    cursor = answer.json()["next_cursor"]
    altered = {"cursor": ("B" if cursor.startswith("A") else "A") + cursor[1:]}
    failure(await client.get(TAGS, params=altered, headers=me.headers), 404, "INVALID_CURSOR")


async def test_a_page_of_50_takes_as_many_statements_as_one_of_1(
    client: AsyncClient, actors: Actors, make: Factories, statements: Statements
) -> None:
    me = await actors.make()
    for _ in range(50):
        await make.tag()
    counts = []
    for limit in (1, 50):
        statements.clear()
        answer = await client.get(TAGS, params={"limit": limit}, headers=me.headers)
        assert len(answer.json()["items"]) == limit
        counts.append(len(statements))
    assert counts[0] == counts[1]
