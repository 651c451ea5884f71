"""Rows that show what a condition or a value of the contract means: found by trying, decided by evaluating."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import islice, product
from typing import Any, Final

from pydantic import JsonValue

from apismith.contract.model import Arithmetic, Compare, Contract, Count, Expression, Logic, Path, Relation, Scalar
from apismith.generate.choices import NEW, Builder, Choice, Chosen, Setup, paths_in
from apismith.generate.distinct import distinct_fields, fits
from apismith.generate.evaluate import UNKNOWN, Row, conditions, outcome
from apismith.generate.stage import Made, Stage, can_give, can_pin, values_to_try
from apismith.generate.view import View

_MOST_TRIED: Final = 2000
_MOST_VALUES: Final = 7
_MOST_MEMBERS: Final = 4


class Scenes(Builder):
    """Looks for rows that decide an expression.

    Args:
        mine: all rows belong to `owner`, who could not read others. See `Builder` for the other arguments.
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
        mine: bool = False,
    ) -> None:
        super().__init__(contract, node, root, view, setup, owner=owner, above=above)
        self._mine = mine and owner in self.names
        self.options: dict[Choice, list[Any]] = {}
        self._collect(node)

    # What may differ

    def _collect(self, node: Expression) -> None:
        match node:
            case Compare(op="in" | "not in", left=Path() as far, right=Path(steps=(*_, _)) as rows):
                self._walk(far, named=False)
                self._walk(Path(root=rows.root, steps=rows.steps[:-1]))
                self._member(far, rows)
            case Compare() | Arithmetic():
                self._collect(node.left)
                self._collect(node.right)
            case Logic():
                for operand in node.operands:
                    self._collect(operand)
            case Count():
                self._walk(Path(root=node.of.root, steps=node.of.steps[:-1]))
                self._counted(node)
            case Path():
                self._walk(node)
            case _:
                pass

    def _walk(self, path: Path, *, named: bool = True) -> None:
        """References and the field on the way of a path; at its end there may be a row that has a name."""
        if path.root != self.root:
            return
        view, at = self.view, tuple[str, ...]()
        for step in path.steps:
            relation = view.entity.relation(step)
            if relation is None:
                if can_pin(view, step) and not (at and view.is_account and self._owns(at)):
                    self._add(Choice("field", at, step), self._values(view, step))
                return
            if relation.many:
                return
            at = (*at, step)
            self._add(Choice("ref", at), self._rows_for(view, relation, at, named=named and at == path.steps))
            view = view.target(relation)

    def _owns(self, path: tuple[str, ...]) -> bool:
        relation = self.view_at(path[:-1]).entity.relation(path[-1])
        return relation is not None and relation.owner

    def _values(self, view: View, name: str) -> list[JsonValue]:
        field = view.entity.field(name)
        assert field is not None
        given = [value for value in self.names.values() if not isinstance(value, Row)]
        borders = [border for part in conditions(self.node) for border in self._border(part, view, name)]
        return values_to_try(view, field, self.node, [*borders, *given])[:_MOST_VALUES]

    def _border(self, part: Expression, view: View, name: str) -> Iterator[Decimal]:
        """Where the sides of a comparison meet that calculates with a number of the row."""
        field = view.entity.field(name)
        if not isinstance(part, Compare) or field is None or field.type.scalar not in (Scalar.INT, Scalar.DECIMAL):
            return
        distances = list[Decimal]()
        for number in (0, 1):
            row = Row(self.view, {name: number if field.type.scalar is Scalar.INT else str(number)})
            left, right = (self.stage.value(side, {**self.names, self.root: row}) for side in (part.left, part.right))
            if not all(isinstance(side, int | Decimal) for side in (left, right)):
                return
            distances.append(Decimal(left) - Decimal(right))
        slope = distances[1] - distances[0]
        if slope:
            yield (-distances[0] / slope).quantize(Decimal(1))

    def _rows_for(self, view: View, relation: Relation, path: tuple[str, ...], *, named: bool) -> list[str | None]:
        """The rows that a reference may lead to."""
        if path == (self.above,):
            return []
        if self._mine and relation.owner and path == (relation.name,):
            return [self.owner]
        if relation.nullable and not relation.owner and not can_give(view, relation):
            return [None]
        found: list[str | None] = [NEW]
        for name, row in self.names.items() if named else ():
            if not isinstance(row, Made) or row.view.cls != relation.target or not self._mentions(name):
                continue
            if relation.owner:
                found += [name] if row.is_actor and not view.is_account else []
            elif can_give(view, relation) and (not row.is_actor or row.view.key == "id"):
                found.append(name)
        return [*found, None] if relation.nullable and not relation.owner else found

    def _mentions(self, name: str) -> bool:
        return any(path.root == name for path in paths_in(self.node))

    def _add(self, choice: Choice, options: list[Any]) -> None:
        known = self.options.get(choice, [])
        if options:
            self.options[choice] = [*known, *(option for option in options if option not in known)]

    def _member(self, far: Path, rows: Path) -> None:
        relation = self.set_at(rows)
        if relation is None or not self.is_linked(relation):
            return
        choice = Choice("in", rows.steps[:-1], rows.steps[-1], rows.root, far)
        self._add(choice, [True, False])

    def _counted(self, node: Count) -> None:
        relation = self.set_at(node.of)
        if relation is None:
            return
        choice = Choice("members", node.of.steps[:-1], node.of.steps[-1], node.of.root)
        stored, target = self.stored(relation), View(self.contract, self.contract.by_name[relation.target])
        by = stored.name if stored is not None and not stored.many else ""
        if stored is not None and by and not stored.owner and not stored.parent and not can_give(target, stored):
            return
        where = node.where if node.where is not None else Logic(op="and", operands=())
        inner = Scenes(self.contract, where, node.variable or "_", target, self._setup, owner=self.owner, above=by)
        self.members[choice] = inner
        self._add(choice, list(inner.groups()))

    def groups(self) -> Iterator[tuple[tuple[tuple[Choice, Any], ...], ...]]:
        """Rows to put into a set: those that tell what is counted, none, and some that count."""
        frozen = [(tuple(chosen.items()), met) for chosen, met in self.cover()]
        counting = next((chosen for chosen, met in frozen if met is True), None)
        if len(frozen) > 1:
            yield tuple(chosen for chosen, _ in frozen)
        yield ()
        for number in range(1, _MOST_MEMBERS if counting is not None and self.repeats(dict(counting)) else 2):
            if counting is not None:
                yield (counting,) * number

    def repeats(self, chosen: Chosen) -> bool:
        """Whether there may be two rows like this."""
        return not self._clash(chosen, chosen)

    def _clash(self, one: Chosen, other: Chosen) -> bool:
        """Whether two rows would be alike in what must differ."""
        for path in {choice.path for choice in one if choice.kind == "field"}:
            view = self.view_at(path)
            same, pinned = set[str](), set[str]()
            for choice, value in one.items():
                if choice.kind == "field" and choice.path == path:
                    pinned.add(choice.name)
                    same |= {choice.name} if choice in other and other[choice] == value else set[str]()
            if any(field.unique and field.name in same for field in view.written_fields):
                return True
            apart = {field.name for field in distinct_fields(view)} | {
                relation.name for relation in view.to_one if not relation.nullable and not relation.owner
            }
            for group in view.entity.rules.unique:
                told = pinned.intersection(group)
                if told and told <= same and not (apart - pinned).intersection(group):
                    return True
        return False

    # Making it so

    def chosen(self) -> Iterator[Chosen]:
        """All that may be chosen; what has no meaning beside other choices is left out."""
        seen = set[str]()
        for values in islice(product(*self.options.values()), _MOST_TRIED):
            picked = dict(zip(self.options, values, strict=True))
            kept = {c: v for c, v in picked.items() if not self._is_moot(c, picked)}
            if repr(kept) not in seen:
                seen.add(repr(kept))
                yield kept

    def _is_moot(self, choice: Choice, picked: Chosen) -> bool:
        if choice.kind == "ref":
            above = choice.path[:-1]
        elif choice.kind == "in" and choice.root != self.root:
            above = choice.far.steps if choice.far and choice.far.root == self.root else ()
        else:
            above = choice.path if choice.root in ("", self.root) else ()
        return any(picked.get(Choice("ref", above[: n + 1]), NEW) != NEW for n in range(len(above))) and not (
            choice.kind == "in" and picked.get(Choice("ref", above)) is not None
        )

    # What decides

    def play(self, chosens: Iterable[Chosen]) -> tuple[Stage, dict[str, Any], list[Made]]:
        """All these rows on one stage, what the names stand for, and the rows."""
        stage, names = self.start()
        if self.root:
            return stage, names, [self.build(stage, names, chosen) for chosen in chosens]
        for chosen in chosens:
            self.furnish(stage, names, chosen)
        return stage, names, []

    def valid(self, chosen: Chosen) -> bool:
        """Whether the checks of the entities allow such rows, and tests can make them.

        What an account owns, tests only make for one of which they choose nothing else.
        """
        if self.view.is_account and any(choice.kind == "field" for choice in chosen):
            owned = (choice for choice, members in chosen.items() if choice.kind == "members" and members)
            if any(self.members[choice].owns for choice in owned):
                return False
        pinned = dict[tuple[str, ...], dict[str, JsonValue]]()
        for choice, value in chosen.items():
            if choice.kind == "field":
                pinned.setdefault(choice.path, {})[choice.name] = value
        return all(fits(self.view_at(path), values) for path, values in pinned.items())

    def telling(self) -> list[tuple[Chosen, Any]]:
        """One row for which the value of the expression says much about what it is made of, and one that differs."""
        found = list[tuple[Chosen, Any]]()
        for chosen in self.chosen():
            stage, names, rows = self.play([chosen])
            value = stage.value(self.node, {**names, self.root: rows[0]} if rows else names)
            if value is not UNKNOWN and self.valid(chosen):
                found.append((chosen, value))
        if not found:
            return []
        first = max(found, key=lambda case: telling(*case))
        others = [case for case in found if case[1] != first[1] and not self._clash(case[0], first[0])]
        if not others:
            return [first]
        return [first, max(others, key=lambda case: sum(case[0].get(c) != v for c, v in first[0].items()))]

    def cover(self) -> list[tuple[Chosen, bool]]:
        """Few rows that show what every condition does where it decides, and whether each row meets the expression.

        Of a comparison, there is a row on either side of its border and one upon it, as far as there can be.
        """
        found: list[tuple[Chosen, bool, set[Any]]] = []
        for chosen in self.chosen():
            stage, names, rows = self.play([chosen])
            reached = self._reached(stage, {**names, self.root: rows[0]})
            if reached is not None and self.valid(chosen):
                found.append((chosen, *reached))
        picked: list[tuple[Chosen, bool]] = []
        left: set[Any] = {goal for _, _, goals in found for goal in goals}
        while left and found:
            best, met, goals = max(found, key=lambda case: len(case[2] & left))
            if not goals & left:
                break
            left -= goals
            picked.append((best, met))
            found = [case for case in found if not self._clash(case[0], best)]
        return picked

    def _reached(self, stage: Stage, names: Mapping[str, Any]) -> tuple[bool, set[Any]] | None:
        """Whether the expression is met, and which conditions decide that in which state; None where it is unknown."""
        parts = {id(part): part for part in conditions(self.node)}
        values = {key: stage.value(part, names) for key, part in parts.items()}
        result = outcome(self.node, values)
        if result is UNKNOWN:
            return None
        goals: set[Any] = {result is True}
        for number, (key, part) in enumerate(parts.items()):
            if outcome(self.node, {**values, key: True}) != outcome(self.node, {**values, key: False}):
                goals.add((number, _state(stage, part, names, values[key])))
        return result is True, goals


def telling(chosen: Chosen, value: Any) -> tuple[int, int]:
    """How much a value says: of many members, of numbers that are not alike and change what they are joined with."""
    members = sum(
        3 * len(set(picked)) + min(len(picked), 2) for choice, picked in chosen.items() if choice.kind == "members"
    )
    made = [repr(picked) for choice, picked in chosen.items() if choice.kind == "field" and picked is not None]
    odd = sum(text.strip("'").rstrip("0").rstrip(".") not in ("", "1", "False") for text in (*made, repr(value)))
    return len(set(made)) + odd + (value is not None), members


def _state(stage: Stage, part: Expression, names: Mapping[str, Any], value: Any) -> Any:
    """On which side of its border a comparison is; of other conditions, whether they hold."""
    match part:
        case Compare(op="==" | "!=" | "<" | "<=" | ">" | ">="):
            left, right = stage.value(part.left, names), stage.value(part.right, names)
            if left is None or right is None or isinstance(left, str | bool | Row) or isinstance(right, Row):
                return value
            return (left > right) - (left < right)
        case _:
            return value
