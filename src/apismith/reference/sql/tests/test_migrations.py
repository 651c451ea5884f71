"""Migrations: there and back, all or nothing, and never behind the models."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import MetaData, inspect
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.database import database_url
from app.models import Base
from tests.databases import alembic_config, scratch_database
from tests.support import settings_for


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    scratch = scratch_database(tmp_path)
    yield scratch.url
    scratch.drop()


def tables(url: str) -> set[str]:
    async def names() -> set[str]:
        engine = create_async_engine(database_url(settings_for(url)))
        async with engine.connect() as connection:
            found = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        await engine.dispose()
        return set(found)

    return asyncio.run(names())


def test_from_nothing_to_head_and_back_and_again(url: str) -> None:
    config = alembic_config(url)
    command.upgrade(config, "head")
    assert tables(url) == {*Base.metadata.tables, "alembic_version"}
    command.downgrade(config, "base")
    assert tables(url) == {"alembic_version"}
    command.upgrade(config, "head")
    assert tables(url) == {*Base.metadata.tables, "alembic_version"}


def test_models_and_head_do_not_differ(url: str) -> None:
    config = alembic_config(url)
    command.upgrade(config, "head")
    command.check(config)


def test_a_migration_that_fails_leaves_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
    with pytest.raises(RuntimeError, match="killed"):
        command.upgrade(alembic_config(url), "head")
    assert tables(url) == set()


def test_constraints_are_named_by_the_convention() -> None:
    assert isinstance(Base.metadata, MetaData)
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            assert str(constraint.name).startswith(("pk_", "fk_", "uq_", "ck_")), f"{table.name}: {constraint}"
