"""Conditions of the contract, evaluated on a row of sample values."""

from collections.abc import Mapping

from pydantic import JsonValue

from apismith.contract.model import Arithmetic, Compare, Constant, Expression, Logic, Path
from apismith.generate.evaluate import Row, World
from apismith.generate.view import View


def holds(view: View, condition: Expression, row: Mapping[str, JsonValue]) -> bool:
    """Whether a row meets a check, as a database sees it: what cannot be known is not against it.

    Args:
        view: the entity.
        condition: the check.
        row: values by field, in their JSON form; what is missing has its default.
    """
    defaults: dict[str, JsonValue] = {
        field.name: field.default.value if field.default and field.default.call is None else None
        for field in view.entity.fields
    }
    known = Row(view, {**defaults, **row})
    return World(view.contract, texts=True, nulls=True).value(condition, {"self": known}) is not False


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
