"""What a parameter must satisfy because it is assigned to a field as it is."""

from apismith.contract.model import Assign, Constraints, Contract, Entity, Field, Operation, Parameter, Path, Type

_PAIRS = (("ge", "gt"), ("le", "lt"))


def with_limits_of_fields(contract: Contract) -> Contract:
    """The contract with the constraints of fields on the parameters whose values the bodies assign to them."""
    entities = {entity.name: entity for entity in contract.entities}
    account = contract.auth.account if contract.auth else None

    def inherited(operation: Operation) -> Operation:
        roots = {"self": operation.entity, "me": account} | {p.name: p.entity for p in operation.parameters}
        limits: dict[str, list[Field]] = {}
        for statement in operation.body or ():
            match statement:
                case Assign(target=Path(root=root, steps=(name,)), value=Path(root=given, steps=())):
                    field = _field(entities, roots.get(root), name)
                    limits.setdefault(given, []).extend([field] if field else [])
                case _:
                    pass
        parameters = tuple(_limited(p, limits.get(p.name, [])) for p in operation.parameters)
        return (
            operation if parameters == operation.parameters else operation.model_copy(update={"parameters": parameters})
        )

    return contract.model_copy(
        update={
            "entities": tuple(
                entity.model_copy(update={"actions": tuple(map(inherited, entity.actions))})
                for entity in contract.entities
            ),
            "queries": tuple(map(inherited, contract.queries)),
        }
    )


def _field(entities: dict[str, Entity], entity: str | None, name: str) -> Field | None:
    found = entities.get(entity or "")
    return found.field(name) if found else None


def _limited(parameter: Parameter, fields: list[Field]) -> Parameter:
    for field in fields:
        if parameter.type is not None and _is_alike(parameter.type, field.type):
            parameter = parameter.model_copy(update={"constraints": _both(parameter.constraints, field.constraints)})
    return parameter


def _is_alike(one: Type, other: Type) -> bool:
    return (one.scalar, one.many) == (other.scalar, other.many)


def _both(own: Constraints, field: Constraints) -> Constraints:
    """The constraints of a parameter, and those of a field that say more."""
    found = {name: value for name, value in own if value is not None}
    for names in _PAIRS:
        if not any(name in found for name in names):
            found |= {name: getattr(field, name) for name in names}
    for name in ("max_length", "max_digits", "decimal_places"):
        found[name] = min((v for v in (getattr(own, name), getattr(field, name)) if v is not None), default=None)
    found["min_length"] = max((v for v in (own.min_length, field.min_length) if v is not None), default=None)
    for name in ("pattern", "multiple_of"):
        found.setdefault(name, getattr(field, name))
    return Constraints(**found)
