"""Entities: their fields, relations and options → the model's."""

import ast
from dataclasses import dataclass, field
from enum import EnumType
from inspect import get_annotations
from typing import Any

from apismith.contract.errors import (
    AmbiguousReverse,
    ConstraintDoesNotFit,
    MeaninglessOption,
    MissingAnnotation,
    MissingReverse,
    NameTaken,
    NotInBackend,
    PlainMethod,
    ReservedName,
    UnknownMixin,
    Unreadable,
    UnsupportedAnnotation,
    UnsupportedDefault,
    WrongArguments,
)
from apismith.contract.language.entities import EntityType
from apismith.contract.language.fields import NOTHING, computed
from apismith.contract.model import (
    Constraints,
    Field,
    Relation,
    Scalar,
    Type,
)
from apismith.contract.places import Key
from apismith.contract.reading.annotations import Meaning
from apismith.contract.reading.bodies import Step
from apismith.contract.reading.classes import ClassSource, class_source, line_of_classes
from apismith.contract.reading.kinds import check_part
from apismith.contract.reading.meanings import check_marks, type_of, understood
from apismith.contract.reading.reading import Reading
from apismith.contract.reading.values import Value, ValueReader
from apismith.errors import did_you_mean

MIXINS = ("Timestamps", "SoftDelete", "Audited", "Versioned")
OPTIONS = ("key", "was", "deprecated", "bulk")
WORDS = ("access", "listing", "rules")
SLUG_LENGTH = 200


@dataclass
class Draft:
    """An entity while it is being read."""

    cls: type[Any]
    source: ClassSource
    fields: list[Field] = field(default_factory=list[Field])
    relations: list[Relation] = field(default_factory=list[Relation])
    reverse: dict[str, Value] = field(default_factory=dict[str, Value])
    computed: dict[str, tuple[ClassSource, ast.FunctionDef]] = field(
        default_factory=dict[str, tuple[ClassSource, ast.FunctionDef]]
    )

    @property
    def name(self) -> str:
        """Its name."""
        return self.cls.__name__

    @property
    def key(self) -> str:
        """The field in its paths."""
        return str(self.cls.options.get("key", "id"))

    @property
    def bulk(self) -> int | None:
        """How many rows one request may create; None where that is not said, or in no number."""
        said = self.cls.options.get("bulk")
        return said if type(said) is int else None

    def shape(self) -> dict[str, Step]:
        """What its names lead to in bodies."""
        known = {"id": Step(), **{f.name: Step() for f in self.fields}}
        known |= {r.name: Step(r.target, r.many) for r in self.relations}
        return known | {name: Step() for name in server_fields(self.cls)}


def server_fields(cls: type[Any]) -> list[str]:
    """The fields that the mixins of the language add."""
    return [name for name in ("created_at", "updated_at", "deleted_at", "version") if _is_annotated(cls, name)]


def _is_annotated(cls: type[Any], name: str) -> bool:
    return any(name in get_annotations(base) for base in cls.__mro__ if base.__module__.startswith("apismith."))


def read_entity(reading: Reading, cls: type[Any]) -> Draft | None:
    """Read the declarations of one entity; what they refer to is looked at when all have been read."""
    source = class_source(reading, cls)
    if source is None:
        message = f"The class statement of {cls.__name__} is not to be found, so its fields cannot be read."
        hint = f"Write it out: `class {cls.__name__}(Entity):`."
        reading.mistakes.append(Unreadable(message, at=reading.sources.span(cls.said_at), hint=hint))
        return None
    draft = Draft(cls, source)
    reading.places.put(("entities", draft.name), source.source.word(source.node))
    for option in OPTIONS:
        reading.places.put(("entities", draft.name, option), source.option(option))
    for option in cls.options:
        if option not in OPTIONS:
            message = f"'{option}' is no option of an entity, so it would have no effect."
            reading.mistakes.append(
                MeaninglessOption(message, at=source.option(option), hint=did_you_mean(option, OPTIONS))
            )
    if cls.options.get("deprecated") is not None:
        check_part(reading, draft.name, "deprecated", cls.options["deprecated"], source.option("deprecated"))
    if draft.bulk != cls.options.get("bulk"):
        message = f"'bulk' of {draft.name} is no whole number, so it would have no effect."
        hint = "Write how many rows one request may create: `bulk=100`."
        reading.mistakes.append(WrongArguments(message, at=source.option("bulk"), hint=hint))
    _check_bases(reading, draft)
    for part in line_of_classes(reading, cls):
        _read_class(reading, draft, part)
    _add_slug(reading, draft)
    return draft


def _check_bases(reading: Reading, draft: Draft) -> None:
    bases = list(draft.cls.__bases__)
    for base in bases:
        if base is object or base.__module__.startswith("apismith."):
            continue
        at = draft.source.base(base.__name__)
        if isinstance(base, EntityType):
            message = f"{draft.name} is made from {base.__name__}, but an entity cannot be a kind of another one."
            hint = f"Put what they share into a class without Entity, or refer to it: `base: {base.__name__}`."
            reading.mistakes.append(UnknownMixin(message, at=at, hint=hint))
        elif class_source(reading, base) is None:
            message = f"{base.__name__} means nothing in a contract, so {draft.name} would get nothing from it."
            reading.mistakes.append(UnknownMixin(message, at=at, hint=did_you_mean(base.__name__, MIXINS)))
        else:
            bases += base.__bases__


def _read_class(reading: Reading, draft: Draft, part: ClassSource) -> None:
    for name, annotation in part.annotations().items():
        if name in WORDS:
            if name not in vars(part.cls):
                message = f"'{name}' is a word of the language here, so it is no field."
                hint = f"Call it '{draft.name.lower()}_{name}'."
                reading.mistakes.append(ReservedName(message, at=part.attribute(name), hint=hint))
            continue
        _read_field(reading, draft, part, name, annotation)
    for statement in part.node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]) if name in ("access", "listing", "rules"):
                for option, span in _arguments(part, statement.value):
                    reading.places.put(("entities", draft.name, name, *option), span)
                reading.places.put(("entities", draft.name, name), part.source.span(statement.value))
                check_part(reading, draft.name, name, vars(part.cls).get(name), part.source.span(statement.value))
            case ast.Assign(targets=[ast.Name(id=name)]) if not name.startswith("_"):
                reading.mistakes.append(
                    MissingAnnotation(
                        f"'{name}' has no type, so it is no field.",
                        at=part.attribute(name),
                        hint=_meant(name) or f"Write `{name}: str = …`.",
                    )
                )
            case ast.FunctionDef(name=name) if isinstance(part.cls.__dict__.get(name), computed):
                draft.computed[name] = (part, statement)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if not reading.is_operation(
                part.cls.__dict__.get(name)
            ):
                message = f"'{name}' is neither an action nor a computed value, so it would be lost."
                hint = f'Write `@action("POST /…/{{id}}/{name}")` or `@computed` above it.'
                reading.mistakes.append(PlainMethod(message, at=part.source.word(statement), hint=hint))
            case ast.ClassDef(name=name) if not isinstance(vars(part.cls).get(name), EnumType):
                message = f"'{name}' is a class within {draft.name}, so it would be lost."
                hint = "Options stand behind the name of the entity: `key=...`; everything else in fields and rules."
                reading.mistakes.append(PlainMethod(message, at=part.source.word(statement), hint=hint))
            case _:
                pass


def _meant(name: str) -> str | None:
    near = did_you_mean(name, ("access", "listing", "rules"))
    return near if near and near.startswith("Did") else None


def _arguments(part: ClassSource, call: ast.expr) -> list[tuple[Key, Any]]:
    """The places of the arguments of `Access(...)`, `Listing(...)`, `Rules(...)`, and of their items."""
    if not isinstance(call, ast.Call):
        return []
    found: list[tuple[Key, Any]] = []
    for argument in call.keywords:
        if argument.arg is None:
            continue
        found.append(((argument.arg,), part.source.span(argument.value)))
        if isinstance(argument.value, ast.List | ast.Tuple):
            found += [((argument.arg, n), part.source.span(e)) for n, e in enumerate(argument.value.elts)]
    return found


def _read_field(reading: Reading, draft: Draft, part: ClassSource, name: str, annotation: Any) -> None:
    node = part.field(name)
    at = part.attribute(name)
    reading.places.put(("entities", draft.name, "fields", name), at)
    reading.places.put(("entities", draft.name, "relations", name), at)
    meant = understood(reading, part, annotation, node.annotation if node else None, stored=True)
    if meant is None:
        return
    written = part.cls.__dict__.get(name, NOTHING)
    reader = ValueReader(reading, part.source, node.value if node else None, at)
    value = reader.value(written)
    if value.description is None:
        value.description = part.described(name)
    check_marks(reading, name, meant, at)
    if part.twice(name):
        message = f"{draft.name} declares '{name}' twice, and Python keeps the last one."
        reading.mistakes.append(NameTaken(message, at=at, hint="Take one of them out."))
    if meant.entity is not None:
        key: Key = ("entities", draft.name, "relations", name)
        draft.relations.append(
            _relation(reading, draft, name, meant, value, reader.constraints(value, meant.metadata, key))
        )
        return
    key = ("entities", draft.name, "fields", name)
    scalar = type_of(reading, meant, draft.name, name)
    if scalar is None:
        reading.mistakes.append(UnsupportedAnnotation(f"'{name}' holds nothing.", at=at, hint="Give it a type."))
        return
    draft.fields.append(
        Field(
            name=name,
            type=scalar,
            constraints=reader.constraints(value, meant.metadata, key),
            default=reader.default(value, key),
            unique="unique" in meant.marks or draft.key == name or value.slug_of is not None,
            indexed="indexed" in meant.marks,
            secret="secret" in meant.marks,
            exclude=value.exclude,
            slug_of=value.slug_of,
            was=value.was,
            external=str(meant.external) if meant.external is not None else None,
            title=value.title,
            description=value.description,
            examples=reader.examples(value, key),
            span=at,
        )
    )


def _relation(
    reading: Reading, draft: Draft, name: str, meant: Meaning, value: Value, constraints: Constraints
) -> Relation:
    if "reverse" in meant.marks:
        draft.reverse[name] = value
    if value.default is not NOTHING and value.default is not None:
        message = f"'{name}' is a relation, which has no default but None."
        at = reading.places.at("entities", draft.name, "relations", name)
        reading.mistakes.append(UnsupportedDefault(message, at=at, hint="Leave the default out."))
    for constraint in constraints.model_dump(exclude_none=True):
        if constraint != "max_length" or meant.shape != "set":
            what = "a set of rows" if meant.shape == "set" else "a row"
            message = f"'{constraint}' means nothing for '{name}', which is {what}."
            at = reading.places.at("entities", draft.name, "relations", name, "constraints", constraint)
            hint = "A set can have max_length." if meant.shape == "set" else "Leave it out."
            reading.mistakes.append(ConstraintDoesNotFit(message, at=at, hint=hint))
    return Relation(
        name=name,
        target=str(meant.entity),
        many=meant.shape == "set",
        nullable=meant.nullable,
        owner="owner" in meant.marks,
        parent="parent" in meant.marks,
        tenant="tenant" in meant.marks,
        unique="unique" in meant.marks,
        max_items=constraints.max_length,
        exclude=value.exclude,
        was=value.was,
        description=value.description,
        span=reading.places.at("entities", draft.name, "relations", name),
    )


def _add_slug(reading: Reading, draft: Draft) -> None:
    """A key that is no field is a slug of the first telling text."""
    if draft.key in ("id", *(f.name for f in draft.fields)):
        draft.fields = [_with_length(f) if f.slug_of else f for f in draft.fields]
        return
    texts = [f.name for f in draft.fields if f.type.scalar is Scalar.STR and not (f.type.many or f.secret)]
    source = next((name for name in ("title", "name") if name in texts), texts[0] if texts else None)
    if draft.key == "slug" and source is not None:
        made = Field(name="slug", type=Type(scalar=Scalar.STR), slug_of=source, unique=True)
        draft.fields.insert(0, _with_length(made))


def _with_length(made: Field) -> Field:
    if made.constraints.max_length is not None:
        return made
    return made.model_copy(update={"constraints": made.constraints.model_copy(update={"max_length": SLUG_LENGTH})})


def connect_reverses(reading: Reading, drafts: dict[str, Draft]) -> None:
    """Find what each `Reverse` is the other side of."""
    for draft in drafts.values():
        relations: list[Relation] = []
        for relation in draft.relations:
            if relation.target not in drafts:
                message = f"{relation.target} is not among the entities of the backend, so nothing can refer to it."
                hint = f"Add {relation.target} to `entities=[...]`."
                reading.mistakes.append(NotInBackend(message, at=relation.span, hint=hint))
            elif relation.name in draft.reverse:
                said = draft.reverse[relation.name].reverse_of
                found = _other_side(reading, draft, relation, drafts[relation.target], said)
                relation = relation.model_copy(update={"reverse_of": found, "many": True})
                if found is None:
                    continue
            relations.append(relation)
        draft.relations = relations


def _other_side(reading: Reading, draft: Draft, relation: Relation, target: Draft, said: str | None) -> str | None:
    possible = [r.name for r in target.relations if r.target == draft.name and r.name not in target.reverse]
    if said is not None and said in possible:
        return said
    if said is not None:
        message = f"{target.name} has no relation '{said}' to {draft.name}, which '{relation.name}' could be a side of."
        reading.mistakes.append(MissingReverse(message, at=relation.span, hint=did_you_mean(said, possible)))
    elif not possible:
        message = f"{target.name} has no relation to {draft.name}, so '{relation.name}' is the other side of nothing."
        hint = f"Give {target.name} a relation: `{draft.name.lower()}: {draft.name}`."
        reading.mistakes.append(MissingReverse(message, at=relation.span, hint=hint))
    elif len(possible) > 1:
        message = f"'{relation.name}' may be the other side of {' or '.join(possible)} of {target.name}."
        hint = f'Say which: `{relation.name}: … = reverse_of("{possible[0]}")`.'
        reading.mistakes.append(AmbiguousReverse(message, at=relation.span, hint=hint))
    else:
        return possible[0]
    return None
