"""Pydantic's `Field`, defaults and constraints → the model's."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any, Final
from uuid import uuid4

from pydantic import JsonValue
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, to_jsonable_python

from apismith.contract.errors import InvalidExample, MeaninglessOption, UnsupportedDefault
from apismith.contract.language.fields import NOTHING, Now, ReverseOf, Slug, Was, now
from apismith.contract.model import Constraints, Default
from apismith.contract.places import Key
from apismith.contract.reading.annotations import flattened
from apismith.contract.reading.reading import Reading
from apismith.contract.reading.sources import SourceFile
from apismith.errors import did_you_mean
from apismith.findings import Span

CONSTRAINTS: Final = tuple(Constraints.model_fields)
_OPTIONS: Final = ("default", "default_factory", "title", "description", "examples", "exclude")
# Pydantic notes these besides what was said.
_IGNORED: Final = ("annotation", "metadata", "json_schema_extra", "validation_alias", "serialization_alias")
_INSTEAD: Final = {
    "unique": "Write 'Unique[...]' around the type.",
    "index": "Write 'Indexed[...]' around the type.",
    "primary_key": "Every entity has an id; name the field of its paths with 'key=\"...\"' behind the class.",
    "nullable": "Write '| None' behind the type.",
    "foreign_key": "Use the entity itself as the type.",
    "alias": "The name of the field is its name everywhere.",
    "regex": "Did you mean 'pattern'?",
    "min_items": "Did you mean 'min_length'?",
    "max_items": "Did you mean 'max_length'?",
}


@dataclass
class Value:
    """What stands behind the annotation of a field or parameter."""

    default: object = NOTHING
    factory: object = None
    was: str | None = None
    slug_of: str | None = None
    reverse_of: str | None = None
    title: str | None = None
    description: str | None = None
    examples: tuple[object, ...] = ()
    exclude: bool = False
    metadata: list[object] = field(default_factory=list[object])


class ValueReader:
    """Reads what stands behind annotations.

    Args:
        source: the file.
        node: the expression that was written there.
        around: where to point when nothing better is known.
    """

    def __init__(self, reading: Reading, source: SourceFile, node: ast.expr | None, around: Span) -> None:
        self._reading = reading
        self._source = source
        self._node = node
        self._around = around

    def value(self, written: object) -> Value:
        """Take apart what was written: `was(...)`, `slugify(...)`, `Field(...)`, or a plain default."""
        found = Value()
        if isinstance(written, Was):
            found.was = written.name
            written = written.default
        if isinstance(written, Slug):
            found.slug_of = written.source
        elif isinstance(written, ReverseOf):
            found.reverse_of = written.relation
        elif isinstance(written, FieldInfo):
            self._field(found, written)
        else:
            found.default = written
        return found

    def constraints(self, value: Value, metadata: list[object], key: Key) -> Constraints:
        """The constraints in metadata, those of `Field` last."""
        found: dict[str, Any] = {}
        for item in flattened([*metadata, *value.metadata]):
            for name, limit in _named(item).items():
                if name in CONSTRAINTS:
                    found[name] = _plain(limit)
                    self._reading.places.put((*key, "constraints", name), self._option(name))
                else:
                    self._unknown(name)
        try:
            return Constraints.model_validate(found)
        except ValueError:
            self._wrong(f"The constraints {found} are of the wrong type, so they cannot be checked.", "Use numbers.")
            return Constraints()

    def examples(self, value: Value, key: Key) -> tuple[JsonValue, ...]:
        """The examples, as JSON."""
        at = self._option("examples")
        if value.examples:
            self._reading.places.put((*key, "examples"), at)
        try:
            return tuple(to_jsonable_python(example) for example in value.examples)
        except ValueError:
            message = f"{value.examples!r} are no JSON values, so they cannot be examples."
            self._reading.mistakes.append(InvalidExample(message, at=at, hint="Use constants."))
            return ()

    def default(self, value: Value, key: Key) -> Default | None:
        """The default; None where a client must send the value."""
        self._reading.places.put((*key, "default"), self._option("default", "default_factory"))
        if value.factory is not None:
            return self._made(value.factory)
        if value.default is NOTHING:
            return None
        if isinstance(value.default, Now):
            return Default(call="now")
        if value.default in ([], {}) and isinstance(value.default, list | dict):
            return Default(call="list" if isinstance(value.default, list) else "dict")
        try:
            plain = value.default.value if isinstance(value.default, Enum) else value.default
            return Default(value=to_jsonable_python(plain))
        except ValueError:
            self._wrong(f"{value.default!r} is no JSON value, so it cannot be a default.", "Use a constant.")
            return None

    def _field(self, found: Value, info: FieldInfo) -> None:
        said: Mapping[str, Any] = getattr(info, "_attributes_set", {})
        found.default = NOTHING if info.default in (PydanticUndefined, ...) else info.default
        found.factory = info.default_factory
        found.title, found.description, found.exclude = info.title, info.description, bool(info.exclude)
        found.examples = tuple(info.examples or ())
        found.metadata = list(info.metadata)
        extra: Any = info.json_schema_extra
        names: list[str] = [*said, *(extra if isinstance(extra, dict) else ())]
        for name in names:
            if name not in (*_OPTIONS, *CONSTRAINTS, *_IGNORED):
                self._unknown(name)

    def _made(self, factory: Any) -> Default | None:
        if factory in (list, dict, set):
            return Default(call="dict" if factory is dict else "list")
        if factory is uuid4:
            return Default(call="uuid")
        if factory is now or factory == datetime.now:
            return Default(call="now")
        if factory == date.today:
            return Default(call="today")
        name = getattr(factory, "__name__", repr(factory))
        self._wrong(
            f"The default is made by '{name}', which the generated backend does not have.",
            "A default is a constant, or made by now, date.today, uuid4, list or dict.",
        )
        return None

    def _wrong(self, message: str, hint: str) -> None:
        at = self._option("default", "default_factory")
        self._reading.mistakes.append(UnsupportedDefault(message, at=at, hint=hint))

    def _unknown(self, name: str) -> None:
        hint = _INSTEAD.get(name) or did_you_mean(name, (*_OPTIONS, *CONSTRAINTS))
        message = f"'{name}' is nothing that can be said of a field, so it would have no effect."
        self._reading.mistakes.append(MeaninglessOption(message, at=self._option(name, whole=True), hint=hint))

    def _option(self, *names: str, whole: bool = False) -> Span:
        """Where an option of `Field(...)` is said, else the whole value, else what is around."""
        if self._node is None:
            return self._around
        for node in ast.walk(self._node):
            if isinstance(node, ast.keyword) and node.arg in names:
                return self._source.span(node if whole else node.value)
        return self._source.span(self._node)


def _plain(limit: object) -> Any:
    """The JSON form of a constraint; of a compiled pattern its text."""
    return getattr(limit, "pattern", None) or to_jsonable_python(limit)


def _named(item: object) -> dict[str, Any]:
    """The constraints that one piece of metadata holds; Pydantic's own notes about its types are none."""
    if type(item).__name__ in ("UuidVersion", "UrlConstraints", "str"):
        return {}
    names = getattr(item, "__slots__", None) or vars(item)
    found = {name: getattr(item, name, None) for name in names if not name.startswith("_")}
    return {name: limit for name, limit in found.items() if limit is not None} or {type(item).__name__: True}
