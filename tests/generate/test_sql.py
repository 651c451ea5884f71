"""Bodies as SQLAlchemy writes them: null is neither true nor false nowhere, and what is bound has a type."""

from typing import Any

import pytest

from apismith.contract.model import (
    Arithmetic,
    Compare,
    Constant,
    Contract,
    Database,
    Expression,
    Logic,
    Now,
    Path,
    Type,
)
from apismith.generate.code import Module
from apismith.generate.sql import Compiler, Row, Value, arguments
from apismith.generate.view import View
from tests.generate.contracts import contract, entity, field, to_many, to_one


def written(node: Expression, *, stored: bool = False, condition: bool = False) -> str:
    """The expression over a note (`self`), an amount and somebody (`me`)."""
    asked: Contract = contract(
        entity("Person", field("name"), to_many("read", "Note")),
        entity(
            "Note",
            field("size", "int"),
            field("stars", "int", nullable=True),
            field("is_done", "bool", nullable=True),
            field("due", "datetime", nullable=True),
            to_one("before", "Note", nullable=True),
        ),
        database=Database(kind="sqlite", ids="uuid"),
    )
    views = {name: View(asked, asked.by_name[name]) for name in ("Person", "Note")}
    roots: dict[str, Any] = {
        "self": Row(views["Note"], "Note.id", "Note"),
        "me": Row(views["Person"], 'bindparam("arg_me_id")'),
        "you": Row(views["Person"], 'bindparam("arg_you_id")'),
        "amount": Value('bindparam("arg_amount")', Type(scalar="decimal")),
        "at": Value('bindparam("arg_at")', Type(scalar="datetime")),
    }
    compiler = Compiler(Module(""), views["Note"], roots)
    return compiler.value(node) if stored else compiler.conditions(node) if condition else compiler.expression(node)


def path(text: str) -> Path:
    root, *steps = text.split(".")
    return Path(root=root, steps=tuple(steps))


def compare(left: str, op: Any, right: Any) -> Compare:
    given = path(right) if isinstance(right, str) else right if hasattr(right, "node") else Constant(value=right)
    return Compare(op=op, left=path(left), right=given)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (compare("self.size", "<", 3), "Note.size < 3"),
        (compare("self.stars", "<", 3), "func.coalesce(Note.stars < 3, false())"),
        (compare("self.stars", "==", 3), "Note.stars.is_not_distinct_from(3)"),
        (compare("self.stars", "!=", 3), "Note.stars.is_distinct_from(3)"),
        (compare("self.stars", "is", None), "Note.stars.is_(None)"),
        (Compare(op="==", left=Constant(value=None), right=path("self.stars")), "Note.stars.is_(None)"),
        (compare("self.due", "<", Now()), "func.coalesce(Note.due < NOW, false())"),
        (Logic(op="not", operands=(path("self.is_done"),)), "not_(Note.is_done.is_(True))"),
    ],
)
def test_what_is_stored_or_answered_is_true_or_false(node: Expression, expected: str) -> None:
    assert written(node, stored=True) == expected


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (compare("self.stars", "<", 3), "Note.stars < 3"),
        (compare("self.stars", "==", 3), "Note.stars == 3"),
        (compare("self.stars", "!=", 3), "Note.stars.is_distinct_from(3)"),
        (
            Logic(op="not", operands=(compare("self.stars", "==", 3),)),
            "not_(Note.stars.is_not_distinct_from(3))",
        ),
    ],
)
def test_what_finds_rows_leaves_out_null_only_where_python_would(node: Expression, expected: str) -> None:
    assert written(node, condition=True) == expected


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (compare("self.size", ">", "amount"), 'Note.size > bindparam("arg_amount")'),
        (compare("amount", ">", "self.size"), 'bindparam("arg_amount", type_=Numeric(15, 4)) > Note.size'),
        (compare("at", ">", "self.due"), 'bindparam("arg_at", type_=MOMENT) > Note.due'),
        (
            compare("me", "==", "you"),
            'bindparam("arg_me_id", type_=ID_TYPE) == bindparam("arg_you_id", type_=ID_TYPE)',
        ),
    ],
)
def test_what_is_bound_has_a_type_where_nothing_beside_it_has_one(node: Expression, expected: str) -> None:
    assert written(node) == expected
    assert set(arguments(expected)) <= {"amount", "at", "me_id", "you_id"}


def test_a_row_in_a_set_is_bound_as_an_id() -> None:
    asked = Compare(op="in", left=path("self.before"), right=path("me.read"))
    assert written(asked, stored=True).startswith("func.coalesce(Note.before_id.in_(select(person_read.c.note_id)")
    assert written(asked, condition=True).startswith("Note.before_id.in_(")


def test_dividing_by_what_may_be_zero_gives_null() -> None:
    by_size = Arithmetic(op="/", left=Constant(value=1), right=path("self.size"))
    assert written(by_size) == "(1 / func.nullif(Note.size, 0))"
    assert written(Arithmetic(op="/", left=path("self.size"), right=Constant(value=2))) == "(Note.size / 2)"


def test_a_comparison_of_comparisons_is_no_chain() -> None:
    inner = compare("self.size", ">", 1)
    assert written(Compare(op="==", left=inner, right=path("self.is_done"))) == "(Note.size > 1) == Note.is_done"
