"""Many clients at the same time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.backends.serving import Server

PASSWORD = "correct horse battery staple 4711"


@dataclass(frozen=True)
class Call:
    """One request."""

    method: str
    path: str
    json: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])


def together(server: Server, calls: Sequence[Call]) -> list[httpx2.Response]:
    """The answers to requests that are sent at once, each over a connection of its own."""

    async def run() -> list[httpx2.Response]:
        limits = httpx2.Limits(max_connections=len(calls))
        async with httpx2.AsyncClient(base_url=server.url, timeout=60, limits=limits, trust_env=False) as client:
            return await asyncio.gather(
                *(client.request(call.method, call.path, json=call.json, headers=call.headers) for call in calls)
            )

    return asyncio.run(run())


def statuses(answers: Sequence[httpx2.Response]) -> dict[int, int]:
    """How often each status was answered; failures must be of the usual structure."""
    for answer in answers:
        if answer.status_code >= 400:
            is_failure(answer)
    found = [answer.status_code for answer in answers]
    return {status: found.count(status) for status in sorted(set(found))}


def is_failure(answer: httpx2.Response) -> None:
    """The answer must be a failure in the structure of all failures."""
    assert answer.json().keys() == {"error_code", "message", "details", "request_id"}, answer.text
    if answer.status_code == 503:
        assert answer.headers["retry-after"], answer.headers


def registered(client: httpx2.Client, name: str) -> dict[str, Any]:
    """A new account of Conduit: the tokens of its first session."""
    body = {"email": f"{name}@conduit.example", "username": name, "password": PASSWORD}
    client.post("/api/v1/auth/register", json=body).raise_for_status()
    form = {"username": body["email"], "password": PASSWORD}
    tokens: dict[str, Any] = client.post("/api/v1/auth/token", data=form).raise_for_status().json()
    return tokens


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    """The header that proves who is calling."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}
