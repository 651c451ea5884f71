"""Campaigns, as clients see them."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests import samples
from tests.actors import Actors
from tests.factories import Factories
from tests.support import ANY_VERSION, API, Statements, failure, pages, refused, without

pytestmark = pytest.mark.anyio

CAMPAIGNS = f"{API}/campaigns"


VALID = [
    pytest.param("name", "Name 2", id="name-usual"),
    pytest.param("name", "x", id="name-shortest"),
    pytest.param("name", "x" * 120, id="name-longest"),
    pytest.param("code", "00000000-0000-4000-8000-000000000002", id="code-usual"),
    pytest.param("budget", "1.01", id="budget-usual"),
    pytest.param("budget", "0.00", id="budget-smallest"),
    pytest.param("ends", "2026-01-02", id="ends-usual"),
    pytest.param("ends", None, id="ends-null"),
    pytest.param("mailed_at", "08:01:00", id="mailed_at-usual"),
    pytest.param("cooldown", "PT1H1M", id="cooldown-usual"),
    pytest.param("cooldown", None, id="cooldown-null"),
    pytest.param("share", 1.0, id="share-usual"),
    pytest.param("share", 0.0, id="share-smallest"),
    pytest.param("reach", 2, id="reach-usual"),
    pytest.param("reach", 0, id="reach-smallest"),
    pytest.param("active", False, id="active-usual"),
    pytest.param("active", True, id="active-true"),
    pytest.param("channels", ["Channels 2"], id="channels-usual"),
    pytest.param("channels", [], id="channels-empty"),
    pytest.param("settings", {"number": 2}, id="settings-usual"),
]


INVALID = [
    pytest.param("name", None, id="name-null"),
    pytest.param("name", 7, id="name-a-number"),
    pytest.param("name", "\x00", id="name-a-NUL-character"),
    pytest.param("name", "", id="name-too-short"),
    pytest.param("name", "x" * 121, id="name-too-long"),
    pytest.param("code", None, id="code-null"),
    pytest.param("code", "not-a-uuid", id="code-no-UUID"),
    pytest.param("budget", None, id="budget-null"),
    pytest.param("budget", "many", id="budget-no-number"),
    pytest.param("budget", "-1", id="budget-too-small"),
    pytest.param("budget", "1000000000000", id="budget-too-many-digits"),
    pytest.param("budget", "0.001", id="budget-too-many-decimal-places"),
    pytest.param("starts", None, id="starts-null"),
    pytest.param("starts", "some day", id="starts-no-date-or-time"),
    pytest.param("starts", 7, id="starts-a-number"),
    pytest.param("ends", "some day", id="ends-no-date-or-time"),
    pytest.param("ends", 7, id="ends-a-number"),
    pytest.param("mailed_at", None, id="mailed_at-null"),
    pytest.param("mailed_at", "some day", id="mailed_at-no-date-or-time"),
    pytest.param("mailed_at", 7, id="mailed_at-a-number"),
    pytest.param("cooldown", "some day", id="cooldown-no-date-or-time"),
    pytest.param("cooldown", 7, id="cooldown-a-number"),
    pytest.param("share", None, id="share-null"),
    pytest.param("share", "many", id="share-no-number"),
    pytest.param("share", -1.0, id="share-too-small"),
    pytest.param("share", 2.0, id="share-too-large"),
    pytest.param("reach", None, id="reach-null"),
    pytest.param("reach", "many", id="reach-no-number"),
    pytest.param("reach", 1.5, id="reach-no-whole-number"),
    pytest.param("reach", 9223372036854775808, id="reach-beyond-64-bits"),
    pytest.param("reach", -1, id="reach-too-small"),
    pytest.param("active", None, id="active-null"),
    pytest.param("active", "maybe", id="active-no-truth-value"),
    pytest.param("channels", None, id="channels-null"),
    pytest.param("channels", "text", id="channels-no-list"),
    pytest.param("channels", ["Channels"] * 9, id="channels-too-many"),
]


SERVER_OWNED = ["id", "created_at", "updated_at", "deleted_at", "version"]


async def test_what_is_created_can_be_read_back(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make("admin")
    body = samples.campaign(1)
    created = await client.post(CAMPAIGNS, json=body, headers=me.headers)
    assert created.status_code == 201, created.text
    assert created.json() | body == created.json()
    read = await client.get(created.headers["location"], headers=me.headers)
    assert (read.status_code, read.json()) == (200, created.json())


async def test_an_update_changes_what_is_sent_and_nothing_else(
    client: AsyncClient, actors: Actors, make: Factories
) -> None:
    me = await actors.make("admin")
    campaign = await make.campaign()
    answer = await client.patch(f"{CAMPAIGNS}/{campaign.id}", json={"name": "Name 2"}, headers=me.headers | ANY_VERSION)
    assert answer.status_code == 200, answer.text
    assert without(answer.json(), "updated_at", "version") == without(
        campaign.model_dump(mode="json") | {"name": "Name 2"}, "updated_at", "version"
    )
    assert answer.json()["version"] == campaign.version + 1


async def test_what_is_deleted_is_gone(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make("admin")
    campaign = await make.campaign()
    answer = await client.delete(f"{CAMPAIGNS}/{campaign.id}", headers=me.headers | ANY_VERSION)
    assert (answer.status_code, answer.text) == (204, "")
    failure(await client.get(f"{CAMPAIGNS}/{campaign.id}", headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_read(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    failure(await client.get(f"{CAMPAIGNS}/999999999", headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_changed(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make("admin")
    failure(await client.patch(f"{CAMPAIGNS}/999999999", json={"name": "Name 2"}, headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_deleted(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make("admin")
    failure(await client.delete(f"{CAMPAIGNS}/999999999", headers=me.headers), 404, "NOT_FOUND")


@pytest.mark.parametrize(("field", "value"), VALID)
async def test_what_a_field_allows_is_kept(client: AsyncClient, actors: Actors, field: str, value: Any) -> None:
    me = await actors.make("admin")
    body = samples.campaign(1) | {field: value}
    answer = await client.post(CAMPAIGNS, json=body, headers=me.headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()[field] == value


@pytest.mark.parametrize(("field", "value"), INVALID)
async def test_what_a_field_does_not_allow_is_refused(
    client: AsyncClient, actors: Actors, make: Factories, field: str, value: Any
) -> None:
    me = await actors.make("admin")
    body = samples.campaign(1) | {field: value}
    refused(await client.post(CAMPAIGNS, json=body, headers=me.headers), field)
    campaign = await make.campaign()
    refused(
        await client.patch(f"{CAMPAIGNS}/{campaign.id}", json={field: value}, headers=me.headers | ANY_VERSION), field
    )


async def test_a_field_that_is_not_known_is_refused(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make("admin")
    body = samples.campaign(1) | {"unheard_of": 1}
    refused(await client.post(CAMPAIGNS, json=body, headers=me.headers), "unheard_of")


async def test_name_and_starts_must_be_unique(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make("admin")
    campaign = await make.campaign()
    body = samples.campaign(1) | {
        "name": campaign.name,
        "starts": str(campaign.starts),
        "ends": campaign.model_dump(mode="json")["ends"],
    }
    answer = await client.post(CAMPAIGNS, json=body, headers=me.headers)
    assert failure(answer, 409, "CONFLICT") == {"fields": ["name", "starts"]}


async def test_article_must_exist(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make("admin")
    body = samples.campaign(1) | {"article_slug": "no-such-slug"}
    answer = await client.post(CAMPAIGNS, json=body, headers=me.headers)
    assert failure(answer, 409, "UNKNOWN_REFERENCE") == {"field": "article_slug"}


async def test_a_row_that_breaks_check_1_is_refused(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make("admin")
    body = samples.campaign(1) | {"ends": "2026-01-01", "starts": "2026-01-02"}
    failure(await client.post(CAMPAIGNS, json=body, headers=me.headers), 422, "RULE_VIOLATED")


async def test_a_repeated_request_creates_one_row(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make("admin")
    body = samples.campaign(1)
    sent = [
        await client.post(CAMPAIGNS, json=body, headers=me.headers | {"Idempotency-Key": "a-key"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [201, 201], sent[1].text
    assert sent[0].json()["id"] == sent[1].json()["id"]


async def test_only_who_knows_the_newest_version_may_change_it(
    client: AsyncClient, actors: Actors, make: Factories
) -> None:
    me = await actors.make("admin")
    campaign = await make.campaign()
    url = f"{CAMPAIGNS}/{campaign.id}"
    failure(await client.patch(url, json={"name": "Name 2"}, headers=me.headers), 428, "PRECONDITION_REQUIRED")
    tag = (await client.get(url, headers=me.headers)).headers["etag"]
    changed = await client.patch(url, json={"name": "Name 2"}, headers=me.headers | {"If-Match": tag})
    assert changed.status_code == 200, changed.text
    failure(
        await client.patch(url, json={"name": "Name 2"}, headers=me.headers | {"If-Match": tag}),
        412,
        "PRECONDITION_FAILED",
    )
    failure(await client.delete(url, headers=me.headers | {"If-Match": tag}), 412, "PRECONDITION_FAILED")
    deleted = await client.delete(url, headers=me.headers | {"If-Match": changed.headers["etag"]})
    assert deleted.status_code == 204, deleted.text


@pytest.mark.parametrize("field", SERVER_OWNED)
async def test_what_the_server_owns_is_refused_when_created(client: AsyncClient, actors: Actors, field: str) -> None:
    me = await actors.make("admin")
    body = samples.campaign(1) | {field: 1}
    refused(await client.post(CAMPAIGNS, json=body, headers=me.headers), field)


@pytest.mark.parametrize("field", SERVER_OWNED)
async def test_what_the_server_owns_is_refused_when_changed(
    client: AsyncClient, actors: Actors, make: Factories, field: str
) -> None:
    me = await actors.make("admin")
    campaign = await make.campaign()
    refused(await client.patch(f"{CAMPAIGNS}/{campaign.id}", json={field: 1}, headers=me.headers | ANY_VERSION), field)


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("member", 200), ("admin", 200), ("editor", 200)])
async def test_who_may_list(client: AsyncClient, actors: Actors, who: str, status: int) -> None:
    headers = await actors.headers(who)
    answer = await client.get(CAMPAIGNS, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("member", 403), ("admin", 201), ("editor", 201)])
async def test_who_may_create(client: AsyncClient, actors: Actors, who: str, status: int) -> None:
    body = samples.campaign(1)
    headers = await actors.headers(who)
    answer = await client.post(CAMPAIGNS, json=body, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("member", 200), ("admin", 200), ("editor", 200)])
async def test_who_may_read(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    campaign = await make.campaign()
    headers = await actors.headers(who)
    answer = await client.get(f"{CAMPAIGNS}/{campaign.id}", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("member", 403), ("admin", 200), ("editor", 200)])
async def test_who_may_change(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    campaign = await make.campaign()
    headers = await actors.headers(who)
    answer = await client.patch(f"{CAMPAIGNS}/{campaign.id}", json={"name": "Name 2"}, headers=headers | ANY_VERSION)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("member", 403), ("admin", 204), ("editor", 403)])
async def test_who_may_delete(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    campaign = await make.campaign()
    headers = await actors.headers(who)
    answer = await client.delete(f"{CAMPAIGNS}/{campaign.id}", headers=headers | ANY_VERSION)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("order", ["-starts", "name"])
async def test_pages_lead_through_all_rows_in_every_order(
    client: AsyncClient, actors: Actors, make: Factories, order: str
) -> None:
    me = await actors.make()
    rows = [await make.campaign() for _ in range(5)]
    items = await pages(client, CAMPAIGNS, me.headers, limit=2, order=order)
    assert sorted(item["id"] for item in items) == sorted(row.id for row in rows)
    assert items == await pages(client, CAMPAIGNS, me.headers, limit=100, order=order)
    counted = await client.get(CAMPAIGNS, params={"limit": 1, "with_total": True}, headers=me.headers)
    assert counted.json()["total"] == len(items)


async def test_starts_can_be_listed_descending(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    await make.campaign()
    await make.campaign()
    await make.campaign()
    items = await pages(client, CAMPAIGNS, me.headers, order="-starts")
    values = [item["starts"] for item in items]
    assert values == sorted(values, reverse=True)


async def test_a_cursor_is_only_good_as_it_was_given(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    for _ in range(2):
        await make.campaign()
    answer = await client.get(CAMPAIGNS, params={"limit": 1}, headers=me.headers)
    cursor = answer.json()["next_cursor"]
    altered = {"cursor": ("B" if cursor.startswith("A") else "A") + cursor[1:]}
    failure(await client.get(CAMPAIGNS, params=altered, headers=me.headers), 404, "INVALID_CURSOR")
    failure(
        await client.get(CAMPAIGNS, params={"cursor": cursor, "order": "name"}, headers=me.headers),
        404,
        "INVALID_CURSOR",
    )


async def test_a_page_of_50_takes_as_many_statements_as_one_of_1(
    client: AsyncClient, actors: Actors, make: Factories, statements: Statements
) -> None:
    me = await actors.make()
    for _ in range(50):
        await make.campaign()
    counts = []
    for limit in (1, 50):
        statements.clear()
        answer = await client.get(CAMPAIGNS, params={"limit": limit}, headers=me.headers)
        assert len(answer.json()["items"]) == limit
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_rows_are_found_by_active(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    campaign = await make.campaign(active=False)
    await make.campaign(active=True)
    items = await pages(client, CAMPAIGNS, me.headers, active=False)
    assert [item["id"] for item in items] == [campaign.id]


async def test_rows_are_found_by_article_slug(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    its_article = await make.article()
    campaign = await make.campaign(article_slug=its_article.slug)
    await make.campaign()
    items = await pages(client, CAMPAIGNS, me.headers, article_slug=its_article.slug)
    assert [item["id"] for item in items] == [campaign.id]
