"""Conditions of the contract, evaluated on a row of sample values."""

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from pydantic import JsonValue, TypeAdapter

from apismith.contract.model import Arithmetic, Compare, Constant, EnumMember, Expression, Logic, Path, Scalar
from apismith.generate.view import View

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
    "/": lambda left, right: left / right,
}
_COMPARABLE: Final[dict[Scalar, TypeAdapter[Any]]] = {
    Scalar.DECIMAL: TypeAdapter(Decimal),
    Scalar.DATE: TypeAdapter(date),
    Scalar.DATETIME: TypeAdapter(datetime),
    Scalar.TIME: TypeAdapter(time),
    Scalar.DURATION: TypeAdapter(timedelta),
}


def holds(view: View, condition: Expression, row: Mapping[str, JsonValue]) -> bool:
    """Whether a row meets a check, as a database sees it: what cannot be known is not against it.

    Args:
        view: the entity.
        condition: the check.
        row: values by field, in their JSON form; what is missing has its default.
    """
    return evaluate(view, condition, row) is not False


def names_in(node: Expression) -> set[str]:
    """The fields and relations that a check looks at."""
    match node:
        case Path(steps=(name, *_)):
            return {name}
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return names_in(left) | names_in(right)
        case Logic(operands=operands):
            return set[str]().union(*map(names_in, operands))
        case _:
            return set()


def constants_in(node: Expression) -> list[str | int | float | bool | None]:
    """The constants that a check compares with."""
    match node:
        case Constant(value=value):
            return [value]
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return constants_in(left) + constants_in(right)
        case Logic(operands=operands):
            return [value for operand in operands for value in constants_in(operand)]
        case _:
            return []


def evaluate(
    view: View,
    node: Expression,
    row: Mapping[str, JsonValue],
    root: str = "self",
    given: Mapping[str, JsonValue] | None = None,
) -> Any:
    """The value of an expression, None where it is null or cannot be known from the row alone.

    Args:
        view: the entity.
        node: the expression.
        row: values by field, in their JSON form; what is missing has its default.
        root: the name under which the expression knows the row.
        given: values of parameters.
    """

    def value(part: Expression) -> Any:
        return evaluate(view, part, row, root, given)

    match node:
        case Constant():
            return node.value
        case EnumMember():
            members = next(enum.members for enum in view.contract.enums if enum.name == node.enum)
            return next(member.value for member in members if member.name == node.member)
        case Path(root=name, steps=()):
            return (given or {}).get(name)
        case Path(steps=(name,)) if node.root == root:
            return _field(view, name, row)
        case Compare(op="is" | "is not" | "==" | "!=", right=Constant(value=None)):
            is_null = value(node.left) is None
            return is_null if node.op in ("is", "==") else not is_null
        case Compare(op="in" | "not in"):
            return None
        case Compare() | Arithmetic():
            left, right = value(node.left), value(node.right)
            if left is None or right is None:
                return None
            if isinstance(left, Decimal) != isinstance(right, Decimal):
                left, right = (Decimal(str(side)) if isinstance(side, int | float) else side for side in (left, right))
            return None if node.op == "/" and right == 0 else _OPERATORS[node.op](left, right)
        case Logic(op="not", operands=(only, *_)):
            known = value(only)
            return None if known is None else not known
        case Logic(op=op, operands=operands):
            values = [value(operand) for operand in operands]
            decided = op == "or"
            if any(known is decided for known in values):
                return decided
            return None if None in values else not decided
        case _:
            return None


def _field(view: View, name: str, row: Mapping[str, JsonValue]) -> Any:
    field = view.entity.field(name)
    if field is None:
        return None
    value = row.get(name, field.default.value if field.default and field.default.call is None else None)
    adapter = _COMPARABLE.get(field.type.scalar)
    return value if value is None or adapter is None or field.type.many else adapter.validate_python(value)
