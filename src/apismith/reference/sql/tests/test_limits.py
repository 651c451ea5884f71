"""Who asks too often is told to wait, and everybody what they have left."""

import os
from collections.abc import AsyncIterator
from functools import cache
from itertools import count
from time import time
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response

from app.core import limits
from app.core.database import Database
from app.core.limits import Limiter, MemoryStorage, Rate, create_limiter
from app.main import create_app
from tests.support import API, failure, settings_for

pytestmark = pytest.mark.anyio

NOBODY = "postgresql://nobody@127.0.0.1:1/nothing"
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
NO_REDIS = "redis://127.0.0.1:1/0"
RATE = Rate("test", "2/minute")
NUMBERS = count(1)
REACHED: list[str] = []


@cache  # building an app takes longer than asking it
def limited_app(**settings: str | bool) -> FastAPI:
    app = create_app(settings_for(NOBODY, **{"rate_limit": "3/minute", **settings}))

    @app.get(f"{API}/probe/raise")
    async def fail() -> None:
        raise ValueError

    @app.post(f"{API}/probe/reach")
    async def reach() -> None:
        REACHED.append("once more")

    return app


def limiter_on(storage: str) -> Limiter:
    return create_limiter(settings_for(NOBODY, rate_limit_storage=storage))


def client_of(app: FastAPI, address: str | None = None) -> AsyncClient:
    """A client at an address, or at one that nobody has had before."""
    address = address or f"203.0.113.{next(NUMBERS)}"
    return AsyncClient(transport=ASGITransport(app, client=(address, 1234)), base_url="http://test")


async def ask(app: FastAPI, *, times: int = 1, address: str | None = None) -> list[Response]:
    async with client_of(app, address) as client:
        return [await client.get(f"{API}/nowhere") for _ in range(times)]


async def test_requests_beyond_the_rate_are_refused() -> None:
    *allowed, refused = await ask(limited_app(), times=4)
    assert [answer.status_code for answer in allowed] == [404, 404, 404]
    assert failure(refused, 429, "TOO_MANY_REQUESTS") == {"policy": "default"}
    assert 1 <= int(refused.headers["retry-after"]) <= 60


async def test_every_answer_tells_what_is_left_failures_included() -> None:
    answers = await ask(limited_app(), times=4)
    assert [answer.headers["ratelimit-policy"] for answer in answers] == ['"default";q=3;w=60'] * 4
    assert [answer.headers["ratelimit"].rpartition(";t=")[0] for answer in answers] == [
        '"default";r=2',
        '"default";r=1',
        '"default";r=0',
        '"default";r=0',
    ]
    for answer in answers:
        assert 1 <= int(answer.headers["ratelimit"].rpartition(";t=")[2]) <= 60
    assert answers[-1].headers["retry-after"] == answers[-1].headers["ratelimit"].rpartition(";t=")[2]


async def test_the_servers_own_faults_tell_too() -> None:
    async with client_of(limited_app()) as client:
        answer = await client.get(f"{API}/probe/raise")
    failure(answer, 500, "INTERNAL_ERROR")
    assert answer.headers["ratelimit"].startswith('"default";r=2')


async def test_the_older_headers_are_sent_on_demand() -> None:
    (answer,) = await ask(limited_app())
    assert "x-ratelimit-limit" not in answer.headers
    (answer,) = await ask(limited_app(rate_limit_legacy_headers=True))
    assert answer.headers["x-ratelimit-limit"] == "3"
    assert answer.headers["x-ratelimit-remaining"] == "2"
    assert 1 <= int(answer.headers["x-ratelimit-reset"]) <= 60


async def test_clients_do_not_share_what_they_have() -> None:
    app = limited_app()
    await ask(app, times=4, address="198.51.100.1")
    (answer,) = await ask(app, address="198.51.100.2")
    assert answer.status_code == 404


async def test_addresses_of_one_ipv6_network_are_one_client() -> None:
    app = limited_app()
    await ask(app, times=3, address="2001:db8:1:2::1")
    assert (await ask(app, address="2001:db8:1:2:ffff::9"))[0].status_code == 429
    assert (await ask(app, address="2001:db8:1:3::1"))[0].status_code == 404


async def test_a_refused_request_reaches_nothing() -> None:
    async with client_of(limited_app()) as client:
        statuses = [(await client.post(f"{API}/probe/reach")).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert REACHED == ["once more"] * 3


async def test_health_and_documentation_are_not_limited() -> None:
    async with client_of(limited_app()) as client:
        for path in ["/health", "/docs"] * 4:
            answer = await client.get(path)
            assert answer.status_code == 200
            assert "ratelimit" not in answer.headers


async def test_browsers_may_ask_whether_they_may_ask() -> None:
    app = limited_app(rate_limit="1/minute", cors_origins="https://shop.example")
    headers = {"Origin": "https://shop.example"}
    async with client_of(app) as client:
        for _ in range(3):
            preflight = headers | {"Access-Control-Request-Method": "GET"}
            assert (await client.options(f"{API}/nowhere", headers=preflight)).status_code == 200
        await client.get(f"{API}/nowhere")
        refused = await client.get(f"{API}/nowhere", headers=headers)
    assert refused.status_code == 429
    assert refused.headers["access-control-allow-origin"] == "https://shop.example"
    assert "RateLimit" in refused.headers["access-control-expose-headers"]


# Counting ------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["memory://", REDIS])
async def limiter(request: pytest.FixtureRequest) -> AsyncIterator[Limiter]:
    limiter = limiter_on(request.param)
    if not await limiter.is_complete():
        pytest.skip("Redis does not answer: name one in TEST_REDIS_URL")
    yield limiter
    await limiter.close()


async def test_a_client_is_counted(limiter: Limiter) -> None:
    me, other = uuid4().hex, uuid4().hex
    quotas = [await limiter.hit(RATE, me) for _ in range(3)]
    assert [(quota.remaining, quota.is_exceeded) for quota in quotas] == [(1, False), (0, False), (0, True)]
    assert all(59 <= quota.reset <= 60 for quota in quotas)
    assert (await limiter.hit(RATE, other)).used == 1
    assert await limiter.is_complete()


async def test_what_is_forgiven_does_not_count(limiter: Limiter) -> None:
    me = uuid4().hex
    await limiter.hit(RATE, me)
    await limiter.forgive(RATE, me)
    assert (await limiter.hit(RATE, me)).used == 1


async def test_what_is_remembered_is_known(limiter: Limiter) -> None:
    place = uuid4().hex
    assert not await limiter.remembers("known", place)
    await limiter.remember(60, "known", place)
    assert await limiter.remembers("known", place)


async def test_when_its_window_is_over_a_client_has_everything_again(monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = limiter_on("memory://")
    now = time()
    quotas = []
    for passed in (0, 59, 59.5, 60):
        monkeypatch.setattr(limits, "time", lambda passed=passed: now + passed)
        quotas.append(await limiter.hit(RATE, "me"))
    assert [(quota.used, quota.reset) for quota in quotas] == [(1, 60), (2, 1), (3, 1), (1, 60)]


async def test_processes_count_together() -> None:
    me, one, other = uuid4().hex, limiter_on(REDIS), limiter_on(REDIS)
    if not await one.is_complete():
        pytest.skip("Redis does not answer: name one in TEST_REDIS_URL")
    assert [(await each.hit(RATE, me)).used for each in (one, other, one)] == [1, 2, 3]
    await one.close()
    await other.close()


async def test_memory_forgets_what_is_over() -> None:
    storage = MemoryStorage()
    for number in range(2500):
        await storage.incr(f"past {number}", -1)
    await storage.incr("now", 60)
    assert len(storage._counts) <= 1001
    assert await storage.get("now") == 1
    await storage.clear("now")
    assert await storage.get("now") == 0
    await storage.reset()
    assert storage._counts == {}


# Without Redis -------------------------------------------------------------------------------------------------------


async def test_while_redis_is_down_each_process_counts_for_itself(caplog: pytest.LogCaptureFixture) -> None:
    app = limited_app(rate_limit_storage=NO_REDIS)
    answers = await ask(app, times=4)
    assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
    assert [record.levelname for record in caplog.records if "rate_limits.unavailable" in record.message] == ["WARNING"]


async def test_what_was_noted_is_unknown_while_redis_is_down() -> None:
    limiter = limiter_on(NO_REDIS)
    assert not await limiter.remembers("known", "place")
    assert not await limiter.is_complete()


async def test_readiness_names_what_is_down(database: Database) -> None:
    app = limited_app(rate_limit_storage=NO_REDIS)
    app.state.database = database
    async with client_of(app) as client:
        answer = await client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "components": ["rate_limits"]}
