"""What the audit log of a running backend says of requests: who asked, for what, and what became of the rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.backends.crowd import PASSWORD, bearer
from tests.backends.databases import database
from tests.backends.projects import generated
from tests.backends.serving import client_of, started

API = "/api/v1"
BOOK = {"isbn": "9780000000001", "title": "Gardens by the sea", "subject_slugs": ["gardens"]}
URL = f"{API}/books/9780000000001"
ANY = {"If-Match": "*"}

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgres"])
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[httpx2.Client]:
    """A library, asked by an administrator."""
    project = generated("library")
    with database(request.param, tmp_path) as address, started(project, address) as server, client_of(server) as client:
        words = ("create-admin", "--email", "admin@library.example", "--password", PASSWORD)
        project.run("app.manage", *words, DATABASE_URL=address)
        form = {"username": "admin@library.example", "password": PASSWORD}
        client.headers.update(bearer(client.post(f"{API}/auth/token", data=form).raise_for_status().json()))
        for name in ("Gardens", "Seas"):
            client.post(f"{API}/subjects", json={"name": name}).raise_for_status()
        yield client


def log(client: httpx2.Client, **asked: str) -> list[dict[str, Any]]:
    """The entries, the oldest first."""
    answer = client.get(f"{API}/audit-log", params={"limit": "100", **asked}).raise_for_status()
    return list(reversed(answer.json()["items"]))


def test_a_request_is_told_with_its_account_its_operation_and_its_id(client: httpx2.Client) -> None:
    made = client.post(f"{API}/books", json=BOOK, headers={"X-Request-ID": "of-the-test"}).raise_for_status()
    me = client.get(f"{API}/auth/me").raise_for_status().json()
    row, of_set = log(client, entity="book")
    assert (row["change"], row["key"], row["row_id"]) == ("create", BOOK["isbn"], str(made.json()["id"]))
    assert row["after"] == {"isbn": BOOK["isbn"], "title": BOOK["title"], "published": None}
    assert (row["actor"], row["api_key"]) == (str(me["id"]), None)
    assert (row["operation"], row["request_id"], row["address"]) == ("create_book", "of-the-test", "127.0.0.1")
    subject = client.get(f"{API}/subjects/gardens").raise_for_status().json()["id"]
    assert of_set["members"] == {"subjects": {"added": [subject], "removed": []}}


def test_an_update_tells_what_changed_and_nothing_else(client: httpx2.Client) -> None:
    client.post(f"{API}/books", json=BOOK).raise_for_status()
    client.patch(URL, json={"title": "Gardens"}, headers=ANY).raise_for_status()
    client.patch(URL, json={"title": "Gardens"}, headers=ANY).raise_for_status()  # which changes nothing
    changed = [(entry["before"], entry["after"]) for entry in log(client, entity="book")[2:]]
    assert changed == [({"title": BOOK["title"]}, {"title": "Gardens"})]


def test_a_row_that_is_only_marked_as_deleted_is_deleted(client: httpx2.Client) -> None:
    client.post(f"{API}/books", json=BOOK).raise_for_status()
    client.delete(URL, headers=ANY).raise_for_status()
    last = log(client, key=BOOK["isbn"])[-1]
    assert (last["change"], last["operation"], last["after"]) == ("delete", "delete_book", None)
    assert last["before"]["title"] == BOOK["title"]


def test_what_was_refused_leaves_no_entry(client: httpx2.Client) -> None:
    client.post(f"{API}/books", json=BOOK).raise_for_status()
    known = log(client)
    assert client.post(f"{API}/books", json=BOOK).status_code == 409
    unknown = {**BOOK, "isbn": "9780000000002", "subject_slugs": ["nothing"]}
    assert client.post(f"{API}/books", json=unknown).status_code == 409
    items = [{**BOOK, "isbn": "9780000000003"}, BOOK]
    assert client.post(f"{API}/books/bulk", json={"items": items}).status_code == 409
    assert log(client) == known


def test_what_is_asked_twice_with_one_key_is_written_down_once(client: httpx2.Client) -> None:
    for _ in range(2):
        client.post(f"{API}/books", json=BOOK, headers={"Idempotency-Key": "once"}).raise_for_status()
    assert [entry["change"] for entry in log(client, entity="book")] == ["create", "update"]


def test_each_row_of_several_has_its_entries(client: httpx2.Client) -> None:
    items = [{**BOOK, "isbn": f"978000000000{number}"} for number in range(3)]
    client.post(f"{API}/books/bulk", json={"items": items}).raise_for_status()
    entries = [entry for entry in log(client, entity="book") if entry["change"] == "create"]
    assert {entry["key"] for entry in entries} == {item["isbn"] for item in items}
    assert {entry["operation"] for entry in entries} == {"bulk_create_books"}


def test_an_api_key_is_told_beside_its_account(client: httpx2.Client) -> None:
    key = client.post(f"{API}/auth/api-keys", json={"name": "program", "scopes": ["read", "write"]}).raise_for_status()
    me = client.get(f"{API}/auth/me").raise_for_status().json()["id"]
    token = client.headers.pop("Authorization")
    client.post(f"{API}/books", json=BOOK, headers={"X-API-Key": key.json()["key"]}).raise_for_status()
    client.headers["Authorization"] = token
    assert {(entry["actor"], entry["api_key"]) for entry in log(client, entity="book")} == {(str(me), key.json()["id"])}


def test_management_commands_are_asked_for_by_nobody(client: httpx2.Client) -> None:
    created, promoted = log(client, entity="reader")
    assert (created["change"], promoted["after"]) == ("create", {"role": "admin"})
    assert {(entry["actor"], entry["operation"], entry["address"]) for entry in (created, promoted)} == {
        (None, None, None)
    }
    assert created["after"]["password_hash"] == "***"
