"""Fifty clients want the same thing at the same time, of a real server on either database."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests.backends.crowd import PASSWORD, Call, bearer, registered, statuses, together
from tests.backends.databases import database
from tests.backends.projects import Project, generated
from tests.backends.serving import Server, client_of, started

CLIENTS = 50
API = "/api/v1"
numbers = count(1)


@pytest.fixture(scope="module")
def project() -> Project:
    return generated("reference")


@pytest.fixture(scope="module", params=[pytest.param("sqlite", marks=pytest.mark.slow), "postgres"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with database(request.param, tmp_path_factory.mktemp(request.param)) as address:
        yield address


@pytest.fixture(scope="module")
def server(project: Project, address: str) -> Iterator[Server]:
    with started(project, address) as server:
        yield server
        assert "Traceback" not in server.text(), server.text()[-4000:]


def member(server: Server) -> dict[str, str]:
    """Headers of a new account."""
    with client_of(server) as client:
        return bearer(registered(client, f"member{next(numbers)}"))


def admin(server: Server, project: Project, address: str) -> dict[str, str]:
    """Headers of an account that may do everything."""
    name = f"admin{next(numbers)}"
    email = f"{name}@conduit.example"
    words = ("create-admin", "--email", email, "--username", name, "--password", PASSWORD)
    project.run("app.manage", *words, DATABASE_URL=address)
    with client_of(server) as client:
        form = {"username": email, "password": PASSWORD}
        return bearer(client.post(f"{API}/auth/token", data=form).raise_for_status().json())


def test_only_one_of_all_gets_a_unique_name(server: Server) -> None:
    headers = member(server)
    call = Call("POST", f"{API}/tags", {"name": f"tag{next(numbers)}"}, headers)
    answers = together(server, [call] * CLIENTS)
    assert statuses(answers) == {201: 1, 409: CLIENTS - 1}
    refused = [answer.json()["details"] for answer in answers if answer.status_code == 409]
    assert refused == [{"fields": ["name"]}] * (CLIENTS - 1)


def test_only_one_of_all_gets_an_email_address(server: Server) -> None:
    name = f"wanted{next(numbers)}"
    bodies = [
        {"email": f"{name}@conduit.example", "username": f"{name}by{number}", "password": PASSWORD}
        for number in range(10)  # hashes of passwords take time
    ]
    answers = together(server, [Call("POST", f"{API}/auth/register", body) for body in bodies])
    assert statuses(answers) == {201: 1, 409: 9}


def test_articles_of_one_title_all_get_an_address(server: Server) -> None:
    headers = member(server)
    body = {"title": f"News {next(numbers)}", "body": "…", "tag_names": []}
    answers = together(server, [Call("POST", f"{API}/articles", body, headers)] * CLIENTS)
    assert statuses(answers) == {201: CLIENTS}
    assert len({answer.headers["location"] for answer in answers}) == CLIENTS


def test_only_one_of_all_creates_rows_together_that_others_create_too(server: Server) -> None:
    """Each brings two tags of its own, and all bring one that is the same."""
    headers, shared = member(server), f"shared{next(numbers)}"
    own = [[f"own{next(numbers)}", f"own{next(numbers)}"] for _ in range(CLIENTS)]
    bodies = [{"items": [{"name": one}, {"name": shared}, {"name": other}]} for one, other in own]
    answers = together(server, [Call("POST", f"{API}/tags/bulk", body, headers) for body in bodies])
    assert statuses(answers) == {201: 1, 409: CLIENTS - 1}
    refused = [answer.json()["details"] for answer in answers if answer.status_code == 409]
    assert refused == [{"fields": ["items.1.name"]}] * (CLIENTS - 1)
    with client_of(server) as client:
        kept = [client.get(f"{API}/tags/{name}").status_code for names in own for name in names]
    assert sorted(kept) == [200] * 2 + [404] * 2 * (CLIENTS - 1)


def test_articles_of_one_title_that_are_created_together_all_get_an_address(server: Server) -> None:
    headers, title = member(server), f"Several {next(numbers)}"
    body = {"items": [{"title": title, "body": "…"}] * 3}
    answers = together(server, [Call("POST", f"{API}/articles/bulk", body, headers)] * CLIENTS)
    assert statuses(answers) == {201: CLIENTS}
    assert len({item["slug"] for answer in answers for item in answer.json()["items"]}) == 3 * CLIENTS


def test_everybody_may_favorite_an_article_once(server: Server) -> None:
    author, fan = member(server), member(server)
    with client_of(server) as client:
        body = {"title": f"Favorite {next(numbers)}", "body": "…", "tag_names": []}
        slug = client.post(f"{API}/articles", json=body, headers=author).raise_for_status().json()["slug"]
        calls = [Call("POST", f"{API}/articles/{slug}/favorite", headers=who) for who in [author, fan] * (CLIENTS // 2)]
        assert statuses(together(server, calls)) == {200: CLIENTS}
        assert client.get(f"{API}/articles/{slug}").json()["favorites_count"] == 2


def test_of_those_who_know_a_version_one_makes_the_next(server: Server, project: Project, address: str) -> None:
    headers = admin(server, project, address)
    with client_of(server) as client:
        body = {"name": f"Spring {next(numbers)}", "budget": "10.00"}
        made = client.post(f"{API}/campaigns", json=body, headers=headers).raise_for_status()
        path, tag = f"{API}/campaigns/{made.json()['id']}", made.headers["etag"]
        calls = [Call("PATCH", path, {"reach": n + 1}, {**headers, "If-Match": tag}) for n in range(CLIENTS)]
        answers = together(server, calls)
        assert statuses(answers) == {200: 1, 412: CLIENTS - 1}
        found = client.get(path, headers=headers).json()
    assert found == next(answer.json() for answer in answers if answer.status_code == 200)
    assert found["version"] == made.json()["version"] + 1


def test_every_change_that_does_not_mind_the_version_is_counted(server: Server, project: Project, address: str) -> None:
    headers = admin(server, project, address) | {"If-Match": "*"}
    with client_of(server) as client:
        body = {"name": f"Autumn {next(numbers)}", "budget": "10.00"}
        made = client.post(f"{API}/campaigns", json=body, headers=headers).raise_for_status().json()
        path = f"{API}/campaigns/{made['id']}"
        answers = together(server, [Call("PATCH", path, {"reach": n + 1}, headers) for n in range(CLIENTS)])
        assert statuses(answers) == {200: CLIENTS}
        assert client.get(path, headers=headers).json()["version"] == made["version"] + CLIENTS


def test_what_has_one_idempotency_key_is_done_once(server: Server) -> None:
    headers = member(server) | {"Idempotency-Key": f"key{next(numbers)}"}
    call = Call("POST", f"{API}/tags", {"name": f"tag{next(numbers)}"}, headers)
    answers = together(server, [call] * CLIENTS)
    assert statuses(answers) == {201: CLIENTS}
    assert len({answer.text for answer in answers}) == 1


def test_a_refresh_token_is_good_for_one_session(server: Server) -> None:
    with client_of(server) as client:
        tokens = registered(client, f"member{next(numbers)}")
    call = Call("POST", f"{API}/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    found = statuses(together(server, [call] * CLIENTS))
    assert found.keys() <= {200, 401}
    assert found[200] >= 1
