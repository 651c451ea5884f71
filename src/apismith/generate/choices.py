"""What may differ between rows of a test, and rows made as it was chosen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import JsonValue

from apismith.contract.model import Arithmetic, Compare, Contract, Count, Expression, Logic, Path, Relation
from apismith.generate.evaluate import Row
from apismith.generate.stage import Made, Stage
from apismith.generate.view import View

NEW: Final = "a new row"
"""The choice of a row that nothing else speaks of."""


@dataclass(frozen=True)
class Choice:
    """One thing that may differ between rows.

    Args:
        kind: a field's value, the row of a reference, whether a row is in a set, or the members of a set.
        path: the steps from the row to the row with the field, to the reference, or to the row with the set.
        name: of the field or the set.
        root: whose path it is.
        far: of membership: the row that is in the set or not.
    """

    kind: Literal["field", "ref", "in", "members"]
    path: tuple[str, ...]
    name: str = ""
    root: str = ""
    far: Path | None = None


Chosen = dict[Choice, Any]
Setup = Callable[[Stage], dict[str, Any]]


class Builder:
    """Makes rows as they were chosen.

    Args:
        contract: says what rows are.
        node: the expression that they are for.
        root: the name of the row that is made up; empty where there is none.
        view: its entity.
        setup: makes what all rows share, such as the caller, and says what the names in the expression stand for.
        owner: the name of the account that rows are made for where the expression does not look at their owners.
        above: the relation to the row in whose set the rows are, where that is what puts them there.
    """

    def __init__(
        self,
        contract: Contract,
        node: Expression,
        root: str,
        view: View,
        setup: Setup,
        *,
        owner: str = "",
        above: str = "",
    ) -> None:
        self.contract = contract
        self.node = node
        self.root = root
        self.view = view
        self.owner = owner
        self.above = above
        self.members: dict[Choice, Builder] = {}
        self._setup = setup
        self._fixed: dict[str, dict[str, JsonValue]] = {}
        self.stage, self.names = self.start()

    def start(self) -> tuple[Stage, dict[str, Any]]:
        """A stage with what all rows share, and what names stand for."""
        stage = Stage(self.contract, self._fixed)
        return stage, self._setup(stage)

    @property
    def owns(self) -> bool:
        """Whether rows are in the set because its row owns them."""
        relation = self.view.entity.relation(self.above)
        return relation is not None and relation.owner

    def view_at(self, path: tuple[str, ...]) -> View:
        view = self.view
        for step in path:
            relation = view.entity.relation(step)
            assert relation is not None
            view = view.target(relation)
        return view

    def set_at(self, rows: Path) -> Relation | None:
        """The set at the end of a path."""
        if rows.root == self.root:
            view = self.view
        else:
            row = self.names.get(rows.root)
            if not isinstance(row, Row):
                return None
            view = row.view
        for step in rows.steps[:-1]:
            relation = view.entity.relation(step)
            assert relation is not None, "the loader has checked the path"
            view = view.target(relation)
        return view.entity.relation(rows.steps[-1])

    def is_linked(self, relation: Relation) -> bool:
        """Whether a table of its own says what is in a set."""
        stored = self.stored(relation)
        return stored is None or stored.many

    def stored(self, relation: Relation) -> Relation | None:
        """The relation that a set is the other side of."""
        if relation.reverse_of is None:
            return None
        return self.contract.by_name[relation.target].relation(relation.reverse_of)

    def build(self, stage: Stage, names: dict[str, Any], chosen: Chosen, near: Made | None = None) -> Made:
        """A row as it was chosen, on a stage."""
        told = {choice.path for choice in chosen if choice.kind in ("in", "members") and choice.root == self.root}
        told |= {c.far.steps for c, v in chosen.items() if c.kind == "in" and v and c.far and c.far.root == self.root}
        row = self._row(stage, names, chosen, told, (), self.view, near)
        self.furnish(stage, {**names, self.root: row}, chosen)
        return row

    def furnish(self, stage: Stage, names: dict[str, Any], chosen: Chosen) -> None:
        """Put into sets what was chosen to be in them."""
        for choice, value in chosen.items():
            if choice.kind not in ("in", "members") or not value:
                continue
            holder = stage.value(Path(root=choice.root, steps=choice.path), names)
            relation = self.set_at(Path(root=choice.root, steps=(*choice.path, choice.name)))
            if not isinstance(holder, Made) or relation is None:
                continue
            if choice.kind == "in":
                far = stage.value(choice.far, names) if choice.far else None
                if isinstance(far, Made):
                    stage.link(holder, relation, far)
                continue
            inner = self.members[choice]
            for member in value:
                made = inner.build(stage, names, dict(member), holder if inner.above else None)
                if not inner.above:
                    stage.link(holder, relation, made)

    def _row(
        self,
        stage: Stage,
        names: dict[str, Any],
        chosen: Chosen,
        told: set[tuple[str, ...]],
        path: tuple[str, ...],
        view: View,
        near: Made | None = None,
    ) -> Made:
        pinned = {
            choice.name: value for choice, value in chosen.items() if choice.kind == "field" and choice.path == path
        }
        owner: Made | None = names.get(self.owner) if view.is_owned and not view.is_account else None
        given = dict[str, Made]()
        if near is not None:
            relation = view.entity.relation(self.above)
            if relation is not None and relation.owner:
                owner = near
            else:
                given[self.above] = near
        for choice, value in chosen.items():
            if choice.kind != "ref" or choice.path[:-1] != path or value is None:
                continue
            relation = view.entity.relation(choice.path[-1])
            assert relation is not None, "only relations are chosen"
            made: Made | None = None
            if value != NEW:
                made = names[value]
            elif relation.owner and choice.path in told:
                made = stage.actor()
                stage.script.append(made)
            elif not relation.owner and (relation.nullable or choice.path in told | _further(chosen)):
                made = self._row(stage, names, chosen, told, choice.path, view.target(relation))
            if relation.owner:
                owner = made
            elif made is not None:
                given[relation.name] = made
        row = stage.make(view, owner, pinned, given)
        stage.script.append(row)
        return row


def _further(chosen: Chosen) -> set[tuple[str, ...]]:
    """The paths of rows of which something was chosen: a field, or the row of a reference."""
    return {choice.path if choice.kind == "field" else choice.path[:-1] for choice in chosen if choice.kind != "in"}


def paths_in(node: Expression | None) -> Iterator[Path]:
    """All paths of an expression."""
    match node:
        case Path():
            yield node
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            yield from paths_in(left)
            yield from paths_in(right)
        case Logic(operands=operands):
            for operand in operands:
                yield from paths_in(operand)
        case Count():
            yield node.of
            yield from paths_in(node.where)
        case _:
            return
