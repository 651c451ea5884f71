"""Tests of rows that are created together: in their order, all or none, and with the item named that is wrong."""

from apismith.contract.inputs import input_name
from apismith.generate.checks import names_in
from apismith.generate.code import literal
from apismith.generate.emit.tests_access import AccessTests
from apismith.generate.emit.tests_expected import Expected
from apismith.generate.emit.tests_factories import body_call, json_value, key_value
from apismith.generate.emit.tests_rows import Rows
from apismith.generate.emit.tests_values import breaking
from apismith.generate.emit.tests_writer import Caller, Writer, make_row, missing_key
from apismith.generate.tables import column_name
from apismith.generate.view import View

MOST_TRIED = 30
"""Rows that are created to see that they take as many statements as two."""


class BulkTests:
    """Writes the tests of one entity.

    Args:
        writer: collects them.
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.view = writer.view
        self.rows = Rows(writer)

    def write(self) -> None:
        """All of them, where clients create several rows together."""
        writer, view = self.writer, self.view
        caller = writer.caller(view.entity.access.create) if view.is_bulk else None
        if caller is None:
            return
        self._created(caller)
        self._sizes(caller)
        self._refused(caller)
        for field in view.written_fields:
            if field.unique and not field.exclude:
                self._unique(caller, field.name)
                self._twice(caller, (field.name,))
        for names in view.entity.rules.unique:
            if self._is_sent_twice(names):
                self._twice(caller, names)
        for relation in (*view.references, *view.written_sets):
            self._unknown_reference(
                caller, input_name(view.contract, relation), view.target(relation), many=relation.many
            )
        for check in view.entity.rules.check:
            self._check(caller, check.name, sorted(names_in(check.where)))
        for relation in view.written_sets:
            self._set(caller, relation.name, input_name(view.contract, relation), view.target(relation))
        self._slugs(caller)
        self._handlers(caller)
        self._repeated(caller)
        self._statements(caller)
        self._access()

    # Pieces

    @property
    def url(self) -> str:
        """Expression of the URL."""
        collection = self.writer.collection
        return f'{collection[:-1]}/bulk"' if collection.startswith("f") else f'f"{{{collection}}}/bulk"'

    def _post(self, caller: Caller, items: str, headers: str = "") -> str:
        return f'client.post({self.url}, json={{"items": {items}}}{headers or self.writer.sent(caller)})'

    def _begin(self, caller: Caller) -> list[str]:
        return [*self.writer.me(caller), *self.writer.make_above(caller)]

    def _bodies(self, numbers: str) -> str:
        return f"[{body_call(self.view, 'number')} for number in {numbers}]"

    def _stored(self, rows: int = 0) -> str:
        """The line that counts the rows there are, the one above them apart."""
        rows += self.view.is_self_parent
        model, stored = self.writer.module.use("app.models", self.view.cls), self.writer.support("how_many")
        return f"assert await {stored}(database, {model}) == {rows}"

    def _is_sent_twice(self, names: tuple[str, ...]) -> bool:
        """Whether two items of a request are alike in all of these: what they do not send is the same anyhow."""
        relations = [relation for name in names if (relation := self.view.entity.relation(name))]
        fields = [field for field in self.view.written_fields if field.name in names]
        return (
            len(relations) + len(fields) == len(names) and all(r.owner or r.parent for r in relations) and bool(fields)
        )

    # Tests

    def _created(self, caller: Caller) -> None:
        writer, view = self.writer, self.view
        count = min(3, view.entity.bulk or 0)
        rules = (view.entity.access.create, view.entity.access.read)
        has_key = view.key == "id" or any(field.name == view.key for field in view.read_fields)
        readable = has_key and writer.reads and writer.caller(*rules) == caller
        lines = [
            *self._begin(caller),
            f"bodies = {self._bodies(f'range(1, {count + 1})')}",
            f"answer = await {self._post(caller, 'bodies')}",
            "assert answer.status_code == 201, answer.text",
            'items = answer.json()["items"]',
            "for body, item in zip(bodies, items, strict=True):",
            f"    assert item | {self.rows.shown('body')} == item",
        ]
        if readable:
            url = f'f"{{{view.constant}}}/{{item[{literal(view.key)}]}}"'
            lines.append(f"    assert (await client.get({url}{writer.sent(caller)})).json() == item")
        writer.test("bulk_creates_rows_in_the_order_in_which_they_are_sent", lines)

    def _sizes(self, caller: Caller) -> None:
        refused = self.writer.support("refused")
        most = self.view.entity.bulk or 0
        lines = [
            *self._begin(caller),
            f'{refused}(await {self._post(caller, "[]")}, "items")',
            f"body = {self.writer.body(1)}",
            f'{refused}(await {self._post(caller, f"[body] * {most + 1}")}, "items")',
        ]
        self.writer.test(f"bulk_creates_at_least_1_and_at_most_{most}", lines)

    def _refused(self, caller: Caller) -> None:
        """One item that is not valid."""
        lines = [
            *self._begin(caller),
            f"bodies = {self._bodies('(1, 2)')}",
            'bodies[1]["unheard_of"] = 1',
            f"answer = await {self._post(caller, 'bodies')}",
            f'errors = {self.writer.support("failure")}(answer, 422, "VALIDATION_ERROR")["errors"]',
            'assert [error["field"] for error in errors] == ["body.items.1.unheard_of"]',
            self._stored(),
        ]
        self.writer.test("bulk_creates_none_where_one_is_not_valid", lines)

    def _unique(self, caller: Caller, name: str) -> None:
        """A value that a row has already, and one that comes twice."""
        writer, view = self.writer, self.view
        made = writer.make(caller, above=True)
        failure = writer.support("failure")
        conflict = f'{failure}(answer, 409, "CONFLICT") == {{"fields": ["items.1.{name}"]}}'
        others = self.rows.bound_to((name,))
        lines = [
            *self._begin(caller),
            f"{writer.row} = await {made}",
            f"bodies = {self._bodies('(1, 2)')}",
            *(f'bodies[1]["{n}"] = {json_value(view, n, writer.row)}' for n in (name, *others)),
            f"answer = await {self._post(caller, 'bodies')}",
            f"assert {conflict}",
            self._stored(1),
        ]
        writer.test(f"bulk_creates_none_where_{name}_of_one_is_taken", lines)

    def _twice(self, caller: Caller, names: tuple[str, ...]) -> None:
        """Two items that must not be alike, and are."""
        view = self.view
        sent = [name for name in names if view.entity.field(name) is not None]
        fields = [f"items.1.{column_name(view.entity, name)}" for name in names]
        conflict = f'{self.writer.support("failure")}(answer, 409, "CONFLICT") == {{"fields": {literal(fields)}}}'
        lines = [
            *self._begin(caller),
            f"bodies = {self._bodies('(1, 2)')}",
            *(f'bodies[1]["{name}"] = bodies[0]["{name}"]' for name in (*sent, *self.rows.bound_to(tuple(sent)))),
            f"answer = await {self._post(caller, 'bodies')}",
            f"assert {conflict}",
            self._stored(),
        ]
        self.writer.test(f"bulk_creates_none_where_{'_and_'.join(sent)}_comes_twice", lines)

    def _unknown_reference(self, caller: Caller, name: str, target: View, *, many: bool) -> None:
        key = f"[{missing_key(target)}]" if many else missing_key(target)
        lines = [
            *self._begin(caller),
            f"bodies = {self._bodies('(1, 2)')}",
            f'bodies[1]["{name}"] = {key}',
            f"answer = await {self._post(caller, 'bodies')}",
            f'assert {self.writer.support("failure")}(answer, 409, "UNKNOWN_REFERENCE") == '
            f'{{"field": "items.1.{name}"}}',
            self._stored(),
        ]
        self.writer.test(f"bulk_creates_none_where_{name}_of_one_does_not_exist", lines)

    def _check(self, caller: Caller, name: str, names: list[str]) -> None:
        broken = breaking(self.view, names, name)
        if broken is None:
            return
        lines = [
            *self._begin(caller),
            f"bodies = {self._bodies('(1, 2)')}",
            f"bodies[1] |= {literal(broken)}",
            f"answer = await {self._post(caller, 'bodies')}",
            f'assert {self.writer.support("failure")}(answer, 422, "RULE_VIOLATED") == {{"field": "items.1"}}',
            self._stored(),
        ]
        self.writer.test(f"bulk_creates_none_where_one_breaks_{name}", lines)

    def _set(self, caller: Caller, name: str, sent: str, target: View) -> None:
        lines = [
            *self._begin(caller),
            f"key = {key_value(target, f'(await {make_row(target)})')}",
            f"bodies = {self._bodies('(1, 2)')}",
            f'bodies[0]["{sent}"] = []',
            f'bodies[1]["{sent}"] = [key]',
            f"answer = await {self._post(caller, 'bodies')}",
            "assert answer.status_code == 201, answer.text",
            f'found = [[other["{target.key}"] for other in item["{name}"]] for item in answer.json()["items"]]',
            "assert found == [[], [key]]",
        ]
        self.writer.test(f"bulk_creates_each_with_its_own_{name}", lines)

    def _slugs(self, caller: Caller) -> None:
        """Texts that are alike, and like that of a row, give slugs that are not."""
        writer, view = self.writer, self.view
        slugs = [field for field in view.read_fields if field.slug_of]
        for field in slugs:
            source = next(f for f in view.entity.fields if f.name == field.slug_of)
            if source.unique or any(field.slug_of in group for group in view.entity.rules.unique):
                continue
            text = json_value(view, source.name, writer.row)
            lines = [
                *self._begin(caller),
                f"{writer.row} = await {writer.make(caller, above=True)}",
                f"bodies = {self._bodies('(1, 2)')}",
                "for body in bodies:",
                f'    body["{source.name}"] = {text}',
                f"answer = await {self._post(caller, 'bodies')}",
                "assert answer.status_code == 201, answer.text",
                f'found = {{item["{field.name}"] for item in answer.json()["items"]}}',
                f"assert len(found | {{{writer.row}.{field.name}}}) == 3",
            ]
            writer.test(f"bulk_gives_the_same_{source.name}_each_time_another_{field.name}", lines)

    def _handlers(self, caller: Caller) -> None:
        writer, view = self.writer, self.view
        for handler in view.contract.handlers:
            if (handler.entity, handler.event) != (view.cls, "created"):
                continue
            layer = f"app.api.v1.endpoints.{view.module}" if handler.background else f"app.services.{view.module}"
            lines = [
                f"calls = {writer.support('Calls')}()",
                f'monkeypatch.setattr("{layer}.{handler.name}", calls)',
                *self._begin(caller),
                f"bodies = {self._bodies('(1, 2)')}",
                f"answer = await {self._post(caller, 'bodies')}",
                "assert answer.status_code == 201, answer.text",
                'assert [str(row.id) for row in calls] == [str(item["id"]) for item in answer.json()["items"]]',
            ]
            writer.test(f"bulk_calls_{handler.name}_for_each", lines)

    def _repeated(self, caller: Caller) -> None:
        key = '{"Idempotency-Key": "a-key"}'
        headers = f", headers={key}" if caller.role is None else f", headers=me.headers | {key}"
        lines = [
            *self._begin(caller),
            f"bodies = {self._bodies('(1, 2)')}",
            f"sent = [await {self._post(caller, 'bodies', headers)} for _ in range(2)]",
            "assert [answer.status_code for answer in sent] == [201, 201], sent[1].text",
            "assert sent[0].json() == sent[1].json()",
            self._stored(2),
        ]
        self.writer.test("bulk_creates_once_what_is_sent_twice", lines)

    def _statements(self, caller: Caller) -> None:
        most = min(MOST_TRIED, self.view.entity.bulk or 0)
        if most < 3:
            return
        lines = [
            *self._begin(caller),
            "counts = []",
            f"for numbers in (range(1, 3), range(3, {most + 3})):",
            f"    bodies = {self._bodies('numbers')}",
            "    statements.clear()",
            f"    answer = await {self._post(caller, 'bodies')}",
            "    assert answer.status_code == 201, answer.text",
            "    counts.append(len(statements))",
            "assert counts[0] == counts[1]",
        ]
        self.writer.test(f"bulk_creates_{most}_in_as_many_statements_as_2", lines)

    def _access(self) -> None:
        view, access = self.view, AccessTests(self.writer)
        if view.contract.auth is None:
            return
        lines = [*access.above(), f"body = {self.writer.body(1)}"]
        post = f'client.post({self.url}, json={{"items": [body]}})'
        access.cells("bulk_create", Expected(view).create, lines, post, access.owns_above())
