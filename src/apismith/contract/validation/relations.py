"""Relations: what they lead to, who owns what, and that a first row can be made."""

from collections.abc import Iterator
from typing import Final

from apismith.contract.errors import (
    MissingReverse,
    MustBeOne,
    OwnerIsNoAccount,
    RequiredCycle,
    SeveralOwners,
    SeveralParents,
    SeveralTenants,
    UnknownTarget,
)
from apismith.contract.model import Contract, Entity, Relation
from apismith.contract.places import Places
from apismith.errors import ApismithError, did_you_mean

_ONLY_ONE: Final = (("owner", SeveralOwners), ("parent", SeveralParents), ("tenant", SeveralTenants))


def targets(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """What relations, operations and handlers name is there."""
    for entity in contract.entities:
        for relation in entity.relations:
            at = places.at("entities", entity.name, "relations", relation.name)
            target = contract.by_name.get(relation.target)
            if target is None:
                yield UnknownTarget(
                    f"There is no entity '{relation.target}', so '{relation.name}' of {entity.name} leads nowhere.",
                    at=at,
                    hint=did_you_mean(relation.target, contract.by_name),
                )
            elif relation.reverse_of is not None:
                stored = target.relation(relation.reverse_of)
                if stored is None or stored.reverse_of is not None or stored.target != entity.name:
                    yield MissingReverse(
                        f"{target.name} has no relation '{relation.reverse_of}' to {entity.name}, "
                        f"so '{relation.name}' is the other side of nothing.",
                        at=at,
                        hint=did_you_mean(relation.reverse_of, (r.name for r in target.relations)),
                    )
    operations = [(("entities", e.name, "actions", a.name), a) for e in contract.entities for a in e.actions]
    for key, operation in [*operations, *((("queries", q.name), q) for q in contract.queries)]:
        named = [parameter.entity for parameter in operation.parameters] + [operation.result.entity]
        for name in named:
            if name is not None and name not in contract.by_name:
                yield UnknownTarget(
                    f"There is no entity '{name}' in this backend, so '{operation.name}' cannot speak of it.",
                    at=places.at(*key),
                    hint=did_you_mean(name, contract.by_name),
                )
    for handler in contract.handlers:
        if handler.entity not in contract.by_name:
            yield UnknownTarget(
                f"There is no entity '{handler.entity}' in this backend, so '{handler.name}' would never be called.",
                at=places.at("handlers", handler.name),
                hint=did_you_mean(handler.entity, contract.by_name),
            )


def check(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """Owners, parents and tenants are single, and no chain of required rows is a circle."""
    for entity in contract.entities:
        yield from _only_one(entity, places)
        for relation in entity.relations:
            yield from _must_be_one(contract, entity, relation, places)
    yield from _cycles(contract, places)


def _only_one(entity: Entity, places: Places) -> Iterator[ApismithError]:
    for mark, kind in _ONLY_ONE:
        marked = [relation for relation in entity.relations if getattr(relation, mark)]
        if len(marked) > 1:
            yield kind(
                f"{entity.name} has two {mark}s, '{marked[0].name}' and '{marked[1].name}', but a row has one.",
                at=places.at("entities", entity.name, "relations", marked[1].name),
                hint=f"Make '{marked[1].name}' a plain relation.",
            )


def _must_be_one(contract: Contract, entity: Entity, relation: Relation, places: Places) -> Iterator[ApismithError]:
    at = places.at("entities", entity.name, "relations", relation.name)
    marks = [mark for mark in ("owner", "parent", "tenant") if getattr(relation, mark)]
    if marks and (relation.many or relation.nullable or relation.reverse_of is not None):
        yield MustBeOne(
            f"'{relation.name}' is the {marks[0]} of {entity.name}, which is one row that is always there.",
            at=at,
            hint=f"Write `{marks[0].capitalize()}[{relation.target}]`.",
        )
    if relation.many and relation.unique and relation.reverse_of is None:
        yield MustBeOne(
            f"'{relation.name}' of {entity.name} is a set, which cannot be unique.", at=at, hint="Leave Unique out."
        )
    if relation.many and relation.nullable:
        yield MustBeOne(
            f"'{relation.name}' of {entity.name} is a set, which may be empty but is never None.",
            at=at,
            hint="Leave '| None' out.",
        )
    account = contract.account.name if contract.account else None
    if relation.owner and relation.target != account:
        yield OwnerIsNoAccount(
            f"The owner of {entity.name} is a row of {relation.target}, which cannot log in.",
            at=at,
            hint=f"Write `Owner[{account}]`." if account else f"Give {relation.target} a `password: Secret[str]`.",
        )


def _cycles(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """The first circle of required to-one relations, named once."""
    done: set[str] = set()

    def visit(entity: Entity, way: list[tuple[str, Relation]]) -> Iterator[ApismithError]:
        names = [name for name, _ in way]
        if entity.name in names:
            circle = way[names.index(entity.name) :]
            last, relation = circle[-1]
            words = " → ".join([*(name for name, _ in circle), entity.name])
            yield RequiredCycle(
                f"Each needs the other first ({words}), so no first row could ever be made.",
                at=places.at("entities", last, "relations", relation.name),
                hint=f"Make one of them optional: `{relation.name}: {relation.target} | None = None`.",
            )
            return
        if entity.name in done:
            return
        for relation in entity.relations:
            if not (relation.many or relation.nullable or relation.reverse_of):
                yield from visit(contract.by_name[relation.target], [*way, (entity.name, relation)])
        done.add(entity.name)

    for entity in contract.entities:
        yield from visit(entity, [])
