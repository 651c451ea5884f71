"""Requests about logging in, which tests of several topics send."""

from typing import Any

from httpx2 import AsyncClient, Response

from tests.actors import Actor
from tests.support import API


async def log_in(client: AsyncClient, login: str, password: str) -> Response:
    return await client.post(f"{API}/auth/token", data={"username": login, "password": password})


async def tokens(client: AsyncClient, actor: Actor) -> dict[str, Any]:
    answer = await log_in(client, actor.login, actor.password)
    assert answer.status_code == 200, answer.text
    pair: dict[str, Any] = answer.json()
    return pair


async def refresh(client: AsyncClient, token: str) -> Response:
    return await client.post(f"{API}/auth/refresh", json={"refresh_token": token})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def me(client: AsyncClient, token: str) -> Response:
    return await client.get(f"{API}/auth/me", headers=bearer(token))
