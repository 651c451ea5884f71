"""Milestones, as clients see them."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from app.core.database import Database
from app.models import Milestone
from tests import samples
from tests.actors import Actors
from tests.factories import Factories
from tests.support import API, Statements, failure, how_many, pages, refused

pytestmark = pytest.mark.anyio

MILESTONES = f"{API}/milestones"


VALID = [
    pytest.param("title", "Title 2", id="title-usual"),
    pytest.param("title", "x", id="title-shortest"),
    pytest.param("title", "x" * 120, id="title-longest"),
    pytest.param("position", 2, id="position-usual"),
    pytest.param("position", 0, id="position-smallest"),
    pytest.param("position", 1000, id="position-largest"),
    pytest.param("done", False, id="done-usual"),
    pytest.param("done", True, id="done-true"),
]


INVALID = [
    pytest.param("title", None, id="title-null"),
    pytest.param("title", 7, id="title-a-number"),
    pytest.param("title", "\x00", id="title-a-NUL-character"),
    pytest.param("title", "", id="title-too-short"),
    pytest.param("title", "x" * 121, id="title-too-long"),
    pytest.param("position", None, id="position-null"),
    pytest.param("position", "many", id="position-no-number"),
    pytest.param("position", 1.5, id="position-no-whole-number"),
    pytest.param("position", 9223372036854775808, id="position-beyond-64-bits"),
    pytest.param("position", -1, id="position-too-small"),
    pytest.param("position", 1001, id="position-too-large"),
    pytest.param("done", None, id="done-null"),
    pytest.param("done", "maybe", id="done-no-truth-value"),
]


SERVER_OWNED = ["id", "created_at", "updated_at", "deleted_at", "version", "article_id", "article"]


async def test_what_is_created_can_be_read_back(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    body = samples.milestone(1)
    created = await client.post(f"{API}/articles/{article.slug}/milestones", json=body, headers=me.headers)
    assert created.status_code == 201, created.text
    assert created.json() | body == created.json()
    read = await client.get(created.headers["location"], headers=me.headers)
    assert (read.status_code, read.json()) == (200, created.json())


async def test_an_update_changes_what_is_sent_and_nothing_else(
    client: AsyncClient, actors: Actors, make: Factories
) -> None:
    me = await actors.make()
    milestone = await make.milestone(me)
    answer = await client.patch(f"{MILESTONES}/{milestone.id}", json={"title": "Title 2"}, headers=me.headers)
    assert answer.status_code == 200, answer.text
    assert answer.json() == milestone.model_dump(mode="json") | {"title": "Title 2"}


async def test_what_is_deleted_is_gone(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    milestone = await make.milestone(me)
    answer = await client.delete(f"{MILESTONES}/{milestone.id}", headers=me.headers)
    assert (answer.status_code, answer.text) == (204, "")
    failure(await client.get(f"{MILESTONES}/{milestone.id}", headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_read(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    failure(await client.get(f"{MILESTONES}/999999999", headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_changed(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    failure(
        await client.patch(f"{MILESTONES}/999999999", json={"title": "Title 2"}, headers=me.headers), 404, "NOT_FOUND"
    )


async def test_what_does_not_exist_cannot_be_deleted(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    failure(await client.delete(f"{MILESTONES}/999999999", headers=me.headers), 404, "NOT_FOUND")


@pytest.mark.parametrize(("field", "value"), VALID)
async def test_what_a_field_allows_is_kept(
    client: AsyncClient, actors: Actors, make: Factories, field: str, value: Any
) -> None:
    me = await actors.make()
    article = await make.article(me)
    body = samples.milestone(1) | {field: value}
    answer = await client.post(f"{API}/articles/{article.slug}/milestones", json=body, headers=me.headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()[field] == value


@pytest.mark.parametrize(("field", "value"), INVALID)
async def test_what_a_field_does_not_allow_is_refused(
    client: AsyncClient, actors: Actors, make: Factories, field: str, value: Any
) -> None:
    me = await actors.make()
    article = await make.article(me)
    body = samples.milestone(1) | {field: value}
    refused(await client.post(f"{API}/articles/{article.slug}/milestones", json=body, headers=me.headers), field)
    milestone = await make.milestone(me)
    refused(await client.patch(f"{MILESTONES}/{milestone.id}", json={field: value}, headers=me.headers), field)


async def test_a_field_that_is_not_known_is_refused(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    body = samples.milestone(1) | {"unheard_of": 1}
    refused(await client.post(f"{API}/articles/{article.slug}/milestones", json=body, headers=me.headers), "unheard_of")


async def test_article_and_position_must_be_unique(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    milestone = await make.milestone(me, article)
    body = samples.milestone(1) | {"position": milestone.position}
    answer = await client.post(f"{API}/articles/{article.slug}/milestones", json=body, headers=me.headers)
    assert failure(answer, 409, "CONFLICT") == {"fields": ["article_id", "position"]}


async def test_a_repeated_request_creates_one_row(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    body = samples.milestone(1)
    sent = [
        await client.post(
            f"{API}/articles/{article.slug}/milestones", json=body, headers=me.headers | {"Idempotency-Key": "a-key"}
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [201, 201], sent[1].text
    assert sent[0].json()["id"] == sent[1].json()["id"]


async def test_bulk_creates_rows_in_the_order_in_which_they_are_sent(
    client: AsyncClient, actors: Actors, make: Factories
) -> None:
    me = await actors.make()
    article = await make.article(me)
    bodies = [samples.milestone(number) for number in range(1, 4)]
    answer = await client.post(
        f"{API}/articles/{article.slug}/milestones/bulk", json={"items": bodies}, headers=me.headers
    )
    assert answer.status_code == 201, answer.text
    items = answer.json()["items"]
    for body, item in zip(bodies, items, strict=True):
        assert item | body == item
        assert (await client.get(f"{MILESTONES}/{item['id']}", headers=me.headers)).json() == item


async def test_bulk_creates_at_least_1_and_at_most_50(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    refused(
        await client.post(f"{API}/articles/{article.slug}/milestones/bulk", json={"items": []}, headers=me.headers),
        "items",
    )
    body = samples.milestone(1)
    refused(
        await client.post(
            f"{API}/articles/{article.slug}/milestones/bulk", json={"items": [body] * 51}, headers=me.headers
        ),
        "items",
    )


async def test_bulk_creates_none_where_one_is_not_valid(
    client: AsyncClient, actors: Actors, make: Factories, database: Database
) -> None:
    me = await actors.make()
    article = await make.article(me)
    bodies = [samples.milestone(number) for number in (1, 2)]
    bodies[1]["unheard_of"] = 1
    answer = await client.post(
        f"{API}/articles/{article.slug}/milestones/bulk", json={"items": bodies}, headers=me.headers
    )
    errors = failure(answer, 422, "VALIDATION_ERROR")["errors"]
    assert [error["field"] for error in errors] == ["body.items.1.unheard_of"]
    assert await how_many(database, Milestone) == 0


async def test_bulk_creates_none_where_position_comes_twice(
    client: AsyncClient, actors: Actors, make: Factories, database: Database
) -> None:
    me = await actors.make()
    article = await make.article(me)
    bodies = [samples.milestone(number) for number in (1, 2)]
    bodies[1]["position"] = bodies[0]["position"]
    answer = await client.post(
        f"{API}/articles/{article.slug}/milestones/bulk", json={"items": bodies}, headers=me.headers
    )
    assert failure(answer, 409, "CONFLICT") == {"fields": ["items.1.article_id", "items.1.position"]}
    assert await how_many(database, Milestone) == 0


async def test_bulk_creates_once_what_is_sent_twice(
    client: AsyncClient, actors: Actors, make: Factories, database: Database
) -> None:
    me = await actors.make()
    article = await make.article(me)
    bodies = [samples.milestone(number) for number in (1, 2)]
    sent = [
        await client.post(
            f"{API}/articles/{article.slug}/milestones/bulk",
            json={"items": bodies},
            headers=me.headers | {"Idempotency-Key": "a-key"},
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [201, 201], sent[1].text
    assert sent[0].json() == sent[1].json()
    assert await how_many(database, Milestone) == 2


async def test_bulk_creates_30_in_as_many_statements_as_2(
    client: AsyncClient, actors: Actors, make: Factories, statements: Statements
) -> None:
    me = await actors.make()
    article = await make.article(me)
    counts = []
    for numbers in (range(1, 3), range(3, 33)):
        bodies = [samples.milestone(number) for number in numbers]
        statements.clear()
        answer = await client.post(
            f"{API}/articles/{article.slug}/milestones/bulk", json={"items": bodies}, headers=me.headers
        )
        assert answer.status_code == 201, answer.text
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 403), ("owner", 201), ("admin", 403), ("editor", 403)]
)
async def test_who_may_bulk_create(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    article = await make.article(owner)
    body = samples.milestone(1)
    headers = await actors.headers(who, owner)
    answer = await client.post(
        f"{API}/articles/{article.slug}/milestones/bulk", json={"items": [body]}, headers=headers
    )
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("field", SERVER_OWNED)
async def test_what_the_server_owns_is_refused_when_created(
    client: AsyncClient, actors: Actors, make: Factories, field: str
) -> None:
    me = await actors.make()
    article = await make.article(me)
    body = samples.milestone(1) | {field: 1}
    refused(await client.post(f"{API}/articles/{article.slug}/milestones", json=body, headers=me.headers), field)


@pytest.mark.parametrize("field", SERVER_OWNED)
async def test_what_the_server_owns_is_refused_when_changed(
    client: AsyncClient, actors: Actors, make: Factories, field: str
) -> None:
    me = await actors.make()
    milestone = await make.milestone(me)
    refused(await client.patch(f"{MILESTONES}/{milestone.id}", json={field: 1}, headers=me.headers), field)


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 200), ("member", 200), ("owner", 200), ("admin", 200), ("editor", 200)]
)
async def test_who_may_list(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    article = await make.article(owner)
    headers = await actors.headers(who, owner)
    answer = await client.get(f"{API}/articles/{article.slug}/milestones", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 403), ("owner", 201), ("admin", 403), ("editor", 403)]
)
async def test_who_may_create(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    article = await make.article(owner)
    body = samples.milestone(1)
    headers = await actors.headers(who, owner)
    answer = await client.post(f"{API}/articles/{article.slug}/milestones", json=body, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 200), ("member", 200), ("owner", 200), ("admin", 200), ("editor", 200)]
)
async def test_who_may_read(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    milestone = await make.milestone(owner)
    headers = await actors.headers(who, owner)
    answer = await client.get(f"{MILESTONES}/{milestone.id}", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 403), ("owner", 200), ("admin", 403), ("editor", 403)]
)
async def test_who_may_change(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    milestone = await make.milestone(owner)
    headers = await actors.headers(who, owner)
    answer = await client.patch(f"{MILESTONES}/{milestone.id}", json={"title": "Title 2"}, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 403), ("owner", 204), ("admin", 403), ("editor", 403)]
)
async def test_who_may_delete(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    milestone = await make.milestone(owner)
    headers = await actors.headers(who, owner)
    answer = await client.delete(f"{MILESTONES}/{milestone.id}", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("order", ["position"])
async def test_pages_lead_through_all_rows_in_every_order(
    client: AsyncClient, actors: Actors, make: Factories, order: str
) -> None:
    me = await actors.make()
    article = await make.article(me)
    rows = [await make.milestone(me, article) for _ in range(5)]
    items = await pages(client, f"{API}/articles/{article.slug}/milestones", me.headers, limit=2, order=order)
    assert sorted(item["id"] for item in items) == sorted(row.id for row in rows)
    assert items == await pages(client, f"{API}/articles/{article.slug}/milestones", me.headers, limit=100, order=order)
    counted = await client.get(
        f"{API}/articles/{article.slug}/milestones", params={"limit": 1, "with_total": True}, headers=me.headers
    )
    assert counted.json()["total"] == len(items)


async def test_position_can_be_listed_ascending(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    await make.milestone(me, article)
    await make.milestone(me, article)
    await make.milestone(me, article)
    items = await pages(client, f"{API}/articles/{article.slug}/milestones", me.headers, order="position")
    values = [item["position"] for item in items]
    assert values == sorted(values)


async def test_a_cursor_is_only_good_as_it_was_given(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    for _ in range(2):
        await make.milestone(me, article)
    answer = await client.get(f"{API}/articles/{article.slug}/milestones", params={"limit": 1}, headers=me.headers)
    cursor = answer.json()["next_cursor"]
    altered = {"cursor": ("B" if cursor.startswith("A") else "A") + cursor[1:]}
    failure(
        await client.get(f"{API}/articles/{article.slug}/milestones", params=altered, headers=me.headers),
        404,
        "INVALID_CURSOR",
    )


async def test_a_page_of_50_takes_as_many_statements_as_one_of_1(
    client: AsyncClient, actors: Actors, make: Factories, statements: Statements
) -> None:
    me = await actors.make()
    article = await make.article(me)
    for _ in range(50):
        await make.milestone(me, article)
    counts = []
    for limit in (1, 50):
        statements.clear()
        answer = await client.get(
            f"{API}/articles/{article.slug}/milestones", params={"limit": limit}, headers=me.headers
        )
        assert len(answer.json()["items"]) == limit
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_a_list_has_only_the_rows_below_its_own(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    await make.milestone(me, await make.article(me))
    assert await pages(client, f"{API}/articles/{article.slug}/milestones", me.headers) == []


async def test_what_is_below_a_deleted_row_is_gone_too(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    milestone = await make.milestone(me, article)
    await client.delete(f"{API}/articles/{article.slug}", headers=me.headers)
    failure(await client.get(f"{MILESTONES}/{milestone.id}", headers=me.headers), 404, "NOT_FOUND")
