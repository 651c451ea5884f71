"""Tests of single rows: created, read, changed, deleted, and what each field allows."""

from collections.abc import Iterator

from pydantic import JsonValue

from apismith.contract.access import holds_for_anonymous
from apismith.contract.inputs import input_name
from apismith.contract.model import Field, Relation, Scalar
from apismith.generate.checks import names_in
from apismith.generate.code import literal
from apismith.generate.distinct import fits
from apismith.generate.emit.schemas import is_key
from apismith.generate.emit.tests_factories import json_value, key_value
from apismith.generate.emit.tests_values import breaking, edges, is_short
from apismith.generate.emit.tests_writer import Caller, Writer, change, compact, is_visible, make_row, missing_key
from apismith.generate.samples import invalid, is_valid, row, sample

COMMON = ("1234567890", "12345678901234567890", "qwertyuiopasdfghjklzxcvbnm")
"""Of the passwords that backends refuse, one for each usual length."""


class Rows:
    """Writes the tests of single rows.

    Args:
        writer: collects them.
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.view = writer.view
        self.access = writer.view.entity.access

    def write(self) -> None:
        """All of them."""
        self._create()
        self._update()
        self._delete()
        self._missing()
        self._values()
        self._unknown_field()
        for fields in self._unique_groups():
            self._unique(fields)
        for relation in self.view.references:
            self._unknown_reference(relation)
        self._checks()

    # Create, change, delete

    def _create(self) -> None:
        writer, view = self.writer, self.view
        if not writer.creates:
            return
        stranger = view.is_account
        both = [self.access.create, self.access.read] if writer.reads else [self.access.create]
        caller = writer.caller(*both, stranger=stranger)
        reads = writer.reads and caller is not None
        caller = caller or writer.caller(self.access.create, stranger=stranger) or writer.caller(self.access.create)
        if caller is None:
            return
        body = f"body = {writer.body(1)}"
        sent = self.shown("body")
        lines = [
            *writer.me(caller),
            *([] if view.is_account else writer.make_above(caller)),
            body,
            f"created = await client.post({writer.register}, json=body{writer.sent(caller)})",
            "assert created.status_code == 201, created.text",
            f"assert created.json() | {sent} == created.json()",
            *self._references_shown(),
        ]
        if reads:
            lines += [
                f'read = await client.get(created.headers["location"]{writer.sent(caller)})',
                "assert (read.status_code, read.json()) == (200, created.json())",
            ]
        writer.test("what_is_created_can_be_read_back" if reads else "what_is_created_is_answered", lines)

    def _sample(self) -> dict[str, JsonValue]:
        secrets: dict[str, JsonValue] = {field.name: "" for field in self.view.entity.fields if field.secret}
        return row(self.view, every=not self.view.is_account) | secrets

    def shown(self, body: str) -> str:
        """The expression of what an answer shows of a body as it was sent."""
        view, sample = self.view, self._sample()
        apart = [f.name for f in view.entity.fields if f.name in sample and not is_visible(view, f.name)]
        apart += [input_name(view.contract, relation) for relation in view.references if not relation.nullable]
        if not apart:
            return body
        return f"{self.writer.support('without')}({body}, {', '.join(map(literal, apart))})"

    def _references_shown(self) -> list[str]:
        lines: list[str] = []
        for relation in self.view.references:
            if relation.nullable or relation.exclude:
                continue
            name = input_name(self.view.contract, relation)
            key = self.view.target(relation).key
            lines.append(f'assert created.json()["{relation.name}"]["{key}"] == body["{name}"]')
        return lines

    def changed(self) -> dict[str, JsonValue]:
        """A change of one field that every row takes, where there is one."""
        view = self.view
        made = row(view)
        fields = sorted(view.written_fields, key=lambda f: (f.unique, f.name == view.key, f.type.scalar is Scalar.JSON))
        for field in fields:
            if field.exclude or field.name in view.credentials:
                continue
            for n in range(1, 4):
                value = sample(view.contract, field, 200 + n if field.unique else n)
                if value != made[field.name] and fits(view, {field.name: value}):
                    return {field.name: value}
        return {}

    def _update(self) -> None:
        writer, view = self.writer, self.view
        caller = writer.caller(self.access.update) if writer.updates else None
        if caller is None:
            return
        moving = ["updated_at"] if view.entity.timestamps else []
        moving += ["version"] if view.entity.versioned else []
        moving += [computed.name for computed in view.entity.computed]
        without = writer.support("without") if moving else ""
        apart = ", ".join(map(literal, moving))
        sent = self.changed()
        before = f'{writer.row}.model_dump(mode="json")'
        expected = f"{before} | {literal(sent)}" if sent else before
        compare = (
            f"assert {without}(answer.json(), {apart}) == {without}({expected}, {apart})"
            if moving
            else f"assert answer.json() == {expected}"
        )
        lines = [
            *writer.me(caller),
            f"{writer.row} = await {writer.make(caller)}",
            f"answer = await client.patch({writer.item()}, json={literal(sent)}{writer.changing(caller)})",
            "assert answer.status_code == 200, answer.text",
            compare,
            f'assert answer.json()["version"] == {writer.row}.version + 1' if view.entity.versioned and sent else "",
        ]
        name = "an_update_changes_what_is_sent_and_nothing_else" if sent else "an_update_may_be_empty"
        writer.test(name, lines)

    def _delete(self) -> None:
        writer, view = self.writer, self.view
        if not writer.deletes:
            return
        both = [self.access.delete, self.access.read] if writer.reads else [self.access.delete]
        caller = writer.caller(*both)
        reads = writer.reads and caller is not None
        caller = caller or writer.caller(self.access.delete)
        if caller is None:
            return
        item, sent = writer.item(), writer.sent(caller)
        gone = (404, "NOT_FOUND")
        if view.is_account and caller.owns and not holds_for_anonymous(self.access.read):
            gone = (401, "UNAUTHORIZED")
        lines = [
            *writer.me(caller),
            f"{writer.row} = await {writer.make(caller)}",
            f"answer = await client.delete({item}{writer.changing(caller)})",
            'assert (answer.status_code, answer.text) == (204, "")',
            writer.fails(f"client.get({item}{sent})", *gone) if reads else "",
        ]
        writer.test("what_is_deleted_is_gone", lines)

    def _missing(self) -> None:
        """Every way to name a row that is not there."""
        writer = self.writer
        before, url = writer.missing()
        methods = [
            ("get", writer.reads, self.access.read, ""),
            ("patch", writer.updates, self.access.update, f", json={literal(self.changed())}"),
            ("delete", writer.deletes, self.access.delete, ""),
        ]
        for method, exists, rule, body in methods:
            rules = [rule, self.access.read] if writer.reads else [rule]
            caller = writer.caller(*rules) if exists else None
            if caller is None:
                continue
            verb = {"get": "read", "patch": "changed", "delete": "deleted"}[method]
            call = f"client.{method}({url}{body}{writer.sent(caller)})"
            lines = [*writer.me(caller), *before, writer.fails(call, 404, "NOT_FOUND")]
            writer.test(f"what_does_not_exist_cannot_be_{verb}", lines)

    # Values of fields

    def _values(self) -> None:
        """What every field allows and refuses, in a table of cases each."""
        writer, view = self.writer, self.view
        creator = writer.caller(self.access.create, stranger=view.is_account) if writer.creates else None
        updater = writer.caller(self.access.update) if writer.updates else None
        if creator is None and updater is None:
            return
        accepted = [case for field in view.written_fields for case in self._accepted(field)]
        if accepted:
            writer.module.add(f"VALID = [{', '.join(accepted)}]")
            self._accept(creator, updater)
        refused = {field.name: list(self._invalid(field)) for field in view.entity.fields}
        cases = [case for found in refused.values() for case in found]
        if not cases:
            return
        writer.module.add(f"INVALID = [{', '.join(cases)}]")
        secret = [field.name for field in view.entity.fields if field.secret]
        if not secret:
            self._refuse("", [*self._post(creator), *self._patch(updater)], updater or creator)
            return
        self._refuse("_when_created", self._post(creator), creator)
        if any(refused[field.name] for field in view.written_fields):
            changeable = (
                "INVALID"
                if view.credentials
                else f"[case for case in INVALID if case.values[0] not in {literal(secret)}]"
            )
            self._refuse("_when_changed", self._patch(updater), updater, changeable)

    def _accept(self, creator: Caller | None, updater: Caller | None) -> None:
        writer = self.writer
        lines, status = (self._post(creator), 201) if creator else (self._patch(updater), 200)
        caller = creator or updater
        assert caller is not None, "asked for only where somebody may write"
        lines = [
            *writer.me(caller),
            *lines[:-1],
            f"answer = await {lines[-1]}",
            f"assert answer.status_code == {status}, answer.text",
            "assert answer.json()[field] == value",
        ]
        writer.test("what_a_field_allows_is_kept", lines, cases=(("field", "value"), "VALID"))

    def _post(self, caller: Caller | None) -> list[str]:
        """The lines before a request that creates a row with `value` in `field`, and the request."""
        if caller is None:
            return []
        writer = self.writer
        above = [] if self.view.is_account else writer.make_above(caller)
        request = f"client.post({writer.register}, json=body{writer.sent(caller)})"
        return [*above, f"body = {writer.body(1)} | {{field: value}}", request]

    def _patch(self, caller: Caller | None) -> list[str]:
        """The line before a request that changes a row's `field` to `value`, and the request."""
        if caller is None:
            return []
        writer = self.writer
        request = f"client.patch({writer.item()}, json={{field: value}}{writer.changing(caller)})"
        return [f"{writer.row} = await {writer.make(caller)}", request]

    def _refuse(self, when: str, lines: list[str], caller: Caller | None, cases: str = "INVALID") -> None:
        if caller is None or not lines:
            return
        writer = self.writer
        refused = writer.support("refused")
        tried = [f"{refused}(await {line}, field)" if line.startswith("client.") else line for line in lines]
        name = f"what_a_field_does_not_allow_is_refused{when}"
        writer.test(name, [*writer.me(caller), *tried], cases=(("field", "value"), cases))

    def _invalid(self, field: Field) -> Iterator[str]:
        if field.slug_of:
            return
        found = [case for case in invalid(self.view.contract, field) if is_short(self.view, case[0])]
        if field.secret:
            longest, shortest = field.constraints.max_length or 1024, field.constraints.min_length or 0
            found = [(None, "null"), (7, "a number"), ("x" * (longest + 1), "too long")]
            found += [("x" * (shortest - 1), "too short")] if shortest else []
            found += [(word, "too common") for word in COMMON if shortest <= len(word) <= longest][:1]
        found += [(word, "word of a path") for word in self.view.reserved_keys if is_key(self.view, field, word)]
        for value, why in found:
            yield self._case(field, value, why)

    def _accepted(self, field: Field) -> Iterator[str]:
        if field.exclude or (field.unique and self.view.is_account):
            return
        view = self.view
        tried: list[JsonValue] = []
        for value, why in edges(view, field):
            if value in tried:
                continue
            tried.append(value)
            valid = is_valid(view.contract, field.type, field.constraints, value) and is_short(view, value)
            if valid and fits(view, {field.name: value}):
                yield self._case(field, value, why)

    def _case(self, field: Field, value: JsonValue, why: str) -> str:
        name = f"{field.name}-{why}".replace(" ", "-")
        return f"pytest.param({literal(field.name)}, {compact(value)}, id={literal(name)})"

    def _unknown_field(self) -> None:
        writer, view = self.writer, self.view
        creator = writer.caller(self.access.create, stranger=view.is_account) if writer.creates else None
        refused = writer.support("refused") if creator or writer.updates else ""
        if creator:
            above = [] if view.is_account else writer.make_above(creator)
            body = f'{writer.body(1)} | {{"unheard_of": 1}}'
            lines = [*writer.me(creator), *above, f"body = {body}"]
            call = f"await client.post({writer.register}, json=body{writer.sent(creator)})"
            writer.test("a_field_that_is_not_known_is_refused", [*lines, f'{refused}({call}, "unheard_of")'])

    # What must differ, and what must exist

    def _unique_groups(self) -> list[tuple[str, ...]]:
        view = self.view
        single = [(field.name,) for field in view.written_fields if field.unique and not field.exclude]
        single += [(relation.name,) for relation in view.references if relation.unique]
        groups = [group for group in view.entity.rules.unique if all(self._can_repeat(name) for name in group)]
        return [*single, *groups]

    def _can_repeat(self, name: str) -> bool:
        field, relation = self.view.entity.field(name), self.view.entity.relation(name)
        if field is not None:
            return not (field.slug_of or field.secret or field.exclude)
        return relation is not None and not relation.many

    def _unique(self, names: tuple[str, ...]) -> None:
        """The same values twice are a conflict that names them."""
        writer, view = self.writer, self.view
        caller = writer.caller(self.access.create, stranger=view.is_account) if writer.creates else None
        if caller is None or (view.owner and view.owner.name in names and not caller.owns):
            return
        lines = [*writer.me(caller), *([] if view.is_account else writer.make_above(caller))]
        same, changes, fields = list[str](), list[str](), list[str]()
        for name in names:
            relation = view.entity.relation(name)
            if relation is None:
                fields.append(name)
                same.append(f'"{name}": {json_value(view, name, writer.row)}')
                continue
            fields.append(f"{name}_id")
            if relation.owner or relation.parent:
                continue
            target = view.target(relation)
            sent, variable = input_name(view.contract, relation), f"same_{name}"
            lines.append(f"{variable} = {key_value(target, f'(await {make_row(target)})')}")
            changes.append(change(sent, variable))
            same.append(f'"{sent}": {variable}')
        for name in self.bound_to(names):
            same.append(f'"{name}": {json_value(view, name, writer.row)}')
        expected = f'{{"fields": {literal(fields)}}}'
        call = f"client.post({writer.register}, json=body{writer.sent(caller)})"
        made = make_row(
            view, "me" if view.is_owned and caller.role and not view.is_account else "", self._above(), *changes
        )
        lines += [
            f"{writer.row} = await {made}" if any(writer.row in value for value in same) else f"await {made}",
            f"body = {writer.body(1)} | {{{', '.join(same)}}}",
            f"answer = await {call}",
            f'assert {writer.support("failure")}(answer, 409, "CONFLICT") == {expected}',
        ]
        writer.test(f"{'_and_'.join(names)}_must_be_unique", lines)

    def bound_to(self, names: tuple[str, ...]) -> list[str]:
        """Other fields that a check compares with some of these: they must go with them."""
        groups = [names_in(check.where) for check in self.view.entity.rules.check]
        bound = set[str]().union(*(group for group in groups if group.intersection(names)))
        return [field.name for field in self.view.written_fields if field.name in bound - set(names)]

    def _above(self) -> str:
        return self.writer.above if self.view.parent is not None else ""

    def _unknown_reference(self, relation: Relation) -> None:
        writer, view = self.writer, self.view
        caller = writer.caller(self.access.create, stranger=view.is_account) if writer.creates else None
        if caller is None:
            return
        name, key = input_name(view.contract, relation), missing_key(view.target(relation))
        above = [] if view.is_account else writer.make_above(caller)
        lines = [
            *writer.me(caller),
            *above,
            f'body = {writer.body(1)} | {{"{name}": {key}}}',
            f"answer = await client.post({writer.register}, json=body{writer.sent(caller)})",
            f'assert {writer.support("failure")}(answer, 409, "UNKNOWN_REFERENCE") == {{"field": "{name}"}}',
        ]
        writer.test(f"{relation.name}_must_exist", lines)

    def _checks(self) -> None:
        """Rows that contradict a check of the contract."""
        writer, view = self.writer, self.view
        caller = writer.caller(self.access.create, stranger=view.is_account) if writer.creates else None
        if caller is None:
            return
        for check in view.entity.rules.check:
            names = sorted(names_in(check.where))
            broken = breaking(view, names, check.name)
            if broken is None:
                continue
            above = [] if view.is_account else writer.make_above(caller)
            call = f"client.post({writer.register}, json=body{writer.sent(caller)})"
            lines = [
                *writer.me(caller),
                *above,
                f"body = {writer.body(1)} | {literal(broken)}",
                writer.fails(call, 422, "RULE_VIOLATED"),
            ]
            writer.test(f"a_row_that_breaks_{check.name}_is_refused", lines)
