"""Transactions that stand in each other's way, lose their connection or their client, or wait for too long."""

import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from time import monotonic, sleep

import httpx2
import pytest

from tests.backends.crowd import Call, is_failure, statuses, together
from tests.backends.databases import database
from tests.backends.projects import Project, generated
from tests.backends.serving import Server, client_of, started

CLIENTS = 50
PATIENCE = 10
numbers = count(1)


@pytest.fixture(scope="module")
def project() -> Project:
    """A backend with the endpoints of `probes`."""
    project = generated("reference")
    shutil.copy(Path(__file__).with_name("probes.py"), project.folder)
    return project


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with database("postgres", tmp_path_factory.mktemp("contention")) as address:
        yield address


@pytest.fixture(scope="module")
def server(project: Project, address: str) -> Iterator[Server]:
    with started(project, address, app="probes:app", migrate=False, DATABASE_POOL_SIZE="20") as server:
        together(server, [Call("POST", "/probes")])
        yield server


@pytest.fixture
def cramped(project: Project, address: str) -> Iterator[Server]:
    """With two connections, and little patience."""
    settings = {
        "DATABASE_POOL_SIZE": "2",
        "DATABASE_MAX_OVERFLOW": "0",
        "DATABASE_POOL_TIMEOUT": "0.5",
        "DATABASE_STATEMENT_TIMEOUT": "2",
    }
    with started(project, address, app="probes:app", migrate=False, **settings) as server:
        yield server


def inserted(server: Server) -> int:
    """The id of a new row."""
    made = next(numbers)
    assert statuses(together(server, [Call("POST", f"/probes/{made}")])) == {201: 1}
    return made


def value(server: Server, id: int) -> int | None:
    """The value of a row; None where there is no such row."""
    found: int | None = together(server, [Call("GET", f"/probes/{id}")])[0].json()
    return found


def wait_until_started(server: Server, id: int) -> None:
    """Wait until a slow request has inserted its row, and not committed yet."""
    give_up = monotonic() + PATIENCE
    while not together(server, [Call("GET", f"/probes/{id}/started")])[0].json():
        assert monotonic() < give_up, "the request never started"
        sleep(0.01)


def test_two_that_lock_each_other_out_are_both_done(server: Server) -> None:
    one, other = inserted(server), inserted(server)
    calls = [Call("POST", f"/probes/{one}/then/{other}"), Call("POST", f"/probes/{other}/then/{one}")]
    assert statuses(together(server, calls)) == {200: 2}
    assert [value(server, one), value(server, other)] == [2, 2]


def test_two_that_cannot_both_be_right_are_done_one_after_the_other(server: Server) -> None:
    row = inserted(server)
    assert statuses(together(server, [Call("POST", f"/probes/{row}/read-and-count-up")] * 2)) == {200: 2}
    assert value(server, row) == 2


@pytest.mark.slow
def test_of_many_that_cannot_all_be_right_those_that_were_done_are_counted(server: Server) -> None:
    row = inserted(server)
    found = statuses(together(server, [Call("POST", f"/probes/{row}/read-and-count-up")] * 15))
    assert found.keys() <= {200, 503}
    assert value(server, row) == found[200]


def test_a_commit_without_a_connection_is_a_failure_and_stores_nothing(server: Server) -> None:
    row = next(numbers)
    answer = together(server, [Call("POST", f"/probes/{row}/and-lose-the-connection")])[0]
    assert answer.status_code == 503
    is_failure(answer)
    assert value(server, row) is None
    assert statuses(together(server, [Call("POST", f"/probes/{row}")])) == {201: 1}


def test_what_was_committed_stays_though_the_client_went_away(server: Server) -> None:
    row = next(numbers)
    url = httpx2.URL(server.url)
    with socket.create_connection((url.host, url.port)) as connection:
        connection.sendall(f"POST /probes/{row}/slowly HTTP/1.1\r\nHost: {url.host}\r\n\r\n".encode())
        wait_until_started(server, row)
        assert value(server, row) is None
    give_up = monotonic() + PATIENCE
    while value(server, row) is None:
        assert monotonic() < give_up, "the row was not committed"
    reads = [Call("GET", f"/probes/{row}")] * CLIENTS
    assert statuses(together(server, reads)) == {200: CLIENTS}, "the connections are good"


def test_who_gets_no_connection_is_told_to_come_back(cramped: Server) -> None:
    found = statuses(together(cramped, [Call("GET", "/probes/sleeping/1.5")] * CLIENTS))
    assert found == {200: 2, 503: CLIENTS - 2}
    assert statuses(together(cramped, [Call("GET", "/probes/sleeping/0")] * 2)) == {200: 2}


@pytest.mark.slow
def test_a_statement_that_takes_too_long_is_stopped(cramped: Server) -> None:
    assert statuses(together(cramped, [Call("GET", "/probes/sleeping/60")])) == {503: 1}
    assert statuses(together(cramped, [Call("GET", "/probes/sleeping/0")] * 2)) == {200: 2}


@contextmanager
def calling(server: Server, path: str) -> Iterator[list[httpx2.Response]]:
    """A request that runs during the block; its answer, if there was one, after the block."""
    answers: list[httpx2.Response] = []

    def call() -> None:
        with client_of(server) as client, suppress(httpx2.TransportError):
            answers.append(client.post(path))

    thread = threading.Thread(target=call)
    thread.start()
    try:
        yield answers
    finally:
        thread.join()


def end(server: Server) -> None:
    """Ask the server to end, as `docker stop` and Kubernetes do; uvicorn passes the signal on when all is done."""
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) in (0, -signal.SIGTERM)
    assert "Application shutdown complete" in server.text()


def test_a_request_that_runs_is_answered_before_the_server_ends(project: Project, address: str, server: Server) -> None:
    row = next(numbers)
    with started(project, address, app="probes:app", migrate=False) as ending:
        with calling(ending, f"/probes/{row}/slowly") as answers:
            wait_until_started(ending, row)
            end(ending)
        assert [answer.status_code for answer in answers] == [201]
        with pytest.raises(httpx2.TransportError), client_of(ending) as client:
            client.get("/health")
        assert "Traceback" not in ending.text()
    assert value(server, row) == 0


@pytest.mark.slow
def test_a_request_that_does_not_end_is_rolled_back_with_the_server(
    project: Project, address: str, server: Server
) -> None:
    row = next(numbers)
    patience = {"UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN": "1"}
    with started(project, address, app="probes:app", migrate=False, **patience) as ending:
        with calling(ending, f"/probes/{row}/slowly?seconds=60") as answers:
            wait_until_started(ending, row)
            end(ending)
        assert [answer.status_code for answer in answers if answer.is_success] == []
    assert value(server, row) is None
    assert statuses(together(server, [Call("POST", f"/probes/{row}")])) == {201: 1}, "nothing is locked"
