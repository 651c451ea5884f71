"""The relational plan: what is indexed, how rows go with their owners, in which order tables are made."""

import pytest

from apismith.contract.model import Constraints, Database, Entity, Field, Listing, Rules, Scalar, Type
from apismith.generate.relational import LONGEST_NAME, Table
from apismith.generate.tables import NameTooLong, TableNameTaken, sql_type, tables
from tests.generate.contracts import LOGIN, OWNED, USER, blog, contract, entity, everything, field, to_many, to_one


def planned(*entities: object, **more: object) -> dict[str, Table]:
    return {table.name: table for table in tables(contract(*entities, **more))}  # type: ignore[arg-type]


def on_delete(table: Table, column: str) -> str:
    return next(c.references.on_delete for c in table.columns if c.name == column and c.references)


# Indexes --------------------------------------------------------------------------------------------------------------


def test_an_order_is_indexed_with_the_id_that_tells_equal_rows_apart() -> None:
    posts = next(table for table in tables(blog()) if table.name == "posts")
    assert [(index.name, index.columns) for index in posts.indexes] == [
        ("ix_posts_created_at_id", ("created_at", "id"))
    ]


def test_the_list_of_a_parent_has_one_index_for_both() -> None:
    page = entity(
        "Page", to_one("book", "Book", parent=True), field("number", "int"), listing=Listing(order=("number",))
    )
    found = planned(entity("Book"), page)["pages"]
    assert [index.columns for index in found.indexes] == [("book_id", "number", "id")]
    assert not any(column.indexed for column in found.columns)


def test_foreign_keys_and_filters_are_indexed() -> None:
    item = entity("Item", to_one("box", "Box"), field("size"), field("name"), listing=Listing(filters=("size",)))
    assert [column.name for column in planned(entity("Box"), item)["items"].columns if column.indexed] == [
        "size",
        "box_id",
    ]


def test_what_is_unique_needs_no_further_index() -> None:
    item = entity("Item", field("code", unique=True), listing=Listing(filters=("code",), order=("code",)))
    found = planned(item)["items"]
    assert not found.indexes
    assert not any(column.indexed for column in found.columns)


# What goes with what --------------------------------------------------------------------------------------------------


def test_rows_go_with_their_owner_and_their_parent_only() -> None:
    note = entity(
        "Note",
        to_one("author", "User", owner=True),
        to_one("box", "Box", parent=True),
        to_one("kind", "Kind"),
        to_one("topic", "Topic", nullable=True),
        access=OWNED,
    )
    found = planned(USER, entity("Box"), entity("Kind"), entity("Topic"), note, auth=LOGIN)["notes"]
    assert on_delete(found, "author_id") == on_delete(found, "box_id") == "CASCADE"
    assert on_delete(found, "kind_id") == "RESTRICT"
    assert on_delete(found, "topic_id") == "SET NULL"


def test_a_set_is_a_table_of_pairs() -> None:
    found = planned(entity("Tag"), entity("Post", to_many("tags", "Tag")))["post_tags"]
    assert [(c.name, c.primary_key, c.indexed) for c in found.columns] == [
        ("post_id", True, False),
        ("tag_id", True, True),
    ]


def test_a_secret_is_kept_as_its_hash() -> None:
    names = [column.name for column in planned(USER, auth=LOGIN)["users"].columns]
    assert "password_hash" in names
    assert "password" not in names


# Order, names ---------------------------------------------------------------------------------------------------------


def test_tables_come_after_those_that_they_point_to() -> None:
    found = list(
        planned(entity("Leaf", to_one("branch", "Branch")), entity("Branch", to_one("tree", "Tree")), entity("Tree"))
    )
    assert found == ["trees", "branches", "leaves", "idempotency_keys"]


def test_a_cycle_of_optional_relations_is_closed_afterwards() -> None:
    found = planned(entity("Hen", to_one("first_egg", "Egg", nullable=True)), entity("Egg", to_one("hen", "Hen")))
    deferred = {
        (table.name, column.name)
        for table in found.values()
        for column in table.columns
        if column.references and column.references.deferred
    }
    assert deferred == {("hens", "first_egg_id")}


def test_a_row_may_point_to_its_own_table() -> None:
    (column,) = (
        c for c in planned(entity("Node", to_one("above", "Node", nullable=True)))["nodes"].columns if c.references
    )
    assert column.references is not None
    assert not column.references.deferred


def test_no_name_is_too_long_for_a_database_and_none_is_used_twice() -> None:
    names = [index.name for table in tables(everything()) for index in (*table.indexes, *table.uniques)]
    assert max(map(len, names)) == LONGEST_NAME
    assert len(names) == len(set(names))


def test_two_tables_of_one_name_are_refused() -> None:
    with pytest.raises(TableNameTaken, match="post_tags"):
        planned(entity("Tag"), entity("Post", to_many("tags", "Tag")), entity("PostTag"))


@pytest.mark.parametrize(
    "odd", [entity("A" * 70), entity("Note", field("a" * 64)), entity("Note", to_many("a" * 60, "Note"))]
)
def test_a_name_that_a_database_would_cut_off_is_refused(odd: Entity) -> None:
    with pytest.raises(NameTooLong, match="PostgreSQL"):
        planned(odd)


# Checks and types -----------------------------------------------------------------------------------------------------


def test_a_check_is_portable_sql() -> None:
    (positive, odd) = next(table for table in tables(everything()) if table.name == "orders").checks
    assert positive.sql == '"order" > 0'
    assert odd.sql == "\"group\" <> 'it''s\\: {x} \"q\"\n%d'"


@pytest.mark.parametrize(
    ("scalar", "limits", "expected"),
    [
        ("str", {"max_length": 40}, "String(40)"),
        ("str", {}, "Text()"),
        ("int", {}, "BigInteger()"),
        ("int", {"ge": 0, "le": 9}, "BigInteger()"),
        ("decimal", {}, "Numeric(19, 4)"),
        ("decimal", {"max_digits": 6, "decimal_places": 0}, "Numeric(6, 0)"),
        ("float", {}, "Double()"),
        ("datetime", {}, "DateTime(timezone=True)"),
        ("duration", {}, "Interval()"),
        ("email", {}, "String(320)"),
        ("url", {}, "Text()"),
        ("json", {}, "JSON()"),
    ],
)
def test_types(scalar: str, limits: dict[str, int], expected: str) -> None:
    asked = Field(name="x", type=Type(scalar=Scalar(scalar)), constraints=Constraints.model_validate(limits))
    assert sql_type(contract(database=Database(kind="postgres")), asked).source == expected


def test_sqlite_counts_decimals_to_fifteen_digits() -> None:
    assert sql_type(contract(), field("x", "decimal")).source == "Numeric(15, 4)"


def test_the_rules_of_an_entity_name_its_relations() -> None:
    seat = entity("Seat", to_one("row", "Row"), field("number", "int"), rules=Rules(unique=(("row", "number"),)))
    (unique,) = planned(entity("Row"), seat)["seats"].uniques
    assert (unique.name, unique.columns) == ("uq_seats_row_id_number", ("row_id", "number"))
