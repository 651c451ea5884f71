"""Which table and column of one contract is which of another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apismith.contract.former import former_entity, former_member
from apismith.contract.model import Contract, Relation
from apismith.generate.relational import Table
from apismith.generate.tables import tables
from apismith.generate.view import View


@dataclass(frozen=True, slots=True)
class Pair:
    """A table that both contracts have.

    Args:
        columns: its columns by their old names, with their new ones.
    """

    old: Table
    new: Table
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Spread:
    """References of one column that become rows of a table between two.

    Args:
        table: the table that has the column, by its name on the side of the column.
        near: the column of the other table for a row of this one, `far` the one for what it refers to.
    """

    table: str
    column: str
    link: str
    near: str
    far: str


@dataclass(frozen=True, slots=True)
class Matching:
    """What of two contracts is the same."""

    pairs: tuple[Pair, ...]
    spreads: tuple[Spread, ...] = ()
    gathers: tuple[Spread, ...] = ()

    def inverted(self) -> "Matching":
        """The same, from the new contract to the old one."""
        pairs = tuple(Pair(p.new, p.old, {new: old for old, new in p.columns.items()}) for p in self.pairs)
        return Matching(pairs, self.gathers, self.spreads)


def matching(old: Contract, new: Contract) -> Matching:
    """What of two contracts is the same, by names and by what `was` says."""
    before = {table.name: table for table in tables(old)}
    pairs: list[Pair] = []
    taken: set[str] = set()
    for table in tables(new):
        name = _former_table(old, new, table)
        if name is None or name not in before or name in taken:
            continue
        taken.add(name)
        pairs.append(Pair(before[name], table, _columns(old, before[name], table)))
    return Matching(tuple(pairs), tuple(_spreads(old, new)), tuple(_spreads_back(old, new)))


def _former_table(old: Contract, new: Contract, table: Table) -> str | None:
    if table.entity is not None:
        entity = former_entity(old, table.entity)
        return View(old, entity).module if entity else None
    if table.relation is None:
        return table.name
    view, relation = _owner(new, table)
    entity = former_entity(old, view.entity)
    former = former_member(entity, relation) if entity else None
    if entity is None or not isinstance(former, Relation) or not _is_stored_set(former):
        return None
    return View(old, entity).association(former).table


def _owner(contract: Contract, table: Table) -> tuple[View, Relation]:
    """The entity and the set that a table between two is of."""
    for entity in contract.entities:
        view = View(contract, entity)
        for relation in view.stored_sets:
            if view.association(relation).table == table.name:
                return view, relation
    raise LookupError(table.name)


def _is_stored_set(relation: Relation) -> bool:
    return relation.many and relation.reverse_of is None


def _columns(old: Contract, before: Table, after: Table) -> dict[str, str]:
    if after.entity is None:  # by their places: the two ends of a set, and what the server keeps
        same = zip(before.columns, after.columns, strict=True) if after.relation else ()
        names = {one.name for one in before.columns} & {one.name for one in after.columns}
        return {one.name: other.name for one, other in same} or {name: name for name in names}
    entity = former_entity(old, after.entity)
    assert entity is not None, "its table was found by it"
    made_by = {column.made_by.name: column for column in before.columns if column.made_by is not None}
    columns: dict[str, str] = {}
    for column in after.columns:
        if column.made_by is None:
            if any(one.name == column.name and one.made_by is None for one in before.columns):
                columns[column.name] = column.name
            continue
        former = former_member(entity, column.made_by)
        if former is not None and type(former) is type(column.made_by) and former.name in made_by:
            columns[made_by[former.name].name] = column.name
    return columns


def _spreads(old: Contract, new: Contract) -> Iterator[Spread]:
    """References to one row that the new contract makes sets of."""
    for entity in new.entities:
        before, view = former_entity(old, entity), View(new, entity)
        for relation in view.stored_sets:
            former = former_member(before, relation) if before else None
            if before and isinstance(former, Relation) and not former.many and _same_target(old, new, former, relation):
                link = view.association(relation)
                yield Spread(View(old, before).module, f"{former.name}_id", link.table, link.near, link.far)


def _spreads_back(old: Contract, new: Contract) -> Iterator[Spread]:
    """Sets that the new contract makes references to one row of."""
    for entity in new.entities:
        before, view = former_entity(old, entity), View(new, entity)
        for relation in view.to_one:
            former = former_member(before, relation) if before else None
            if (
                before
                and isinstance(former, Relation)
                and _is_stored_set(former)
                and _same_target(old, new, former, relation)
            ):
                link = View(old, before).association(former)
                yield Spread(view.module, f"{relation.name}_id", link.table, link.near, link.far)


def _same_target(old: Contract, new: Contract, former: Relation, relation: Relation) -> bool:
    target = former_entity(old, new.by_name[relation.target])
    return target is not None and target.name == former.target
