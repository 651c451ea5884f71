"""Bodies: every name in them leads to a field, sets are linked, values are assigned.

Contracts in Python have been asked this at the very word; this is for those that come as JSON, and for what depends on
the whole contract.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apismith.contract.errors import UnknownField, UnsupportedBody
from apismith.contract.model import (
    Arithmetic,
    Assign,
    Compare,
    Contract,
    Count,
    Entity,
    EnumMember,
    Expression,
    Link,
    Logic,
    Path,
    Relation,
    Return,
    Select,
    Statement,
)
from apismith.contract.places import Key, Places
from apismith.contract.validation.listing import server_names
from apismith.contract.validation.operations import operations
from apismith.errors import ApismithError, did_you_mean
from apismith.findings import Span

Roots = Mapping[str, str | None]


def check(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """Everything in every body stands for something."""
    key: Key
    for key, operation in operations(contract):
        roots: dict[str, str | None] = {parameter.name: parameter.entity for parameter in operation.parameters}
        roots |= {"self": operation.entity} if operation.entity else {}
        roots |= {"me": contract.auth.account} if operation.uses_me and contract.auth else {}
        body = _Body(contract, places.at(*key))
        for statement in operation.body or ():
            yield from body.statement(statement, roots)
    for entity in contract.entities:
        for computed in entity.computed:
            key = ("entities", entity.name, "computed", computed.name)
            yield from _Body(contract, places.at(*key)).expression(computed.value, {"self": entity.name})


@dataclass(frozen=True)
class _Body:
    """One body, and where it is."""

    contract: Contract
    at: Span | None

    def statement(self, statement: Statement, roots: Roots) -> Iterator[ApismithError]:
        match statement:
            case Return(value=value):
                yield from self.expression(value, roots)
            case Assign(target=target, value=value):
                yield from self.expression(value, roots)
                yield from self._assigned(target, roots)
            case Link(target=target, value=value):
                yield from self._linked(target, value, roots)

    def expression(self, node: Expression, roots: Roots) -> Iterator[ApismithError]:
        match node:
            case Path():
                found = self._end(node, roots)
                if isinstance(found, ApismithError):
                    yield found
            case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
                yield from self.expression(left, roots)
                yield from self.expression(right, roots)
            case Logic(operands=operands):
                for operand in operands:
                    yield from self.expression(operand, roots)
            case Count(of=of, variable=variable, where=where):
                found = self._end(of, roots)
                if isinstance(found, ApismithError):
                    yield found
                elif not isinstance(found, Relation) or not found.many:
                    yield self._refuse(f"'{_words(of)}' is no set, so it cannot be counted.", "Count a set of rows.")
                elif where is not None and variable is not None:
                    yield from self.expression(where, {**roots, variable: found.target})
            case Select(entity=entity, variable=variable, where=where):
                if entity not in self.contract.by_name:
                    hint = did_you_mean(entity, self.contract.by_name)
                    yield UnknownField(f"There is no entity '{entity}' to go through.", at=self.at, hint=hint)
                elif where is not None:
                    yield from self.expression(where, {**roots, variable: entity})
            case EnumMember(enum=name, member=member):
                members = [m.name for e in self.contract.enums if e.name == name for m in e.members]
                if member not in members:
                    message = f"{name} has no member '{member}', so nothing can be compared with it."
                    yield UnknownField(message, at=self.at, hint=did_you_mean(member, members))
            case _:
                pass

    def _assigned(self, target: Path, roots: Roots) -> Iterator[ApismithError]:
        entity = self.contract.by_name.get(roots.get(target.root) or "")
        name = target.steps[0] if len(target.steps) == 1 else None
        if entity is None or name is None:
            yield self._refuse(f"'{_words(target)}' cannot be assigned.", "Assign to fields of `self`, `me` or a row.")
            return
        field, relation = entity.field(name), entity.relation(name)
        if field is None and relation is None:
            if name in (*server_names(entity), "deleted_at"):
                yield self._refuse(f"'{name}' is kept by the server, so it cannot be assigned.", "Leave it out.")
            else:
                yield self._unknown(entity, name)
        elif (field and (field.secret or field.slug_of)) or (relation and (relation.many or relation.reverse_of)):
            what = "is a set: use `.add(…)` and `.discard(…)`" if relation else "is kept by the server"
            yield self._refuse(f"'{name}' {what}, so it cannot be assigned.", "Write `...` and the service method.")

    def _linked(self, target: Path, value: Path, roots: Roots) -> Iterator[ApismithError]:
        found = self._end(target, roots)
        if isinstance(found, ApismithError):
            yield found
        elif len(target.steps) != 1 or not isinstance(found, Relation) or not found.many:
            yield self._refuse(
                f"'{_words(target)}' is no set of a row that is known.", "Write `me.following.add(self)`."
            )
        elif roots.get(value.root) != found.target or value.steps:
            yield self._refuse(f"'{_words(value)}' is no row of {found.target}.", f"'{_words(target)}' holds those.")
        elif found.reverse_of is not None:
            stored = self.contract.by_name[found.target].relation(found.reverse_of)
            if stored is not None and not stored.many:
                message = (
                    f"'{_words(target)}' is the other side of '{stored.name}', which every row has exactly one of."
                )
                yield self._refuse(message, f"Assign `{_words(value)}.{stored.name}` instead.")

    def _end(self, path: Path, roots: Roots) -> Entity | Relation | str | ApismithError:
        """What a path leads to: a row, a relation, the name of a value, or what is wrong with it."""
        if path.root not in roots:
            message = f"'{path.root}' stands for nothing in this body."
            return UnknownField(message, at=self.at, hint=did_you_mean(path.root, roots))
        name = roots[path.root]
        if name is None:
            if path.steps:
                return self._refuse(f"'{path.root}' is a value with nothing behind it.", "Use it as it is.")
            return path.root
        entity = self.contract.by_name[name]
        found: Entity | Relation | str = entity
        for number, step in enumerate(path.steps):
            relation = entity.relation(step)
            if relation is not None:
                found, entity = relation, self.contract.by_name[relation.target]
                if relation.many and number < len(path.steps) - 1:
                    return self._refuse(f"'{step}' is a set, so nothing can be taken from it.", "Use `count` or `in`.")
                continue
            field = entity.field(step)
            if field is None and step not in (*server_names(entity), "deleted_at"):
                return self._unknown(entity, step)
            if field is not None and field.secret:
                return self._refuse(f"'{step}' of {entity.name} is secret, so no body can look at it.", "Leave it out.")
            if number < len(path.steps) - 1:
                return self._refuse(f"'{step}' of {entity.name} is a value with nothing behind it.", "Stop there.")
            return step
        return found

    def _unknown(self, entity: Entity, name: str) -> UnknownField:
        known = [*(f.name for f in entity.fields), *(r.name for r in entity.relations), *server_names(entity)]
        message = f"{entity.name} has no '{name}', so this body cannot become SQL."
        return UnknownField(message, at=self.at, hint=did_you_mean(name, known))

    def _refuse(self, message: str, hint: str) -> UnsupportedBody:
        return UnsupportedBody(message, at=self.at, hint=hint)


def _words(path: Path) -> str:
    return ".".join((path.root, *path.steps))
