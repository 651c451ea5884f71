"""The commands of `python -m app.manage`."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import manage
from app.config import Environment, Settings
from app.core.database import Database
from app.models import User
from tests import samples
from tests.databases import Scratch
from tests.factories import Factories
from tests.support import settings_for


@pytest.fixture(autouse=True)
def settings(migrated: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The commands find the test's database in their settings."""
    settings = settings_for(migrated.for_test(tmp_path))
    monkeypatch.setattr(manage, "get_settings", lambda: settings)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    yield settings

    async def clean() -> None:
        database = Database(settings)
        await migrated.clean(database)
        await database.close()

    asyncio.run(clean())


def roles(settings: Settings) -> dict[str, str]:
    """The role of each account, by its login."""

    async def read() -> dict[str, str]:
        database = Database(settings)
        rows = (await database.reader.execute(select(User.email, User.role))).all()
        await database.close()
        return {row.email: row.role for row in rows}

    return asyncio.run(read())


def registration(settings: Settings) -> dict[str, Any]:
    """What an account is registered with; the rows that it needs are there."""

    async def make() -> dict[str, Any]:
        database = Database(settings)
        body = await Factories(database, settings).user_body(1)
        await database.close()
        return body

    return asyncio.run(make())


def options(body: dict[str, Any]) -> list[str]:
    """The body as words of the shell: texts as they are, all else as JSON."""
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
    return [f"--{name.replace('_', '-')}={text}" for name, text in texts.items()]


def test_an_admin_is_made_from_options(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    body = registration(settings)
    manage.main(["create-admin", *options(body)])
    assert roles(settings) == {body[samples.LOGIN]: "admin"}
    assert body[samples.LOGIN] in capsys.readouterr().out


def test_what_is_missing_is_said(settings: Settings) -> None:
    with pytest.raises(SystemExit, match=f"{samples.SECRET}: Field required"):
        manage.main(["create-admin"])
    assert roles(settings) == {}


def test_a_second_account_of_the_same_login_is_refused(settings: Settings) -> None:
    body = registration(settings)
    manage.main(["create-admin", *options(body)])
    with pytest.raises(SystemExit, match="already"):
        manage.main(["create-admin", *options(body)])
    assert len(roles(settings)) == 1


def test_the_role_of_an_account_can_be_changed(settings: Settings) -> None:
    body = registration(settings)
    manage.main(["create-admin", *options(body)])
    manage.main(["set-role", body[samples.LOGIN], "member"])
    assert roles(settings) == {body[samples.LOGIN]: "member"}


def test_an_unknown_account_has_no_role() -> None:
    with pytest.raises(SystemExit, match="no account"):
        manage.main(["set-role", "nobody", "admin"])


def test_an_unknown_role_is_given_to_nobody() -> None:
    with pytest.raises(SystemExit) as stopped:
        manage.main(["set-role", "nobody", "emperor"])
    assert stopped.value.code == 2


def test_seeding_tells_how_to_log_in(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    manage.main(["seed"])
    printed = capsys.readouterr().out
    assert any(f"Log in as {login} " in printed for login in roles(settings))


def test_settings_that_are_wrong_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manage, "get_settings", lambda: Settings.model_validate({"rate_limit": "often"}))
    with pytest.raises(SystemExit, match="rate_limit: String should match"):
        manage.main(["seed"])


def test_production_is_not_seeded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    production = settings.model_copy(update={"environment": Environment.PRODUCTION})
    monkeypatch.setattr(manage, "get_settings", lambda: production)
    with pytest.raises(SystemExit, match="not in production"):
        manage.main(["seed"])
    assert roles(settings) == {}
