"""Tests of sets: those that answers embed, those with routes of their own, and values computed from them."""

from typing import Any

from apismith.contract.access import is_closed
from apismith.contract.inputs import input_name
from apismith.contract.model import Computed, Count, Relation, Scalar
from apismith.contract.routes import Route, routes
from apismith.generate.choices import Chosen
from apismith.generate.distinct import how_many
from apismith.generate.emit.tests_access import AccessTests
from apismith.generate.emit.tests_factories import json_value, key_value
from apismith.generate.emit.tests_lists import MANY
from apismith.generate.emit.tests_stage import Script, compared, expected, ordinal
from apismith.generate.emit.tests_writer import Caller, Writer, change, make_row, missing_key
from apismith.generate.evaluate import UNKNOWN, Row
from apismith.generate.scenes import Scenes
from apismith.generate.stage import Stage
from apismith.generate.view import View


class Sets:
    """Writes the tests of an entity's sets and computed values.

    Args:
        writer: collects them.
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.view = writer.view
        self.access = writer.view.entity.access

    def write(self) -> None:
        """All of them."""
        for relation in self.view.written_sets:
            self._embedded(relation)
        for relation in self.view.listed_sets:
            self._listed(relation)
        for computed in self.view.entity.computed:
            self._computed(computed)

    # Sets that are written with their row

    def _embedded(self, relation: Relation) -> None:
        writer, view, target = self.writer, self.view, self.view.target(relation)
        name, key = input_name(view.contract, relation), target.key
        caller = writer.caller(self.access.create, stranger=view.is_account) if writer.creates else None
        if caller is None:
            return
        above = [] if view.is_account else writer.make_above(caller)
        members = [
            f"first = {key_value(target, f'(await {make_row(target)})')}",
            f"second = {key_value(target, f'(await {make_row(target)})')}",
        ]
        post = f"client.post({writer.register}, json=body{writer.sent(caller)})"
        body = writer.body(1)
        refused = writer.support("refused")
        shown = f'[item["{key}"] for item in {{}}.json()["{relation.name}"]]'
        lines = [
            *writer.me(caller),
            *above,
            *members,
            f'body = {body} | {{"{name}": [first, second, first]}}',
            f"answer = await {post}",
            f"assert {shown.format('answer')} == [first, second]",
        ]
        writer.test(f"{relation.name}_are_written_with_the_row", lines)
        if relation.max_items is not None and relation.max_items < 1000:
            many = f"[{missing_key(target)}] * {relation.max_items + 1}"
            lines = [*writer.me(caller), *above, f'body = {body} | {{"{name}": {many}}}']
            writer.test(f"{relation.name}_may_not_be_too_many", [*lines, f'{refused}(await {post}, "{name}")'])
        lines = [
            *writer.me(caller),
            *above,
            f'body = {body} | {{"{name}": [{missing_key(target)}]}}',
            f"answer = await {post}",
            f'assert {writer.support("failure")}(answer, 409, "UNKNOWN_REFERENCE") == {{"field": "{name}"}}',
        ]
        writer.test(f"{relation.name}_must_exist", lines)
        self._replaced(relation, members)

    def _replaced(self, relation: Relation, members: list[str]) -> None:
        writer, view, target = self.writer, self.view, self.view.target(relation)
        name = input_name(view.contract, relation)
        caller = writer.caller(self.access.update) if writer.updates else None
        if caller is None:
            return
        patch = f'client.patch({writer.item()}, json={{"{name}": sent}}{writer.changing(caller)})'
        lines = [
            *writer.me(caller),
            *members,
            f"{writer.row} = await {writer.make(caller, change(name, '[first]'))}",
            "for sent in ([second], [first, second], []):",
            f"    answer = await {patch}",
            f'    assert [item["{target.key}"] for item in answer.json()["{relation.name}"]] == sent',
        ]
        writer.test(f"{relation.name}_are_replaced_as_a_whole", lines)

    # Sets with routes of their own

    def _routes(self, relation: Relation) -> dict[str, Route]:
        return {
            route.kind: route
            for route in routes(self.view.contract)
            if route.entity == self.view.cls and route.relation == relation.name
        }

    def _url(self, relation: Relation, member: str | None = None) -> str:
        writer = self.writer
        base = writer.item()[:-1] + "/" + relation.name.replace("_", "-")
        return f'{base}/{{{member}.{self.view.target(relation).key}}}"' if member else f'{base}"'

    def _listed(self, relation: Relation) -> None:
        found = self._routes(relation)
        target = self.view.target(relation)
        owned = self.view.is_owned
        tests = AccessTests(self.writer)
        owner = "owner" if owned else ""
        row = [f"{self.writer.row} = await {make_row(self.view, owner, '')}"]
        other = [f"other = await {make_row(target)}"]
        has_auth = self.view.contract.auth is not None
        if "set" in found and has_auth:
            url = self._url(relation)
            tests.cells(
                f"list_{relation.name}",
                lambda who: tests.expected.set(relation, who),
                row,
                f"client.get({url})",
                owned,
            )
        if "link" in found:
            if has_auth:
                url = self._url(relation, "other")
                for verb, method in (("link", "put"), ("unlink", "delete")):
                    call = f"client.{method}({url})"
                    name = f"{verb}_{relation.name}"
                    tests.cells(name, tests.expected.link, [*row, *other], call, owned)
            self._linked(relation, "set" in found)
            self._unknown_member(relation)
            if "set" in found:
                self._counted(relation)

    def _linked(self, relation: Relation, reads: bool) -> None:
        """Twice is once, and taking out works whether it is there or not."""
        writer, view, target = self.writer, self.view, self.view.target(relation)
        link = view.association(relation)
        caller = writer.caller(self.access.update)
        if caller is None:
            return
        table = writer.module.use("app.models", link.table)
        check = f"await {writer.support('linked')}(database, {table}, {link.near}={writer.row}.id, {link.far}=other.id)"
        lines = [
            *writer.me(caller),
            f"{writer.row} = await {writer.make(caller)}",
            f"other = await {make_row(target)}",
            f"url = {self._url(relation, 'other')}",
            "for _ in range(2):",
            f"    assert (await client.put(url{writer.sent(caller)})).status_code == 204",
            f"    assert {check}",
            *(self._list_of(relation, "[other]") if reads else []),
            "for _ in range(2):",
            f"    assert (await client.delete(url{writer.sent(caller)})).status_code == 204",
            f"    assert not {check}",
            *(self._list_of(relation, "[]") if reads else []),
        ]
        writer.test(f"{relation.name}_take_a_row_once_and_give_it_back", lines)

    def _counted(self, relation: Relation) -> None:
        """A page takes as many statements as it has kinds of rows, however many rows it has."""
        writer, view, target = self.writer, self.view, self.view.target(relation)
        caller = self._reader(relation)
        many = how_many(target, MANY + 2) - 2  # the row and its owner may be of the same kind
        if caller is None or many < 2:
            return
        link = view.association(relation)
        table, helper = writer.module.use("app.models", link.table), writer.support("link")
        get = f'client.get({self._url(relation)}, params={{"limit": limit}}{writer.sent(caller)})'
        lines = [
            *writer.me(caller),
            f"{writer.row} = await {writer.make(caller)}",
            f"for _ in range({many}):",
            f"    other = await {make_row(target)}",
            f"    await {helper}(database, {table}, {link.near}={writer.row}.id, {link.far}=other.id)",
            "counts = []",
            f"for limit in (1, {many}):",
            "    statements.clear()",
            f"    answer = await {get}",
            '    assert len(answer.json()["items"]) == limit',
            "    counts.append(len(statements))",
            "assert counts[0] == counts[1]",
        ]
        writer.test(f"a_page_of_{many}_{relation.name}_takes_as_many_statements_as_one_of_1", lines)

    def _reader(self, relation: Relation) -> Caller | None:
        """Somebody who may change the set, and read all that is in it."""
        writer, target = self.writer, self.view.target(relation)
        caller = writer.caller(self.access.update, self.access.read, target.entity.access.read)
        same = caller is not None and caller == writer.caller(self.access.update)
        return caller if same and (target.is_account or not target.is_owned) else None

    def _list_of(self, relation: Relation, members: str) -> list[str]:
        writer, target = self.writer, self.view.target(relation)
        caller = self._reader(relation)
        if caller is None:
            return []
        expected = members.replace("other", json_value(target, "id", "other"))
        return [
            f"items = await {writer.support('pages')}(client, {self._url(relation)}{writer.reader(caller)})",
            f'assert [item["id"] for item in items] == {expected}',
        ]

    def _unknown_member(self, relation: Relation) -> None:
        writer, target = self.writer, self.view.target(relation)
        caller = writer.caller(self.access.update)
        if caller is None:
            return
        lines = [
            *writer.me(caller),
            f"{writer.row} = await {writer.make(caller)}",
            f"key = {missing_key(target)}",
            writer.fails(f'client.put({self._url(relation)[:-1]}/{{key}}"{writer.sent(caller)})', 404, "NOT_FOUND"),
        ]
        writer.test(f"{relation.name}_only_take_what_exists", lines)

    # Computed values

    def _computed(self, computed: Computed) -> None:
        """A plain count counts; of other values, that they are there and of their type."""
        writer = self.writer
        caller = writer.caller(self.access.read) if writer.reads else None
        if caller is None:
            return
        read = self._read(caller)
        start = [*writer.me(caller), f"{writer.row} = await {writer.make(caller)}"]
        value, counted = computed.value, None
        if isinstance(value, Count) and value.where is None and value.of.root == "self" and len(value.of.steps) == 1:
            counted = self.view.entity.relation(value.of.steps[0])
        added = self._added(counted) if counted is not None else None
        if counted is None or added is None:
            writer.test(f"{computed.name}_is_computed", self._evaluated(computed, caller))
            return
        lines = [
            *start,
            f"before = {read}",
            *added,
            f"after = {read}",
            f'assert (before.json()["{computed.name}"], after.json()["{computed.name}"]) == (0, 1)',
        ]
        writer.test(f"{computed.name}_counts", lines)

    def _evaluated(self, computed: Computed, caller: Caller) -> list[str]:
        """The lines that compare with what the value of a row must be, where that follows from rows made for it."""
        writer, view, type = self.writer, self.view, computed.type
        owner = "me" if caller.role and not view.is_account else ""

        def setup(stage: Stage) -> dict[str, Any]:
            return {"me": stage.actor()} if caller.role else {}

        scenes = Scenes(view.contract, computed.value, "self", view, setup, owner=owner, mine=caller.owns)
        cases: list[tuple[Chosen, Any]] = [*scenes.cover()] if type.scalar is Scalar.BOOL else scenes.telling()
        stage, names, rows = scenes.play(chosen for chosen, _ in cases)
        values = [stage.value(computed.value, {**names, "self": row}) for row in rows]
        known = not (view.is_account and caller.owns) and UNKNOWN not in values and None not in values
        told = [each for value in values if known and (each := expected(writer.module, type, value))]
        if not told or len(told) < len(rows):
            made = [f"{writer.row} = await {writer.make(caller)}", f"answer = {self._read(caller)}"]
            return [*writer.me(caller), *made, f'assert "{computed.name}" in answer.json()']
        kept: dict[Row, str] = {row: ordinal(n) if len(rows) > 1 else writer.row for n, row in enumerate(rows)}
        lines = Script(writer, stage, {names["me"]: "me"} if names else {}, kept).lines()
        seen = f'answer.json()["{computed.name}"]'
        if len(rows) == 1:
            read = f"answer = {self._read(caller)}"
            return [*writer.me(caller), *lines, read, f"assert {compared(type, seen, told[0])}"]
        pairs = ", ".join(f"({kept[row]}, {value})" for row, value in zip(rows, told, strict=True))
        return [
            *writer.me(caller),
            *lines,
            f"for row, value in [{pairs}]:",
            f"    answer = {self._read(caller, 'row')}",
            f"    assert {compared(type, seen, 'value')}",
        ]

    def _read(self, caller: Caller, row: str | None = None) -> str:
        return f"await client.get({self.writer.item(row)}{self.writer.sent(caller)})"

    def _added(self, relation: Relation) -> list[str] | None:
        """The lines that put a row into a set; None where that takes more than a few."""
        writer, view, target = self.writer, self.view, self.view.target(relation)
        stored = target.entity.relation(relation.reverse_of) if relation.reverse_of else None
        if stored is not None and not stored.many:
            return self._pointing(target, stored)
        link = view.association(relation)
        table = writer.module.use("app.models", link.table)
        return [
            f"other = await {make_row(target)}",
            f"await {writer.support('link')}(database, {table}, {link.near}={writer.row}.id, {link.far}=other.id)",
        ]

    def _pointing(self, target: View, stored: Relation) -> list[str] | None:
        writer = self.writer
        if stored.parent:
            return [f"await {make_row(target, '', writer.row)}"]
        if stored.owner:
            return None
        if is_closed(target.entity.access.create) and stored.nullable:
            return None
        sent = change(input_name(self.view.contract, stored), key_value(self.view, writer.row))
        return [f"await {make_row(target, '', '', sent)}"]
