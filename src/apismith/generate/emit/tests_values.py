"""Values for tests of fields: at the edges of what is allowed, and against the checks of a row."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import product

from pydantic import JsonValue

from apismith.contract.model import Constraints, Field, Scalar
from apismith.generate.checks import holds
from apismith.generate.code import literal
from apismith.generate.fields import decimal_digits
from apismith.generate.samples import row, sample
from apismith.generate.view import View

LONGEST = 100_000
"""Values beyond this are not tried."""


def breaking(view: View, names: list[str], check_name: str) -> dict[str, JsonValue] | None:
    """Values of the fields of a check that break it."""
    condition = next(check.where for check in view.entity.rules.check if check.name == check_name)
    made = row(view)
    fields = [field for name in names if (field := view.entity.field(name)) and name in made]
    options = [[sample(view.contract, field, n) for n in (0, 1, 2, 5, 9)] for field in fields]
    for values in product(*options):
        changed = {field.name: value for field, value in zip(fields, values, strict=True)}
        if not holds(view, condition, made | changed):
            return changed
    return None


def edges(view: View, field: Field) -> Iterator[tuple[JsonValue, str]]:
    """Values at the edges of what a field allows; some of them may not be valid."""
    limits, kind = field.constraints, field.type.scalar
    yield sample(view.contract, field, 1), "usual"
    if field.type.nullable:
        yield None, "null"
    if field.type.many:
        yield [], "empty"
        return
    match kind:
        case Scalar.STR if limits.pattern is None:
            if limits.min_length:
                yield "x" * limits.min_length, "shortest"
            if limits.max_length:
                yield "x" * limits.max_length, "longest"
        case Scalar.INT | Scalar.FLOAT | Scalar.DECIMAL:
            yield from _ends(view, field, limits)
        case Scalar.BOOL:
            yield True, "true"
            yield False, "false"
        case Scalar.ENUM:
            for member in next(enum.members for enum in view.contract.enums if enum.name == field.type.enum):
                yield member.value, member.name
        case _:
            pass


def _ends(view: View, field: Field, limits: Constraints) -> Iterator[tuple[JsonValue, str]]:
    for bound, why in ((limits.ge, "smallest"), (limits.le, "largest")):
        if bound is None:
            continue
        match field.type.scalar:
            case Scalar.INT:
                yield int(Decimal(str(bound))), why
            case Scalar.FLOAT:
                yield float(bound), why
            case _:
                _, places = decimal_digits(view.contract, limits)
                yield str(Decimal(str(bound)).quantize(Decimal(1).scaleb(-places))), why


def is_short(view: View, value: JsonValue) -> bool:
    """Whether a value fits into a body, so that it is refused for what it says."""
    return len(literal(value)) < min(LONGEST + 100, view.contract.limits.body // 2)
