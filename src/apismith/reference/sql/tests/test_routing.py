"""How the route of a request is found."""

from collections.abc import AsyncIterator

import pytest
from httpx2 import ASGITransport, AsyncClient
from starlette.routing import Match
from starlette.types import Scope

from app.api.openapi import Api
from app.api.route import Route
from app.core.routing import Router
from app.defaults import API_PREFIX

pytestmark = pytest.mark.anyio


class AskedRouter(Router):
    """A router that counts how often it is asked."""

    asked = 0

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        self.asked += 1
        return super().matches(scope)


def router_of(word: str) -> AskedRouter:
    router = AskedRouter(prefix=f"/{word}", route_class=Route)

    @router.get("/{id}")
    async def read(id: int) -> str:
        return f"{word} {id}"

    return router


@pytest.fixture
def routers() -> list[AskedRouter]:
    return [router_of(word) for word in ("cats", "dogs", "fish")]


@pytest.fixture
async def client(routers: list[AskedRouter]) -> AsyncIterator[AsyncClient]:
    app = Api()
    for router in routers:
        app.include_router(router, prefix=API_PREFIX)
    async with AsyncClient(transport=ASGITransport(app), base_url=f"http://test{API_PREFIX}") as client:
        yield client


async def test_only_the_routers_of_a_resource_are_asked_for_its_rows(
    client: AsyncClient, routers: list[AskedRouter]
) -> None:
    answer = await client.get("/fish/3")
    assert answer.json() == "fish 3"
    assert [router.asked > 0 for router in routers] == [False, False, True]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/birds/3", 404), ("GET", "/fish", 404), ("DELETE", "/fish/3", 405), ("GET", "/fish/3/", 307)],
)
async def test_what_no_route_is_for_is_answered_as_the_framework_does(
    client: AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == status
