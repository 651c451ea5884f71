"""The commands of `python -m app.manage`."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import manage
from app.config import Settings
from app.core.database import Database
from tests.databases import Scratch
from tests.support import settings_for


@pytest.fixture(autouse=True)
def settings(migrated: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The commands find the test's database in their settings."""
    settings = settings_for(migrated.for_test(tmp_path))
    monkeypatch.setattr(manage, "get_settings", lambda: settings)
    yield settings

    async def clean() -> None:
        database = Database(settings)
        await migrated.clean(database)
        await database.close()

    asyncio.run(clean())


def test_seeding_says_that_it_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    manage.main(["seed"])
    assert "stored" in capsys.readouterr().out


def test_a_command_that_there_is_not_is_refused() -> None:
    with pytest.raises(SystemExit) as stopped:
        manage.main(["sow"])
    assert stopped.value.code == 2
