"""Tests of what queries find: a row that they must, and one that they must not."""

from collections.abc import Mapping

from pydantic import JsonValue

from apismith.contract.model import Compare, Constant, Path, Select
from apismith.generate.code import literal
from apismith.generate.emit.tests_factories import is_needed_by_account, json_value
from apismith.generate.emit.tests_writer import Caller, Writer, change, make_row
from apismith.generate.operations import OperationView
from apismith.generate.rows_where import is_plain, one_of_each
from apismith.generate.view import View

EVERYTHING = Compare(op="==", left=Constant(value=True), right=Constant(value=True))


class Finding:
    """Writes the lines about one query.

    Args:
        writer: collects the tests.
        view: the query.
        given: what its plain parameters are.
    """

    def __init__(self, writer: Writer, view: OperationView, given: Mapping[str, JsonValue]) -> None:
        self.writer = writer
        self.view = view
        self.given = given

    def lines(self, caller: Caller) -> tuple[list[str], list[str]]:
        """The lines that make rows before the request, and those that look for them in the answer.

        There are none where the condition cannot be decided from a row and a relation to the caller.
        """
        selection = self.view.selection
        if selection is None:
            return [], []
        view = View(self.view.contract, self.view.contract.by_name[selection.entity])
        if view.is_account or is_needed_by_account(view):
            return [], []
        made = self._by_followed(view, selection, caller) or self._by_fields(view, selection, caller)
        if not made:
            return [], []
        items = 'answer.json()["items"]' if self.view.operation.result.shape == "page" else "answer.json()"
        return made, [f'assert [item["id"] for item in {items}] == [{json_value(view, "id", "wanted")}]']

    def _by_fields(self, view: View, selection: Select, caller: Caller) -> list[str]:
        owner = "me" if view.is_owned and caller.role else ""
        if selection.where is None:
            return [f"wanted = await {make_row(view, owner)}"]
        if not is_plain(view, selection.where, selection.variable, self.given):
            return []
        rows = one_of_each(view, selection.where, selection.variable, self.given)
        if rows is None:
            return []
        wanted, other = (make_row(view, owner, "", *(change(n, literal(v)) for n, v in row.items())) for row in rows)
        return [f"wanted = await {wanted}", f"await {other}"]

    def _by_followed(self, view: View, selection: Select, caller: Caller) -> list[str]:
        """Rows whose owner is in a set of the caller, and no others."""
        match selection.where:
            case Compare(op="in", left=Path(root=root, steps=(name,)), right=Path(root="me", steps=(among,))):
                pass
            case _:
                return []
        account, owner = view.account, view.owner
        if account is None or owner is None or not caller.role or (root, name) != (selection.variable, owner.name):
            return []
        relation = account.entity.relation(among)
        stored = account.entity.relation(relation.reverse_of) if relation and relation.reverse_of else relation
        if relation is None or stored is None or not stored.many:
            return []
        link = account.association(relation)
        table = self.writer.module.use("app.models", link.table)
        return [
            "one, another = await actors.make(), await actors.make()",
            f"await {self.writer.support('link')}(database, {table}, {link.near}=me.id, {link.far}=one.id)",
            f"wanted = await {make_row(view, 'one')}",
            f"await {make_row(view, 'another')}",
        ]
