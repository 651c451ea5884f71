"""Tests of what actions do to rows and of the values that operations answer, both evaluated beforehand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from apismith.contract.model import (
    Arithmetic,
    Assign,
    Constant,
    Contract,
    Expression,
    Link,
    Logic,
    Path,
    Return,
    Scalar,
)
from apismith.generate.choices import NEW, Choice, Chosen, paths_in
from apismith.generate.distinct import fits
from apismith.generate.emit.tests_factories import json_value
from apismith.generate.emit.tests_stage import Script, compared, expected, ordinal
from apismith.generate.emit.tests_writer import Caller, Writer, equals, is_visible
from apismith.generate.evaluate import NOW, UNKNOWN, Row, stored, typed
from apismith.generate.operations import OperationView
from apismith.generate.samples import is_valid, is_within
from apismith.generate.scenes import Scenes, telling
from apismith.generate.stage import Made, Stage, can_give, can_pin, values_to_try
from apismith.generate.view import View

_SAME_IN_PYTHON = (Scalar.STR, Scalar.INT, Scalar.FLOAT, Scalar.BOOL, Scalar.ENUM, Scalar.EMAIL)


@dataclass(frozen=True)
class Effect:
    """What is known of one call.

    Args:
        made: the lines that make rows before it.
        checks: the lines after it.
        rows: the rows to call it for, with the value that it must answer for each; none where it is called once.
        has_row: the row that it is called for is among those that are made.
    """

    made: list[str]
    checks: list[str]
    rows: list[tuple[str, str]]
    has_row: bool = True


Target = tuple[str, str]
"""A name in the body, and a field or relation of its row."""


@dataclass(frozen=True)
class Call:
    """One call on a stage.

    Args:
        stage: the rows before it.
        names: what the names in the body stand for.
        after: the values that it sets.
        answer: the value that it answers.
        tells: how much it tells of the body.
    """

    stage: Stage
    names: dict[str, Any]
    after: dict[Target, Any]
    answer: Any
    tells: tuple[int, ...]


class Effects:
    """Writes the lines about one operation that answers with no comprehension.

    Args:
        writer: collects the tests.
        view: the operation.
        given: what its plain parameters are.
        variables: the variables of the rows that its other parameters name.
    """

    def __init__(
        self, writer: Writer, view: OperationView, given: Mapping[str, JsonValue], variables: Mapping[str, str]
    ) -> None:
        self.writer = writer
        self.view = view
        self.given = given
        self.variables = {"me": "me", "self": writer.row, **variables}

    @property
    def contract(self) -> Contract:
        """Whose operation it is."""
        return self.view.contract

    def names(self, stage: Stage, caller: Caller) -> dict[str, Any]:
        """What names in the body stand for, `self` apart."""
        names: dict[str, Any] = {"me": stage.actor()} if caller.role else {}
        for parameter in self.view.operation.parameters:
            if parameter.entity is not None and parameter.name in self.variables:
                names[parameter.name] = stage.make(View(self.contract, self.contract.by_name[parameter.entity]))
            elif parameter.type is not None and parameter.name in self.given:
                names[parameter.name] = typed(parameter.type, self.given[parameter.name])
        return names

    def lines(self, caller: Caller) -> Effect | None:
        """What to do and to look for; None where there is nothing that could be looked for."""
        body = self.view.operation.body or ()
        returned = self.view.returned
        answers = returned is not None and self.view.operation.result.shape == "value"
        if self.view.selection is not None or not (self.view.assigns or answers):
            return None
        read = [statement.value for statement in body if isinstance(statement, Assign)]
        read += [returned.value] if answers and returned is not None else []
        node = read[0] if len(read) == 1 else Logic(op="and", operands=tuple(read))
        scenes = self._scenes(node, caller)
        if self.view.assigns or any(isinstance(statement, Link) for statement in body) or not scenes.root:
            return self._once(scenes, caller)
        return self._each(scenes, node)

    def _scenes(self, node: Expression, caller: Caller) -> Scenes:
        view = self.view.view
        is_me = view is not None and view.is_account and caller.owns and caller.role is not None

        def setup(stage: Stage) -> dict[str, Any]:
            names = self.names(stage, caller)
            return {**names, "self": names["me"]} if is_me else names

        owner = "me" if caller.role and caller.owns else ""
        root = "self" if view is not None and not is_me else ""
        scenes = Scenes(self.contract, node, root, view or self.writer.view, setup, owner=owner, mine=caller.owns)
        if root and view is not None:
            for assign in self.view.assigns:
                self._differ(scenes, view, assign)
        return scenes

    def _differ(self, scenes: Scenes, view: View, assign: Assign) -> None:
        """Let a field begin with another value than the one that it gets, unless it does so anyhow."""
        name = assign.target.steps[-1]
        relation = view.entity.relation(name)
        if relation is not None and assign.value == Constant(value=None) and can_give(view, relation):
            scenes.options[Choice("ref", (name,))] = [NEW]
        field, choice = view.entity.field(name), Choice("field", (), name)
        if field is None or assign.target.root != "self" or choice in scenes.options or not can_pin(view, name):
            return
        stage, names, (row,) = scenes.play([{}])
        value = stage.value(assign.value, {**names, "self": row})
        if value in (UNKNOWN, NOW) or stored(row, name) not in (UNKNOWN, value):
            return
        given = [each for each in names.values() if not isinstance(each, Row)]
        options = values_to_try(view, field, assign.value, given)
        others = [each for each in options if typed(field.type, each) != value]
        if others:
            scenes.options[choice] = others[:1]

    def allowed(self, caller: Caller) -> dict[str, JsonValue] | None:
        """Values of a row for which the operation may be called; None where there is no such row."""
        if self.view.selection is not None or not self.view.assigns:
            return {}
        read = [assign.value for assign in self.view.assigns]
        scenes = self._scenes(read[0] if len(read) == 1 else Logic(op="and", operands=tuple(read)), caller)
        if self._call(scenes, {}) is not None:
            return {}
        for chosen in scenes.chosen():
            plain = all(choice.kind == "field" and not choice.path for choice in chosen)
            if plain and scenes.valid(chosen) and self._call(scenes, chosen) is not None:
                return {choice.name: value for choice, value in chosen.items()}
        return None

    def beyond(self, caller: Caller) -> list[str] | None:
        """The lines that make a row which may not become what the operation would make of it."""
        reckoned = [assign for assign in self.view.assigns if isinstance(assign.value, Arithmetic)]
        if len(self.view.assigns) != 1 or not reckoned or reckoned[0].target.root != "self":
            return None
        scenes = self._scenes(reckoned[0].value, caller)
        view, name = self.view.view, reckoned[0].target.steps[0]
        field = view.entity.field(name) if view is not None else None
        if view is None or field is None or not scenes.root:
            return None
        for chosen in scenes.chosen():
            stage, names, rows = scenes.play([chosen])
            value = stage.value(reckoned[0].value, {**names, "self": rows[0]})
            is_number = isinstance(value, int | float | Decimal)
            if not scenes.valid(chosen) or not is_number or is_within(field.constraints, value):
                continue
            known = self._known(names)
            return Script(self.writer, stage, known, {rows[0]: self.writer.row}).lines()
        return None

    # Values of rows

    def _each(self, scenes: Scenes, node: Expression) -> Effect | None:
        """The value that is answered for each of some rows."""
        result = self.view.operation.result.type
        assert result is not None, "asked of operations that answer with a value"
        cases: list[tuple[Chosen, Any]] = [*scenes.cover()] if result.scalar is Scalar.BOOL else scenes.telling()
        stage, names, rows = scenes.play(chosen for chosen, _ in cases)
        values = [stage.value(node, {**names, "self": row}) for row in rows]
        told = [expected(self.writer.module, result, value) for value in values if value is not UNKNOWN]
        if not told or None in told or len(told) < len(rows):
            return None
        kept: dict[Row, str] = {row: ordinal(n) if len(rows) > 1 else self.writer.row for n, row in enumerate(rows)}
        script = Script(self.writer, stage, self._known(names), kept)
        pairs = [(kept[row], value or "") for row, value in zip(rows, told, strict=True)]
        value = pairs[0][1] if len(pairs) == 1 else "value"
        return Effect(script.lines(), [f"assert {compared(result, 'answer.json()', value)}"], pairs)

    def _known(self, names: Mapping[str, Any]) -> dict[Row, str]:
        return {row: self.variables[name] for name, row in names.items() if isinstance(row, Row)}

    # What changes

    def _once(self, scenes: Scenes, caller: Caller) -> Effect | None:
        """What one call sets and answers."""
        found = [each for chosen in scenes.chosen() if scenes.valid(chosen) and (each := self._call(scenes, chosen))]
        if not found:
            return None
        best = max(found, key=lambda call: call.tells)
        kept = {best.names["self"]: self.writer.row} if scenes.root else {}
        known = self._known({name: row for name, row in best.names.items() if name != "self"})
        script = Script(self.writer, best.stage, known, kept)
        made = script.lines()
        checks = list(self._checks(caller, best))
        return Effect(made, checks, [], bool(scenes.root)) if checks else None

    def _call(self, scenes: Scenes, chosen: Chosen) -> "Call | None":
        """A call for a row as it was chosen; None where the row may not become what it would."""
        stage, names, rows = scenes.play([chosen])
        names = {**names, "self": rows[0]} if rows else names
        before, after = dict[Target, Any](), dict[Target, Any]()
        answer: Any = UNKNOWN
        for statement in self.view.operation.body or ():
            match statement:
                case Assign(target=Path(root=root, steps=(name,))):
                    before[root, name] = stage.value(statement.target, names)
                    after[root, name] = self._assigned(stage, statement, names, after)
                case Return():
                    # What comes after a change is read from the changed rows, which are not played here.
                    changed = len(self.view.operation.body or ()) > 1
                    answer = UNKNOWN if changed else stage.value(statement.value, names)
                case _:
                    pass
        if not self._may_be(names, after):
            return None
        moved = sum(value is not UNKNOWN and value != before[target] for target, value in after.items())
        told = telling(chosen, [value for value in (*after.values(), answer) if value is not UNKNOWN])
        return Call(stage, names, after, answer, (moved, *told))

    def _assigned(
        self, stage: Stage, statement: Assign, names: Mapping[str, Any], after: "Mapping[Target, Any]"
    ) -> Any:
        again = any((path.root, step) in after for path in paths_in(statement.value) for step in path.steps[:1])
        return UNKNOWN if again else stage.value(statement.value, names)

    def _may_be(self, names: Mapping[str, Any], after: "Mapping[Target, Any]") -> bool:
        """Whether fields may have the values that are set, one by one and together."""
        changes = dict[Row, dict[str, JsonValue]]()
        for (root, name), value in after.items():
            row = names.get(root)
            field = row.view.entity.field(name) if isinstance(row, Made) else None
            if field is None or not isinstance(row, Made) or value is UNKNOWN or value is NOW:
                continue
            made = to_jsonable_python(value)
            if not is_valid(self.contract, field.type, field.constraints, made):
                return False
            changes.setdefault(row, dict(row.pinned))[name] = made
        return all(fits(row.view, changed) for row, changed in changes.items())

    # What is looked for

    def _checks(self, caller: Caller, call: "Call") -> Iterator[str]:
        result = self.view.operation.result
        if result.shape == "value" and result.type is not None:
            value = expected(self.writer.module, result.type, call.answer) if call.answer is not UNKNOWN else None
            if value is not None:
                yield f"assert {compared(result.type, 'answer.json()', value)}"
        is_read = False
        for (root, name), value in call.after.items():
            row = call.names.get(root)
            if value is UNKNOWN or not isinstance(row, Row):
                continue
            view, shown = row.view, ""
            if is_visible(view, name) or name in {relation.name for relation in view.refs}:
                if self._answers(root):
                    shown = f'answer.json()["{name}"]'
                elif root == "self" and self._can_read(caller):
                    if not is_read:
                        yield f"read = await client.get({self.writer.item()}{self.writer.sent(caller)})"
                    shown, is_read = f'read.json()["{name}"]', True
            check = self._shown(view, name, value, shown, call) if shown else self._kept(root, view, name, value)
            if check:
                yield f"assert {check}"

    def _answers(self, root: str) -> bool:
        """Whether the answer is the row of this name."""
        returned = self.view.returned
        if returned is None or self.view.operation.result.shape != "entity":
            return False
        return returned.value == Path(root=root)

    def _can_read(self, caller: Caller) -> bool:
        view, writer = self.view.view, self.writer
        if view is None or not writer.reads:
            return False
        return writer.caller(self.view.operation.allow, view.entity.access.read) == caller

    def _shown(self, view: View, name: str, value: Any, shown: str, call: "Call") -> str | None:
        """The condition on what a client sees."""
        if value is NOW:
            return f"{shown} is not None"
        if value is None:
            return f"{shown} is None"
        if isinstance(value, Row):
            variable = self._known({k: v for k, v in call.names.items() if v is value}).get(value)
            if variable is None:
                return None
            return f'{shown}["id"] == {json_value(value.view, "id", variable)}'
        field = view.entity.field(name)
        told = expected(self.writer.module, field.type, value) if field is not None else None
        return compared(field.type, shown, told) if field is not None and told is not None else None

    def _kept(self, root: str, view: View, name: str, value: Any) -> str | None:
        """The condition on what the database holds, where no client sees it."""
        field = view.entity.field(name)
        if field is None or field.type.many or field.type.scalar not in _SAME_IN_PYTHON or value is NOW:
            return None
        use = self.writer.module.use
        model = use("app.models", view.cls)
        statement = f"{use('sqlalchemy', 'select')}({model}.{name}).where({model}.id == {self.variables[root]}.id)"
        return f"(await database.reader.execute({statement})).scalar_one() {equals(to_jsonable_python(value))}"
