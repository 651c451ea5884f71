"""Who is calling, and under which name: only what can be relied on is believed."""

from functools import cache
from typing import Any

import pytest
from fastapi import FastAPI, Request
from httpx2 import ASGITransport, AsyncClient

from app.core.client import client_network
from app.main import create_app
from tests.server import serving
from tests.support import API, failure, settings_for

pytestmark = pytest.mark.anyio

PEER, PROXY, CLIENT, FORGED = "203.0.113.9", "10.0.0.1", "198.51.100.7", "192.0.2.1"


@cache  # building an app takes longer than asking it
def app_with(**settings: Any) -> FastAPI:
    app = create_app(settings_for("postgresql://nobody@127.0.0.1:1/nothing", **settings))

    @app.get("/probe/client")
    async def client(request: Request) -> list[str]:
        assert request.client is not None
        return [request.client.host, request.url.scheme]

    return app


async def seen(app: FastAPI, peer: str, forwarded: str, **headers: str) -> list[str]:
    """The address and the scheme that an endpoint sees."""
    transport = ASGITransport(app, client=(peer, 1234))
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/probe/client", headers={"X-Forwarded-For": forwarded, **headers})
    found: list[str] = answer.json()
    return found


@pytest.mark.parametrize("forwarded", [FORGED, f"{FORGED}, 127.0.0.1", f"{FORGED}, {CLIENT}", "", ", ,", "x\ty"])
async def test_without_trusted_proxies_a_header_changes_nothing(forwarded: str) -> None:
    app = app_with()
    for peer in (PEER, PROXY):
        assert await seen(app, peer, forwarded, **{"X-Forwarded-Proto": "https"}) == [peer, "http"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (PROXY, CLIENT, CLIENT),
        (PROXY, f"{FORGED}, {CLIENT}", CLIENT),
        (PROXY, f"{FORGED}, {CLIENT}, 10.9.9.9", CLIENT),
        (PROXY, f"{CLIENT}:4711", CLIENT),
        (PROXY, f"{FORGED},not-an-address", PROXY),
        (PROXY, f"{FORGED}, unknown, 10.9.9.9", "10.9.9.9"),
        (PROXY, "", PROXY),
        (PROXY, "10.2.2.2, 10.3.3.3", "10.2.2.2"),
        ("2001:db8::1", "[2001:db8:9::7]:4711", "2001:db8:9::7"),
        ("::ffff:10.0.0.1", CLIENT, CLIENT),
        (PEER, FORGED, PEER),
        (PEER, f"{PEER}, {FORGED}", PEER),
        ("10.0.1.1.example", FORGED, "127.0.0.1"),
    ],
)
async def test_the_last_address_that_is_no_trusted_proxy_is_the_client(peer: str, forwarded: str, address: str) -> None:
    app = app_with(trusted_proxies="10.0.0.0/8, 2001:db8::1")
    assert (await seen(app, peer, forwarded))[0] == address


async def test_a_trusted_proxy_says_whether_it_was_called_over_tls() -> None:
    app = app_with(trusted_proxies=PROXY)
    assert (await seen(app, PROXY, CLIENT, **{"X-Forwarded-Proto": "https"}))[1] == "https"
    assert (await seen(app, PROXY, CLIENT, **{"X-Forwarded-Proto": "gopher"}))[1] == "http"
    assert (await seen(app, PEER, CLIENT, **{"X-Forwarded-Proto": "https"}))[1] == "http"


async def test_a_proxy_that_is_not_listed_is_warned_about_once(caplog: pytest.LogCaptureFixture) -> None:
    app = app_with(trusted_proxies=())
    for _ in range(2):
        await seen(app, PROXY, CLIENT)
    assert sum("proxy.not_trusted" in record.message for record in caplog.records) == 1


@pytest.mark.parametrize("options", [{}, {"proxy_headers": False}], ids=["its own defaults", "--no-proxy-headers"])
@pytest.mark.parametrize(
    ("trusted", "address"), [("", "127.0.0.1"), ("127.0.0.1", CLIENT)], ids=["no proxy", "a proxy on this machine"]
)
async def test_under_uvicorn_only_our_setting_counts(options: dict[str, Any], trusted: str, address: str) -> None:
    with serving(app_with(trusted_proxies=trusted), **options) as port:
        async with AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            for forwarded in (CLIENT, f"{CLIENT}:99", f"{FORGED}, {CLIENT}", f"{FORGED}, {CLIENT}, 127.0.0.1"):
                answer = await client.get("/probe/client", headers={"X-Forwarded-For": forwarded})
                assert answer.json()[0] == address, forwarded
            forged = await client.get("/probe/client", headers={"X-Forwarded-For": "not an address"})
            assert forged.json()[0] == "127.0.0.1"


async def test_a_forged_address_does_not_help_against_limits() -> None:
    app = app_with(rate_limit="2/minute")
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        statuses = [
            (await client.get(f"{API}/nowhere", headers={"X-Forwarded-For": f"192.0.2.{n}"})).status_code
            for n in range(4)
        ]
    assert statuses == [404, 404, 429, 429]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("not:an:address", "not:an:address"),
    ],
)
def test_what_stands_for_one_client(address: str, network: str) -> None:
    assert client_network({"client": (address, 1)}) == network
    assert client_network({"client": None}) == ""


# Hosts ---------------------------------------------------------------------------------------------------------------


async def ask(app: FastAPI, host: str, path: str = f"{API}/nowhere") -> Any:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        return await client.get(path, headers={"Host": host})


@pytest.mark.parametrize("host", ["api.example.com", "API.example.com:8443", "a.b.example.org", "[::1]:80"])
async def test_hosts_that_are_allowed_are_answered(host: str) -> None:
    app = app_with(allowed_hosts="api.example.com, *.example.org, [::1]")
    failure(await ask(app, host), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    "host", ["", "evil.example", "example.org", "api.example.com.evil.example", "a b", "127.0.0.1"]
)
async def test_other_hosts_are_refused_in_the_structure_of_all_failures(host: str) -> None:
    app = app_with(allowed_hosts="api.example.com, *.example.org")
    answer = await ask(app, host)
    failure(answer, 400, "BAD_REQUEST")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_whoever_looks_after_the_server_may_ask_for_its_health_by_address() -> None:
    app = app_with(allowed_hosts="api.example.com")
    assert (await ask(app, "10.1.2.3:8000", "/health")).status_code == 200


async def test_any_host_is_allowed_until_hosts_are_set() -> None:
    failure(await ask(app_with(), "anything.example"), 404, "NOT_FOUND")
