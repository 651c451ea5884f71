"""What expressions of the contract are worth among rows that are known: the one evaluator of generated tests."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final, cast

from pydantic import JsonValue, TypeAdapter

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
    Relation,
    Scalar,
    Type,
)
from apismith.generate.view import View


class Unknown(Enum):
    """The value of what cannot be known here."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
NOW: Final = datetime(2050, 1, 1, tzinfo=UTC)
"""Stands for the time of the request, which is only comparable with what is far from it."""

LONG_AGO: Final = datetime(2001, 1, 1, tzinfo=UTC)
FAR_AHEAD: Final = datetime(2100, 1, 1, tzinfo=UTC)
ORDERS: Final = ("<", "<=", ">", ">=")

_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "==": operator.eq,
    "is": operator.eq,
    "!=": operator.ne,
    "is not": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda left, right: _divided(left, right),
}
_SHOWN: Final = 6
_COMPARABLE: Final[dict[Scalar, TypeAdapter[Any]]] = {
    Scalar.DECIMAL: TypeAdapter(Decimal),
    Scalar.DATE: TypeAdapter(date),
    Scalar.DATETIME: TypeAdapter(datetime),
    Scalar.TIME: TypeAdapter(time),
    Scalar.DURATION: TypeAdapter(timedelta),
}


@dataclass(eq=False)
class Row:
    """A row of which some is known.

    Args:
        known: values of fields in their JSON form; what is missing is not known.
        refs: the rows that its to-one relations lead to.
    """

    view: View
    known: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    refs: "dict[str, Row | None]" = field(default_factory=lambda: dict[str, "Row | None"]())


@dataclass(frozen=True)
class Link:
    """One row in a stored set of another."""

    relation: str
    near: Row
    far: Row


class World:
    """Rows, and which of them are in whose sets.

    Args:
        contract: says what they are.
        texts: compare texts by their characters, though databases have orders of their own.
        nulls: what is compared with null is null, as in a database; else it is true or false, as in Python.
    """

    def __init__(self, contract: Contract, *, texts: bool = False, nulls: bool = False) -> None:
        self.contract = contract
        self.texts = texts
        self.nulls = nulls
        self.rows: list[Row] = []
        self.links: list[Link] = []

    def members(self, row: Row, relation: Relation) -> list[Row]:
        """The rows of a set, in the order in which they were put into it."""
        if relation.reverse_of is None:
            found = [link.far for link in self.links if link.near is row and link.relation == relation.name]
            return list(dict.fromkeys(found))
        stored = row.view.target(relation).entity.relation(relation.reverse_of)
        if stored is not None and stored.many:
            found = [link.near for link in self.links if link.far is row and link.relation == stored.name]
            return list(dict.fromkeys(each for each in found if each.view.cls == relation.target))
        return [
            other
            for other in self.rows
            if other.view.cls == relation.target and other.refs.get(relation.reverse_of) is row
        ]

    def value(self, node: Expression, names: Mapping[str, Any]) -> Any:
        """The value of an expression; None is the database's null, UNKNOWN what does not follow from what is known.

        Args:
            node: the expression.
            names: what `self`, `me` and the like stand for: rows, and values as `typed` gives them.
        """
        match node:
            case Constant():
                return node.value
            case EnumMember():
                members = next(enum.members for enum in self.contract.enums if enum.name == node.enum)
                return next(member.value for member in members if member.name == node.member)
            case Now():
                return NOW
            case Path():
                return self._path(node, names)
            case Compare(op="in" | "not in"):
                return self._is_in(node, names)
            case Compare(op="is" | "is not" | "==" | "!=", right=Constant(value=None)):
                left = self.value(node.left, names)
                return UNKNOWN if left is UNKNOWN else (left is None) == (node.op in ("is", "=="))
            case Compare() | Arithmetic():
                left, right = self.value(node.left, names), self.value(node.right, names)
                if (
                    isinstance(node, Compare)
                    and not self.nulls
                    and UNKNOWN not in (left, right)
                    and None in (left, right)
                ):
                    return node.op not in ORDERS and (left is right) == (node.op == "==")
                if node.op in ORDERS and isinstance(left, str) and isinstance(right, str) and not self.texts:
                    return UNKNOWN
                return applied(node.op, left, right)
            case Logic():
                values = [self.value(operand, names) for operand in node.operands]
                return joined(node.op, values if self.nulls else [value is not None and value for value in values])
            case Count():
                return self._count(node, names)
            case _:
                return UNKNOWN

    def _path(self, path: Path, names: Mapping[str, Any]) -> Any:
        at = names.get(path.root, UNKNOWN)
        for step in path.steps:
            if not isinstance(at, Row):
                return at if at is None else UNKNOWN
            relation = at.view.entity.relation(step)
            if relation is None:
                at = stored(at, step)
            else:
                at = self.members(at, relation) if relation.many else at.refs.get(step, UNKNOWN)
        return at

    def _is_in(self, node: Compare, names: Mapping[str, Any]) -> Any:
        row, rows = self.value(node.left, names), self.value(node.right, names)
        if row is None:
            return node.op == "not in"
        if not isinstance(row, Row) or not isinstance(rows, list):
            return UNKNOWN
        return (row in cast("list[Row]", rows)) == (node.op == "in")

    def _count(self, node: Count, names: Mapping[str, Any]) -> Any:
        found = self._path(node.of, names)
        if not isinstance(found, list):
            return UNKNOWN
        rows = cast("list[Row]", found)
        if node.where is None or node.variable is None:
            return len(rows)
        met = [self.value(node.where, {**names, node.variable: row}) for row in rows]
        return UNKNOWN if UNKNOWN in met else met.count(True)


def typed(type: Type, value: JsonValue) -> Any:
    """A value in its JSON form as Python and the database calculate with it; UNKNOWN for lists and the like."""
    if value is None:
        return None
    if type.many or type.scalar in (Scalar.JSON, Scalar.URL):
        return UNKNOWN
    adapter = _COMPARABLE.get(type.scalar)
    return value if adapter is None else adapter.validate_python(value)


def stored(row: Row, name: str) -> Any:
    """The value of a row's field, as `typed` gives it."""
    found = row.view.entity.field(name)
    return typed(found.type, row.known[name]) if found is not None and name in row.known else UNKNOWN


def applied(op: str, left: Any, right: Any) -> Any:
    """A comparison or calculation, as the database does it."""
    if UNKNOWN in (left, right) or isinstance(left, list) or isinstance(right, list):
        return UNKNOWN
    if left is None or right is None:
        # Python and databases disagree about what differs from nothing.
        return UNKNOWN if op in ("!=", "is not") else None
    if isinstance(left, Decimal) != isinstance(right, Decimal):
        left, right = (Decimal(str(side)) if isinstance(side, int | float) else side for side in (left, right))
    if any(side is NOW and not _is_far(other) for side, other in ((left, right), (right, left))):
        return UNKNOWN
    if op == "/" and right == 0:
        return None
    try:
        return _OPERATORS[op](left, right)
    except TypeError:
        return UNKNOWN


def _divided(left: Any, right: Any) -> Any:
    found = left / right
    if not isinstance(found, Decimal) or found == found.quantize(Decimal(1).scaleb(-_SHOWN)):
        return found
    return UNKNOWN  # databases end it after different numbers of decimal places


def _is_far(moment: Any) -> bool:
    return isinstance(moment, datetime) and (moment <= LONG_AGO or moment >= FAR_AHEAD)


def joined(op: str, values: list[Any]) -> Any:
    """`and`, `or` or `not` over values, one of which may decide whatever the others are."""
    if op == "not":
        return not values[0] if isinstance(values[0], bool) else UNKNOWN
    decisive = op == "or"
    if any(value is decisive for value in values):
        return decisive
    if all(isinstance(value, bool) for value in values):
        return not decisive
    return UNKNOWN if UNKNOWN in values else None


def conditions(node: Expression) -> Iterator[Expression]:
    """The single conditions that `and`, `or` and `not` join, from left to right."""
    if isinstance(node, Logic):
        for operand in node.operands:
            yield from conditions(operand)
    else:
        yield node


def outcome(node: Expression, values: Mapping[int, Any]) -> Any:
    """What the joined conditions make of values for each, by `id()` of the condition."""
    if isinstance(node, Logic):
        return joined(node.op, [outcome(operand, values) for operand in node.operands])
    return values[id(node)]
