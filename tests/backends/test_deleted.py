"""What was deleted, and is kept, is not there for anybody."""

from pathlib import Path

from tests.backends.crowd import PASSWORD, bearer
from tests.backends.databases import database
from tests.backends.projects import generated
from tests.backends.serving import client_of, started

API = "/api/v1"


def test_a_deleted_member_of_a_set_finds_nothing(tmp_path: Path) -> None:
    project = generated("library")
    with database("sqlite", tmp_path) as address, started(project, address) as server, client_of(server) as client:
        words = ("create-admin", "--email", "admin@library.example", "--password", PASSWORD)
        project.run("app.manage", *words, DATABASE_URL=address)
        form = {"username": "admin@library.example", "password": PASSWORD}
        client.headers.update(bearer(client.post(f"{API}/auth/token", data=form).raise_for_status().json()))
        for name in ("Gardens", "Seas"):
            client.post(f"{API}/subjects", json={"name": name}).raise_for_status()
        book = {"isbn": "9780000000001", "title": "Gardens by the sea", "subject_slugs": ["gardens", "seas"]}
        client.post(f"{API}/books", json=book).raise_for_status()
        client.delete(f"{API}/subjects/seas", headers={"If-Match": "*"}).raise_for_status()

        def found(slug: str) -> list[list[str]]:
            items = client.get(f"{API}/books", params={"subject_slug": slug}).raise_for_status().json()["items"]
            return [[subject["slug"] for subject in item["subjects"]] for item in items]

        assert found("gardens") == [["gardens"]]
        assert found("seas") == []
