"""Bodies as functions of a number, for generated tests: always valid, and different where rows must differ."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from pydantic import JsonValue

from apismith.contract.model import Contract, Field, Scalar
from apismith.generate.checks import holds, names_in
from apismith.generate.code import Module, literal
from apismith.generate.fields import decimal_digits
from apismith.generate.samples import is_valid, row, sample
from apismith.generate.view import View

NUMBERS: Final = range(1, 100)
"""The numbers that tests use; accounts that only act have some of their own, above `ACCOUNTS`."""

ACCOUNTS: Final = range(9001, 9061)


@dataclass(frozen=True)
class Varying:
    """A value that depends on `number`.

    Args:
        source: the expression.
        of: what it gives.
    """

    source: str
    of: Callable[[int], JsonValue]


def body_of(module: Module, view: View, *, every: bool) -> dict[str, str]:
    """The expressions of a body's members, without relations; those that must differ depend on `number`.

    Args:
        module: where imports and tables of values go.
        view: the entity.
        every: also the fields that may be left out.
    """
    made = _plain_body(view, every=every)
    varying = _varying(module, view, made, every=every)
    return {name: varying[name].source if name in varying else literal(value) for name, value in made.items()}


def fits(view: View, changes: dict[str, JsonValue]) -> bool:
    """Whether the bodies of all numbers still meet the row checks after these changes."""
    if not view.entity.rules.check:
        return True
    made, varying = _usual(_Same(view))
    varying = {name: value for name, value in varying.items() if name not in changes}
    return all(_meets_checks(view, made | changes, varying, number) for number in NUMBERS)


def fixed_body(view: View) -> dict[str, JsonValue]:
    """What every row that tests make has in common: values that do not depend on its number, and defaults."""
    made, varying = _usual(_Same(view))
    defaults = {f.name: f.default.value for f in view.written_fields if f.default and f.default.call is None}
    return {name: value for name, value in (defaults | made).items() if name not in varying}


class _Same:
    """An entity as a key: of this very contract, without comparing what is in it."""

    def __init__(self, view: View) -> None:
        self.view = view

    def __hash__(self) -> int:
        return id(self.view.entity)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.view.entity is self.view.entity


@lru_cache(maxsize=200)
def _usual(of: _Same) -> tuple[dict[str, JsonValue], dict[str, Varying]]:
    """The body that tests make of an entity, and what of it depends on the number."""
    every = not of.view.is_account
    made = _plain_body(of.view, every=every)
    return made, _varying(Module(""), of.view, made, every=every)


def _plain_body(view: View, *, every: bool) -> dict[str, JsonValue]:
    """A body, its decimals with as many places as answers give them."""
    made = row(view, every=every)
    for field in view.written_fields:
        value = made.get(field.name)
        if field.type.scalar is Scalar.DECIMAL and isinstance(value, str):
            _, places = decimal_digits(view.contract, field.constraints)
            made[field.name] = str(Decimal(value).quantize(Decimal(1).scaleb(-places)))
    return made


def _varying(module: Module, view: View, made: dict[str, JsonValue], *, every: bool) -> dict[str, Varying]:
    varying = {field.name: varies(module, view, field) for field in distinct_fields(view) if field.name in made}
    if not all(_meets_checks(view, made, varying, number) for number in NUMBERS):
        needed = set[str]().union(*(names_in(check.where) for check in view.entity.rules.check))
        rows = [row(view, number, every=every) for number in NUMBERS]
        for name in sorted(needed & made.keys()):
            varying[name] = _table(module, view, name, [values[name] for values in rows])
    return varying


def distinct_fields(view: View) -> list[Field]:
    """The fields in which rows must differ: the unique ones, and one of each group that is unique together."""
    return list(_distinct(_Same(view)))


@lru_cache(maxsize=200)
def _distinct(of: _Same) -> tuple[Field, ...]:
    view = of.view
    found = [field for field in view.written_fields if field.unique]
    for group in view.entity.rules.unique:
        fields = [field for field in view.written_fields if field.name in group]
        if fields and not any(field in found for field in fields):
            found.append(max(fields, key=lambda field: len({repr(sample(view.contract, field, n)) for n in range(99)})))
    return tuple(found)


def how_many(view: View, wanted: int) -> int:
    """How many rows of an entity can be told apart, at most as many as wanted."""
    counts = [
        len({repr(sample(view.contract, field, number)) for number in range(wanted)})
        for field in distinct_fields(view)
        if field.unique or not _has_relation(view, field)
    ]
    needed = [relation for relation in view.references if not relation.nullable]
    counts += [_how_many_needed(view.target(relation), wanted, {view.cls}) for relation in needed]
    return min([wanted, *counts])


def _how_many_needed(view: View, wanted: int, seen: set[str]) -> int:
    """How many rows of an entity can be made beside others, each with all that it needs."""
    if view.cls in seen or view.is_account:
        return wanted
    parent = view.entity.parent
    counts = [how_many(view, wanted)]
    if parent is not None:
        counts.append(_how_many_needed(view.target(parent), wanted, {*seen, view.cls}))
    return min(counts)


def varies(module: Module, view: View, field: Field) -> Varying:
    """The field's value as an expression of `number`."""
    contract, first = view.contract, sample(view.contract, field, 1)
    numbers = [*NUMBERS, *(ACCOUNTS if view.is_account else ())]
    for candidate in _candidates(module, contract, field, first):
        values = [candidate.of(number) for number in numbers]
        if len({repr(value) for value in values}) == len(values) and all(
            is_valid(contract, field.type, field.constraints, value) for value in values
        ):
            return candidate
    values = [sample(contract, field, number) for number in NUMBERS]
    return _table(module, view, field.name, list({repr(value): value for value in values}.values()))


def _candidates(module: Module, contract: Contract, field: Field, first: JsonValue) -> list[Varying]:
    kind = field.type.scalar
    if field.type.many:
        return []
    match first:
        case str() if kind is Scalar.UUID:
            stem = "00000000-0000-4000-8000-"
            return [Varying(f'f"{stem}{{number:012x}}"', lambda number: f"{stem}{number:012x}")]
        case str() if kind is Scalar.DATE:
            start = date.fromisoformat(first)
            day, delta = module.use("datetime", "date"), module.use("datetime", "timedelta")
            source = f"({day}({start.year}, {start.month}, {start.day}) + {delta}(days=number)).isoformat()"
            return [Varying(source, lambda number: (start + timedelta(days=number)).isoformat())]
        case str() if kind is Scalar.DATETIME:
            at = datetime.fromisoformat(first)
            moment, delta = module.use("datetime", "datetime"), module.use("datetime", "timedelta")
            source = f"({moment}.fromisoformat({literal(first)}) + {delta}(minutes=number)).isoformat()"
            return [Varying(source, lambda number: (at + timedelta(minutes=number)).isoformat())]
        case str() if kind is Scalar.DECIMAL:
            return [_decimal(contract, field)]
        case str():
            return list(_texts(first))
        case bool():
            return []
        case int():
            return [Varying("number", lambda number: number), *_shifted(first)]
        case float():
            return [Varying("float(number)", float)]
        case _:
            return []


def _decimal(contract: Contract, field: Field) -> Varying:
    """The number with as many decimal places as answers give."""
    _, places = decimal_digits(contract, field.constraints)
    fraction = f".{'0' * places}" if places else ""
    return Varying(f'f"{{number}}{fraction}"', lambda number: f"{number}{fraction}")


def _texts(first: str) -> Iterator[Varying]:
    """The text with the number in the place of its last `2`, plain or with leading zeros."""
    head, digit, tail = first.rpartition("2")
    if not digit:
        return
    yield from _template(head, "", tail)
    stem = head.rstrip("0")
    if stem != head:
        yield from _template(stem, f"0{len(head) - len(stem) + 1}d", tail)


def _template(head: str, form: str, tail: str) -> Iterator[Varying]:
    escaped = [part.replace("{", "{{").replace("}", "}}") for part in (head, tail)]
    text = literal(f"{escaped[0]}{{number{':' if form else ''}{form}}}{escaped[1]}")
    if not text.startswith("("):
        yield Varying(f"f{text}", lambda number: f"{head}{number:{form}}{tail}")


def _shifted(first: int) -> list[Varying]:
    start = first - 1
    return [Varying(f"{start} + number", lambda number: start + number)]


def _table(module: Module, view: View, name: str, values: list[JsonValue]) -> Varying:
    constant = f"{view.snake}_{name}".upper()
    module.add(f"{constant} = {literal(values)}")
    return Varying(f"{constant}[number % {len(values)}]", lambda number: values[number % len(values)])


def _meets_checks(view: View, made: dict[str, JsonValue], varying: dict[str, Varying], number: int) -> bool:
    values = made | {name: value.of(number) for name, value in varying.items()}
    return all(holds(view, check.where, values) for check in view.entity.rules.check)


def _has_relation(view: View, field: Field) -> bool:
    """Whether a reference that each row makes anew tells rows apart that agree in this field."""
    sent = {relation.name for relation in view.references}
    groups = [group for group in view.entity.rules.unique if field.name in group]
    return all(sent.intersection(group) for group in groups)
