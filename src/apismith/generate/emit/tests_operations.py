"""Tests of actions, queries and event handlers."""

import re
from collections.abc import Iterator
from itertools import islice, product

from pydantic import JsonValue

from apismith.contract.access import is_closed
from apismith.contract.model import (
    Field,
    Handler,
    Link,
    Operation,
    Parameter,
    Scalar,
)
from apismith.generate.code import literal
from apismith.generate.emit.tests_access import AccessTests
from apismith.generate.emit.tests_effects import Effects
from apismith.generate.emit.tests_expected import Expected
from apismith.generate.emit.tests_factories import key_value
from apismith.generate.emit.tests_finding import Finding
from apismith.generate.emit.tests_rows import Rows
from apismith.generate.emit.tests_writer import Caller, Writer, change, compact, make_row
from apismith.generate.operations import OperationView
from apismith.generate.samples import sample
from apismith.generate.view import View

MOST_TRIED = 200
"""Values of parameters that are tried for what an operation may do."""

NUMBERS = (Scalar.INT, Scalar.FLOAT, Scalar.DECIMAL)
"""Kinds of parameters that tests do not send as 1, by which too little would change."""


class Operations:
    """Writes the tests of an entity's actions, of the queries that answer with it, and of its handlers.

    Args:
        writer: collects them.
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.view = writer.view

    def write(self, operations: tuple[Operation, ...]) -> None:
        """The tests of operations."""
        for operation in operations:
            if not is_closed(operation.allow):
                OperationTests(self.writer, OperationView(self.view.contract, operation)).write()

    def write_handlers(self) -> None:
        """The tests of handlers."""
        for handler in self.view.contract.handlers:
            if handler.entity == self.view.cls:
                self._handler(handler)

    def _handler(self, handler: Handler) -> None:
        writer, view, access = self.writer, self.view, self.view.entity.access
        rule, exists = {
            "created": (access.create, writer.creates),
            "updated": (access.update, writer.updates),
            "deleted": (access.delete, writer.deletes),
        }[handler.event]
        caller = writer.caller(rule, stranger=view.is_account and handler.event == "created") if exists else None
        if caller is None:
            return
        layer = f"app.api.v1.endpoints.{view.module}" if handler.background else f"app.services.{view.module}"
        sent, changing, item = writer.sent(caller), writer.changing(caller), writer.item()
        called = f"assert [row.id for row in calls] == [{writer.row}.id]"
        made = [f"{writer.row} = await {writer.make(caller)}"]
        if handler.event == "created":
            above = [] if view.is_account else writer.make_above(caller)
            body = [*above, f"body = {writer.body(1)}"]
            acted = [*body, f"answer = await client.post({writer.register}, json=body{sent})"]
            called = 'assert [str(row.id) for row in calls] == [str(answer.json()["id"])]'
        elif handler.event == "updated":
            change = literal(Rows(writer).changed())
            acted = [*made, f"answer = await client.patch({item}, json={change}{changing})"]
        else:
            acted = [*made, f"answer = await client.delete({item}{changing})"]
        lines = [
            f"calls = {writer.support('Calls')}()",
            f'monkeypatch.setattr("{layer}.{handler.name}", calls)',
            *writer.me(caller),
            *acted,
            "assert answer.is_success, answer.text",
            called,
        ]
        writer.test(f"{handler.name}_is_called", lines)


class OperationTests:
    """Writes the tests of one operation.

    Args:
        writer: collects them.
        view: the operation.
    """

    def __init__(self, writer: Writer, view: OperationView) -> None:
        self.writer = writer
        self.view = view
        self.operation = view.operation
        self.contract = view.contract
        self._sends_all = False
        self._values: dict[str, JsonValue] = {}
        self._pinned: dict[str, JsonValue] = {}
        self._works = True

    @property
    def name(self) -> str:
        """What its tests are called."""
        return self.operation.name

    def write(self) -> None:
        """All of them."""
        operation, writer = self.operation, self.writer
        self._settle()
        owned = bool(operation.entity and operation.key and self._of().is_owned)
        expected = Expected(self._of())
        rows = [*self._row("owner" if owned else ""), *self._needed()]
        # What is to be written answers 501 today and who knows what then: only refusals last.
        refusals = [who for who in expected.who(owned=owned) if expected.operation(operation, who) in (401, 403, 404)]
        # Accounts are registered as they are, so that there is none of which values could be chosen for its owner.
        unlike = not self._works or (owned and self._of().is_account and bool(self._pinned))
        cells = refusals if self.view.is_stub or unlike else expected.who(owned=owned)
        if self.contract.auth is not None and cells:
            access = AccessTests(writer)
            access.cells(
                self._doing(), lambda who: expected.operation(operation, who), rows, self._call(), owned, cells
            )
        caller = writer.caller(operation.allow) if operation.entity else self._anybody()
        if caller is None:
            return
        if self.view.is_stub:
            self._stub(caller)
            return
        if operation.entity is not None and operation.key is not None:
            self._missing(caller)
        self._effect(caller)

    def _doing(self) -> str:
        return self.name if self.operation.method != "GET" else f"get_{self.name}"

    def _anybody(self) -> Caller | None:
        return self.writer.caller(self.operation.allow, stranger=True)

    def _of(self) -> View:
        return self.view.view or self.writer.view

    # Requests

    def _row(self, owner: str) -> list[str]:
        """The line that makes the row of an action."""
        if self.operation.entity is None or self.operation.key is None:
            return []
        changes = [change(name, literal(value)) for name, value in self._pinned.items()]
        return [f"{self.writer.row} = await {make_row(self._of(), owner if self._of().is_owned else '', '', *changes)}"]

    def _needed(self) -> list[str]:
        """The lines that make the rows that parameters name."""
        return [
            f"{self._variable(parameter)} = await {make_row(self._target(parameter))}"
            for parameter in self.operation.parameters
            if parameter.entity is not None and self._is_sent(parameter)
        ]

    def _variable(self, parameter: Parameter) -> str:
        name = f"its_{parameter.name}"
        return name if name != self.writer.row else f"{name}_row"

    def _target(self, parameter: Parameter) -> View:
        assert parameter.entity is not None
        return View(self.contract, self.contract.by_name[parameter.entity])

    def _is_sent(self, parameter: Parameter) -> bool:
        """Whether requests have a parameter: those that must, and where it is asked what they do, all plain ones."""
        return parameter.default is None or (self._sends_all and parameter.entity is None)

    def value(self, parameter: Parameter) -> JsonValue:
        """What tests send for a plain parameter."""
        assert parameter.type is not None
        if parameter.name in self._values:
            return self._values[parameter.name]
        return self._sample(parameter, 2 if parameter.type.scalar in NUMBERS else 0)

    def _sample(self, parameter: Parameter, n: int) -> JsonValue:
        assert parameter.type is not None
        field = Field(name=parameter.name, type=parameter.type, constraints=parameter.constraints)
        return sample(self.contract, field, n)

    def _settle(self) -> None:
        """Choose values and a row with which the operation does what it says: what it sets may be out of bounds."""
        self._values, self._pinned, self._works = {}, {}, True
        caller = self.writer.caller(self.operation.allow)
        if caller is None or not self.view.assigns:
            return
        plain = [p for p in self.operation.parameters if p.type is not None and self._is_sent(p)]
        others = [[self.value(p), *(self._sample(p, n) for n in range(4))] for p in plain]
        variables = {p.name: self._variable(p) for p in self.operation.parameters if p.entity and self._is_sent(p)}
        for values in islice(product(*others), MOST_TRIED):
            self._values = dict(zip((p.name for p in plain), values, strict=True))
            found = Effects(self.writer, self.view, self.given(), variables).allowed(caller)
            if found is not None:
                self._pinned = found
                return
        self._values, self._works = {}, False

    def given(self) -> dict[str, JsonValue]:
        """What the plain parameters of the request are."""
        plain = [parameter for parameter in self.operation.parameters if parameter.type is not None]
        left = {p.name: p.default.value for p in plain if p.default is not None and p.default.call is None}
        return left | {p.name: self.value(p) for p in plain if self._is_sent(p)}

    def _key_of(self, parameter: Parameter) -> str:
        return key_value(self._target(parameter), self._variable(parameter))

    def _members(self, place: str) -> list[str]:
        """Names and values of what is sent in the query or in the body."""
        found: list[str] = []
        for parameter in self.operation.parameters:
            if parameter.place != place or not self._is_sent(parameter):
                continue
            if parameter.entity is not None:
                found.append(f'"{parameter.name}_{self._target(parameter).key}": {self._key_of(parameter)}')
            else:
                value = self.value(parameter)
                found.append(f'"{parameter.name}": {compact(value)}')
        return found

    def _url(self, key: str | None = None, row: str | None = None) -> str:
        placed = {p.name: p for p in self.operation.parameters if p.place == "path"}

        def put(match: "re.Match[str]") -> str:
            name = match[1]
            parameter = placed.get(name) or next(
                (p for p in placed.values() if p.entity and name == f"{p.name}_{self._target(p).key}"), None
            )
            if parameter is None:
                return f"{{{key}}}" if key else f"{{{row or self.writer.row}.{name}}}"
            if parameter.entity is not None:
                return f"{{{self._variable(parameter)}.{self._target(parameter).key}}}"
            return str(self.value(parameter))

        path = re.sub(r"{(\w+)}", put, self.operation.path)
        self.writer.support("API")
        return f'f"{{API}}{path}"'

    def _call(self, caller: Caller | None = None, url: str | None = None) -> str:
        """The request, without `await`."""
        method = self.operation.method.lower()
        arguments = [url or self._url()]
        query, body = self._members("query"), self._members("body")
        if query:
            arguments.append(f"params={{{', '.join(query)}}}")
        if self.view.sent:
            arguments.append(f"json={{{', '.join(body)}}}")
        sent = self.writer.sent(caller).removeprefix(", ") if caller else ""
        if method in ("get", "delete") and self.view.sent:
            arguments.insert(0, literal(self.operation.method))
            method = "request"
        return f"client.{method}({', '.join([*arguments, *([sent] if sent else [])])})"

    def _start(self, caller: Caller) -> list[str]:
        me = "me" if caller.owns and caller.role else ""
        return [*self.writer.me(caller), *self._row(me), *self._needed()]

    # Tests

    def _stub(self, caller: Caller) -> None:
        lines = [*self._start(caller), self.writer.fails(self._call(caller), 501, "NOT_IMPLEMENTED")]
        self.writer.test(f"{self.name}_is_to_be_written", lines, marks=("pytest.mark.to_be_written",))

    def _missing(self, caller: Caller) -> None:
        writer, key = self.writer, self.operation.key
        rules = (self.operation.allow, *([self._of().entity.access.read] if writer.reads else []))
        both = writer.caller(*rules)
        if both is None or key is None:
            return
        view = self._of()
        field = view.entity.field(key)
        if field is None:
            missing = "999_999_999" if self.contract.database.ids == "int" else '"01890000-0000-7000-8000-000000000000"'
        else:
            missing = '"no-such-slug"' if field.slug_of else f'samples.{view.one}(0)["{key}"]'
        lines = [*writer.me(both), *self._needed(), f"key = {missing}"]
        writer.test(
            f"{self.name}_needs_a_row", [*lines, writer.fails(self._call(both, self._url("key")), 404, "NOT_FOUND")]
        )

    def _effect(self, caller: Caller) -> None:
        writer, result = self.writer, self.operation.result
        self._sends_all = True
        self._settle()
        status = 204 if result.shape == "nothing" else 200
        variables = {p.name: self._variable(p) for p in self.operation.parameters if p.entity and self._is_sent(p)}
        made, seen = Finding(writer, self.view, self.given(), variables).lines(caller)
        effect = Effects(writer, self.view, self.given(), variables).lines(caller)
        start = self._start(caller)
        if effect is not None:
            made, seen = effect.made, effect.checks
            if effect.has_row:
                start = [*writer.me(caller), *self._needed()]
        answered = f"assert answer.status_code == {status}, answer.text"
        if effect is not None and len(effect.rows) > 1:
            pairs = ", ".join(f"({row}, {value})" for row, value in effect.rows)
            url = self._url(row="row")
            asked = [f"answer = await {self._call(caller, url)}", answered, *seen]
            lines = [*start, *made, f"for row, value in [{pairs}]:", *(f"    {line}" for line in asked)]
        else:
            answers = f"answer = await {self._call(caller)}"
            checks = [*self._linked(), *self._shape(known=bool(seen)), *seen]
            lines = [*start, *made, *self._there_before(), answers, answered, *checks]
        if self._works:
            writer.test(f"{self.name}_does_what_it_says", lines)
        self._bounds(caller)

    def _bounds(self, caller: Caller) -> None:
        """What would bring a number out of its bounds is refused."""
        variables = {p.name: self._variable(p) for p in self.operation.parameters if p.entity and self._is_sent(p)}
        made = Effects(self.writer, self.view, self.given(), variables).beyond(caller)
        if made is not None:
            lines = [*self.writer.me(caller), *self._needed(), *made]
            refused = self.writer.fails(self._call(caller), 422, "RULE_VIOLATED")
            self.writer.test(f"{self.name}_keeps_within_bounds", [*lines, refused])

    def _shape(self, *, known: bool) -> list[str]:
        """The line that reads the answer as what it must be; of a value that is known, nothing more is asked."""
        result, module = self.operation.result, self.writer.module
        if result.entity is not None:
            view = View(self.contract, self.contract.by_name[result.entity])
            read = module.use(f"app.api.v1.schemas.{view.module}", f"{view.cls}Read")
            if result.shape == "entity":
                return [f"assert {read}.model_validate_json(answer.text)"]
            if result.shape == "page":
                page = module.use("app.core.pagination", "Page")
                return [f"assert {page}[{read}].model_validate_json(answer.text)"]
            adapter = module.use("pydantic", "TypeAdapter")
            return [f"{adapter}(list[{read}]).validate_json(answer.text)"]
        if (
            result.shape == "value"
            and not known
            and result.type is not None
            and not result.type.many
            and not result.type.nullable
        ):
            kinds = {Scalar.INT: "int", Scalar.FLOAT: "float", Scalar.BOOL: "bool"}
            kind = kinds.get(result.type.scalar, "str")
            return [f"assert isinstance(answer.json(), {kind})"]
        return []

    def _ids(self) -> dict[str, str]:
        """The ids of the rows that names in the body stand for."""
        names = {"self": f"{self.writer.row}.id", "me": "me.id"}
        return names | {p.name: f"{self._variable(p)}.id" for p in self.operation.parameters if p.entity}

    def _links(self) -> Iterator[tuple[Link, str]]:
        """The statements that add to sets and take from them, with the arguments that name set and rows."""
        writer, ids = self.writer, self._ids()
        for statement in self.operation.body or ():
            if not isinstance(statement, Link) or statement.value.steps:
                continue
            near, far = ids.get(statement.target.root), ids.get(statement.value.root)
            if near is None or far is None:
                continue
            target = self.view.set_target(statement.target)
            near, far = (far, near) if target.mirrored else (near, far)
            association = target.view.association(target.relation)
            table = writer.module.use("app.models", association.table)
            yield statement, f"database, {table}, {association.near}={near}, {association.far}={far}"

    def _there_before(self) -> Iterator[str]:
        """What is to be taken from a set must be in it first."""
        for statement, arguments in self._links():
            if statement.op == "discard":
                yield f"await {self.writer.support('link')}({arguments})"

    def _linked(self) -> Iterator[str]:
        """Whether rows are in sets afterwards."""
        for statement, arguments in self._links():
            answer = f"await {self.writer.support('linked')}({arguments})"
            yield f"assert {'' if statement.op == 'add' else 'not '}{answer}"
