"""Comments, as clients see them."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests import samples
from tests.actors import Actors
from tests.factories import Factories
from tests.support import API, Calls, Statements, failure, pages, refused

pytestmark = pytest.mark.anyio

COMMENTS = f"{API}/comments"


VALID = [
    pytest.param("body", "Body 2", id="body-usual"),
    pytest.param("body", "x", id="body-shortest"),
    pytest.param("body", "x" * 1000, id="body-longest"),
]


INVALID = [
    pytest.param("body", None, id="body-null"),
    pytest.param("body", 7, id="body-a-number"),
    pytest.param("body", "\x00", id="body-a-NUL-character"),
    pytest.param("body", "", id="body-too-short"),
    pytest.param("body", "x" * 1001, id="body-too-long"),
]


SERVER_OWNED = [
    "id",
    "created_at",
    "updated_at",
    "deleted_at",
    "version",
    "article_id",
    "article",
    "author_id",
    "author",
]


async def test_what_is_created_can_be_read_back(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    body = samples.comment(1)
    created = await client.post(f"{API}/articles/{article.slug}/comments", json=body, headers=me.headers)
    assert created.status_code == 201, created.text
    assert created.json() | body == created.json()
    read = await client.get(created.headers["location"], headers=me.headers)
    assert (read.status_code, read.json()) == (200, created.json())


async def test_what_is_deleted_is_gone(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    comment = await make.comment(me)
    answer = await client.delete(f"{COMMENTS}/{comment.id}", headers=me.headers)
    assert (answer.status_code, answer.text) == (204, "")
    failure(await client.get(f"{COMMENTS}/{comment.id}", headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_read(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    failure(await client.get(f"{COMMENTS}/999999999", headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_deleted(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    failure(await client.delete(f"{COMMENTS}/999999999", headers=me.headers), 404, "NOT_FOUND")


@pytest.mark.parametrize(("field", "value"), VALID)
async def test_what_a_field_allows_is_kept(
    client: AsyncClient, actors: Actors, make: Factories, field: str, value: Any
) -> None:
    me = await actors.make()
    article = await make.article(me)
    body = samples.comment(1) | {field: value}
    answer = await client.post(f"{API}/articles/{article.slug}/comments", json=body, headers=me.headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()[field] == value


@pytest.mark.parametrize(("field", "value"), INVALID)
async def test_what_a_field_does_not_allow_is_refused(
    client: AsyncClient, actors: Actors, make: Factories, field: str, value: Any
) -> None:
    me = await actors.make()
    article = await make.article(me)
    body = samples.comment(1) | {field: value}
    refused(await client.post(f"{API}/articles/{article.slug}/comments", json=body, headers=me.headers), field)


async def test_a_field_that_is_not_known_is_refused(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    body = samples.comment(1) | {"unheard_of": 1}
    refused(await client.post(f"{API}/articles/{article.slug}/comments", json=body, headers=me.headers), "unheard_of")


async def test_a_repeated_request_creates_one_row(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    body = samples.comment(1)
    sent = [
        await client.post(
            f"{API}/articles/{article.slug}/comments", json=body, headers=me.headers | {"Idempotency-Key": "a-key"}
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [201, 201], sent[1].text
    assert sent[0].json()["id"] == sent[1].json()["id"]


@pytest.mark.parametrize("field", SERVER_OWNED)
async def test_what_the_server_owns_is_refused_when_created(
    client: AsyncClient, actors: Actors, make: Factories, field: str
) -> None:
    me = await actors.make()
    article = await make.article(me)
    body = samples.comment(1) | {field: 1}
    refused(await client.post(f"{API}/articles/{article.slug}/comments", json=body, headers=me.headers), field)


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 200), ("member", 200), ("owner", 200), ("admin", 200), ("editor", 200)]
)
async def test_who_may_list(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    article = await make.article(owner)
    headers = await actors.headers(who, owner)
    answer = await client.get(f"{API}/articles/{article.slug}/comments", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 201), ("owner", 201), ("admin", 201), ("editor", 201)]
)
async def test_who_may_create(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    article = await make.article(owner)
    body = samples.comment(1)
    headers = await actors.headers(who, owner)
    answer = await client.post(f"{API}/articles/{article.slug}/comments", json=body, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 200), ("member", 200), ("owner", 200), ("admin", 200), ("editor", 200)]
)
async def test_who_may_read(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    comment = await make.comment(owner)
    headers = await actors.headers(who, owner)
    answer = await client.get(f"{COMMENTS}/{comment.id}", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 403), ("owner", 204), ("admin", 204), ("editor", 403)]
)
async def test_who_may_delete(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    comment = await make.comment(owner)
    headers = await actors.headers(who, owner)
    answer = await client.delete(f"{COMMENTS}/{comment.id}", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("order", ["created_at"])
async def test_pages_lead_through_all_rows_in_every_order(
    client: AsyncClient, actors: Actors, make: Factories, order: str
) -> None:
    me = await actors.make()
    article = await make.article(me)
    rows = [await make.comment(me, article) for _ in range(5)]
    items = await pages(client, f"{API}/articles/{article.slug}/comments", me.headers, limit=2, order=order)
    assert sorted(item["id"] for item in items) == sorted(row.id for row in rows)
    assert items == await pages(client, f"{API}/articles/{article.slug}/comments", me.headers, limit=100, order=order)
    counted = await client.get(
        f"{API}/articles/{article.slug}/comments", params={"limit": 1, "with_total": True}, headers=me.headers
    )
    assert counted.json()["total"] == len(items)


async def test_a_cursor_is_only_good_as_it_was_given(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    for _ in range(2):
        await make.comment(me, article)
    answer = await client.get(f"{API}/articles/{article.slug}/comments", params={"limit": 1}, headers=me.headers)
    cursor = answer.json()["next_cursor"]
    altered = {"cursor": ("B" if cursor.startswith("A") else "A") + cursor[1:]}
    failure(
        await client.get(f"{API}/articles/{article.slug}/comments", params=altered, headers=me.headers),
        404,
        "INVALID_CURSOR",
    )


async def test_a_page_of_50_takes_as_many_statements_as_one_of_1(
    client: AsyncClient, actors: Actors, make: Factories, statements: Statements
) -> None:
    me = await actors.make()
    article = await make.article(me)
    for _ in range(50):
        await make.comment(me, article)
    counts = []
    for limit in (1, 50):
        statements.clear()
        answer = await client.get(
            f"{API}/articles/{article.slug}/comments", params={"limit": limit}, headers=me.headers
        )
        assert len(answer.json()["items"]) == limit
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_a_list_has_only_the_rows_below_its_own(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    await make.comment(me, await make.article(me))
    assert await pages(client, f"{API}/articles/{article.slug}/comments", me.headers) == []


async def test_what_is_below_a_deleted_row_is_gone_too(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    comment = await make.comment(me, article)
    await client.delete(f"{API}/articles/{article.slug}", headers=me.headers)
    failure(await client.get(f"{COMMENTS}/{comment.id}", headers=me.headers), 404, "NOT_FOUND")


async def test_notify_author_is_called(
    client: AsyncClient, actors: Actors, make: Factories, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls()
    monkeypatch.setattr("app.api.v1.endpoints.comments.notify_author", calls)
    me = await actors.make()
    article = await make.article(me)
    body = samples.comment(1)
    answer = await client.post(f"{API}/articles/{article.slug}/comments", json=body, headers=me.headers)
    assert answer.is_success, answer.text
    assert [str(row.id) for row in calls] == [str(answer.json()["id"])]
