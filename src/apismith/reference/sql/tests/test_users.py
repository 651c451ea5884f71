"""Users, as clients see them."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from app.api.v1.schemas.users import UserRead
from app.core.database import Database
from app.models import user_following
from tests import samples
from tests.actors import Actors
from tests.factories import Factories
from tests.logins import bearer, log_in, refresh, tokens
from tests.support import API, Statements, failure, link, linked, pages, refused, without

pytestmark = pytest.mark.anyio

USERS = f"{API}/users"


VALID = [
    pytest.param("bio", "Bio 2", id="bio-usual"),
    pytest.param("bio", "x" * 500, id="bio-longest"),
    pytest.param("image", "https://example.com/2", id="image-usual"),
    pytest.param("image", None, id="image-null"),
]


INVALID = [
    pytest.param("email", None, id="email-null"),
    pytest.param("email", "nobody", id="email-no-e-mail-address"),
    pytest.param("username", None, id="username-null"),
    pytest.param("username", 7, id="username-a-number"),
    pytest.param("username", "\x00", id="username-a-NUL-character"),
    pytest.param("username", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", id="username-too-long"),
    pytest.param("username", "", id="username-against-the-pattern"),
    pytest.param("password", None, id="password-null"),
    pytest.param("password", 7, id="password-a-number"),
    pytest.param("password", "x" * 1025, id="password-too-long"),
    pytest.param("password", "xxxxxxxxx", id="password-too-short"),
    pytest.param("password", "1234567890", id="password-too-common"),
    pytest.param("bio", None, id="bio-null"),
    pytest.param("bio", 7, id="bio-a-number"),
    pytest.param("bio", "\x00", id="bio-a-NUL-character"),
    pytest.param("bio", "x" * 501, id="bio-too-long"),
    pytest.param("image", "nowhere", id="image-no-URL"),
]


SERVER_OWNED = [
    "id",
    "created_at",
    "updated_at",
    "deleted_at",
    "version",
    "following",
    "followers",
    "role",
    "password_hash",
    "email_verified_at",
]


async def test_what_is_created_can_be_read_back(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    body = samples.user(1)
    created = await client.post(f"{API}/auth/register", json=body, headers=me.headers)
    assert created.status_code == 201, created.text
    assert created.json() | without(body, "password") == created.json()
    read = await client.get(created.headers["location"], headers=me.headers)
    assert (read.status_code, read.json()) == (200, created.json())


async def test_an_update_changes_what_is_sent_and_nothing_else(
    client: AsyncClient, actors: Actors, make: Factories
) -> None:
    me = await actors.make()
    user = await make.user(me)
    answer = await client.patch(f"{USERS}/{user.id}", json={"bio": "Bio 2"}, headers=me.headers)
    assert answer.status_code == 200, answer.text
    assert without(answer.json(), "updated_at") == without(
        user.model_dump(mode="json") | {"bio": "Bio 2"}, "updated_at"
    )


async def test_what_is_deleted_is_gone(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make("admin")
    user = await make.user()
    answer = await client.delete(f"{USERS}/{user.id}", headers=me.headers)
    assert (answer.status_code, answer.text) == (204, "")
    failure(await client.get(f"{USERS}/{user.id}", headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_read(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    failure(await client.get(f"{USERS}/999999999", headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_changed(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    failure(await client.patch(f"{USERS}/999999999", json={"bio": "Bio 2"}, headers=me.headers), 404, "NOT_FOUND")


async def test_what_does_not_exist_cannot_be_deleted(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make("admin")
    failure(await client.delete(f"{USERS}/999999999", headers=me.headers), 404, "NOT_FOUND")


@pytest.mark.parametrize(("field", "value"), VALID)
async def test_what_a_field_allows_is_kept(client: AsyncClient, actors: Actors, field: str, value: Any) -> None:
    me = await actors.make()
    body = samples.user(1) | {field: value}
    answer = await client.post(f"{API}/auth/register", json=body, headers=me.headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()[field] == value


@pytest.mark.parametrize(("field", "value"), INVALID)
async def test_what_a_field_does_not_allow_is_refused_when_created(
    client: AsyncClient, actors: Actors, field: str, value: Any
) -> None:
    me = await actors.make()
    body = samples.user(1) | {field: value}
    refused(await client.post(f"{API}/auth/register", json=body, headers=me.headers), field)


@pytest.mark.parametrize(("field", "value"), INVALID)
async def test_what_a_field_does_not_allow_is_refused_when_changed(
    client: AsyncClient, actors: Actors, make: Factories, field: str, value: Any
) -> None:
    me = await actors.make()
    user = await make.user(me)
    refused(await client.patch(f"{USERS}/{user.id}", json={field: value}, headers=me.headers), field)


async def test_a_field_that_is_not_known_is_refused(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    body = samples.user(1) | {"unheard_of": 1}
    refused(await client.post(f"{API}/auth/register", json=body, headers=me.headers), "unheard_of")


async def test_email_must_be_unique(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    user = await make.user()
    body = samples.user(1) | {"email": user.email}
    answer = await client.post(f"{API}/auth/register", json=body, headers=me.headers)
    assert failure(answer, 409, "CONFLICT") == {"fields": ["email"]}


async def test_username_must_be_unique(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    user = await make.user()
    body = samples.user(1) | {"username": user.username}
    answer = await client.post(f"{API}/auth/register", json=body, headers=me.headers)
    assert failure(answer, 409, "CONFLICT") == {"fields": ["username"]}


async def test_a_repeated_request_creates_one_row(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    body = samples.user(1)
    sent = [
        await client.post(f"{API}/auth/register", json=body, headers=me.headers | {"Idempotency-Key": "a-key"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [201, 201], sent[1].text
    assert sent[0].json()["id"] == sent[1].json()["id"]


async def test_email_only_changes_with_the_current_password(
    client: AsyncClient, actors: Actors, make: Factories
) -> None:
    me = await actors.make()
    user = await make.user(me)
    url = f"{USERS}/{user.id}"
    body = {"email": samples.user(2)["email"]}
    for sent in (body, body | {"current_password": "not the password"}):
        answer = await client.patch(url, json=sent, headers=me.headers)
        failure(answer, 403, "WRONG_PASSWORD")
    sent = body | {"current_password": me.password}
    answer = await client.patch(url, json=sent, headers=me.headers)
    assert answer.status_code == 200, answer.text
    failure(await log_in(client, me.login, me.password), 401, "INVALID_CREDENTIALS")
    assert (await log_in(client, body["email"], me.password)).status_code == 200


async def test_password_only_changes_with_the_current_password(
    client: AsyncClient, actors: Actors, make: Factories
) -> None:
    me = await actors.make()
    user = await make.user(me)
    url = f"{USERS}/{user.id}"
    body = {"password": samples.user(2)["password"]}
    for sent in (body, body | {"current_password": "not the password"}):
        answer = await client.patch(url, json=sent, headers=me.headers)
        failure(answer, 403, "WRONG_PASSWORD")
    sent = body | {"current_password": me.password}
    answer = await client.patch(url, json=sent, headers=me.headers)
    assert answer.status_code == 200, answer.text
    failure(await log_in(client, me.login, me.password), 401, "INVALID_CREDENTIALS")
    assert (await log_in(client, me.login, body["password"])).status_code == 200


async def test_a_new_password_ends_all_other_sessions(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    user = await make.user(me)
    there = await tokens(client, me)
    body = {"password": samples.user(2)["password"]} | {"current_password": me.password}
    answer = await client.patch(f"{USERS}/{user.id}", json=body, headers=me.headers)
    assert answer.status_code == 200, answer.text
    failure(await client.get(f"{API}/auth/me", headers=bearer(there["access_token"])), 401, "UNAUTHORIZED")
    failure(await refresh(client, there["refresh_token"]), 401, "INVALID_REFRESH_TOKEN")
    assert (await client.get(f"{API}/auth/me", headers=me.headers)).status_code == 200


async def test_an_api_key_does_not_change_the_password(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    user = await make.user(me)
    program = {"name": "program", "scopes": ["write"]}
    made = await client.post(f"{API}/auth/api-keys", json=program, headers=me.headers)
    key = {"X-API-Key": made.json()["key"]}
    for field in ("email", "password"):
        body = {field: samples.user(2)[field], "current_password": me.password}
        answer = await client.patch(f"{USERS}/{user.id}", json=body, headers=key)
        failure(answer, 403, "FORBIDDEN")


@pytest.mark.parametrize("who", ["member", "editor"])
async def test_nobody_takes_over_an_account(client: AsyncClient, actors: Actors, make: Factories, who: str) -> None:
    me = await actors.make(who)
    other = await actors.make()
    user = await make.user(other)
    for field in ("email", "password"):
        body = {field: samples.user(2)[field], "current_password": me.password}
        answer = await client.patch(f"{USERS}/{user.id}", json=body, headers=me.headers)
        failure(answer, 403, "FORBIDDEN")
    assert (await log_in(client, other.login, other.password)).status_code == 200


@pytest.mark.parametrize("field", SERVER_OWNED)
async def test_what_the_server_owns_is_refused_when_created(client: AsyncClient, actors: Actors, field: str) -> None:
    me = await actors.make()
    body = samples.user(1) | {field: 1}
    refused(await client.post(f"{API}/auth/register", json=body, headers=me.headers), field)


@pytest.mark.parametrize("field", SERVER_OWNED)
async def test_what_the_server_owns_is_refused_when_changed(
    client: AsyncClient, actors: Actors, make: Factories, field: str
) -> None:
    me = await actors.make()
    user = await make.user(me)
    refused(await client.patch(f"{USERS}/{user.id}", json={field: 1}, headers=me.headers), field)


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("member", 403), ("admin", 200), ("editor", 403)])
async def test_who_may_list(client: AsyncClient, actors: Actors, who: str, status: int) -> None:
    headers = await actors.headers(who)
    answer = await client.get(USERS, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("who", "status"), [("anonymous", 201), ("member", 201), ("admin", 201), ("editor", 201)])
async def test_who_may_create(client: AsyncClient, actors: Actors, who: str, status: int) -> None:
    body = samples.user(1)
    headers = await actors.headers(who)
    answer = await client.post(f"{API}/auth/register", json=body, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 200), ("member", 200), ("owner", 200), ("admin", 200), ("editor", 200)]
)
async def test_who_may_read(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    user = await make.user(owner)
    headers = await actors.headers(who, owner)
    answer = await client.get(f"{USERS}/{user.id}", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 403), ("owner", 200), ("admin", 403), ("editor", 403)]
)
async def test_who_may_change(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    user = await make.user(owner)
    headers = await actors.headers(who, owner)
    answer = await client.patch(f"{USERS}/{user.id}", json={"bio": "Bio 2"}, headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 403), ("owner", 403), ("admin", 204), ("editor", 403)]
)
async def test_who_may_delete(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    user = await make.user(owner)
    headers = await actors.headers(who, owner)
    answer = await client.delete(f"{USERS}/{user.id}", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("order", ["-created_at"])
async def test_pages_lead_through_all_rows_in_every_order(
    client: AsyncClient, actors: Actors, make: Factories, order: str
) -> None:
    me = await actors.make("admin")
    rows = [await make.user() for _ in range(5)]
    rows.append(await make.user(me))
    items = await pages(client, USERS, me.headers, limit=2, order=order)
    assert sorted(item["id"] for item in items) == sorted(row.id for row in rows)
    assert items == await pages(client, USERS, me.headers, limit=100, order=order)
    counted = await client.get(USERS, params={"limit": 1, "with_total": True}, headers=me.headers)
    assert counted.json()["total"] == len(items)


async def test_a_cursor_is_only_good_as_it_was_given(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make("admin")
    for _ in range(2):
        await make.user()
    answer = await client.get(USERS, params={"limit": 1}, headers=me.headers)
    cursor = answer.json()["next_cursor"]
    altered = {"cursor": ("B" if cursor.startswith("A") else "A") + cursor[1:]}
    failure(await client.get(USERS, params=altered, headers=me.headers), 404, "INVALID_CURSOR")


async def test_a_page_of_50_takes_as_many_statements_as_one_of_1(
    client: AsyncClient, actors: Actors, make: Factories, statements: Statements
) -> None:
    me = await actors.make("admin")
    for _ in range(50):
        await make.user()
    counts = []
    for limit in (1, 50):
        statements.clear()
        answer = await client.get(USERS, params={"limit": limit}, headers=me.headers)
        assert len(answer.json()["items"]) == limit
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 200), ("member", 200), ("owner", 200), ("admin", 200), ("editor", 200)]
)
async def test_who_may_list_following(
    client: AsyncClient, actors: Actors, make: Factories, who: str, status: int
) -> None:
    owner = await actors.make()
    user = await make.user(owner)
    headers = await actors.headers(who, owner)
    answer = await client.get(f"{USERS}/{user.id}/following", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 403), ("owner", 204), ("admin", 403), ("editor", 403)]
)
async def test_who_may_link_following(
    client: AsyncClient, actors: Actors, make: Factories, who: str, status: int
) -> None:
    owner = await actors.make()
    user = await make.user(owner)
    other = await make.user()
    headers = await actors.headers(who, owner)
    answer = await client.put(f"{USERS}/{user.id}/following/{other.id}", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 403), ("owner", 204), ("admin", 403), ("editor", 403)]
)
async def test_who_may_unlink_following(
    client: AsyncClient, actors: Actors, make: Factories, who: str, status: int
) -> None:
    owner = await actors.make()
    user = await make.user(owner)
    other = await make.user()
    headers = await actors.headers(who, owner)
    answer = await client.delete(f"{USERS}/{user.id}/following/{other.id}", headers=headers)
    assert answer.status_code == status, answer.text


async def test_following_take_a_row_once_and_give_it_back(
    client: AsyncClient, actors: Actors, make: Factories, database: Database
) -> None:
    me = await actors.make()
    user = await make.user(me)
    other = await make.user()
    url = f"{USERS}/{user.id}/following/{other.id}"
    for _ in range(2):
        assert (await client.put(url, headers=me.headers)).status_code == 204
        assert await linked(database, user_following, user_id=user.id, following_id=other.id)
    items = await pages(client, f"{USERS}/{user.id}/following", me.headers)
    assert [item["id"] for item in items] == [other.id]
    for _ in range(2):
        assert (await client.delete(url, headers=me.headers)).status_code == 204
        assert not await linked(database, user_following, user_id=user.id, following_id=other.id)
    items = await pages(client, f"{USERS}/{user.id}/following", me.headers)
    assert [item["id"] for item in items] == []


async def test_following_only_take_what_exists(client: AsyncClient, actors: Actors, make: Factories) -> None:
    me = await actors.make()
    user = await make.user(me)
    key = 999_999_999
    failure(await client.put(f"{USERS}/{user.id}/following/{key}", headers=me.headers), 404, "NOT_FOUND")


async def test_a_page_of_50_following_takes_as_many_statements_as_one_of_1(
    client: AsyncClient, actors: Actors, make: Factories, database: Database, statements: Statements
) -> None:
    me = await actors.make()
    user = await make.user(me)
    for _ in range(50):
        other = await make.user()
        await link(database, user_following, user_id=user.id, following_id=other.id)
    counts = []
    for limit in (1, 50):
        statements.clear()
        answer = await client.get(f"{USERS}/{user.id}/following", params={"limit": limit}, headers=me.headers)
        assert len(answer.json()["items"]) == limit
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 200), ("member", 200), ("owner", 200), ("admin", 200), ("editor", 200)]
)
async def test_who_may_list_followers(
    client: AsyncClient, actors: Actors, make: Factories, who: str, status: int
) -> None:
    owner = await actors.make()
    user = await make.user(owner)
    headers = await actors.headers(who, owner)
    answer = await client.get(f"{USERS}/{user.id}/followers", headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 200), ("owner", 200), ("admin", 200), ("editor", 200)]
)
async def test_who_may_follow(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    user = await make.user(owner)
    headers = await actors.headers(who, owner)
    answer = await client.post(f"{API}/profiles/{user.username}/follow", headers=headers)
    assert answer.status_code == status, answer.text


async def test_follow_needs_a_row(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    key = samples.user(0)["username"]
    failure(await client.post(f"{API}/profiles/{key}/follow", headers=me.headers), 404, "NOT_FOUND")


async def test_follow_does_what_it_says(
    client: AsyncClient, actors: Actors, make: Factories, database: Database
) -> None:
    me = await actors.make()
    user = await make.user()
    answer = await client.post(f"{API}/profiles/{user.username}/follow", headers=me.headers)
    assert answer.status_code == 200, answer.text
    assert await linked(database, user_following, user_id=me.id, following_id=user.id)
    assert UserRead.model_validate_json(answer.text)


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 401), ("member", 200), ("owner", 200), ("admin", 200), ("editor", 200)]
)
async def test_who_may_unfollow(client: AsyncClient, actors: Actors, make: Factories, who: str, status: int) -> None:
    owner = await actors.make()
    user = await make.user(owner)
    headers = await actors.headers(who, owner)
    answer = await client.delete(f"{API}/profiles/{user.username}/follow", headers=headers)
    assert answer.status_code == status, answer.text


async def test_unfollow_needs_a_row(client: AsyncClient, actors: Actors) -> None:
    me = await actors.make()
    key = samples.user(0)["username"]
    failure(await client.delete(f"{API}/profiles/{key}/follow", headers=me.headers), 404, "NOT_FOUND")


async def test_unfollow_does_what_it_says(
    client: AsyncClient, actors: Actors, make: Factories, database: Database
) -> None:
    me = await actors.make()
    user = await make.user()
    await link(database, user_following, user_id=me.id, following_id=user.id)
    answer = await client.delete(f"{API}/profiles/{user.username}/follow", headers=me.headers)
    assert answer.status_code == 200, answer.text
    assert not await linked(database, user_following, user_id=me.id, following_id=user.id)
    assert UserRead.model_validate_json(answer.text)
