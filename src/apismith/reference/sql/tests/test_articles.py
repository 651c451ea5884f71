"""Articles, as clients see them."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from app.api.v1.schemas.articles import ArticleRead
from app.core.database import Database
from app.core.pagination import Page
from app.models import Article, article_favorited_by, user_following
from tests import samples
from tests.actors import Actors
from tests.factories import Factories
from tests.support import API, Calls, Statements, failure, how_many, link, linked, pages, refused, without

pytestmark = pytest.mark.anyio

ARTICLES = f"{API}/articles"


VALID = [
    pytest.param("title", "Title 2", id="title-usual"),
    pytest.param("title", "x", id="title-shortest"),
    pytest.param("title", "x" * 200, id="title-longest"),
    pytest.param("body", "Body 2", id="body-usual"),
    pytest.param("body", "x", id="body-shortest"),
    pytest.param("body", "x" * 100000, id="body-longest"),
    pytest.param("status", "published", id="status-usual"),
    pytest.param("status", "draft", id="status-draft"),
]


INVALID = [
    pytest.param("title", None, id="title-null"),
    pytest.param("title", 7, id="title-a-number"),
    pytest.param("title", "\x00", id="title-a-NUL-character"),
    pytest.param("title", "", id="title-too-short"),
    pytest.param("title", "x" * 201, id="title-too-long"),
    pytest.param("body", None, id="body-null"),
    pytest.param("body", 7, id="body-a-number"),
    pytest.param("body", "\x00", id="body-a-NUL-character"),
    pytest.param("body", "", id="body-too-short"),
    pytest.param("body", "x" * 100001, id="body-too-long"),
    pytest.param("status", None, id="status-null"),
    pytest.param("status", "no such member", id="status-no-member"),
]


SERVER_OWNED = [
    "id",
    "created_at",
    "updated_at",
    "deleted_at",
    "version",
    "slug",
    "favorites_count",
    "author_id",
    "author",
    "tags",
    "favorited_by",
]


async def test_what_is_created_can_be_read_back(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    body = samples.article(1)
    created = await client.post(ARTICLES, json=body, headers=me.headers)
    assert created.status_code == 201, created.text
    assert created.json() | body == created.json()
    read = await client.get(created.headers["location"], headers=me.headers)
    assert (read.status_code, read.json()) == (200, created.json())


async def test_an_update_changes_what_is_sent_and_nothing_else(
    client: AsyncClient, actors: Actors, make: Factories
) -> None:
    me = await actors.make()
    article = await make.article(me)
    answer = await client.patch(f"{ARTICLES}/{article.slug}", json={"title": "Title 2"}, headers=me.headers)
    assert answer.status_code == 200, answer.text
    assert without(answer.json(), "updated_at", "favorites_count") == without(
        article.model_dump(mode="json") | {"title": "Title 2"}, "updated_at", "favorites_count"
    )


async def test_what_is_deleted_is_gone(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    answer = await client.delete(f"{ARTICLES}/{article.slug}", headers=me.headers)
    assert (answer.status_code, answer.text) == (204, "")
    failure(await client.get(f"{ARTICLES}/{article.slug}", headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_read(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    failure(await client.get(f"{ARTICLES}/no-such-slug", headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_changed(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    failure(
        await client.patch(f"{ARTICLES}/no-such-slug", json={"title": "Title 2"}, headers=me.headers), 404, "NOT_FOUND"
    )


async def test_what_does_not_exist_cannot_be_deleted(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    failure(await client.delete(f"{ARTICLES}/no-such-slug", headers=me.headers), 404, "NOT_FOUND")


@pytest.mark.parametrize(("field", "value"), VALID)
async def test_what_a_field_allows_is_kept(client: AsyncClient, actors: Actors, field: str, value: Any) -> None:
    me = await actors.make()
    body = samples.article(1) | {field: value}
    answer = await client.post(ARTICLES, json=body, headers=me.headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()[field] == value


@pytest.mark.parametrize(("field", "value"), INVALID)
async def test_what_a_field_does_not_allow_is_refused(
    client: AsyncClient, actors: Actors, make: Factories, field: str, value: Any
) -> None:
    me = await actors.make()
    body = samples.article(1) | {field: value}
    refused(await client.post(ARTICLES, json=body, headers=me.headers), field)
    article = await make.article(me)
    refused(await client.patch(f"{ARTICLES}/{article.slug}", json={field: value}, headers=me.headers), field)


async def test_a_field_that_is_not_known_is_refused(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    body = samples.article(1) | {"unheard_of": 1}
    refused(await client.post(ARTICLES, json=body, headers=me.headers), "unheard_of")


async def test_a_repeated_request_creates_one_row(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    body = samples.article(1)
    sent = [await client.post(ARTICLES, json=body, headers=me.headers | {"Idempotency-Key": "a-key"}) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [201, 201], sent[1].text
    assert sent[0].json()["id"] == sent[1].json()["id"]


@pytest.mark.parametrize("value", ["bulk", "feed", "trending"])
async def test_a_word_of_a_path_is_no_slug(client: AsyncClient, actors: Actors, value: Any) -> None:
    me = await actors.make()
    body = samples.article(1) | {"title": value}
    created = await client.post(ARTICLES, json=body, headers=me.headers)
    assert created.status_code == 201, created.text
    read = await client.get(created.headers["location"], headers=me.headers)
    assert (read.status_code, read.json()) == (200, created.json())


async def test_bulk_creates_rows_in_the_order_in_which_they_are_sent(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    bodies = [samples.article(number) for number in range(1, 4)]
    answer = await client.post(f"{ARTICLES}/bulk", json={"items": bodies}, headers=me.headers)
    assert answer.status_code == 201, answer.text
    items = answer.json()["items"]
    for body, item in zip(bodies, items, strict=True):
        assert item | body == item
        assert (await client.get(f"{ARTICLES}/{item['slug']}", headers=me.headers)).json() == item


async def test_bulk_creates_at_least_1_and_at_most_20(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    refused(await client.post(f"{ARTICLES}/bulk", json={"items": []}, headers=me.headers), "items")
    body = samples.article(1)
    refused(await client.post(f"{ARTICLES}/bulk", json={"items": [body] * 21}, headers=me.headers), "items")


async def test_bulk_creates_none_where_one_is_not_valid(
    client: AsyncClient, actors: Actors, database: Database
) -> None:
    me = await actors.make()
    bodies = [samples.article(number) for number in (1, 2)]
    bodies[1]["unheard_of"] = 1
    answer = await client.post(f"{ARTICLES}/bulk", json={"items": bodies}, headers=me.headers)
    errors = failure(answer, 422, "VALIDATION_ERROR")["errors"]
    assert [error["field"] for error in errors] == ["body.items.1.unheard_of"]
    assert await how_many(database, Article) == 0


async def test_bulk_creates_none_where_tag_names_of_one_does_not_exist(
    client: AsyncClient, actors: Actors, database: Database
) -> None:
    me = await actors.make()
    bodies = [samples.article(number) for number in (1, 2)]
    bodies[1]["tag_names"] = [samples.tag(0)["name"]]
    answer = await client.post(f"{ARTICLES}/bulk", json={"items": bodies}, headers=me.headers)
    assert failure(answer, 409, "UNKNOWN_REFERENCE") == {"field": "items.1.tag_names"}
    assert await how_many(database, Article) == 0


async def test_bulk_creates_each_with_its_own_tags(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    key = (await make.tag()).name
    bodies = [samples.article(number) for number in (1, 2)]
    bodies[0]["tag_names"] = []
    bodies[1]["tag_names"] = [key]
    answer = await client.post(f"{ARTICLES}/bulk", json={"items": bodies}, headers=me.headers)
    assert answer.status_code == 201, answer.text
    found = [[other["name"] for other in item["tags"]] for item in answer.json()["items"]]
    assert found == [[], [key]]


async def test_bulk_gives_the_same_title_each_time_another_slug(
    client: AsyncClient, actors: Actors, make: Factories
) -> None:
    me = await actors.make()
    article = await make.article(me)
    bodies = [samples.article(number) for number in (1, 2)]
    for body in bodies:
        body["title"] = article.title
    answer = await client.post(f"{ARTICLES}/bulk", json={"items": bodies}, headers=me.headers)
    assert answer.status_code == 201, answer.text
    found = {item["slug"] for item in answer.json()["items"]}
    assert len(found | {article.slug}) == 3


async def test_bulk_creates_once_what_is_sent_twice(client: AsyncClient, actors: Actors, database: Database) -> None:
    me = await actors.make()
    bodies = [samples.article(number) for number in (1, 2)]
    sent = [
        await client.post(f"{ARTICLES}/bulk", json={"items": bodies}, headers=me.headers | {"Idempotency-Key": "a-key"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [201, 201], sent[1].text
    assert sent[0].json() == sent[1].json()
    assert await how_many(database, Article) == 2


async def test_bulk_creates_20_in_as_many_statements_as_2(
    client: AsyncClient, actors: Actors, statements: Statements
) -> None:
    me = await actors.make()
    counts = []
    for numbers in (range(1, 3), range(3, 23)):
        bodies = [samples.article(number) for number in numbers]
        statements.clear()
        answer = await client.post(f"{ARTICLES}/bulk", json={"items": bodies}, headers=me.headers)
        assert answer.status_code == 201, answer.text
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("member", 201), ("admin", 201), ("editor", 201)])
async def test_who_may_bulk_create(client: AsyncClient, actors: Actors, who: str, status: int) -> None:
    body = samples.article(1)
    headers = await actors.headers(who)
    answer = await client.post(f"{ARTICLES}/bulk", json={"items": [body]}, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("field", SERVER_OWNED)
async def test_what_the_server_owns_is_refused_when_created(client: AsyncClient, actors: Actors, field: str) -> None:
    me = await actors.make()
    body = samples.article(1) | {field: 1}
    refused(await client.post(ARTICLES, json=body, headers=me.headers), field)


@pytest.mark.parametrize("field", SERVER_OWNED)
async def test_what_the_server_owns_is_refused_when_changed(
    client: AsyncClient, actors: Actors, make: Factories, field: str
) -> None:
    me = await actors.make()
    article = await make.article(me)
    refused(await client.patch(f"{ARTICLES}/{article.slug}", json={field: 1}, headers=me.headers), field)


@pytest.mark.parametrize(("who", "status"), [("anonymous", 200), ("member", 200), ("admin", 200), ("editor", 200)])
async def test_who_may_list(client: AsyncClient, actors: Actors, who: str, status: int) -> None:
    headers = await actors.headers(who)
    answer = await client.get(ARTICLES, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("member", 201), ("admin", 201), ("editor", 201)])
async def test_who_may_create(client: AsyncClient, actors: Actors, who: str, status: int) -> None:
    body = samples.article(1)
    headers = await actors.headers(who)
    answer = await client.post(ARTICLES, json=body, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 200), ("member", 200), ("owner", 200), ("admin", 200), ("editor", 200)]
)
async def test_who_may_read(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    article = await make.article(owner)
    headers = await actors.headers(who, owner)
    answer = await client.get(f"{ARTICLES}/{article.slug}", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 403), ("owner", 200), ("admin", 403), ("editor", 403)]
)
async def test_who_may_change(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    article = await make.article(owner)
    headers = await actors.headers(who, owner)
    answer = await client.patch(f"{ARTICLES}/{article.slug}", json={"title": "Title 2"}, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 403), ("owner", 204), ("admin", 204), ("editor", 403)]
)
async def test_who_may_delete(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    article = await make.article(owner)
    headers = await actors.headers(who, owner)
    answer = await client.delete(f"{ARTICLES}/{article.slug}", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("order", ["-created_at", "title"])
async def test_pages_lead_through_all_rows_in_every_order(
    client: AsyncClient, actors: Actors, make: Factories, order: str
) -> None:
    me = await actors.make()
    rows = [await make.article(me) for _ in range(5)]
    items = await pages(client, ARTICLES, me.headers, limit=2, order=order)
    assert sorted(item["id"] for item in items) == sorted(row.id for row in rows)
    assert items == await pages(client, ARTICLES, me.headers, limit=100, order=order)
    counted = await client.get(ARTICLES, params={"limit": 1, "with_total": True}, headers=me.headers)
    assert counted.json()["total"] == len(items)


async def test_a_cursor_is_only_good_as_it_was_given(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    for _ in range(2):
        await make.article(me)
    answer = await client.get(ARTICLES, params={"limit": 1}, headers=me.headers)
    cursor = answer.json()["next_cursor"]
    altered = {"cursor": ("B" if cursor.startswith("A") else "A") + cursor[1:]}
    failure(await client.get(ARTICLES, params=altered, headers=me.headers), 404, "INVALID_CURSOR")
    failure(
        await client.get(ARTICLES, params={"cursor": cursor, "order": "title"}, headers=me.headers),
        404,
        "INVALID_CURSOR",
    )


async def test_a_page_of_50_takes_as_many_statements_as_one_of_1(
    client: AsyncClient, actors: Actors, make: Factories, statements: Statements
) -> None:
    me = await actors.make()
    its_tags = await make.tag()
    for _ in range(50):
        await make.article(me, tag_names=[its_tags.name])
    counts = []
    for limit in (1, 50):
        statements.clear()
        answer = await client.get(ARTICLES, params={"limit": limit}, headers=me.headers)
        assert len(answer.json()["items"]) == limit
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_what_is_deleted_is_not_listed(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    await client.delete(f"{ARTICLES}/{article.slug}", headers=me.headers)
    assert await pages(client, ARTICLES, me.headers) == []


async def test_rows_are_found_by_author_username(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    owner = await make.user(me)
    article = await make.article(me)
    await make.article()
    items = await pages(client, ARTICLES, me.headers, author_username=owner.username)
    assert [item["id"] for item in items] == [article.id]


async def test_rows_are_found_by_tag_name(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    its_tags = await make.tag()
    article = await make.article(me, tag_names=[its_tags.name])
    await make.article(me)
    items = await pages(client, ARTICLES, me.headers, tag_name=its_tags.name)
    assert [item["id"] for item in items] == [article.id]


async def test_rows_are_found_by_status(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me, status="published")
    await make.article(me, status="draft")
    items = await pages(client, ARTICLES, me.headers, status="published")
    assert [item["id"] for item in items] == [article.id]


async def test_tags_are_written_with_the_row(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    first = (await make.tag()).name
    second = (await make.tag()).name
    body = samples.article(1) | {"tag_names": [first, second, first]}
    answer = await client.post(ARTICLES, json=body, headers=me.headers)
    assert [item["name"] for item in answer.json()["tags"]] == [first, second]


async def test_tags_may_not_be_too_many(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    body = samples.article(1) | {"tag_names": [samples.tag(0)["name"]] * 11}
    refused(await client.post(ARTICLES, json=body, headers=me.headers), "tag_names")


async def test_tags_must_exist(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    body = samples.article(1) | {"tag_names": [samples.tag(0)["name"]]}
    answer = await client.post(ARTICLES, json=body, headers=me.headers)
    assert failure(answer, 409, "UNKNOWN_REFERENCE") == {"field": "tag_names"}


async def test_tags_are_replaced_as_a_whole(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    first = (await make.tag()).name
    second = (await make.tag()).name
    article = await make.article(me, tag_names=[first])
    for sent in ([second], [first, second], []):
        answer = await client.patch(f"{ARTICLES}/{article.slug}", json={"tag_names": sent}, headers=me.headers)
        assert [item["name"] for item in answer.json()["tags"]] == sent


async def test_favorites_count_counts(client: AsyncClient, actors: Actors, make: Factories, database: Database) -> None:
    me = await actors.make()
    article = await make.article(me)
    before = await client.get(f"{ARTICLES}/{article.slug}", headers=me.headers)
    other = await make.user()
    await link(database, article_favorited_by, article_id=article.id, user_id=other.id)
    after = await client.get(f"{ARTICLES}/{article.slug}", headers=me.headers)
    assert (before.json()["favorites_count"], after.json()["favorites_count"]) == (0, 1)


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 200), ("owner", 200), ("admin", 200), ("editor", 200)]
)
async def test_who_may_favorite(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    article = await make.article(owner)
    headers = await actors.headers(who, owner)
    answer = await client.post(f"{API}/articles/{article.slug}/favorite", headers=headers)
    assert answer.status_code == status, answer.text


async def test_favorite_needs_a_row(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    key = "no-such-slug"
    failure(await client.post(f"{API}/articles/{key}/favorite", headers=me.headers), 404, "NOT_FOUND")


async def test_favorite_does_what_it_says(
    client: AsyncClient, actors: Actors, make: Factories, database: Database
) -> None:
    me = await actors.make()
    article = await make.article(me)
    answer = await client.post(f"{API}/articles/{article.slug}/favorite", headers=me.headers)
    assert answer.status_code == 200, answer.text
    assert await linked(database, article_favorited_by, article_id=article.id, user_id=me.id)
    assert ArticleRead.model_validate_json(answer.text)


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 200), ("owner", 200), ("admin", 200), ("editor", 200)]
)
async def test_who_may_unfavorite(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    article = await make.article(owner)
    headers = await actors.headers(who, owner)
    answer = await client.delete(f"{API}/articles/{article.slug}/favorite", headers=headers)
    assert answer.status_code == status, answer.text


async def test_unfavorite_needs_a_row(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    key = "no-such-slug"
    failure(await client.delete(f"{API}/articles/{key}/favorite", headers=me.headers), 404, "NOT_FOUND")


async def test_unfavorite_does_what_it_says(
    client: AsyncClient, actors: Actors, make: Factories, database: Database
) -> None:
    me = await actors.make()
    article = await make.article(me)
    await link(database, article_favorited_by, article_id=article.id, user_id=me.id)
    answer = await client.delete(f"{API}/articles/{article.slug}/favorite", headers=me.headers)
    assert answer.status_code == 200, answer.text
    assert not await linked(database, article_favorited_by, article_id=article.id, user_id=me.id)
    assert ArticleRead.model_validate_json(answer.text)


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 403), ("owner", 200), ("admin", 403), ("editor", 403)]
)
async def test_who_may_publish(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    article = await make.article(owner)
    headers = await actors.headers(who, owner)
    answer = await client.post(f"{API}/articles/{article.slug}/publish", headers=headers)
    assert answer.status_code == status, answer.text


async def test_publish_needs_a_row(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    key = "no-such-slug"
    failure(await client.post(f"{API}/articles/{key}/publish", headers=me.headers), 404, "NOT_FOUND")


async def test_publish_does_what_it_says(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    answer = await client.post(f"{API}/articles/{article.slug}/publish", headers=me.headers)
    assert answer.status_code == 200, answer.text
    assert ArticleRead.model_validate_json(answer.text)
    assert answer.json()["status"] == "published"


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401)])
async def test_who_may_report(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    article = await make.article(owner)
    headers = await actors.headers(who, owner)
    answer = await client.post(f"{API}/articles/{article.slug}/report", json={"reason": "Reason"}, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.to_be_written
async def test_report_is_to_be_written(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    article = await make.article(me)
    failure(
        await client.post(f"{API}/articles/{article.slug}/report", json={"reason": "Reason"}, headers=me.headers),
        501,
        "NOT_IMPLEMENTED",
    )


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("member", 200), ("admin", 200), ("editor", 200)])
async def test_who_may_get_feed(client: AsyncClient, actors: Actors, who: str, status: int) -> None:
    headers = await actors.headers(who)
    answer = await client.get(f"{API}/articles/feed", headers=headers)
    assert answer.status_code == status, answer.text


async def test_feed_does_what_it_says(client: AsyncClient, actors: Actors, make: Factories, database: Database) -> None:
    me = await actors.make()
    first_user = await actors.make()
    first = await make.article(first_user)
    await link(database, user_following, user_id=me.id, following_id=first_user.id)
    second_user = await actors.make()
    second = await make.article(second_user)
    await link(database, user_following, user_id=me.id, following_id=second_user.id)
    await make.article()
    answer = await client.get(f"{API}/articles/feed", headers=me.headers)
    assert answer.status_code == 200, answer.text
    assert Page[ArticleRead].model_validate_json(answer.text)
    assert [item["id"] for item in answer.json()["items"]] == [second.id, first.id]


@pytest.mark.to_be_written
async def test_trending_is_to_be_written(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    failure(await client.get(f"{API}/articles/trending", headers=me.headers), 501, "NOT_IMPLEMENTED")


async def test_keep_history_is_called(
    client: AsyncClient, actors: Actors, make: Factories, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls()
    monkeypatch.setattr("app.services.articles.keep_history", calls)
    me = await actors.make()
    article = await make.article(me)
    answer = await client.patch(f"{ARTICLES}/{article.slug}", json={"title": "Title 2"}, headers=me.headers)
    assert answer.is_success, answer.text
    assert [row.id for row in calls] == [article.id]
