"""Values for documentation and tests: valid ones that differ, and invalid ones with the reason."""

import math
import operator
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import islice, product
from typing import Annotated, Any, Final, Literal

import pydantic
from pydantic import JsonValue, TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from apismith.contract.model import Constraints, Contract, Expression, Field, Scalar, Type
from apismith.errors import ApismithError
from apismith.generate.checks import constants_in, holds, names_in
from apismith.generate.fields import decimal_digits
from apismith.generate.patterns import matching
from apismith.generate.view import View

DAY: Final = date(2026, 1, 1)
MOMENT: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
_MOST_TRIED: Final = 20_000


class NoSample(ApismithError):
    """No value could be made up that a field accepts, so there would be neither an example nor a test for it."""


# Valid ----------------------------------------------------------------------------------------------------------------


def sample(contract: Contract, field: Field, n: int = 0) -> JsonValue:
    """A value, in its JSON form, that the field accepts; different numbers give different values where it allows.

    Raises:
        NoSample: none was found; the contract's `examples` or default would be taken.
    """
    made = value_of(contract, field.type, field.constraints, n, field.name)
    if is_valid(contract, field.type, field.constraints, made):
        return made
    given = [*field.examples, *([field.default.value] if field.default and field.default.call is None else [])]
    for value in given[n % len(given) :] + given[: n % len(given)] if given else []:
        if is_valid(contract, field.type, field.constraints, value):
            return value
    raise NoSample(
        f"No value of {field.name} could be made up that meets its constraints, so it cannot be tested.",
        at=field.span,
        hint="Give the field one: Field(..., examples=[...]).",
    )


def value_of(contract: Contract, type: Type, limits: Constraints, n: int = 0, name: str = "value") -> JsonValue:
    """A value of a type, meeting the constraints as far as they can be met by construction."""
    if type.many:
        count = max(limits.min_length or 0, 1 if limits.max_length is None or limits.max_length else 0)
        item = type.model_copy(update={"many": False, "nullable": False})
        return [value_of(contract, item, Constraints(), n + index, name) for index in range(count)]
    match type.scalar:
        case Scalar.STR:
            return _text(limits, n, name)
        case Scalar.BOOL:
            return n % 2 == 0
        case Scalar.INT:
            return int(_number(limits, n, Decimal(1)))
        case Scalar.FLOAT:
            return float(_number(limits, n, Decimal("0.5")))
        case Scalar.DECIMAL:
            _, places = decimal_digits(contract, limits)
            return str(_number(limits, n, Decimal(1).scaleb(-places)).quantize(Decimal(1).scaleb(-places)))
        case Scalar.DATE:
            return _moved(limits, DAY, timedelta(days=1), n)
        case Scalar.DATETIME:
            return _moved(limits, MOMENT, timedelta(minutes=1), n)
        case Scalar.TIME:
            return (datetime.combine(DAY, _start(limits, time(8))) + timedelta(minutes=n)).time().isoformat()
        case Scalar.DURATION:
            return _moved(limits, timedelta(hours=1), timedelta(minutes=1), n)
        case Scalar.UUID:
            return f"00000000-0000-4000-8000-{n + 1:012x}"
        case Scalar.EMAIL:
            return f"{name.replace('_', '-')}{n + 1}@example.com"
        case Scalar.URL:
            return f"https://example.com/{n + 1}"
        case Scalar.ENUM:
            members = next(enum.members for enum in contract.enums if enum.name == type.enum)
            return members[n % len(members)].value
        case Scalar.JSON:
            return {"number": n + 1}


def key_sample(view: View, n: int = 0) -> JsonValue:
    """A key of an entity as a client would send it."""
    field = view.entity.field(view.key)
    if field is not None and field.slug_of is not None:
        source = view.entity.field(field.slug_of)
        text = sample(view.contract, source, n) if source else "A title"
        return re.sub(r"[^a-z0-9]+", "-", str(text).lower()).strip("-")
    if field is not None:
        return sample(view.contract, field, n)
    return n + 1 if view.contract.database.ids == "int" else f"01890000-0000-7000-8000-{n + 1:012x}"


def row(view: View, n: int = 0, *, every: bool = True) -> dict[str, JsonValue]:
    """A valid body to create an entity, without its relations and its secret, that meets the row checks.

    Args:
        view: the entity.
        n: different numbers give different values to the unique fields.
        every: also the fields that may be left out.
    """
    checks = [check.where for check in view.entity.rules.check]
    looked_at = {name for check in checks for name in names_in(check)}
    fields = {f.name: f for f in view.written_fields if every or f.required}
    made = {name: sample(view.contract, field, n) for name, field in fields.items()}
    if all(holds(view, check, made) for check in checks):
        return made
    involved = [field for field in view.written_fields if field.name in looked_at]
    tried = product(*(alternatives(view, field, checks, n, len(involved) + 2) for field in involved))
    for values in islice(tried, _MOST_TRIED):
        changed = made | {field.name: value for field, value in zip(involved, values, strict=True)}
        if all(holds(view, check, changed) for check in checks):
            return changed
    raise NoSample(
        f"No row of {view.cls} could be made up that meets its checks, so it cannot be tested.",
        at=view.entity.span,
        hint="Give the fields values that meet them: Field(..., examples=[...]).",
    )


def alternatives(
    view: View, field: Field, conditions: Iterable[Expression], n: int = 0, count: int = 3
) -> list[JsonValue]:
    """Values to try for a field that conditions look at: samples, then what the contract itself mentions.

    Args:
        view: its entity.
        field: the field.
        conditions: what mentions values.
        n: of the first sample.
        count: how many samples.
    """
    found = [sample(view.contract, field, n + step) for step in range(count)]
    if field.unique:
        return found
    mentioned: list[JsonValue] = [field.default.value] if field.default and field.default.call is None else []
    mentioned += [None] if field.type.nullable else []
    for condition in conditions:
        for value in constants_in(condition):
            if isinstance(value, int | float) and not isinstance(value, bool):
                near = [value, value + 1, value - 1]
                mentioned += [str(number) for number in near] if field.type.scalar is Scalar.DECIMAL else near
            else:
                mentioned.append(value)
    valid = (v for v in mentioned if is_valid(view.contract, field.type, field.constraints, v))
    return list({repr(value): value for value in (*found, *valid)}.values())


def is_valid(contract: Contract, type: Type, limits: Constraints, value: JsonValue) -> bool:
    """Whether a value in its JSON form meets type and constraints."""
    try:
        _adapter(contract, type, limits).validate_python(value)
    except ValidationError:
        return False
    return True


def is_within(limits: Constraints, value: float | Decimal) -> bool:
    """Whether a number is within the bounds."""
    bounds = (("ge", operator.ge), ("gt", operator.gt), ("le", operator.le), ("lt", operator.lt))
    exact = Decimal(str(value))
    given = [(meets, bound) for name, meets in bounds if (bound := getattr(limits, name)) is not None]
    return all(meets(exact, Decimal(str(bound))) for meets, bound in given)


def _text(limits: Constraints, n: int, name: str) -> str:
    if limits.pattern is not None:
        word = name.replace("_", "")
        for text in (f"{word}{n + 1}" if n else word, f"{word.capitalize()} {_letters(n)}"):
            lengths = len(text) >= (limits.min_length or 0) and len(text) <= (limits.max_length or len(text))
            if lengths and re.search(limits.pattern, text):
                return text
        return matching(limits.pattern, n, shortest=limits.min_length or 0, longest=limits.max_length) or ""
    words = name.replace("_", " ").capitalize()
    text = f"{words} {n + 1}" if n else words
    longest = limits.max_length
    if longest is not None and len(text) > longest:
        text = _letters(n, min(longest, 6))
    return text.ljust(limits.min_length or 0, "x")


def _letters(n: int, width: int = 3) -> str:
    """The number in letters, as many as `width`."""
    return "".join(chr(ord("a") + n // 26**place % 26) for place in reversed(range(width)))


def _number(limits: Constraints, n: int, smallest: Decimal) -> Decimal:
    step = Decimal(str(limits.multiple_of)) if limits.multiple_of is not None else smallest
    low = _bound(limits.ge, limits.gt, step)
    high = _bound(limits.le, limits.lt, -step)
    if low is None:
        low = Decimal(1) if high is None or high >= 1 else high - step * 100
    elif low <= 1 and (high is None or high >= 1):
        low = Decimal(1)
    if limits.multiple_of is not None:
        low = math.ceil(low / step) * step
    count = int((high - low) / step) + 1 if high is not None else n + 1
    return low + step * (n % max(count, 1))


def _bound(closed: float | str | None, open: float | str | None, step: Decimal) -> Decimal | None:
    found = [Decimal(str(closed))] if closed is not None else []
    found += [Decimal(str(open)) + step] if open is not None else []
    return None if not found else max(found) if step > 0 else min(found)


def _moved(limits: Constraints, start: Any, step: timedelta, n: int) -> JsonValue:
    has_low, has_high = (
        any(bound is not None for bound in pair) for pair in ((limits.ge, limits.gt), (limits.le, limits.lt))
    )
    made: JsonValue = to_jsonable_python(_start(limits, start) + step * (-n if has_high and not has_low else n))
    return made


def _start(limits: Constraints, usual: Any) -> Any:
    """The usual value, or where the bounds forbid it one that they allow."""
    kind: type[Any] = usual.__class__
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    step = timedelta(days=1) if kind is date else timedelta(minutes=1)
    for closed, open, sign in ((limits.ge, limits.gt, 1), (limits.le, limits.lt, -1)):
        bound = closed if closed is not None else open
        if bound is None:
            continue
        edge = adapter.validate_python(bound)
        if isinstance(edge, time):
            usual = max(usual, edge) if sign > 0 else min(usual, edge)
            continue
        edge = edge if closed is not None else edge + sign * step
        usual = max(usual, edge) if sign > 0 else min(usual, edge)
    return usual


_TYPES: Final[dict[Scalar, Any]] = {
    Scalar.STR: str,
    Scalar.INT: int,
    Scalar.FLOAT: float,
    Scalar.BOOL: bool,
    Scalar.DECIMAL: Decimal,
    Scalar.DATE: date,
    Scalar.DATETIME: pydantic.AwareDatetime,
    Scalar.TIME: time,
    Scalar.DURATION: timedelta,
    Scalar.UUID: pydantic.UUID4 | pydantic.UUID7 | pydantic.UUID1,
    Scalar.EMAIL: pydantic.EmailStr,
    Scalar.URL: pydantic.HttpUrl,
    Scalar.JSON: JsonValue,
}


def _adapter(contract: Contract, type: Type, limits: Constraints) -> TypeAdapter[Any]:
    members: tuple[str, ...] = ()
    if type.scalar is Scalar.ENUM:
        members = tuple(m.value for enum in contract.enums if enum.name == type.enum for m in enum.members)
    if type.scalar is Scalar.DECIMAL and not type.many:
        digits, places = decimal_digits(contract, limits)
        limits = limits.model_copy(update={"max_digits": digits, "decimal_places": places})
    given = tuple((name, value) for name, value in limits if value is not None)
    return _adapter_of(type.scalar, type.many, type.nullable, given, members)


@cache
def _adapter_of(
    scalar: Scalar, many: bool, nullable: bool, given: tuple[tuple[str, Any], ...], members: tuple[str, ...]
) -> TypeAdapter[Any]:
    kind: Any = Literal[members] if members else _TYPES[scalar]
    kind = list[kind] if many else kind
    kind = Annotated[kind, pydantic.Field(**_parsed(scalar, given))] if given else kind
    return TypeAdapter(kind | None if nullable else kind, config=pydantic.ConfigDict(regex_engine="python-re"))


def _parsed(scalar: Scalar, given: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    bounds = {"gt", "ge", "lt", "le", "multiple_of"}
    adapter: TypeAdapter[Any] = TypeAdapter(_TYPES.get(scalar, str))
    return {name: adapter.validate_python(value) if name in bounds else value for name, value in given}


# Invalid --------------------------------------------------------------------------------------------------------------


def invalid(contract: Contract, field: Field) -> list[tuple[JsonValue, str]]:
    """Values in a JSON body that the field must refuse, each with the reason in a few words."""
    return list(_invalid(contract, field))


def _invalid(contract: Contract, field: Field) -> Iterator[tuple[JsonValue, str]]:
    limits, type = field.constraints, field.type
    if not type.nullable and not (type.scalar is Scalar.JSON and not type.many):
        yield None, "null"
    if type.many:
        yield "text", "no list"
        if limits.max_length is not None and limits.max_length < 1000:
            item = sample(contract, field, 0)
            yield [item[0] if isinstance(item, list) and item else None] * (limits.max_length + 1), "too many"
        return
    yield from _wrong_kind(type)
    if type.scalar is Scalar.STR:
        yield from _wrong_text(limits)
    if type.scalar in (Scalar.INT, Scalar.FLOAT, Scalar.DECIMAL):
        yield from _out_of_bounds(contract, field)


def _wrong_kind(type: Type) -> Iterator[tuple[JsonValue, str]]:
    match type.scalar:
        case Scalar.STR:
            yield 7, "a number"
            yield "\0", "a NUL character"
        case Scalar.INT:
            yield "many", "no number"
            yield 1.5, "no whole number"
            yield 2**63, "beyond 64 bits"
        case Scalar.FLOAT | Scalar.DECIMAL:
            yield "many", "no number"
        case Scalar.BOOL:
            yield "maybe", "no truth value"
        case Scalar.DATE | Scalar.TIME | Scalar.DATETIME | Scalar.DURATION:
            yield "some day", "no date or time"
            yield 7, "a number"
            if type.scalar is Scalar.DATETIME:
                yield "2026-01-01T12:00:00", "no time zone"
        case Scalar.UUID:
            yield "not-a-uuid", "no UUID"
        case Scalar.EMAIL:
            yield "nobody", "no e-mail address"
        case Scalar.URL:
            yield "nowhere", "no URL"
        case Scalar.ENUM:
            yield "no such member", "no member"
        case Scalar.JSON:
            pass


def _wrong_text(limits: Constraints) -> Iterator[tuple[JsonValue, str]]:
    if limits.min_length:
        yield "x" * (limits.min_length - 1), "too short"
    if limits.max_length is not None and limits.max_length <= 100_000:
        yield "x" * (limits.max_length + 1), "too long"
    if limits.pattern is not None:
        for text in ("", " ", "!", "a b", "ABC", "abc", "123"):
            if not re.search(limits.pattern, text) and len(text) >= (limits.min_length or 0):
                yield text, "against the pattern"
                return


def _out_of_bounds(contract: Contract, field: Field) -> Iterator[tuple[JsonValue, str]]:
    limits, is_text = field.constraints, field.type.scalar is Scalar.DECIMAL
    for value, why, distance in (
        (limits.ge, "too small", -1),
        (limits.gt, "too small", 0),
        (limits.le, "too large", 1),
        (limits.lt, "too large", 0),
    ):
        if value is not None:
            beyond = Decimal(str(value)) + distance
            yield str(beyond) if is_text else int(beyond) if field.type.scalar is Scalar.INT else float(beyond), why
    if is_text:
        digits, places = decimal_digits(contract, limits)
        yield "1" + "0" * digits, "too many digits"
        yield "0." + "0" * places + "1", "too many decimal places"
