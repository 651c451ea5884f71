"""Fields of the contract in the generated code: their names for clients, their Python types, their constraints."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Final

import pydantic
import pydantic_core
from pydantic import JsonValue, TypeAdapter

from apismith.contract.model import Constraints, Contract, Default, Entity, Field, Scalar, Type
from apismith.generate.code import Module, call, literal

ENUMS: Final = "app.models.enums"
CURRENT_PASSWORD: Final = "current_password"
SCHEMAS: Final = "app.api.v1.schemas.base"
VALUES: Final = "app.core.values"
INT64: Final = 2**63

_OF_VALUES: Final = ("Approximate", "Digits", "Whole", "Word")
"""What `VALUES` holds; other markers are in `SCHEMAS`."""

_PLAIN: Final = {
    Scalar.STR: ("builtins", "str"),
    Scalar.INT: ("builtins", "int"),
    Scalar.FLOAT: ("builtins", "float"),
    Scalar.BOOL: ("builtins", "bool"),
    Scalar.DECIMAL: ("decimal", "Decimal"),
    Scalar.DATE: ("datetime", "date"),
    Scalar.DATETIME: ("datetime", "datetime"),
    Scalar.TIME: ("datetime", "time"),
    Scalar.DURATION: ("datetime", "timedelta"),
    Scalar.UUID: ("uuid", "UUID"),
    Scalar.EMAIL: ("builtins", "str"),
    Scalar.URL: ("builtins", "str"),
    Scalar.JSON: ("pydantic", "JsonValue"),
}


# Names ----------------------------------------------------------------------------------------------------------------


def filter_field(contract: Contract, entity: Entity, path: str) -> Field | None:
    """The field that a filter compares; None for an `id`."""
    for step in path.split("."):
        relation = entity.relation(step)
        if relation is None:
            return entity.field(step)
        entity = contract.by_name[relation.target]
    return entity.field(entity.key)


# Types ----------------------------------------------------------------------------------------------------------------


def python_type(module: Module, type: Type) -> str:
    """The annotation of a stored or answered value, without constraints."""
    if type.scalar is Scalar.ENUM:
        assert type.enum is not None, "an enum type names its enum"
        name = module.use(ENUMS, type.enum)
    else:
        name = module.use(*_PLAIN[type.scalar])
    if type.many:
        name = f"{module.use('builtins', 'list')}[{name}]"
    return f"{name} | None" if type.nullable else name


def input_type(
    module: Module, contract: Contract, type: Type, constraints: Constraints, *extra: str, strict: bool = True
) -> str:
    """The annotation of a value that a client sends, with everything that it must satisfy.

    Args:
        module: where the imports go.
        contract: whose database says how many digits a decimal has.
        type: the value's type; whether it may be null is left to the caller.
        constraints: the contract's constraints.
        extra: further arguments of `Field`, such as a description.
        strict: the value comes in JSON, where `"1"` is no number; False for the query, where all is text.
    """
    if type.many:
        item = _scalar(module, contract, type, Constraints(), (), strict=strict)
        listed = f"{module.use('builtins', 'list')}[{item}]"
        return _annotated(module, listed, [*_lengths(constraints), *extra])
    return _scalar(module, contract, type, constraints, extra, strict=strict)


def _scalar(
    module: Module, contract: Contract, type: Type, limits: Constraints, extra: tuple[str, ...], *, strict: bool
) -> str:
    kind = type.scalar
    arguments = list(extra)
    if strict and kind in (Scalar.INT, Scalar.FLOAT, Scalar.BOOL):
        arguments.insert(0, "strict=True")
    match kind:
        case Scalar.STR if limits.pattern is not None:
            arguments = [*_lengths(limits), f"pattern={literal(limits.pattern)}", *arguments]
            return _annotated(module, module.use("builtins", "str"), arguments, "Storable")
        case Scalar.STR:
            return _annotated(module, module.use(SCHEMAS, "Text"), [*_lengths(limits), *arguments])
        case Scalar.EMAIL | Scalar.URL | Scalar.JSON:
            name = {Scalar.EMAIL: "Email", Scalar.URL: "Url", Scalar.JSON: "Json"}[kind]
            return _annotated(module, module.use(SCHEMAS, name), arguments)
        case Scalar.ENUM:
            return _annotated(module, python_type(module, Type(scalar=kind, enum=type.enum)), arguments)
        case Scalar.INT:
            arguments += _bounds(module, kind, _within_int64(limits))
            return _annotated(module, module.use("builtins", "int"), arguments, *(["Whole"] if strict else []))
        case Scalar.FLOAT:
            arguments += ["allow_inf_nan=False", *_bounds(module, kind, limits)]
            return _annotated(module, module.use("builtins", "float"), arguments)
        case Scalar.DECIMAL:
            digits, places = decimal_digits(contract, limits)
            arguments += [f"max_digits={digits}", f"decimal_places={places}", *_bounds(module, kind, limits)]
            return _annotated(module, module.use("decimal", "Decimal"), arguments, "Digits()", "Approximate")
        case Scalar.BOOL if not strict:
            return _annotated(module, module.use("builtins", "bool"), arguments, "Word")
        case Scalar.DATE | Scalar.TIME | Scalar.DURATION | Scalar.DATETIME:
            alias, markers = _MOMENTS[kind]
            bounds = _bounds(module, kind, limits)
            if not bounds:
                return _annotated(module, module.use(SCHEMAS, alias), arguments)
            aware = ("pydantic", "AwareDatetime") if kind is Scalar.DATETIME else _PLAIN[kind]
            return _annotated(module, module.use(*aware), [*bounds, *arguments], *markers)
        case _:
            return _annotated(module, module.use(*_PLAIN[kind]), arguments)


_MOMENTS: Final = {
    Scalar.DATE: ("Date", ("FromText",)),
    Scalar.DATETIME: ("Moment", ("FromText", "InUtc")),
    Scalar.TIME: ("Time", ("FromText", "WithoutZone")),
    Scalar.DURATION: ("Duration", ("FromText", "Bounded")),
}
"""Of `schemas/base.py`: the type of such values, and what it is made of besides the bounds."""


def _annotated(module: Module, name: str, arguments: list[str], *markers: str) -> str:
    arguments = [argument for argument in arguments if argument]
    if not arguments and not markers:
        return name
    parts = [name, *([call(module.use("pydantic", "Field"), *arguments)] if arguments else [])]
    for marker in markers:
        bare = marker.removesuffix("()")
        parts.append(module.use(VALUES if bare in _OF_VALUES else SCHEMAS, bare) + marker.removeprefix(bare))
    return f"{module.use('typing', 'Annotated')}[{', '.join(parts)}]"


def _lengths(limits: Constraints) -> list[str]:
    found = [("min_length", limits.min_length), ("max_length", limits.max_length)]
    return [f"{name}={value}" for name, value in found if value is not None]


def needs_python_regex(limits: Constraints) -> bool:
    """Whether the pattern says something that Pydantic's own engine does not know, such as lookahead."""
    if limits.pattern is None:
        return False
    try:
        TypeAdapter(Annotated[str, pydantic.Field(pattern=limits.pattern)])
    except pydantic_core.SchemaError:
        return True
    return False


def _within_int64(limits: Constraints) -> Constraints:
    """The bounds, and where there is none the smallest or largest number that a column holds."""
    low = {} if limits.ge is not None or limits.gt is not None else {"ge": -INT64}
    high = {} if limits.le is not None or limits.lt is not None else {"le": INT64 - 1}
    return limits.model_copy(update=low | high)


def _bounds(module: Module, kind: Scalar, limits: Constraints) -> list[str]:
    found = [(name, getattr(limits, name)) for name in ("gt", "ge", "lt", "le", "multiple_of")]
    return [f"{name}={constant(module, kind, value)}" for name, value in found if value is not None]


def decimal_digits(contract: Contract, limits: Constraints) -> tuple[int, int]:
    """How many digits a decimal has in all, and after the point.

    SQLite keeps numbers as floats, which are exact to 15 digits: more are only the default elsewhere.
    """
    digits = limits.max_digits or (15 if contract.database.kind == "sqlite" else 19)
    return digits, limits.decimal_places if limits.decimal_places is not None else min(4, digits)


# Constants ------------------------------------------------------------------------------------------------------------

_PARSED: Final = {
    Scalar.DECIMAL: TypeAdapter[object](Decimal),
    Scalar.DATE: TypeAdapter[object](date),
    Scalar.DATETIME: TypeAdapter[object](datetime),
    Scalar.TIME: TypeAdapter[object](time),
    Scalar.DURATION: TypeAdapter[object](timedelta),
}


def constant(module: Module, kind: Scalar, value: JsonValue) -> str:
    """The expression of a constant of this kind, given in its JSON form."""
    if value is None:
        return "None"
    match kind:
        case Scalar.INT:
            return _integer(int(str(value)))
        case Scalar.FLOAT:
            return repr(float(str(value)))
        case Scalar.DECIMAL:
            return f"{module.use('decimal', 'Decimal')}({literal(str(value))})"
        case Scalar.UUID:
            return f"{module.use('uuid', 'UUID')}({literal(str(value))})"
        case Scalar.DATE | Scalar.TIME | Scalar.DATETIME | Scalar.DURATION:
            return _moment(module, _PARSED[kind].validate_python(value))
        case _:
            return literal(value)


def _integer(value: int) -> str:
    """The number; the ends of the 64-bit range as people write them."""
    return {-INT64: "-(2**63)", INT64 - 1: "2**63 - 1"}.get(value, repr(value))


def default(module: Module, contract: Contract, field_type: Type, value: Default) -> str:
    """The default as the right-hand side of a schema's field: a constant, or `Field(default_factory=…)`."""
    match value.call:
        case "now":
            factory = module.use("app.core.clock", "utcnow")
        case "today":
            factory = module.use("app.core.clock", "today")
        case "uuid":
            factory = module.use("uuid", "uuid4")
        case "list" | "dict":
            factory = module.use("builtins", value.call)
        case None if isinstance(value.value, list):
            return f"[{', '.join(_constant_item(module, contract, field_type, item) for item in value.value)}]"
        case None:
            return _constant_item(module, contract, field_type, value.value)
    return f"{module.use('pydantic', 'Field')}(default_factory={factory})"


def _constant_item(module: Module, contract: Contract, type: Type, value: JsonValue) -> str:
    if type.scalar is not Scalar.ENUM or value is None:
        return constant(module, type.scalar, value)
    enum = next(enum for enum in contract.enums if enum.name == type.enum)
    member = next(member.name for member in enum.members if member.value == value)
    return enum_member(module, enum.name, member)


def enum_member(module: Module, enum: str, member: str) -> str:
    """The expression of a member of an enum."""
    return f"{module.use(ENUMS, enum)}.{member_name(member)}"


def member_name(member: str) -> str:
    """The name of a member in Python: one that hides a method of `str` gets an underscore, as in PEP 8."""
    return f"{member}_" if hasattr(str, member) else member


def _moment(module: Module, value: object) -> str:
    match value:
        case datetime():
            at = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
            parts = [at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond]
            zone = f"tzinfo={module.use('datetime', 'UTC')}"
            return call(module.use("datetime", "datetime"), *map(str, parts), zone)
        case date():
            return call(module.use("datetime", "date"), str(value.year), str(value.month), str(value.day))
        case time():
            parts = [value.hour, value.minute, *([value.second] if value.second or value.microsecond else [])]
            micro = [value.microsecond] if value.microsecond else []
            return call(module.use("datetime", "time"), *map(str, parts + micro))
        case timedelta():
            names = {"days": value.days, "seconds": value.seconds, "microseconds": value.microseconds}
            given = [f"{name}={number}" for name, number in names.items() if number]
            return call(module.use("datetime", "timedelta"), *given)
        case _:
            raise TypeError(f"not a moment: {value!r}")
