"""Rows that meet a condition and rows that do not, made up for the tests of queries and computed values."""

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Final

from pydantic import JsonValue

from apismith.contract.model import (
    Arithmetic,
    Compare,
    Constant,
    Count,
    EnumMember,
    Expression,
    Field,
    Logic,
    Parameter,
    Path,
    Scalar,
)
from apismith.generate.checks import constants_in, evaluate, names_in
from apismith.generate.distinct import fits
from apismith.generate.samples import alternatives, is_valid
from apismith.generate.view import View

_MOST_TRIED: Final = 500
_PLAIN: Final = (Scalar.STR, Scalar.INT, Scalar.FLOAT, Scalar.BOOL, Scalar.ENUM)
_ORDERS: Final = ("<", "<=", ">", ">=")


def is_plain(view: View, node: Expression, root: str, given: Mapping[str, JsonValue]) -> bool:
    """Whether an expression looks at nothing but plain fields of the row, constants and given parameters."""
    match node:
        case Constant() | EnumMember():
            return True
        case Path(root=name, steps=()):
            return name in given
        case Path(steps=(name,)) if node.root == root:
            field = view.entity.field(name)
            return field in view.written_fields and field.type.scalar in _PLAIN and not field.type.many
        case Compare(op="in" | "not in"):
            return False
        case Compare() if node.op in _ORDERS and _is_text(view, node.left):
            return False  # databases have orders of their own for texts
        case Compare() | Arithmetic():
            return is_plain(view, node.left, root, given) and is_plain(view, node.right, root, given)
        case Logic():
            return all(is_plain(view, operand, root, given) for operand in node.operands)
        case _:
            return False


def of_a_new_row(node: Expression) -> Expression:
    """An expression as it is for a row whose sets are still empty."""
    match node:
        case Count():
            return Constant(value=0)
        case Compare() | Arithmetic():
            return node.model_copy(update={"left": of_a_new_row(node.left), "right": of_a_new_row(node.right)})
        case Logic():
            return node.model_copy(update={"operands": tuple(map(of_a_new_row, node.operands))})
        case _:
            return node


def is_plain_value(parameter: Parameter) -> bool:
    """Whether conditions on a parameter can be decided here."""
    return parameter.type is not None and parameter.type.scalar in _PLAIN and not parameter.type.many


def rows_where(
    view: View, condition: Expression, root: str = "self", given: Mapping[str, JsonValue] | None = None
) -> Iterator[tuple[dict[str, JsonValue], JsonValue]]:
    """Rows to try and what the expression is for each: the values of the fields that it looks at.

    Args:
        view: the entity.
        condition: an expression that `is_plain`.
        root: the name under which the expression knows the row.
        given: values of parameters.
    """
    given = given or {}
    names = names_in(condition)
    fields = [field for field in view.written_fields if field.name in names]
    values = [_values(view, field, condition, given) for field in fields]
    for chosen in islice(product(*values), _MOST_TRIED):
        row = {field.name: value for field, value in zip(fields, chosen, strict=True)}
        if fits(view, row):
            yield row, evaluate(view, condition, row, root, given)


def one_of_each(
    view: View, condition: Expression, root: str, given: Mapping[str, JsonValue]
) -> tuple[dict[str, JsonValue], dict[str, JsonValue]] | None:
    """A row that a condition finds and one that it does not; None where these could not be made up."""
    unique = {field.name for field in view.written_fields if field.unique}
    wanted: dict[str, JsonValue] | None = None
    others: list[dict[str, JsonValue]] = []
    for row, value in rows_where(view, condition, root, given):
        if value is True:
            wanted = wanted if wanted is not None else row
        else:
            others.append(row)
        for other in others if wanted is not None else ():
            if wanted is not None and all(wanted.get(name) != other.get(name) for name in unique & other.keys()):
                return wanted, other
    return None


def _values(view: View, field: Field, condition: Expression, given: Mapping[str, JsonValue]) -> list[JsonValue]:
    found = alternatives(view, field, [condition])
    near: list[JsonValue] = list(constants_in(condition)) if field.unique else []
    for value in given.values():
        near.append(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            near += [value + 1, value - 1]
    if field.type.scalar is Scalar.ENUM:
        near += [m.value for enum in view.contract.enums if enum.name == field.type.enum for m in enum.members]
    found += [value for value in near if is_valid(view.contract, field.type, field.constraints, value)]
    return list({repr(value): value for value in found}.values())


def _is_text(view: View, node: Expression) -> bool:
    match node:
        case Constant(value=value):
            return isinstance(value, str)
        case Path(steps=(name,)):
            field = view.entity.field(name)
            return field is not None and field.type.scalar in (Scalar.STR, Scalar.ENUM)
        case _:
            return False
