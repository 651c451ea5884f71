"""Annotations → what they mean: a type with constraints, or a relation."""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final, ForwardRef, Literal, Union, get_args, get_origin
from uuid import UUID

import pydantic
from annotated_types import GroupedMetadata
from pydantic.fields import FieldInfo

from apismith.contract.errors import ContractError
from apismith.contract.language.entities import EntityType
from apismith.contract.language.fields import ExternalKey, Mark, MarkWord
from apismith.contract.language.operations import Page
from apismith.contract.model import Scalar

SCALARS: Final[dict[object, Scalar]] = {
    str: Scalar.STR,
    int: Scalar.INT,
    float: Scalar.FLOAT,
    bool: Scalar.BOOL,
    Decimal: Scalar.DECIMAL,
    date: Scalar.DATE,
    datetime: Scalar.DATETIME,
    time: Scalar.TIME,
    timedelta: Scalar.DURATION,
    UUID: Scalar.UUID,
    pydantic.EmailStr: Scalar.EMAIL,
    pydantic.HttpUrl: Scalar.URL,
    pydantic.AnyUrl: Scalar.URL,
    pydantic.AnyHttpUrl: Scalar.URL,
    pydantic.AwareDatetime: Scalar.DATETIME,
    pydantic.JsonValue: Scalar.JSON,
}
_INSTEAD: Final[dict[object, str]] = {
    list: "Say of what: 'list[str]'; a set of rows is 'set[Tag]'.",
    set: "Say of what: a set of rows is 'set[Tag]', several values are 'list[str]'.",
    dict: "Say of what: 'dict[str, JsonValue]' for free JSON.",
    tuple: "Use 'list[...]'.",
    frozenset: "Use 'list[...]'.",
    bytes: "Use 'str'; files belong into a store of files, and their address here.",
    object: "Use 'JsonValue' from pydantic for free JSON.",
    Any: "Use 'JsonValue' from pydantic for free JSON.",
    complex: "Use 'float'.",
    pydantic.SecretStr: "Use 'Secret[str]'.",
    None: "A field that is always None holds nothing.",
}


class NotUnderstood(Exception):
    """An annotation that means nothing in a contract.

    Args:
        text: what is not understood.
        hint: what to use instead.
    """

    def __init__(self, text: str, hint: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint


class UnknownName(Exception):
    """A name in a quoted annotation that nothing has."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass
class Meaning:
    """What an annotation means.

    Args:
        scalar: kind of the value or, when `many`, of its items; None for an entity or nothing.
        entity: name of an entity.
        enum: an `Enum` of the contract, or the texts of a `Literal`.
        shape: `one`, `list`, `set`, `page` or (for None) `nothing`.
        metadata: everything else in `Annotated`: constraints of Pydantic, from the outside in.
    """

    scalar: Scalar | None = None
    entity: str | None = None
    enum: type[Enum] | tuple[str, ...] | None = None
    shape: Literal["one", "list", "set", "page", "nothing"] = "one"
    nullable: bool = False
    marks: set[MarkWord] = field(default_factory=set[MarkWord])
    external: object = None
    metadata: list[object] = field(default_factory=list[object])


def meaning(annotation: object, names: Mapping[str, Any]) -> Meaning:
    """Read an annotation.

    Args:
        annotation: as Python has it: types, texts, forward references.
        names: what the names in texts mean.

    Raises:
        UnknownName: a text names nothing.
        NotUnderstood: it means nothing in a contract.
    """
    annotation = _evaluated(annotation, names)
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        found = meaning(inner, names)
        for item in metadata:
            _add(found, item)
        return found
    if origin in (Union, types.UnionType):
        return _union(get_args(annotation), names)
    if origin in (list, set, Page):
        return _several(origin, get_args(annotation), names)
    if origin is Literal:
        return _literal(get_args(annotation))
    if origin is dict:
        if get_args(annotation)[0] is not str:
            raise NotUnderstood(_text(annotation), "The keys of JSON are texts: 'dict[str, JsonValue]'.")
        return Meaning(Scalar.JSON)
    return _single(annotation)


def _single(annotation: Any) -> Meaning:
    if annotation is None or annotation is type(None):
        return Meaning(shape="nothing")
    try:
        scalar = SCALARS.get(annotation)
    except TypeError:
        scalar = None
    if scalar is not None:
        return Meaning(scalar)
    if isinstance(annotation, EntityType):
        return Meaning(entity=annotation.__name__)
    if _is_enum(annotation):
        return Meaning(Scalar.ENUM, enum=annotation)
    value = getattr(annotation, "__value__", None)  # `type Name = ...`
    if value is not None:
        return meaning(value, {})
    try:
        hint = _INSTEAD.get(
            annotation, "Use a type that JSON and a database have, such as str, int, Decimal, datetime."
        )
    except TypeError:
        hint = None
    raise NotUnderstood(_text(annotation), hint)


def _is_enum(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Enum)


def _union(parts: tuple[Any, ...], names: Mapping[str, Any]) -> Meaning:
    others = [part for part in parts if part is not type(None)]
    if len(others) != 1:
        texts = " | ".join(_text(part) for part in parts)
        raise NotUnderstood(texts, "A value has one type; only '| None' may be added to it.")
    found = meaning(others[0], names)
    found.nullable = True
    return found


def _several(origin: object, arguments: tuple[Any, ...], names: Mapping[str, Any]) -> Meaning:
    found = meaning(arguments[0], names)
    word = "Page" if origin is Page else "list" if origin is list else "set"
    if found.shape != "one" or found.nullable:
        raise NotUnderstood(
            f"{word}[{_text(arguments[0])}]", f"A {word.lower()} holds single values that are not None."
        )
    found.shape = "page" if origin is Page else "list" if origin is list else "set"
    return found


def _literal(values: tuple[object, ...]) -> Meaning:
    texts = tuple(value for value in values if isinstance(value, str))
    if len(texts) + values.count(None) != len(values):
        raise NotUnderstood(f"Literal{list(values)}", "A closed set consists of texts: Literal['draft', 'sent'].")
    return Meaning(Scalar.ENUM, enum=texts, nullable=None in values)


def _add(found: Meaning, item: object) -> None:
    if isinstance(item, Mark):
        found.marks.add(item.word)
    elif isinstance(item, ExternalKey):
        found.external = item.target
    elif type(item).__name__.endswith("Validator") or (callable(item) and not isinstance(item, type)):
        raise NotUnderstood(
            type(item).__name__, "A contract is data: say it as a constraint, a row check, or in the service."
        )
    else:
        found.metadata.append(item)


def flattened(metadata: list[object]) -> Iterator[object]:
    """Metadata one by one, with what Pydantic groups taken apart."""
    for item in metadata:
        if isinstance(item, FieldInfo):
            yield from flattened(list(item.metadata))
        elif isinstance(item, GroupedMetadata):
            yield from flattened(list(item))
        elif item is not None:  # `conint(...)` leaves its empty places behind
            yield item


def _evaluated(annotation: object, names: Mapping[str, Any]) -> object:
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if not isinstance(annotation, str):
        return annotation
    try:
        value: object = eval(annotation, dict(names))
    except NameError as error:
        raise UnknownName(error.name or annotation) from None
    except (ContractError, MemoryError):
        raise
    except Exception as error:
        raise NotUnderstood(annotation, f"Python cannot read it: {error}.") from None
    return _evaluated(value, names)


def _text(annotation: object) -> str:
    if annotation is None or annotation is type(None):
        return "None"
    if isinstance(annotation, ForwardRef):
        return annotation.__forward_arg__
    return annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else str(annotation)
