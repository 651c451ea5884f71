"""What something was called in an earlier contract: by its name, or by the one that `was` says."""

from apismith.contract.model import Contract, Entity, Field, Relation


def former_entity(old: Contract, entity: Entity) -> Entity | None:
    """The entity that this one was; None for a new one."""
    if entity.name in old.by_name:
        return old.by_name[entity.name]
    return old.by_name.get(entity.was) if entity.was else None


def former_member(before: Entity, member: Field | Relation) -> Field | Relation | None:
    """The field or relation that this one was; None for a new one.

    A name that the earlier contract has too is the same member: what `was` says then has happened before.
    """
    members: list[Field | Relation] = [*before.fields, *before.relations]
    known = {one.name: one for one in members}
    if member.name in known:
        return known[member.name]
    return known.get(member.was) if member.was else None
