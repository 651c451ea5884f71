"""Annotations of fields, parameters and answers → types, with the mistakes in them noted."""

import ast
import keyword
import re
from enum import Enum
from typing import Any

from apismith.contract.errors import (
    InvalidEnum,
    MarkDoesNotFit,
    NameTaken,
    UnknownTarget,
    UnsupportedAnnotation,
)
from apismith.contract.model import EnumMemberType, EnumType, Scalar, Type
from apismith.contract.reading.annotations import Meaning, NotUnderstood, UnknownName, meaning
from apismith.contract.reading.classes import class_source, docstring
from apismith.contract.reading.reading import Reading
from apismith.errors import did_you_mean

_OF_ROWS = ("owner", "parent", "tenant", "reverse")


def check_marks(reading: Reading, name: str, meant: Meaning, at: Any) -> None:
    """Note marks around types that cannot be such."""
    for mark in sorted(meant.marks):
        word = mark.capitalize()
        if meant.entity is None and mark in _OF_ROWS:
            message = f"'{name}' is {word}[…] of a value, but it means a row of another entity."
            hint = f"Put an entity into the brackets: `{word}[User]`."
            reading.mistakes.append(MarkDoesNotFit(message, at=at, hint=hint))
        elif meant.entity is not None and mark == "secret":
            message = f"'{name}' is a Secret[…] of rows, but a secret is a text that is typed in."
            reading.mistakes.append(MarkDoesNotFit(message, at=at, hint="Write `Secret[str]`."))
        elif mark != "reverse" and "reverse" in meant.marks:
            message = f"'{name}' is the other side of a relation, so it cannot be {word}[…] itself."
            reading.mistakes.append(MarkDoesNotFit(message, at=at, hint=f"Say {word}[…] on the relation itself."))


def understood(
    reading: Reading, part: Any, annotation: Any, node: ast.expr | None, *, stored: bool = False
) -> Meaning | None:
    """What an annotation means; None where it means nothing, which is then noted.

    Args:
        reading: the state.
        part: the class or function with the annotation.
        annotation: as Python has it.
        node: as it is written.
        stored: it is of a field, not of a parameter or an answer.
    """
    source = part.source
    at = source.span(node) if node is not None else None
    try:
        meant = meaning(annotation, reading.names(source.path))
        if stored and (wrong := _not_stored(meant)) is not None:
            raise wrong
        return meant
    except UnknownName as error:
        at = _mention(source, node, error.name)
        known = [*reading.entities, *(n for n in reading.names(source.path) if n[:1].isupper())]
        message = f"There is no '{error.name}' in this contract, so the type means nothing."
        reading.mistakes.append(UnknownTarget(message, at=at, hint=did_you_mean(error.name, known)))
    except NotUnderstood as error:
        message = f"'{error.text}' is no type of a contract, so nothing can be stored or sent for it."
        reading.mistakes.append(UnsupportedAnnotation(message, at=at, hint=error.hint))
    return None


def _not_stored(meant: Meaning) -> NotUnderstood | None:
    """Why a field cannot have a type that an answer could."""
    if meant.shape == "page":
        return NotUnderstood("Page[…]", "Pages are answered by queries; a set of rows is `set[…]`.")
    if meant.shape == "set" and meant.entity is None:
        return NotUnderstood("set[…]", "Several values are `list[…]`; a set is of rows.")
    if meant.shape == "list" and meant.entity is not None:
        return NotUnderstood("list[…]", f"Rows have no order of their own: write `set[{meant.entity}]`.")
    return None


def _mention(source: Any, node: ast.expr | None, name: str) -> Any:
    """Where an annotation says a name, in quotes or not."""
    if node is None:
        return None
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id == name:
            return source.span(inner)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and name in inner.value:
            line = source.lines[inner.lineno - 1].encode()
            at = line.find(name.encode(), inner.col_offset)
            if at >= 0:
                return source.of_bytes(inner.lineno, at, inner.lineno, at + len(name.encode()))
            return source.span(inner)
    return source.span(node)


def type_of(reading: Reading, meant: Meaning, owner: str, name: str) -> Type | None:
    """The type of a value; notes the enum behind it. None for nothing and for rows."""
    if meant.scalar is None:
        return None
    enum = None
    if isinstance(meant.enum, tuple):
        enum = owner + "".join(part.capitalize() for part in name.split("_"))
        reading.enums[enum] = EnumType(name=enum, members=_members(meant.enum))
    elif meant.enum is not None:
        enum = meant.enum.__name__
        _read_enum(reading, meant.enum)
    scalar = Scalar.ENUM if enum else meant.scalar
    return Type(scalar=scalar, enum=enum, many=meant.shape == "list", nullable=meant.nullable)


def _read_enum(reading: Reading, enum: type[Enum]) -> None:
    name = enum.__name__
    if reading.enum_classes.setdefault(name, enum) is not enum:
        message = f"There are two enums '{name}', and only one can have the name."
        reading.mistakes.append(NameTaken(message, at=_at_class(reading, enum), hint="Rename one."))
    if name in reading.enums:
        return
    reading.places.put(("enums", name), _at_class(reading, enum))
    texts = {member: value for member, value in ((m.name, m.value) for m in enum) if isinstance(value, str)}
    if len(texts) < len(enum):
        message = f"The values of {name} are no texts, so people could not read what is stored."
        hint = f"Write `class {name}(StrEnum)` with texts."
        reading.mistakes.append(InvalidEnum(message, at=_at_class(reading, enum), hint=hint))
    if len(enum.__members__) > len(enum):
        message = f"{name} has a value twice, so members could not be told apart."
        reading.mistakes.append(InvalidEnum(message, at=_at_class(reading, enum), hint="Take one of them out."))
    members = tuple(EnumMemberType(name=m.name, value=str(m.value)) for m in enum)
    reading.enums[name] = EnumType(name=name, members=members, description=_said_of(enum))


def _at_class(reading: Reading, cls: type[Any]) -> Any:
    found = class_source(reading, cls)
    return found.source.word(found.node) if found else None


def _said_of(enum: type[Enum]) -> str | None:
    """The docstring of an enum; those that Python's own enums bring are nobody's words."""
    text = docstring(enum)
    return text if text and all(text != docstring(base) for base in enum.__mro__[1:]) else None


def _members(texts: tuple[str, ...]) -> tuple[EnumMemberType, ...]:
    """Names for the texts of a `Literal`."""
    found: dict[str, str] = {}
    for text in texts:
        name = re.sub(r"\W", "_", text, flags=re.ASCII).lower() or "empty"
        if name[0].isdigit() or name.startswith("_"):
            name = f"value{'' if name.startswith('_') else '_'}{name}"
        name = name.rstrip("_") or "value"
        if keyword.iskeyword(name) or name in ("name", "value", "mro"):
            name += "_"
        number = 2
        base = name
        while name in found:
            name, number = f"{base}_{number}", number + 1
        found[name] = text
    return tuple(EnumMemberType(name=name, value=text) for name, text in found.items())
