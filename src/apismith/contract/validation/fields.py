"""Fields: constraints fit their types, defaults meet them, keys are unique."""

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, EmailStr, Field as PydanticField, HttpUrl, JsonValue, TypeAdapter, ValidationError
from pydantic_core import SchemaError, to_json

from apismith.contract.errors import (
    ConstraintDoesNotFit,
    EmptyRange,
    InvalidDefault,
    InvalidExample,
    InvalidExternal,
    InvalidPattern,
    InvalidSlug,
    KeyNotUnique,
    UnknownKey,
)
from apismith.contract.model import Constraints, Contract, Default, Entity, Field, Operation, Scalar, Type
from apismith.contract.places import Key, Places
from apismith.errors import ApismithError, did_you_mean

_LENGTHS: Final = frozenset({"min_length", "max_length"})
_BOUNDS: Final = frozenset({"gt", "ge", "lt", "le"})
_NUMBER: Final = _BOUNDS | {"multiple_of"}
_FITTING: Final[dict[Scalar, frozenset[str]]] = {
    Scalar.STR: _LENGTHS | {"pattern"},
    Scalar.EMAIL: _LENGTHS,
    Scalar.URL: _LENGTHS,
    Scalar.INT: _NUMBER,
    Scalar.FLOAT: _NUMBER,
    Scalar.DECIMAL: _NUMBER | {"max_digits", "decimal_places"},
    Scalar.DATE: _BOUNDS,
    Scalar.DATETIME: _BOUNDS,
    Scalar.TIME: _BOUNDS,
    Scalar.DURATION: _BOUNDS,
}
_PYTHON: Final[dict[Scalar, Any]] = {
    Scalar.STR: str,
    Scalar.INT: int,
    Scalar.FLOAT: float,
    Scalar.BOOL: bool,
    Scalar.DECIMAL: Decimal,
    Scalar.DATE: date,
    Scalar.DATETIME: AwareDatetime,
    Scalar.TIME: time,
    Scalar.DURATION: timedelta,
    Scalar.UUID: UUID,
    Scalar.EMAIL: EmailStr,
    Scalar.URL: HttpUrl,
    Scalar.JSON: JsonValue,
}
_MADE: Final[dict[str, frozenset[Scalar]]] = {
    "now": frozenset({Scalar.DATETIME}),
    "today": frozenset({Scalar.DATE}),
    "uuid": frozenset({Scalar.UUID}),
    "dict": frozenset({Scalar.JSON}),
}
_KEYS: Final = (Scalar.STR, Scalar.INT, Scalar.UUID, Scalar.EMAIL)
_MOST: Final = {"min_length": 2**31 - 1, "max_length": 2**31 - 1, "max_digits": 1000, "decimal_places": 1000}
"""What requests and databases can hold at all."""
_LARGEST: Final = 2**63 - 1


def check(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """Every field and parameter can hold what it is said to hold."""
    for entity in contract.entities:
        for field in entity.fields:
            key: Key = ("entities", entity.name, "fields", field.name)
            yield from value(contract, field.name, field.type, field.constraints, field.default, places, key)
            yield from _field(entity, field, places, key)
            yield from _examples(contract, field, places, key)
        yield from _key(entity, places)
        for action in entity.actions:
            yield from _parameters(contract, action, places, ("entities", entity.name, "actions", action.name))
    for query in contract.queries:
        yield from _parameters(contract, query, places, ("queries", query.name))


def _parameters(contract: Contract, operation: Operation, places: Places, of: Key) -> Iterator[ApismithError]:
    for given in operation.parameters:
        if given.type is not None:
            key: Key = (*of, "parameters", given.name)
            yield from value(contract, given.name, given.type, given.constraints, given.default, places, key)
            told = Field(name=given.name, type=given.type, constraints=given.constraints, examples=given.examples)
            yield from _examples(contract, told, places, key)


def value(
    contract: Contract, name: str, type: Type, limits: Constraints, default: Default | None, places: Places, key: Key
) -> Iterator[ApismithError]:
    """The mistakes in one value's constraints and default."""
    said = limits.model_dump(exclude_none=True)
    fitting = _LENGTHS if type.many else _FITTING.get(type.scalar, frozenset())
    wrong = [constraint for constraint in said if constraint not in fitting]
    for constraint in wrong:
        words = (
            f"a list of {type.scalar}" if type.many else f"{'an' if type.scalar[0] in 'aeiu' else 'a'} {type.scalar}"
        )
        yield ConstraintDoesNotFit(
            f"'{constraint}' means nothing for '{name}', which is {words}.",
            at=places.at(*key, "constraints", constraint),
            hint=f"It can have: {', '.join(sorted(fitting))}." if fitting else "Leave it out.",
        )
    if wrong:
        return
    mistakes = [*_pattern(name, limits, places, key), *_range(contract, name, type, limits, places, key)]
    yield from mistakes
    if default is not None and not mistakes:
        yield from _default(contract, name, type, limits, default, places, key)


def _pattern(name: str, limits: Constraints, places: Places, key: Key) -> Iterator[ApismithError]:
    if limits.pattern is None:
        return
    try:
        re.compile(limits.pattern)
    except re.error as error:
        yield InvalidPattern(
            f"The pattern of '{name}' is no regular expression: {error}.",
            at=places.at(*key, "constraints", "pattern"),
            hint="Try it with re.compile(r'…').",
        )


def _range(
    contract: Contract, name: str, type: Type, limits: Constraints, places: Places, key: Key
) -> Iterator[ApismithError]:
    for constraint, most in _MOST.items():
        number: int | None = getattr(limits, constraint)
        at = places.at(*key, "constraints", constraint)
        if number is not None and number < (1 if constraint in ("max_length", "max_digits") else 0):
            yield EmptyRange(f"'{constraint}' of '{name}' is {number}, so no value would do.", at=at)
        elif number is not None and number > most:
            message = f"'{constraint}' of '{name}' is {number}, which is more than can be kept."
            yield ConstraintDoesNotFit(message, at=at, hint=f"Use {most} at most.")
        elif number is not None and constraint == "min_length" and number > contract.limits.body:
            message = f"'{name}' must be longer than the {contract.limits.body} bytes of a body, so no value would do."
            yield EmptyRange(message, at=at, hint="Lower min_length, or raise Limits(body=…).")
    if (limits.min_length or 0) > (limits.max_length if limits.max_length is not None else float("inf")):
        yield EmptyRange(
            f"'{name}' must have at least {limits.min_length} and at most {limits.max_length}, so no value would do.",
            at=places.at(*key, "constraints", "min_length"),
            hint="Swap them.",
        )
    if limits.max_digits is not None and (limits.decimal_places or 0) > limits.max_digits:
        message = f"'{name}' has more decimal places than digits, so no value would do."
        yield EmptyRange(message, at=places.at(*key, "constraints", "decimal_places"), hint="Raise max_digits.")
    yield from _bounds(name, type, limits, places, key)


def _bounds(name: str, type: Type, limits: Constraints, places: Places, key: Key) -> Iterator[ApismithError]:
    read: dict[str, Any] = {}
    for bound in ("gt", "ge", "lt", "le", "multiple_of"):
        limit = getattr(limits, bound)
        if limit is None:
            continue
        try:
            read[bound] = _parsed(type, limit)
        except ValueError:
            yield ConstraintDoesNotFit(
                f"'{bound}' of '{name}' is {limit!r}, which is no {_WORDS.get(type.scalar, type.scalar)}, "
                "so nothing can be compared with it.",
                at=places.at(*key, "constraints", bound),
                hint=f"Use a value of the type {type.scalar}.",
            )
            return
    if "multiple_of" in read and read["multiple_of"] <= 0:
        message = f"'multiple_of' of '{name}' is {limits.multiple_of}, so no value would do."
        yield EmptyRange(message, at=places.at(*key, "constraints", "multiple_of"), hint="Use a positive number.")
    if type.scalar is Scalar.INT:
        yield from _wide(name, read, places, key)
    for low in ("gt", "ge"):
        for high in ("lt", "le"):
            if low in read and high in read and not _between(read[low], read[high], low == "ge" and high == "le"):
                yield EmptyRange(
                    f"'{name}' must be {_SIGNS[low]} {read[low]} and {_SIGNS[high]} {read[high]}: no value would do.",
                    at=places.at(*key, "constraints", low),
                    hint="Swap them.",
                )


def _parsed(type: Type, limit: JsonValue) -> Any:
    """A bound as a value of the type; a `ValueError` where it is none."""
    if isinstance(limit, float) and not isfinite(limit):
        raise ValueError(limit)
    read = TypeAdapter[Any](_PYTHON[type.scalar]).validate_json(to_json(limit), strict=True)
    if isinstance(read, time) and read.tzinfo is not None:
        raise ValueError(limit)
    return read


def _wide(name: str, read: dict[str, Any], places: Places, key: Key) -> Iterator[ApismithError]:
    """The bounds that leave no number that a column can hold."""
    for bound, limit in read.items():
        if (bound in ("gt", "ge") and limit > _LARGEST) or (bound in ("lt", "le") and limit < -_LARGEST):
            message = f"'{name}' must be {_SIGNS[bound]} {limit}, and databases keep no such number: no value would do."
            yield EmptyRange(message, at=places.at(*key, "constraints", bound), hint="Use Decimal.")


_WORDS: Final = {Scalar.DATETIME: "datetime with a zone", Scalar.TIME: "time without a zone"}
_SIGNS: Final = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}


def _between(low: Any, high: Any, including: bool) -> bool:
    try:
        return bool(low < high or (including and low == high))
    except TypeError:
        # Times with and without a zone cannot be compared; each is checked when it comes.
        return True


def _default(
    contract: Contract, name: str, type: Type, limits: Constraints, default: Default, places: Places, key: Key
) -> Iterator[ApismithError]:
    at = places.at(*key, "default")
    if default.call is not None:
        fits = type.many if default.call == "list" else type.scalar in _MADE[default.call] and not type.many
        if not fits and not (default.call == "list" and type.scalar is Scalar.JSON):
            message = f"The default of '{name}' is made by '{default.call}', which makes no {type.scalar}."
            yield InvalidDefault(message, at=at, hint="Use a default of the field's own type.")
        return
    if default.value is None:
        if not type.nullable:
            message = f"The default of '{name}' is None, but it is never None."
            yield InvalidDefault(message, at=at, hint="Write '| None' behind the type.")
        return
    if isinstance(default.value, float) and not isfinite(default.value):
        message = f"The default of '{name}' is {default.value}, which JSON cannot say."
        yield InvalidDefault(message, at=at, hint="Use a number.")
        return
    if (reason := _refused(contract, type, limits, default.value)) is not None:
        hint = None
        if type.scalar is Scalar.ENUM and isinstance(default.value, str):
            hint = did_you_mean(default.value, _values(contract, type))
        yield InvalidDefault(
            f"The default {default.value!r} of '{name}' would be refused from a client: {reason}.",
            at=at,
            hint=hint or "Change the default or the constraint.",
        )


def _examples(contract: Contract, field: Field, places: Places, key: Key) -> Iterator[ApismithError]:
    for number, example in enumerate(field.examples):
        if example is None and field.type.nullable:
            continue
        if (reason := _refused(contract, field.type, field.constraints, example)) is not None:
            yield InvalidExample(
                f"The example {example!r} of '{field.name}' would be refused from a client: {reason}.",
                at=places.at(*key, "examples", number),
                hint="Change the example or the constraint.",
            )


def _refused(contract: Contract, type: Type, limits: Constraints, given: JsonValue) -> str | None:
    """Why a value would be refused; None when it would not, or when the constraints are wrong themselves."""
    try:
        _adapter(contract, type, limits).validate_json(to_json(given, inf_nan_mode="constants"), strict=True)
    except ValidationError as error:
        return error.errors(include_url=False)[0]["msg"]
    except (SchemaError, ValueError):
        return None
    return None


def _adapter(contract: Contract, type: Type, limits: Constraints) -> TypeAdapter[Any]:
    """What checks a value as the generated backend will."""
    inner: Any = _PYTHON.get(type.scalar, str)
    if type.scalar is Scalar.ENUM:
        literal: Any = Literal
        inner = literal[tuple(_values(contract, type))]
    if type.many:
        inner = list[inner]
    said: dict[str, Any] = {
        name: _parsed(type, limit) if name in _NUMBER else limit
        for name, limit in limits.model_dump(exclude_none=True).items()
    }
    if type.scalar is Scalar.INT and not type.many:
        said |= {"ge": max(said.get("ge", -_LARGEST), -_LARGEST), "le": min(said.get("le", _LARGEST), _LARGEST)}
    if limits.pattern is not None:
        # Pydantic's own engine does not know all patterns.
        said["pattern"] = re.compile(limits.pattern)
    annotated: Any = Annotated
    return TypeAdapter[Any](annotated[inner, PydanticField(**said)] if said else inner)


def _values(contract: Contract, type: Type) -> list[str]:
    return [member.value for enum in contract.enums if enum.name == type.enum for member in enum.members]


def _field(entity: Entity, field: Field, places: Places, key: Key) -> Iterator[ApismithError]:
    if field.external is not None and not re.fullmatch(r"[a-z][a-z0-9_-]*\.[A-Z][A-Za-z0-9]*", field.external):
        yield InvalidExternal(
            f"'{field.external}' names no entity of a service.",
            at=places.at(*key),
            hint='Write External["users.User"].',
        )
    if field.slug_of is not None:
        source = entity.field(field.slug_of)
        texts = [f.name for f in entity.fields if f.type.scalar is Scalar.STR and not f.secret and f is not field]
        if source is None or source is field or source.name not in texts or source.type.many or source.type.nullable:
            yield InvalidSlug(
                f"'{field.name}' is made from '{field.slug_of}', no text of {entity.name} that is always there.",
                at=places.at(*key),
                hint=did_you_mean(field.slug_of, texts),
            )
        elif field.type.scalar is not Scalar.STR or field.type.many:
            yield InvalidSlug(f"The slug '{field.name}' is no text.", at=places.at(*key), hint="Write `slug: str`.")
    if field.unique and (field.type.many or field.type.scalar is Scalar.JSON):
        yield ConstraintDoesNotFit(
            f"'{field.name}' of {entity.name} holds several values, which cannot be unique.",
            at=places.at(*key),
            hint="Leave Unique out.",
        )


def _key(entity: Entity, places: Places) -> Iterator[ApismithError]:
    if entity.key == "id":
        return
    at = places.at("entities", entity.name, "key")
    field = entity.field(entity.key)
    if field is None:
        unique = ["id", *(f.name for f in entity.fields if f.unique)]
        yield UnknownKey(
            f"{entity.name} has no field '{entity.key}', so its paths could not name a row.",
            at=at,
            hint=did_you_mean(entity.key, [f.name for f in entity.fields]) or did_you_mean(entity.key, unique),
        )
    elif not field.unique:
        yield KeyNotUnique(
            f"'{entity.key}' of {entity.name} is not unique, so a path with it could mean several rows.",
            at=at,
            hint=f"Write `{entity.key}: Unique[…]`.",
        )
    elif field.type.many or field.type.nullable or field.secret or field.type.scalar not in _KEYS:
        yield KeyNotUnique(
            f"'{entity.key}' of {entity.name} is no text or number that is always there, so paths cannot name it.",
            at=at,
            hint="Use a str, int or UUID.",
        )
