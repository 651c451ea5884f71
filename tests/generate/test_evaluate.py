"""What expressions are worth among known rows: as the generated backend answers, and unknown rather than wrong."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import JsonValue

from apismith.contract.model import (
    Arithmetic,
    Compare,
    Constant,
    Contract,
    Count,
    EnumMember,
    Expression,
    Logic,
    Now,
    Path,
    Type,
)
from apismith.generate.evaluate import FAR_AHEAD, LONG_AGO, NOW, UNKNOWN, Link, Row, World, applied, joined, typed
from apismith.generate.view import View
from tests.generate.contracts import COLOUR, contract, entity, field, to_many, to_one


def shop() -> Contract:
    return contract(
        entity("Person", field("name"), to_many("friends", "Person"), to_many("orders", "Order", reverse_of="buyer")),
        entity(
            "Order",
            field("total", "decimal"),
            field("count", "int", nullable=True),
            field("paid", "bool", nullable=True),
            field("due", "datetime", nullable=True),
            field("colour", "enum", enum="Colour"),
            field("page", "url"),
            to_one("buyer", "Person"),
            to_one("before", "Order", nullable=True),
        ),
        enums=(COLOUR,),
    )


SHOP = shop()
A, B = (Row(View(SHOP, SHOP.by_name["Person"]), {"name": name}) for name in ("Ann", "Bo"))


def order(known: dict[str, JsonValue] | None = None, *, buyer: Row | None = A, before: Row | None = None) -> Row:
    return Row(View(SHOP, SHOP.by_name["Order"]), known or {}, {"buyer": buyer, "before": before})


def path(text: str) -> Path:
    root, *steps = text.split(".")
    return Path(root=root, steps=tuple(steps))


def compare(left: str | Expression, op: Any, right: Any) -> Compare:
    sides = [path(left) if isinstance(left, str) else left]
    sides.append(right if hasattr(right, "node") else Constant(value=right))
    return Compare(op=op, left=sides[0], right=sides[1])


def value(node: Expression, *rows: Row, **names: Any) -> Any:
    world = World(SHOP)
    world.rows += rows
    return world.value(node, names)


@pytest.mark.parametrize(
    ("op", "limit", "expected"),
    [("<", 3, False), ("<=", 3, True), ("==", 3, True), ("!=", 3, False), (">=", 3, True), (">", 2, True)],
)
def test_numbers_are_compared(op: str, limit: int, expected: bool) -> None:
    assert value(compare("self.count", op, limit), self=order({"count": 3})) is expected


@pytest.mark.parametrize(
    ("op", "expected"), [("<", False), ("<=", False), ("==", False), ("!=", True), (">=", False), (">", False)]
)
def test_what_is_missing_is_compared_as_python_does(op: str, expected: bool) -> None:
    """It differs from everything, and it is neither more nor less than anything."""
    row = order({"count": None})
    assert value(compare("self.count", op, 3), self=row) is expected
    assert value(Logic(op="not", operands=(compare("self.count", op, 3),)), self=row) is not expected


def test_two_missing_values_are_equal() -> None:
    one, other = order({"count": None}), order({"count": None})
    assert value(compare("one.count", "==", path("other.count")), one=one, other=other) is True


def test_a_row_check_is_null_where_a_database_says_so() -> None:
    world = World(SHOP, nulls=True)
    assert world.value(compare("self.count", "<", 3), {"self": order({"count": None})}) is None


def test_behind_a_missing_row_everything_is_missing() -> None:
    assert value(path("self.before.count"), self=order()) is None
    assert value(compare("self.before.count", "==", 1), self=order()) is False
    assert value(compare("self.before", "is", None), self=order()) is True


def test_what_is_not_known_of_a_row_stays_unknown() -> None:
    row = order()
    assert value(path("self.count"), self=row) is UNKNOWN
    assert value(compare("self.count", "==", 1), self=row) is UNKNOWN
    assert value(compare("self.count", "is", None), self=row) is UNKNOWN
    assert value(path("somebody.name"), self=row) is UNKNOWN


@pytest.mark.parametrize("op", ["<", "<=", ">", ">="])
def test_the_order_of_texts_is_the_databases_own(op: str) -> None:
    assert value(compare("self.name", op, "Bo"), self=A) is UNKNOWN
    assert World(SHOP, texts=True).value(compare("self.name", op, "Bo"), {"self": A}) is (op in ("<", "<="))


def test_decimals_stay_exact_beside_other_numbers() -> None:
    third = Arithmetic(op="*", left=path("self.total"), right=Constant(value=0.1))
    assert value(third, self=order({"total": "0.30"})) == Decimal("0.030")
    assert value(compare(third, "==", 0.03), self=order({"total": "0.30"})) is True


def test_dividing_by_nothing_gives_nothing() -> None:
    assert value(Arithmetic(op="/", left=Constant(value=1), right=path("self.count")), self=order({"count": 0})) is None


def test_members_of_enums_are_their_values() -> None:
    row = order({"colour": "deep: 'blue'"})
    assert value(compare("self.colour", "==", EnumMember(enum="Colour", member="deep_blue")), self=row) is True
    assert value(compare("self.colour", "==", EnumMember(enum="Colour", member="red")), self=row) is False


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2000-01-01T00:00:00Z", True),
        ("2100-01-01T00:00:00Z", False),
        ("2049-12-31T00:00:00Z", UNKNOWN),  # a test may run then
        (None, False),
    ],
)
def test_the_time_of_the_request_is_only_compared_with_what_is_far_from_it(moment: str | None, expected: Any) -> None:
    assert value(compare("self.due", "<", Now()), self=order({"due": moment})) is expected


def test_what_only_a_database_knows_is_unknown() -> None:
    assert typed(Type(scalar="url"), "https://example.com") is UNKNOWN
    assert typed(Type(scalar="int", many=True), [1]) is UNKNOWN
    assert typed(Type(scalar="int", nullable=True), None) is None
    assert typed(Type(scalar="datetime"), "2000-01-01T00:00:00+02:00") == datetime(1999, 12, 31, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("op", "values", "expected"),
    [
        ("and", [True, True], True),
        ("and", [UNKNOWN, False], False),
        ("and", [UNKNOWN, True], UNKNOWN),
        ("or", [UNKNOWN, True], True),
        ("or", [UNKNOWN, False], UNKNOWN),
        ("or", [False, False], False),
        ("not", [False], True),
        ("not", [UNKNOWN], UNKNOWN),
    ],
)
def test_one_side_may_decide_whatever_the_other_is(op: str, values: list[Any], expected: Any) -> None:
    assert joined(op, values) is expected


def test_a_truth_value_that_is_missing_is_not_true() -> None:
    row = order({"paid": None})
    assert value(Logic(op="not", operands=(path("self.paid"),)), self=row) is True
    assert value(Logic(op="or", operands=(path("self.paid"), compare("self.paid", "is", None))), self=row) is True


@pytest.mark.parametrize("other", [LONG_AGO, FAR_AHEAD])
def test_what_is_long_ago_is_before_now_and_what_is_far_ahead_behind(other: datetime) -> None:
    assert applied("<", other, NOW) is (other is LONG_AGO)
    assert applied("<", NOW, other) is (other is FAR_AHEAD)


def test_things_of_different_kinds_are_not_compared() -> None:
    assert applied("<", 1, "a") is UNKNOWN
    assert applied("+", [], 1) is UNKNOWN


# Sets -----------------------------------------------------------------------------------------------------------------


def world_of_friends() -> World:
    world = World(SHOP)
    world.rows += [A, B]
    world.links += [Link("friends", A, B), Link("friends", A, B)]
    return world


def test_a_set_holds_what_was_put_into_it_once() -> None:
    world = world_of_friends()
    names = {"me": A, "self": B}
    assert world.value(Count(of=path("me.friends")), names) == 1
    assert world.value(Compare(op="in", left=path("self"), right=path("me.friends")), names) is True
    assert world.value(Compare(op="in", left=path("me"), right=path("self.friends")), names) is False
    assert world.value(Compare(op="not in", left=path("me"), right=path("self.friends")), names) is True


def test_nobody_is_in_no_set() -> None:
    world = world_of_friends()
    asked = Compare(op="in", left=path("self.before.buyer"), right=path("me.friends"))
    assert world.value(asked, {"me": A, "self": order()}) is False


def test_the_other_side_of_a_reference_are_the_rows_that_lead_here() -> None:
    rows = [order({"count": 1}), order({"count": 5}), order({"count": 9}, buyer=B)]
    assert value(Count(of=path("me.orders")), *rows, me=A) == 2
    many = compare("o.count", ">", 3)
    assert value(Count(of=path("me.orders"), variable="o", where=many), *rows, me=A) == 1


def test_a_count_over_rows_of_which_something_is_unknown_is_unknown() -> None:
    many = compare("o.count", ">", 3)
    assert value(Count(of=path("me.orders"), variable="o", where=many), order(), me=A) is UNKNOWN
