"""Actions and queries as the emitters see them: what their statements touch, and what calls must pass."""

from dataclasses import dataclass
from functools import cached_property

from apismith.contract.model import (
    Assign,
    Contract,
    Entity,
    Link,
    Operation,
    Parameter,
    Path,
    Relation,
    Return,
    Select,
)
from apismith.generate.view import View


@dataclass(frozen=True)
class SetTarget:
    """A stored set that a statement adds to or takes from.

    Args:
        view: the entity that has the set's table.
        relation: its relation.
        mirrored: the body names the reverse side, so that row and value change places.
    """

    view: View
    relation: Relation
    mirrored: bool


@dataclass(frozen=True)
class OperationView:
    """One action or query of a contract."""

    contract: Contract
    operation: Operation

    @property
    def view(self) -> View | None:
        """The entity of an action."""
        name = self.operation.entity
        return View(self.contract, self.contract.by_name[name]) if name else None

    @property
    def is_stub(self) -> bool:
        """Whether its body is `...`."""
        return self.operation.body is None

    @cached_property
    def sent(self) -> tuple[Parameter, ...]:
        """Parameters that come in the JSON body."""
        return tuple(p for p in self.operation.parameters if p.place == "body")

    @cached_property
    def plain(self) -> tuple[Parameter, ...]:
        """Parameters that come in the path or the query."""
        return tuple(p for p in self.operation.parameters if p.place != "body")

    @cached_property
    def asked(self) -> tuple[Parameter, ...]:
        """Parameters that come in the query beside those of a page, so that one model holds them all."""
        if self.operation.result.shape != "page":
            return ()
        return tuple(p for p in self.operation.parameters if p.place == "query")

    def sent_name(self, parameter: Parameter) -> str:
        """What a client calls a parameter: a row is named by its key, except in a path, which says itself how."""
        if parameter.entity is None or parameter.place == "path":
            return parameter.name
        return f"{parameter.name}_{self.contract.by_name[parameter.entity].key}"

    @property
    def returned(self) -> Return | None:
        """The `return` of the body."""
        body = self.operation.body or ()
        return next((statement for statement in body if isinstance(statement, Return)), None)

    @property
    def selection(self) -> Select | None:
        """The comprehension that it returns."""
        returned = self.returned
        return returned.value if returned and isinstance(returned.value, Select) else None

    @property
    def assigns(self) -> tuple[Assign, ...]:
        """Assignments of the body."""
        return tuple(s for s in self.operation.body or () if isinstance(s, Assign))

    @property
    def writes(self) -> bool:
        """Whether it changes rows, so that it needs a unit of work; a stub may, unless it is a GET."""
        if self.is_stub:
            return self.operation.method != "GET"
        return any(not isinstance(statement, Return) for statement in self.operation.body or ())

    def entity_of(self, root: str) -> Entity:
        """The entity that a name in the body stands for."""
        if root == "self":
            assert self.operation.entity is not None, "only actions have self"
            return self.contract.by_name[self.operation.entity]
        if root == "me":
            assert self.contract.account is not None, "the loader has checked that there is an account"
            return self.contract.account
        entity = next(p.entity for p in self.operation.parameters if p.name == root)
        assert entity is not None, "the loader has checked that the path starts at a row"
        return self.contract.by_name[entity]

    def set_target(self, path: Path) -> SetTarget:
        """The stored set behind `me.following` or, mirrored, `self.followers`."""
        view = View(self.contract, self.entity_of(path.root))
        relation = view.entity.relation(path.steps[-1])
        assert relation is not None and len(path.steps) == 1, "the loader has checked the path"
        if relation.reverse_of is None:
            return SetTarget(view, relation, mirrored=False)
        target = view.target(relation)
        stored = target.entity.relation(relation.reverse_of)
        assert stored is not None
        return SetTarget(target, stored, mirrored=True)


def assigned_fields(contract: Contract) -> frozenset[tuple[str, str]]:
    """The fields and relations (entity, name) that actions assign."""
    found: set[tuple[str, str]] = set()
    for operation in _operations(contract):
        view = OperationView(contract, operation)
        found |= {(view.entity_of(assign.target.root).name, assign.target.steps[-1]) for assign in view.assigns}
    return frozenset(found)


def _operations(contract: Contract) -> list[Operation]:
    return [action for entity in contract.entities for action in entity.actions] + list(contract.queries)


def linked_sets(contract: Contract) -> frozenset[tuple[str, str]]:
    """The stored sets (entity, relation) to which actions add rows or from which they take them."""
    found: set[tuple[str, str]] = set()
    for operation in _operations(contract):
        for statement in operation.body or ():
            if isinstance(statement, Link):
                target = OperationView(contract, operation).set_target(statement.target)
                found.add((target.view.cls, target.relation.name))
    return frozenset(found)
