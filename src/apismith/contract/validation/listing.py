"""Listings, and rules over several fields: they name what rows have."""

from collections.abc import Iterator
from typing import Final

from apismith.contract.errors import (
    CannotCompare,
    NameTaken,
    ReservedName,
    UnknownField,
    UnknownFilter,
    UnknownOrder,
    UnsupportedBody,
)
from apismith.contract.inputs import filter_name
from apismith.contract.model import (
    Arithmetic,
    Compare,
    Constant,
    Contract,
    Entity,
    EnumMember,
    Expression,
    Field,
    Logic,
    Path,
    Scalar,
)
from apismith.contract.places import Key, Places
from apismith.errors import ApismithError, did_you_mean

_OF_LISTS: Final = ("order", "limit", "cursor", "with_total")


def check(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """Filters, orders and rules lead to what can be compared."""
    for entity in contract.entities:
        for number, path in enumerate(entity.listing.filters):
            key: Key = ("entities", entity.name, "listing", "filters", number)
            yield from _filter(contract, entity, path, places, key)
            name, before = filter_name(contract, entity, path), entity.listing.filters[:number]
            if path in before:
                yield NameTaken(f"'{path}' is a filter of {entity.name} twice.", at=places.at(*key), hint="Keep one.")
            elif (same := next((p for p in before if filter_name(contract, entity, p) == name), None)) is not None:
                message = f"'{path}' of {entity.name} is sent as '{name}', and so is '{same}'."
                yield NameTaken(message, at=places.at(*key), hint="Keep one of them.")
        for number, order in enumerate(entity.listing.order):
            yield from _order(entity, order, places, ("entities", entity.name, "listing", "order", number))
        yield from _rules(entity, places)


def server_names(entity: Entity) -> list[str]:
    """The values that the server keeps in every row and that answers show."""
    stamps = ["created_at", "updated_at"] if entity.timestamps else []
    return ["id", *stamps, *(["version"] if entity.versioned else [])]


def _filter(contract: Contract, entity: Entity, path: str, places: Places, key: Key) -> Iterator[ApismithError]:
    at = places.at(*key)
    here, steps = entity, path.split(".")
    for number, step in enumerate(steps):
        relation = here.relation(step)
        last = number == len(steps) - 1
        if relation is not None:
            here = contract.by_name[relation.target]
            continue
        field = here.field(step)
        if last and (field is not None or step == "id"):
            if field is not None:
                yield from _comparable(here, field, f"filter by '{path}'", places, key)
            if number == 0 and step in _OF_LISTS:
                message = f"'{step}' is a parameter of every list, so {entity.name} cannot be filtered by it."
                yield ReservedName(message, at=at, hint="Rename the field.")
            return
        what = f"'{step}' is a value with nothing behind it" if field else f"{here.name} has no '{step}'"
        known = [] if field else [*(f.name for f in here.fields if not f.secret), *(r.name for r in here.relations)]
        hint = did_you_mean(step, known)
        if hint and hint.startswith("Did"):
            word = hint.removeprefix("Did you mean '").removesuffix("'?")
            hint = f"Did you mean '{'.'.join([*steps[:number], word, *steps[number + 1 :]])}'?"
        yield UnknownFilter(f"{what}, so {entity.name} cannot be filtered by '{path}'.", at=at, hint=hint)
        return


def _order(entity: Entity, order: str, places: Places, key: Key) -> Iterator[ApismithError]:
    name = order.removeprefix("-")
    field = entity.field(name)
    if field is not None:
        yield from _comparable(entity, field, f"order by '{name}'", places, key)
    elif name not in server_names(entity):
        known = [*(f.name for f in entity.fields if not f.secret), *server_names(entity)]
        hint = did_you_mean(name, known)
        if name in ("created_at", "updated_at"):
            hint = f"Write `class {entity.name}(Entity, Timestamps)`."
        yield UnknownOrder(
            f"{entity.name} has no value '{name}', so its rows cannot be put in that order.",
            at=places.at(*key),
            hint=hint,
        )


def _comparable(entity: Entity, field: Field, what: str, places: Places, key: Key) -> Iterator[ApismithError]:
    reason = None
    if field.secret:
        reason = "is secret"
    elif field.type.many or field.type.scalar is Scalar.JSON:
        reason = "holds several values"
    elif field.exclude:
        reason = "is not shown in answers"
    if reason:
        yield CannotCompare(
            f"'{field.name}' of {entity.name} {reason}, so nobody can {what}.", at=places.at(*key), hint="Take it out."
        )


def _rules(entity: Entity, places: Places) -> Iterator[ApismithError]:
    stored = [f.name for f in entity.fields if not f.secret] + [
        r.name for r in entity.relations if not r.many and not r.reverse_of
    ]
    for kind, groups in (("unique", entity.rules.unique), ("index", entity.rules.index)):
        for number, group in enumerate(groups):
            at = places.at("entities", entity.name, "rules", kind, number)
            for name in group:
                if name not in [*stored, *server_names(entity)]:
                    yield UnknownField(
                        f"{entity.name} has no column for '{name}', so the rule cannot be kept.",
                        at=at,
                        hint=did_you_mean(name, stored),
                    )
            if not group or len(set(group)) < len(group):
                yield CannotCompare(f"A rule of {entity.name} names nothing, or one name twice.", at=at)
    for rule in entity.rules.check:
        at = places.at("entities", entity.name, "rules", "check", rule.name)
        if not isinstance(rule.where, Compare | Logic):
            yield UnsupportedBody(f"'{rule.source}' is no condition, so it cannot be kept.", at=at, hint="Compare.")
        reasons = (_unkept(entity, part, [*stored, *server_names(entity)]) for part in parts(rule.where))
        if (wrong := next(filter(None, reasons), None)) is not None:
            hint = "Compare the row's own fields, constants and members of enums."
            message = f"{wrong}, but a row check looks at one row of {entity.name} only."
            yield UnsupportedBody(message, at=at, hint=hint)


def parts(node: Expression) -> Iterator[Expression]:
    """An expression and everything in it."""
    yield node
    match node:
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            yield from parts(left)
            yield from parts(right)
        case Logic(operands=operands):
            for operand in operands:
                yield from parts(operand)
        case _:
            pass


def _unkept(entity: Entity, node: Expression, stored: list[str]) -> str | None:
    """Why a database could not keep a part of a row check."""
    match node:
        case Path(root="self", steps=(name,)) if name in stored:
            return None
        case Path(root=root, steps=steps):
            return f"'{'.'.join((root, *steps))}' is no column"
        case Compare(op="in" | "not in"):
            return "'in' looks into a set"
        case Compare() | Logic() | Arithmetic() | Constant() | EnumMember():
            return None
        case _:
            return "It counts, selects, or asks for the time"
