"""The rows to try things out with are stored once, however often one asks for them."""

import pytest
from sqlalchemy import func, select

from app.core.database import Database
from app.models import Base
from app.seed import seed

pytestmark = pytest.mark.anyio


async def rows(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    tables = Base.metadata.sorted_tables
    return {t.name: (await database.reader.execute(select(func.count()).select_from(t))).scalar_one() for t in tables}


async def test_seeding_twice_is_seeding_once(database: Database) -> None:
    async with database.unit_of_work() as db:
        await seed(db)
    stored = await rows(database)
    async with database.unit_of_work() as db:
        await seed(db)
    assert await rows(database) == stored
