"""Whole bodies and answers for documentation and tests, made of samples."""

from pydantic import JsonValue

from apismith.contract.exchanges import ref_fields
from apismith.contract.inputs import input_name
from apismith.contract.model import Constraints, Contract, Entity, Field, Relation
from apismith.generate.operations import OperationView
from apismith.generate.samples import key_sample, row, sample, value_of
from apismith.generate.view import View


def create_example(view: View) -> dict[str, JsonValue]:
    """A body that creates an entity."""
    secrets: dict[str, JsonValue] = {f.name: secret_sample(f) for f in view.entity.fields if f.secret}
    return row(view) | secrets | relations_example(view)


def update_example(view: View) -> dict[str, JsonValue]:
    """A body that changes an entity."""
    made = row(view) | relations_example(view)
    return dict([(name, value) for name, value in made.items() if name not in view.credentials][:2])


def relations_example(view: View, n: int = 0) -> dict[str, JsonValue]:
    """What a client sends for the relations of an entity."""
    made: dict[str, JsonValue] = {}
    for relation in (*view.references, *view.written_sets):
        key = key_sample(view.target(relation), n)
        made[input_name(view.contract, relation)] = [key] if relation.many else key
    return made


def read_example(view: View) -> dict[str, JsonValue]:
    """An answer about an entity."""
    made: dict[str, JsonValue] = {"id": _id(view.contract)}
    values = row(view)
    for field in view.read_fields:
        made[field.name] = "a-title" if field.slug_of else values[field.name]
    for relation in view.refs:
        made[relation.name] = _ref(view, relation)
    for relation in view.written_sets:
        made[relation.name] = [_ref(view, relation)]
    for computed in view.entity.computed:
        made[computed.name] = value_of(view.contract, computed.type, Constraints())
    if view.entity.timestamps:
        made |= {"created_at": "2026-01-01T12:00:00Z", "updated_at": "2026-01-01T12:00:00Z"}
    return made | ({"version": 1} if view.entity.versioned else {})


def input_example(view: OperationView) -> dict[str, JsonValue]:
    """A JSON body of an operation."""
    made: dict[str, JsonValue] = {}
    for parameter in view.sent:
        if parameter.entity is not None:
            target = View(view.contract, view.contract.by_name[parameter.entity])
            made[f"{parameter.name}_{target.key}"] = key_sample(target)
        elif parameter.type is not None:
            field = Field(name=parameter.name, type=parameter.type, constraints=parameter.constraints)
            made[parameter.name] = parameter.examples[0] if parameter.examples else sample(view.contract, field)
    return made


def secret_sample(field: Field, n: int = 0) -> str:
    """A secret that is long enough."""
    longest = field.constraints.max_length or 1024
    return f"correct horse battery staple {n + 1}".ljust(field.constraints.min_length or 0, "x")[:longest]


def _ref(view: View, relation: Relation) -> JsonValue:
    target: Entity = view.target(relation).entity
    made: dict[str, JsonValue] = {}
    for name in ref_fields(target):
        field = target.field(name)
        made[name] = (
            _id(view.contract) if field is None else "a-title" if field.slug_of else sample(view.contract, field)
        )
    return made


def _id(contract: Contract) -> JsonValue:
    return 1 if contract.database.ids == "int" else "01890000-0000-7000-8000-000000000001"
