"""Tests of what queries find: rows that they must and rows that they must not, one for each side of each condition."""

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from apismith.contract.model import Logic, Select
from apismith.generate.choices import Choice, Chosen
from apismith.generate.emit.tests_stage import Script, ids, ordinal
from apismith.generate.emit.tests_writer import Caller, Writer
from apismith.generate.evaluate import UNKNOWN, Row, stored, typed
from apismith.generate.operations import OperationView
from apismith.generate.samples import sample
from apismith.generate.scenes import Scenes
from apismith.generate.stage import Made, Stage, can_pin
from apismith.generate.view import View

ALL = Logic(op="and", operands=())
"""The condition of a query that has none."""


class Finding:
    """Writes the lines about one query.

    Args:
        writer: collects the tests.
        view: the query.
        given: what its plain parameters are.
        variables: the variables of the rows that its other parameters name.
    """

    def __init__(
        self, writer: Writer, view: OperationView, given: Mapping[str, JsonValue], variables: Mapping[str, str]
    ) -> None:
        self.writer = writer
        self.view = view
        self.given = given
        self.variables = variables

    def lines(self, caller: Caller) -> tuple[list[str], list[str]]:
        """The lines that make rows before the request, and those that look for them in the answer.

        There are none where it cannot be said which rows meet the condition, such as one on what the server sets.
        """
        selection = self.view.selection
        if selection is None:
            return [], []
        view = View(self.view.contract, self.view.contract.by_name[selection.entity])

        def setup(stage: Stage) -> dict[str, Any]:
            return self.names(stage, caller)

        where, owner = selection.where or ALL, "me" if caller.role else ""
        scenes = Scenes(view.contract, where, selection.variable, view, setup, owner=owner)
        cases = scenes.cover()
        if not cases:
            return [], []
        stage, names, rows = scenes.play(self._ordered(scenes, view, self._several(scenes, cases)))
        found = self._found(view, selection, stage, names)
        known = self._known(names)
        made = [item for item in stage.script if isinstance(item, Made)]
        if found is None or not {*made, *known}.issuperset(found):
            return [], []
        numbered = [row for row in made if row in found]
        kept: dict[Row, str] = {row: ordinal(number) for number, row in enumerate(numbered)}
        script = Script(self.writer, stage, known, kept, rows)
        lines = script.lines()
        items = 'answer.json()["items"]' if self.view.operation.result.shape == "page" else "answer.json()"
        in_order = self._in_order(view, stage, found)
        expected = ids(view, (script.names[row] for row in in_order or found))
        if in_order is None:
            return lines, [f'assert sorted(item["id"] for item in {items}) == sorted({expected})']
        return lines, [f'assert [item["id"] for item in {items}] == {expected}']

    def names(self, stage: Stage, caller: Caller) -> dict[str, Any]:
        """What names in the body stand for."""
        names: dict[str, Any] = {"me": stage.actor()} if caller.role else {}
        for parameter in self.view.operation.parameters:
            if parameter.entity is not None and parameter.name in self.variables:
                names[parameter.name] = stage.make(View(stage.contract, stage.contract.by_name[parameter.entity]))
            elif parameter.type is not None and parameter.name in self.given:
                names[parameter.name] = typed(parameter.type, self.given[parameter.name])
        return names

    def _known(self, names: Mapping[str, Any]) -> dict[Row, str]:
        variables = {"me": "me", **self.variables}
        return {row: variables[name] for name, row in names.items() if isinstance(row, Row)}

    def _several(self, scenes: Scenes, cases: list[tuple[Chosen, bool]]) -> list[Chosen]:
        """The rows to make, with two at least that are found, so that they have an order."""
        chosen = [case for case, _ in cases]
        met = [case for case, is_met in cases if is_met]
        if len(met) == 1 and scenes.repeats(met[0]):
            chosen.insert(chosen.index(met[0]), dict(met[0]))
        return chosen

    def _ordered(self, scenes: Scenes, view: View, chosen: list[Chosen]) -> list[Chosen]:
        """The rows with different values of what they are ordered by, where the query does not look at that."""
        name, descending = self._order(view)
        choice, field = Choice("field", (), name), view.entity.field(name)
        if field is None or not can_pin(view, name) or choice in scenes.options or field.unique:
            return chosen
        pinned = [
            {**case, choice: sample(view.contract, field, n if descending else 9 - n)}
            for n, case in enumerate(chosen[:9])
        ]
        pinned += chosen[9:]
        return pinned if all(map(scenes.valid, pinned)) else chosen

    def _order(self, view: View) -> tuple[str, bool]:
        first = view.entity.listing.order[0]
        return first.lstrip("-"), first.startswith("-")

    def _found(self, view: View, selection: Select, stage: Stage, names: Mapping[str, Any]) -> list[Row] | None:
        """The rows that the query finds, in the order in which they were made; None where that is not known."""
        found = list[Row]()
        for row in stage.rows:
            if row.view.cls != view.cls:
                continue
            value = stage.value(selection.where or ALL, {**names, selection.variable: row})
            if value is UNKNOWN:
                return None
            found += [row] if value is True else []
        return found

    def _in_order(self, view: View, stage: Stage, found: list[Row]) -> list[Row] | None:
        """The rows in the order of the answer; None where that is not known."""
        name, descending = self._order(view)
        made = {row: number for number, row in enumerate(stage.rows)}
        if name == "created_at" or (name == "id" and view.contract.database.ids == "int"):
            return sorted(found, key=lambda row: made[row], reverse=descending)
        values = {row: stored(row, name) for row in found}
        if UNKNOWN in values.values() or None in values.values():
            return None
        lengths = {len(value) for value in values.values() if isinstance(value, str)}
        if len(lengths) > 1:
            return None  # databases have orders of their own for texts
        if len(set(values.values())) < len(found) and view.contract.database.ids != "int":
            return None
        return sorted(found, key=lambda row: (values[row], made[row]), reverse=descending)
