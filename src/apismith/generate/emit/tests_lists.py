"""Tests of lists: pages, orders, filters, what is hidden, how many statements they take."""

from pydantic import JsonValue

from apismith.contract.access import Who, allows
from apismith.contract.inputs import filter_name, input_name
from apismith.contract.model import Scalar
from apismith.contract.routes import list_rule
from apismith.generate.code import literal
from apismith.generate.distinct import fits, how_many
from apismith.generate.emit.tests_factories import is_needed_by_account, json_value
from apismith.generate.emit.tests_writer import Caller, Writer, change, is_visible, make_row
from apismith.generate.samples import sample
from apismith.generate.view import View

ROWS = 5
MANY = 50


class Lists:
    """Writes the tests of an entity's list.

    Args:
        writer: collects them.
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.view = writer.view
        self.rule = list_rule(writer.view.entity)

    def write(self) -> None:
        """All of them."""
        caller = self._caller()
        if caller is None:
            return
        self._pages(caller)
        self._altered(caller)
        self._statements(caller)
        self._apart(caller)
        self._hidden(caller)
        for path in self.view.entity.listing.filters:
            self._filter(caller, path)

    def _caller(self) -> Caller | None:
        if not self.writer.lists:
            return None
        rules = [self.rule]
        if self.view.parent is not None:
            rules.append(self.view.parent.entity.access.read)
        return self.writer.caller(*rules, stranger=self.view.is_account)

    def _made(self, caller: Caller, *changes: str) -> str:
        """The expression that makes a row which the caller's list shows."""
        owner = Caller(caller.role, owns=not self.view.is_account)
        return self.writer.make(owner, *changes, above=True)

    def _start(self, caller: Caller) -> list[str]:
        return [*self.writer.me(caller), *self.writer.make_above(caller)]

    def _url(self) -> str:
        return self.writer.collection

    def _pages(self, caller: Caller) -> None:
        writer, view = self.writer, self.view
        count = how_many(view, ROWS)
        pages, sent, reader = writer.support("pages"), writer.sent(caller), writer.reader(caller)
        mine = [f"rows.append(await make.{view.one}(me))"] if view.is_account and caller.role else []
        made = f"{json_value(view, 'id', 'row')} for row in rows"
        before = view.parent is None and caller.role is not None and is_needed_by_account(view)
        there = f"there = await {pages}(client, {self._url()}{reader}, limit=100)"
        expected = f'[*(item["id"] for item in there), *({made})]' if before else made
        lines = [
            *self._start(caller),
            *([there] if before else []),
            f"rows = [await {self._made(caller)} for _ in range({count})]",
            *mine,
            *self._with_and_without(caller),
            f"items = await {pages}(client, {self._url()}{reader}, limit=2, order=order)",
            f'assert sorted(item["id"] for item in items) == sorted({expected})',
            f"assert items == await {pages}(client, {self._url()}{reader}, limit=100, order=order)",
            f'counted = await client.get({self._url()}, params={{"limit": 1, "with_total": True}}{sent})',
            'assert counted.json()["total"] == len(items)',
        ]
        orders = literal(list(view.entity.listing.order))
        writer.test("pages_lead_through_all_rows_in_every_order", lines, cases=(("order",), orders))
        for order in view.entity.listing.order:
            if self._is_comparable(order.lstrip("-")):
                self._sorted(caller, order, count)

    def _with_and_without(self, caller: Caller) -> list[str]:
        """Rows with and without a value that lists are ordered by."""
        view, lines = self.view, list[str]()
        for name in dict.fromkeys(order.lstrip("-") for order in view.entity.listing.order):
            field = view.entity.field(name)
            if field is None or not field.type.nullable:
                continue
            for value in (sample(view.contract, field, 0), None, sample(view.contract, field, 1), None):
                if fits(view, {name: value}) and not self._is_grouped(name):
                    lines.append(f"rows.append(await {self._made(caller, change(name, literal(value)))})")
        return lines

    def _is_comparable(self, name: str) -> bool:
        """Whether values of a field compare in JSON as they do in the database."""
        field = self.view.entity.field(name)
        if field is None:
            return name == "id" and self.view.contract.database.ids == "int"
        kinds = (Scalar.INT, Scalar.FLOAT, Scalar.BOOL, Scalar.DATE)
        return field.type.scalar in kinds and not field.type.nullable and is_visible(self.view, name)

    def _sorted(self, caller: Caller, order: str, count: int) -> None:
        writer, view, name = self.writer, self.view, order.lstrip("-")
        field = view.entity.field(name)
        made = [f"await {self._made(caller)}" for _ in range(min(count, 3))]
        if field is not None and not field.unique and not self._is_grouped(name):
            values = [sample(view.contract, field, n) for n in (1, 2, 0)][:count]
            if all(fits(view, {name: value}) for value in values):
                made = [f"await {self._made(caller, change(name, literal(value)))}" for value in values]
        descending = ", reverse=True" if order.startswith("-") else ""
        call = f"{writer.support('pages')}(client, {self._url()}{writer.reader(caller)}, order={literal(order)})"
        lines = [
            *self._start(caller),
            *made,
            f"items = await {call}",
            f'values = [item["{name}"] for item in items]',
            f"assert values == sorted(values{descending})",
        ]
        side = "descending" if descending else "ascending"
        writer.test(f"{name}_can_be_listed_{side}", lines)

    def _is_grouped(self, name: str) -> bool:
        return any(name in group for group in self.view.entity.rules.unique)

    def _altered(self, caller: Caller) -> None:
        writer, view = self.writer, self.view
        if how_many(view, 2) < 2:
            return
        sent, url = writer.sent(caller), self._url()
        lines = [
            *self._start(caller),
            "for _ in range(2):",
            f"    await {self._made(caller)}",
            f'answer = await client.get({url}, params={{"limit": 1}}{sent})',
            'cursor = answer.json()["next_cursor"]',
            'altered = {"cursor": ("B" if cursor.startswith("A") else "A") + cursor[1:]}',
            writer.fails(f"client.get({url}, params=altered{sent})", 404, "INVALID_CURSOR"),
        ]
        orders = view.entity.listing.order
        if len(orders) > 1:
            other = f'{{"cursor": cursor, "order": {literal(orders[1])}}}'
            lines.append(writer.fails(f"client.get({url}, params={other}{sent})", 404, "INVALID_CURSOR"))
        writer.test("a_cursor_is_only_good_as_it_was_given", lines)

    def _statements(self, caller: Caller) -> None:
        writer, view = self.writer, self.view
        many = how_many(view, MANY)
        if many < 2:
            return
        members, changes = self._members()
        lines = [
            *self._start(caller),
            *members,
            f"for _ in range({many}):",
            f"    await {self._made(caller, *changes)}",
            "counts = []",
            f"for limit in (1, {many}):",
            "    statements.clear()",
            f'    answer = await client.get({self._url()}, params={{"limit": limit}}{writer.sent(caller)})',
            '    assert len(answer.json()["items"]) == limit',
            "    counts.append(len(statements))",
            "assert counts[0] == counts[1]",
        ]
        writer.test(f"a_page_of_{many}_takes_as_many_statements_as_one_of_1", lines)

    def _members(self) -> tuple[list[str], list[str]]:
        """Rows for the embedded sets: the lines that make them, and the arguments that put them in."""
        lines, changes = list[str](), list[str]()
        for relation in self.view.written_sets:
            target, member = self.view.target(relation), f"its_{relation.name}"
            lines.append(f"{member} = await {make_row(target)}")
            key = json_value(target, target.key, member)
            changes.append(change(input_name(self.view.contract, relation), f"[{key}]"))
        return lines, changes

    def _apart(self, caller: Caller) -> None:
        """Rows below another row, and of another owner, are not in the list."""
        writer, view = self.writer, self.view
        if view.parent is not None:
            above = make_row(view.parent, "me" if caller.role else "", "")
            other = make_row(view, "me" if view.is_owned and caller.role else "", f"await {above}")
            lines = [
                *self._start(caller),
                f"await {other}",
                f"assert await {writer.support('pages')}(client, {self._url()}{writer.reader(caller)}) == []",
            ]
            writer.test("a_list_has_only_the_rows_below_its_own", lines)
        elif view.is_owned and not view.is_account and caller.role is not None and not self._shows_all(caller):
            lines = [
                *self._start(caller),
                f"await {make_row(view)}",
                f"assert await {writer.support('pages')}(client, {self._url()}{writer.reader(caller)}) == []",
            ]
            writer.test("a_list_has_only_rows_of_the_caller", lines)

    def _shows_all(self, caller: Caller) -> bool:
        return allows(self.rule, Who("", caller.role, owns=False))

    def _hidden(self, caller: Caller) -> None:
        writer, view = self.writer, self.view
        delete = view.entity.access.delete
        if view.entity.soft_delete and writer.deletes and not view.is_account:
            both = writer.caller(self.rule, delete, *([view.parent.entity.access.read] if view.parent else []))
            if both is not None:
                lines = [
                    *self._start(both),
                    f"{writer.row} = await {self._made(both)}",
                    f"await client.delete({writer.item()}{writer.changing(both)})",
                    f"assert await {writer.support('pages')}(client, {self._url()}{writer.reader(both)}) == []",
                ]
                writer.test("what_is_deleted_is_not_listed", lines)
        if view.parent is not None and view.parent.entity.soft_delete and writer.reads and not view.is_self_parent:
            self._below_deleted()

    def _below_deleted(self) -> None:
        writer, view, parent = self.writer, self.view, self.view.parent
        assert parent is not None
        above = Writer(writer.module, parent)
        rules = (parent.entity.access.delete, view.entity.access.read)
        caller = writer.caller(*rules) if above.deletes else None
        if caller is None:
            return
        writer.support("API")
        item = f'f"{{API}}/{parent.path}/{{{writer.above}.{parent.key}}}"'
        lines = [
            *self._start(caller),
            f"{writer.row} = await {self._made(caller)}",
            f"await client.delete({item}{above.changing(caller)})",
            writer.fails(f"client.get({writer.item()}{writer.sent(caller)})", 404, "NOT_FOUND"),
        ]
        writer.test("what_is_below_a_deleted_row_is_gone_too", lines)

    # Filters

    def _filter(self, caller: Caller, path: str) -> None:
        writer, view = self.writer, self.view
        made = self._filtered(caller, path.split("."))
        if made is None:
            return
        before, wanted, others, value = made
        name = filter_name(view.contract, view.entity, path)
        call = f"{writer.support('pages')}(client, {self._url()}{writer.reader(caller)}, {change(name, value)})"
        lines = [
            *self._start(caller),
            *before,
            f"{writer.row} = await {wanted}",
            *others,
            f"items = await {call}",
            f'assert [item["id"] for item in items] == [{json_value(view, "id", writer.row)}]',
        ]
        writer.test(f"rows_are_found_by_{name}", lines)

    def _filtered(self, caller: Caller, steps: list[str]) -> tuple[list[str], str, list[str], str] | None:
        """Lines before, the row that is found, rows that are not, and the value to look for."""
        view = self.view
        relation = view.entity.relation(steps[0])
        if relation is None:
            return self._by_field(caller, steps[0])
        target = view.target(relation)
        name = steps[1] if len(steps) > 1 else target.key
        if len(steps) > 2 or (name != "id" and not is_visible(target, name)):
            return None
        if relation.owner:
            if caller.role is None or not self._differs(target, name):
                return None
            mine = [f"owner = await make.{target.one}(me)"]
            return (
                mine,
                self._made(caller),
                [f"await {make_row(view, '', self._above())}"],
                json_value(target, name, "owner"),
            )
        if relation.parent or relation.reverse_of is not None or (relation.many and relation not in view.written_sets):
            return None
        sent, member = input_name(view.contract, relation), f"its_{relation.name}"
        key = json_value(target, target.key, member)
        before = [f"{member} = await {make_row(target)}"]
        wanted = self._made(caller, change(sent, f"[{key}]" if relation.many else key))
        if name != target.key and not self._differs(target, name):
            return None
        return before, wanted, [f"await {self._made(caller)}"], json_value(target, name, member)

    def _above(self) -> str:
        return self.writer.above if self.view.parent is not None else ""

    def _differs(self, target: View, name: str) -> bool:
        """Whether two rows made by factories differ in a field: else both would be found."""
        field = target.entity.field(name)
        return name == "id" or (field is not None and (field.unique or field.slug_of is not None))

    def _by_field(self, caller: Caller, name: str) -> tuple[list[str], str, list[str], str] | None:
        view = self.view
        field = view.entity.field(name)
        if field is None or field not in view.written_fields or field.type.many or field.type.scalar is Scalar.JSON:
            return None
        values: list[JsonValue] = []
        for n in range(6):
            value = sample(view.contract, field, n)
            if value not in values and fits(view, {name: value}):
                values.append(value)
        if len(values) < 2:
            return None
        other, wanted = values[:2]  # the first is that of whoever asks, where accounts are listed
        made = [f"await {self._made(caller, change(name, literal(other)))}"]
        return [], self._made(caller, change(name, literal(wanted))), made, literal(wanted)
