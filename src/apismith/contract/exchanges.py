"""What clients send to each route and what they get from it, field by field."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from apismith.contract.inputs import filter_name, input_name
from apismith.contract.model import Constraints, Contract, Entity, Field, Relation, Result, Scalar, Type
from apismith.contract.routes import Route, routes
from apismith.contract.words import type_words

ID: Final = "id"
UNLIMITED: Final = Constraints()
RESULT: Final = "result"
"""What the answer of an operation is called where it is neither an entity nor a body with fields."""

_IN_PATH: Final = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Value:
    """One field of a body, or one parameter.

    Args:
        kind: what it is, in words.
        required: of what is sent: whether it must be.
        members: the values that there are, of a closed set.
    """

    kind: str
    required: bool = False
    nullable: bool = False
    limits: Constraints = UNLIMITED
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One route as a client sees it.

    Args:
        takes: what is sent, `gives` what is answered; of lists, one row.
        shape: whether the answer is nothing, a value, one entity, a list or a page.
        demands: what else a request must meet, in words; no OpenAPI document says it.
    """

    route: Route
    takes: Mapping[str, Value] = field(default_factory=dict[str, Value])
    gives: Mapping[str, Value] = field(default_factory=dict[str, Value])
    shape: str = "entity"
    demands: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """`POST /api/v1/books`."""
        return f"{self.route.method} {self.route.path}"

    @property
    def key(self) -> str:
        """What a client asks for, whatever the parameters in its path are called."""
        return _IN_PATH.sub("{}", self.label)

    @property
    def keys(self) -> list[str]:
        """The fields by which rows are found, in the order of the path."""
        return [found.strip("{}") for found in _IN_PATH.findall(self.label)]


def exchanges(contract: Contract) -> dict[str, Exchange]:
    """Every route by its key, with what is sent to it and what it answers."""
    found = (_exchange(contract, route) for route in routes(contract))
    return {exchange.key: exchange for exchange in found}


def ref_fields(entity: Entity) -> list[str]:
    """What answers tell of a row that another refers to: its id, its key, and its first telling text."""
    telling = (
        field.name
        for field in entity.fields
        if field.type.scalar is Scalar.STR and not (field.type.many or field.secret or field.exclude or field.slug_of)
    )
    return list(dict.fromkeys([ID, entity.key, *list(telling)[:1]]))


def _exchange(contract: Contract, route: Route) -> Exchange:
    entity = contract.by_name[route.entity] if route.entity else None
    operation = route.operation
    if operation is not None:
        parameters = {
            p.name: _key(contract, p.entity, required=True)
            if p.entity
            else _value(contract, p.type or Type(scalar=Scalar.JSON), p.constraints, required=p.default is None)
            for p in operation.parameters
            if p.place != "path"
        }
        return Exchange(route, parameters, _result(contract, operation.result), operation.result.shape)
    if entity is None:
        return Exchange(route)
    match route.kind:
        case "create":
            demands = frozenset(_demands(entity))
            return Exchange(route, dict(_sent(contract, entity)), _read(contract, entity), demands=demands)
        case "update":
            sent = {name: _optional(value) for name, value in _sent(contract, entity)}
            demands = frozenset({*_demands(entity), *_preconditions(entity)})
            return Exchange(route, sent, _read(contract, entity), demands=demands)
        case "delete":
            return Exchange(route, demands=frozenset(_preconditions(entity)))
        case "list":
            return Exchange(route, _asked(contract, entity), _read(contract, entity))
        case "set":
            relation = entity.relation(route.relation or "")
            target = contract.by_name[relation.target] if relation else entity
            return Exchange(route, {}, _read(contract, target))
        case "bulk":
            most = Constraints(max_length=entity.bulk)
            return Exchange(route, {"items": Value("list", True, limits=most)}, {})
        case "read" | "auth":
            return Exchange(route, {}, _read(contract, entity))
        case _:
            return Exchange(route)


def _result(contract: Contract, result: Result) -> dict[str, Value]:
    if result.entity:
        return _read(contract, contract.by_name[result.entity])
    return {RESULT: _value(contract, result.type, UNLIMITED)} if result.type else {}


def _demands(entity: Entity) -> Iterator[str]:
    sent = [one.name for one in entity.fields if one.unique and not one.slug_of]
    for name in [*sent, *(one.name for one in entity.relations if one.unique)]:
        yield f"{name} must be unique"
    for names in entity.rules.unique:
        yield f"{' and '.join(names)} must be unique together"
    for check in entity.rules.check:
        yield f"a rule must hold: {check.source}"


def _preconditions(entity: Entity) -> Iterator[str]:
    if entity.versioned:
        yield "If-Match must be sent"


def _sent(contract: Contract, entity: Entity) -> Iterator[tuple[str, Value]]:
    for one in entity.fields:
        if not one.slug_of:
            yield one.name, _value(contract, one.type, one.constraints, required=one.required)
    for relation in entity.relations:
        if not (relation.owner or relation.parent or relation.tenant) and _is_sent(relation):
            yield input_name(contract, relation), _reference(contract, relation)


def _is_sent(relation: Relation) -> bool:
    bounded = relation.max_items is not None and relation.reverse_of is None and not relation.exclude
    return bounded if relation.many else True


def _reference(contract: Contract, relation: Relation) -> Value:
    if relation.many:
        return Value(f"keys of {relation.target}", limits=Constraints(max_length=relation.max_items))
    return _key(contract, relation.target, required=not relation.nullable, nullable=relation.nullable)


def _key(contract: Contract, entity: str, *, required: bool, nullable: bool = False) -> Value:
    target = contract.by_name[entity]
    key = target.field(target.key)
    kind = type_words(key.type) if key else f"id of {entity}"
    return Value(kind, required, nullable)


def _asked(contract: Contract, entity: Entity) -> dict[str, Value]:
    """The parameters of a list: its filters, and the orders that it knows."""
    filters = {filter_name(contract, entity, path): Value("filter") for path in entity.listing.filters}
    return filters | {"order": Value("order", members=frozenset(entity.listing.order))}


def _read(contract: Contract, entity: Entity) -> dict[str, Value]:
    shown: dict[str, Value] = {ID: Value(f"{contract.database.ids} id")}
    shown |= {one.name: _field(contract, one) for one in entity.fields if not (one.secret or one.exclude)}
    for mixin, names in ((entity.timestamps, ("created_at", "updated_at")), (entity.versioned, ("version",))):
        shown |= {name: Value("server's") for name in names} if mixin else {}
    for relation in entity.relations:
        if relation.exclude or (relation.many and (relation.max_items is None or relation.reverse_of)):
            continue
        inner = ", ".join(ref_fields(contract.by_name[relation.target]))
        shown[relation.name] = Value(f"{'list of ' if relation.many else ''}{{{inner}}}", nullable=relation.nullable)
    return shown | {one.name: _value(contract, one.type, UNLIMITED) for one in entity.computed}


def _field(contract: Contract, one: Field) -> Value:
    return _value(contract, one.type, UNLIMITED)


def _value(contract: Contract, type: Type, limits: Constraints, *, required: bool = False) -> Value:
    plain = type_words(type.model_copy(update={"nullable": False}))
    enum = next((enum for enum in contract.enums if enum.name == type.enum), None)
    members = frozenset(member.value for member in enum.members) if enum else frozenset[str]()
    return Value("one of a set" if enum and not type.many else plain, required, type.nullable, limits, members)


def _optional(value: Value) -> Value:
    return Value(value.kind, False, value.nullable, value.limits, value.members)
