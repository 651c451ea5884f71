"""What migrations are written with: tables change with their rows, and rows that do not fit stop them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from app.core import migrations
from app.core.database import Database
from app.core.migrations import RowsInTheWay, altered, convert, fill, fill_each, refuse, refuse_duplicates, rename_table

pytestmark = pytest.mark.anyio

metadata = sa.MetaData()
shelves = sa.Table(
    "probe_shelves",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(20), nullable=False),
    sa.Column("place", sa.Text),
    sa.CheckConstraint("name <> ':x'", name="ck_probe_shelves_name"),
    sa.PrimaryKeyConstraint("id", name="pk_probe_shelves"),
)
ROWS = [{"id": 1, "name": "a", "place": "7"}, {"id": 2, "name": "b", "place": None}]


def place() -> migrations.Column:
    return sa.column("place", sa.Text())


async def migrated(database: Database, step: Callable[[], None]) -> list[dict[str, Any]]:
    """The rows of the table after a migration; nothing of it is kept."""

    def run(connection: sa.Connection) -> list[dict[str, Any]]:
        metadata.create_all(connection)
        connection.execute(shelves.insert(), ROWS)
        with Operations.context(MigrationContext.configure(connection)):
            step()
        name = next(name for name in sa.inspect(connection).get_table_names() if name.startswith("probe_"))
        table = sa.Table(name, sa.MetaData(), autoload_with=connection)
        assert table.primary_key.name == f"pk_{name}"
        return [dict(row._mapping) for row in connection.execute(table.select().order_by(table.c.id))]

    async with database.write_engine.connect() as connection:
        return await connection.run_sync(run)


async def test_a_table_keeps_its_rows_and_rules_when_it_is_changed(database: Database) -> None:
    def step() -> None:
        with altered("probe_shelves") as table:
            table.add_column(sa.Column("width", sa.Integer(), nullable=True))
            table.alter_column("name", existing_type=sa.String(20), type_=sa.String(30))
        with altered("probe_shelves") as table:
            table.drop_constraint("ck_probe_shelves_name", type_="check")

    assert await migrated(database, step) == [{**row, "width": None} for row in ROWS]


async def test_a_table_is_renamed_with_its_primary_key(database: Database) -> None:
    assert await migrated(database, lambda: rename_table("probe_shelves", "probe_boards")) == ROWS


async def test_rows_without_a_value_get_one(database: Database) -> None:
    rows = await migrated(database, lambda: fill("probe_shelves", place(), "9"))
    assert [row["place"] for row in rows] == ["7", "9"]


async def test_each_row_gets_a_value_of_its_own(database: Database) -> None:
    def step() -> None:
        fill_each("probe_shelves", place(), lambda id, name: f"{name}{id}", sa.column("id"), sa.column("name"))

    rows = await migrated(database, step)
    assert [row["place"] for row in rows] == ["7", "b2"]


async def test_values_are_converted_or_it_stops(database: Database) -> None:
    def to_numbers(*columns: str) -> Callable[[], None]:
        def step() -> None:
            with altered("probe_shelves") as table:
                table.add_column(sa.Column("number", sa.Integer(), nullable=True))
            for column in columns:
                convert("probe_shelves", sa.column(column, sa.Text()), sa.column("number", sa.Integer()), int)

        return step

    rows = await migrated(database, to_numbers("place"))
    assert [row["number"] for row in rows] == [7, None]
    with pytest.raises(RowsInTheWay, match=r"probe_shelves\.number"):
        await migrated(database, to_numbers("name"))


async def test_rows_in_the_way_are_counted(database: Database) -> None:
    with pytest.raises(RowsInTheWay, match="1 row of probe_shelves have no place"):
        await migrated(database, lambda: refuse("probe_shelves", "place IS NULL", "have no place"))

    def alike() -> None:
        fill("probe_shelves", place(), "7")
        refuse_duplicates("probe_shelves", "place")

    with pytest.raises(RowsInTheWay, match="place of probe_shelves: 1 occur more than once"):
        await migrated(database, alike)
    assert await migrated(database, lambda: refuse_duplicates("probe_shelves", "place")) == ROWS
    assert await migrated(database, lambda: refuse("probe_shelves", "name = 'c'", "are wrong")) == ROWS


@pytest.mark.parametrize(
    ("convert", "value", "wanted"),
    [
        (migrations.truth, "True", True),
        (migrations.truth, 0, False),
        (migrations.word, True, "true"),
        (migrations.word, False, "false"),
        (migrations.whole, Decimal("3.0"), 3),
        (migrations.exact(2), 1.25, Decimal("1.25")),
        (migrations.moment, "2026-01-02T03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (migrations.moment, "2026-01-02T03:04:05+00:00", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (migrations.iso, datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
        (migrations.midnight, date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC)),
    ],
)
async def test_a_value_becomes_one_of_another_type(
    convert: Callable[[Any], object], value: Any, wanted: object
) -> None:
    assert convert(value) == wanted


@pytest.mark.parametrize(
    ("convert", "value"), [(migrations.truth, "2"), (migrations.whole, 2.5), (migrations.exact(1), Decimal("1.25"))]
)
async def test_a_value_that_is_none_of_the_other_type_is_refused(convert: Callable[[Any], object], value: Any) -> None:
    with pytest.raises((KeyError, ValueError)):
        convert(value)


@pytest.mark.parametrize("emptied", [False, True])
async def test_the_number_of_a_deleted_row_is_never_given_again(database: Database, emptied: bool) -> None:
    made = sa.MetaData()
    tickets = sa.Table(
        "probe_tickets",
        made,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("x", sa.Text),
        sqlite_autoincrement=True,
    )

    def run(connection: sa.Connection) -> int:
        made.create_all(connection)
        connection.execute(tickets.insert(), [{"x": "a"}, {"x": "b"}])
        connection.execute(tickets.delete() if emptied else tickets.delete().where(tickets.c.x == "b"))
        with Operations.context(MigrationContext.configure(connection)):
            with altered("probe_tickets", anew=True) as table:
                table.alter_column("x", existing_type=sa.Text(), type_=sa.String(9))
            rename_table("probe_tickets", "probe_slips")
        slips = sa.Table("probe_slips", sa.MetaData(), autoload_with=connection)
        return int(connection.execute(slips.insert().values(x="c").returning(slips.c.id)).scalar_one())

    async with database.write_engine.connect() as connection:
        assert await connection.run_sync(run) == 3
