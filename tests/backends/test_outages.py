"""The database goes away under load and comes back."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from time import monotonic, sleep
from typing import Any, Literal

import httpx2
import pytest

from tests.backends.clusters import Cluster, cluster
from tests.backends.crowd import bearer, is_failure, registered
from tests.backends.projects import generated
from tests.backends.serving import Server, client_of, started

API = "/api/v1"
CLIENTS = 10
PATIENCE = 30


class Load:
    """Clients that create, read and list, one request after the other, until they are told to stop."""

    def __init__(self, server: Server, headers: dict[str, str], name: str) -> None:
        self.server = server
        self.name = name
        self.headers = headers
        self.statuses = Counter[int]()
        self.created: list[str] = []
        self.stopped = threading.Event()
        self._numbers = count(1)
        self._failures: list[AssertionError] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let them come until the end of the block."""
        thread = threading.Thread(target=lambda: asyncio.run(self._all()))
        thread.start()
        try:
            yield
        finally:
            self.stopped.set()
            thread.join()
        if self._failures:
            raise self._failures[0]

    def wait_for(self, status: int) -> None:
        """Wait until this was answered once more."""
        before, give_up = self.statuses[status], monotonic() + PATIENCE
        while self.statuses[status] == before:
            assert monotonic() < give_up, f"{status} was never answered: {self.statuses}"
            sleep(0.01)

    async def _all(self) -> None:
        async with httpx2.AsyncClient(base_url=self.server.url, timeout=PATIENCE, trust_env=False) as client:
            await asyncio.gather(*(self._one(client) for _ in range(CLIENTS)))

    async def _one(self, client: httpx2.AsyncClient) -> None:
        while not self.stopped.is_set():
            name = f"{self.name}{next(self._numbers)}"
            calls: list[dict[str, Any]] = [
                {"method": "POST", "url": f"{API}/tags", "json": {"name": name}},
                {"method": "GET", "url": f"{API}/tags"},
                {"method": "GET", "url": f"{API}/auth/me"},
            ]
            for call in calls:
                answer = await client.request(**call, headers=self.headers)
                self.statuses[answer.status_code] += 1
                if answer.status_code == 201:
                    self.created.append(name)
                if answer.status_code >= 400:
                    try:
                        is_failure(answer)
                    except AssertionError as error:
                        self._failures.append(error)
                    await asyncio.sleep(0.02)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    with cluster() as made:
        yield made


@pytest.fixture(scope="module")
def server(postgres: Cluster) -> Iterator[Server]:
    settings = {"DATABASE_POOL_SIZE": "5", "DATABASE_MAX_OVERFLOW": "5"}
    with started(generated("reference"), postgres.url, **settings) as server:
        yield server


@pytest.mark.parametrize("mode", ["fast", pytest.param("immediate", marks=pytest.mark.slow)])
def test_a_database_that_goes_away_and_comes_back(
    server: Server, postgres: Cluster, mode: Literal["fast", "immediate"]
) -> None:
    with client_of(server) as client:
        headers = bearer(registered(client, f"member{mode}"))
        load = Load(server, headers, mode)
        with load.running():
            load.wait_for(201)
            postgres.stop(mode)
            load.wait_for(503)
            not_ready = client.get("/health/ready")
            alive = client.get("/health")
            postgres.start()
            while client.get("/health/ready").status_code != 200:
                sleep(0.01)
            load.wait_for(201)
            failed = load.statuses[503]
            for _ in range(3):
                load.wait_for(201)
            failed_after = load.statuses[503] - failed
        assert not_ready.status_code == 503
        is_failure(not_ready)
        assert alive.status_code == 200
        assert load.statuses.keys() <= {200, 201, 503}, load.statuses
        assert failed_after == 0
        missing = [n for n in load.created if client.get(f"{API}/tags/{n}", headers=headers).status_code != 200]
    assert missing == []
    assert "Traceback" not in server.text() or "ServiceUnavailable" in server.text()


@pytest.mark.parametrize("mode", [pytest.param("fast", marks=pytest.mark.slow), "immediate"])
def test_connections_that_were_lost_while_nobody_came_fail_nobody(
    server: Server, postgres: Cluster, mode: Literal["fast", "immediate"]
) -> None:
    """The database was restarted at night: neither the first reader nor the first writer notices."""
    with client_of(server) as client:
        headers = bearer(registered(client, f"sleeper{mode}"))
        postgres.stop(mode)
        postgres.start()
        assert client.post(f"{API}/tags", json={"name": f"morning-{mode}"}, headers=headers).status_code == 201
        postgres.stop(mode)
        postgres.start()
        assert client.get("/health/ready").status_code == 200
