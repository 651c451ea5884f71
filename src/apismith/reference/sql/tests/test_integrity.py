"""What the database refuses to store, in the client's words; on either database."""

from types import SimpleNamespace

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.base import Executable

from app.core import integrity
from app.core.database import Database
from app.exceptions import AppError, Conflict, RuleViolated, UnknownReference
from app.models import Base

pytestmark = pytest.mark.anyio

metadata = MetaData(naming_convention=Base.metadata.naming_convention)
shelves = Table("probe_shelves", metadata, Column("id", Integer, primary_key=True), Column("name", String, unique=True))
books = Table(
    "probe_books",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("shelf_id", ForeignKey(shelves.c.id)),
    Column("place", Integer, nullable=False),
    UniqueConstraint("shelf_id", "place", name="uq_probe_books_shelf_id_place"),
    CheckConstraint("place > 0", name="place"),
)
labels = Table("probe_labels", metadata, Column("shelf_id", ForeignKey(shelves.c.id), nullable=False))
SHELF = insert(shelves).values(id=1, name="a")


@pytest.fixture(autouse=True)
def known_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integrity, "Base", SimpleNamespace(metadata=metadata))


async def refused(database: Database, *statements: Executable) -> AppError:
    """The error for the last of the statements; nothing of them is kept."""

    async def run() -> None:
        async with database.write_engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            for statement in statements:
                await connection.execute(statement)

    with pytest.raises(IntegrityError) as raised:
        await run()
    return integrity.explain(raised.value)


async def test_a_duplicate_names_its_field(database: Database) -> None:
    error = await refused(database, SHELF, insert(shelves).values(id=2, name="a"))
    assert isinstance(error, Conflict)
    assert error.message == "There is one with this `name` already."
    assert error.details == {"fields": ["name"]}


async def test_a_duplicate_of_several_fields_names_them_all(database: Database) -> None:
    book = {"shelf_id": 1, "place": 1}
    error = await refused(database, SHELF, insert(books).values(book), insert(books).values(book))
    assert isinstance(error, Conflict)
    assert error.details == {"fields": ["shelf_id", "place"]}


async def test_a_reference_to_nothing_is_the_clients_mistake(database: Database) -> None:
    error = await refused(database, insert(books).values(shelf_id=7, place=1))
    assert isinstance(error, UnknownReference)


async def test_a_reference_that_a_statement_looks_up_in_vain_is_named(database: Database) -> None:
    shelf_id = select(shelves.c.id).where(shelves.c.name == "b").scalar_subquery()
    error = await refused(database, insert(labels).values(shelf_id=shelf_id))
    assert isinstance(error, UnknownReference)
    assert error.details == {"field": "shelf_id"}


async def test_what_is_in_use_is_not_deleted(database: Database) -> None:
    error = await refused(database, SHELF, insert(books).values(shelf_id=1, place=1), shelves.delete())
    assert isinstance(error, Conflict)
    assert error.message == "It is still in use."


@pytest.mark.parametrize("place", [0, None])
async def test_a_rule_of_the_table_is_kept(database: Database, place: int | None) -> None:
    error = await refused(database, insert(books).values(place=place))
    assert isinstance(error, RuleViolated)
    assert "probe_books" not in error.message
