"""What opens doors is never written to a log: searched for in everything that a busy backend has logged."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from pydantic import BaseModel, SecretStr
from sqlalchemy import select, text

from app.config import Environment, Settings
from app.core.database import Database
from app.dependencies import Session, Writes
from app.main import create_app
from app.models import RefreshToken, User
from tests import samples
from tests.actors import Actor, Actors
from tests.factories import Factories
from tests.logins import log_in, tokens
from tests.logs import everything_logged
from tests.support import API, settings_for

pytestmark = pytest.mark.anyio

KEY = "the key of this test, which is long enough"
COOKIE = "cookie-that-nobody-should-see"
TYPED = "a-password-that-is-wrong-4711"


class Probe(BaseModel):
    password: SecretStr


def add_probes(app: FastAPI) -> None:
    """Routes that fail while they hold secrets."""

    @app.post("/probe/fail")
    async def fail(body: Probe, session: Session) -> None:
        password = body.password.get_secret_value()
        raise ValueError(f"{len(password)} characters")

    @app.post("/probe/database")
    async def fail_in_database(body: Probe, db: Writes) -> None:
        statement = text("INSERT INTO nowhere VALUES (:password)").bindparams(password=body.password.get_secret_value())
        await db.execute(statement)


@pytest.mark.parametrize("environment", [Environment.DEVELOPMENT, Environment.PRODUCTION])
async def test_no_secret_is_logged(
    database: Database,
    settings: Settings,
    actors: Actors,
    make: Factories,
    monkeypatch: pytest.MonkeyPatch,
    environment: Environment,
) -> None:
    url = settings.database_url.get_secret_value()
    app = create_app(settings_for(url, environment=environment, secret_key=KEY, log_level="DEBUG"))
    add_probes(app)
    me = await actors.make()
    body = await make.user_body(1)
    secrets = [me.password, body[samples.SECRET], TYPED, COOKIE, KEY, me.headers["Authorization"].partition(" ")[2]]
    with everything_logged(app.state.settings, monkeypatch) as output:
        async with (
            app.router.lifespan_context(app),
            AsyncClient(transport=ASGITransport(app), base_url="http://test", cookies={"session": COOKIE}) as client,
        ):
            secrets += await use(client, body, me)
    async with database.unit_of_work() as db:
        secrets += (await db.execute(select(User.password_hash))).scalars()
        secrets += (await db.execute(select(RefreshToken.token_hash))).scalars()

    logged = output.getvalue()
    assert logged.count("request.failed") == 2, "the server failed twice, and has said so"
    assert f"{API}/auth/token" in logged
    for secret in secrets:
        assert len(secret) > 8
        assert secret not in logged, f"{secret} is in the log:\n{logged}"


async def use(client: AsyncClient, body: dict[str, Any], me: Actor) -> list[str]:
    """Register, log in, go on, and do it wrongly too: the tokens that were given, and what they are made of."""
    await client.post(f"{API}/auth/register", json=body)
    await client.post(f"{API}/auth/register", json=body)
    await client.post(f"{API}/auth/register", json=body | {"unknown": TYPED})
    await client.post(f"{API}/auth/register", content=f'{{"{TYPED}')
    pair = await tokens(client, me)
    await log_in(client, me.login, TYPED)
    await client.post(f"{API}/auth/token?password={TYPED}", data={"username": me.login})
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    failed = await client.post("/probe/fail", json={"password": TYPED}, headers=headers)
    assert failed.status_code == 500
    assert (await client.post("/probe/database", json={"password": TYPED}, headers=headers)).status_code >= 500
    await client.get(f"{API}/auth/me", headers=headers)
    await client.get(f"{API}/auth/me?token={pair['access_token']}")
    await client.get(f"{API}/auth/me", headers={"Authorization": f"Bearer {TYPED}"})
    new = (await client.post(f"{API}/auth/refresh", json={"refresh_token": pair["refresh_token"]})).json()
    await client.post(f"{API}/auth/refresh", json={"refresh_token": pair["refresh_token"]})
    given = [token for token in map(str, [*pair.values(), *new.values()]) if len(token) > 20]
    return [*given, *(part for token in given for part in token.split(".") if len(part) > 32)]
