"""Migrations that are started twice, or killed: the tables are as before, or as they shall be."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.backends.databases import database
from tests.backends.projects import Project, environment, generated

TOGETHER = 4
PATIENCE = 60

SLOW_MIGRATION = '''
"""Make one table, take long, make another."""

from pathlib import Path
from time import sleep

import sqlalchemy as sa
from alembic import op

revision = "slow"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("first", sa.Column("id", sa.Integer, primary_key=True))
    Path("started").touch()
    while not Path("go on").exists():
        sleep(0.01)
    op.create_table("second", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    op.drop_table("second")
    op.drop_table("first")
'''

TABLES = """
import asyncio
from sqlalchemy import inspect
from app.config import get_settings
from app.core.database import create_write_engine

async def main():
    async with create_write_engine(get_settings()).connect() as connection:
        print(*await connection.run_sync(lambda it: inspect(it).get_table_names()))

asyncio.run(main())
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A backend that this test may change."""
    made = generated("reference")
    return Project(made.contract, Path(shutil.copytree(made.folder, tmp_path / "backend")))


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with database(request.param, tmp_path) as address:
        yield address


def migrating(project: Project, address: str) -> "subprocess.Popen[bytes]":
    """`alembic upgrade head`, running."""
    return subprocess.Popen(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=project.folder,
        env=environment() | {"DATABASE_URL": address},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def tables(project: Project, address: str) -> set[str]:
    """Names of all tables."""
    script = project.folder / "tables.py"
    script.write_text(TABLES, encoding="utf-8")
    return set(project.run("tables", DATABASE_URL=address, LOG_LEVEL="ERROR").split())


@pytest.mark.parametrize("address", [pytest.param("sqlite", marks=pytest.mark.slow), "postgres"], indirect=True)
def test_all_who_migrate_at_the_same_time_succeed(project: Project, address: str) -> None:
    running = [migrating(project, address) for _ in range(TOGETHER)]
    for process in running:
        output, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, output.decode()
    project.run("alembic", "check", DATABASE_URL=address)


@pytest.mark.slow
@pytest.mark.parametrize("address", ["sqlite", "postgres"], indirect=True)
def test_a_migration_that_is_killed_leaves_nothing_and_can_be_done_again(project: Project, address: str) -> None:
    project.run("alembic", "upgrade", "head", DATABASE_URL=address)
    before = tables(project, address)
    (project.folder / "migrations" / "versions" / "0002_slow.py").write_text(SLOW_MIGRATION, encoding="utf-8")
    process = migrating(project, address)
    give_up = monotonic() + PATIENCE
    while not (project.folder / "started").exists():
        assert monotonic() < give_up, "the migration never started"
        sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=PATIENCE)
    assert tables(project, address) == before
    (project.folder / "go on").touch()
    project.run("alembic", "upgrade", "head", DATABASE_URL=address)
    assert tables(project, address) == before | {"first", "second"}
