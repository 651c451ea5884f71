"""Tests of what clients may not set, because the server does: nothing of it is taken, and nothing is ignored."""

from collections.abc import Iterator

from apismith.contract.inputs import input_name
from apismith.generate.code import literal
from apismith.generate.emit.tests_writer import Caller, Writer
from apismith.generate.tables import PASSWORD_HASH, VERIFIED_AT


class OwnedTests:
    """Writes the tests of the fields that the server owns.

    Args:
        writer: collects them.
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.view = writer.view

    def write(self) -> None:
        """One test for creating, one for changing."""
        writer, access = self.writer, self.view.entity.access
        creator = writer.caller(access.create, stranger=self.view.is_account) if writer.creates else None
        updater = writer.caller(access.update) if writer.updates else None
        if creator or updater:
            writer.module.add(f"SERVER_OWNED = {literal(list(self._names()))}")
        if creator is not None:
            above = [] if self.view.is_account else writer.make_above(creator)
            body = f"body = {writer.body(1)} | {{field: 1}}"
            call = f"client.post({writer.register}, json=body{writer.sent(creator)})"
            self._test("created", creator, [*above, body], call)
        if updater is not None:
            row = f"{writer.row} = await {writer.make(updater)}"
            call = f"client.patch({writer.item()}, json={{field: 1}}{writer.changing(updater)})"
            self._test("changed", updater, [row], call)

    def _test(self, when: str, caller: Caller, lines: list[str], call: str) -> None:
        writer = self.writer
        made = [*writer.me(caller), *lines, f"{writer.support('refused')}(await {call}, field)"]
        writer.test(f"what_the_server_owns_is_refused_when_{when}", made, cases=(("field",), "SERVER_OWNED"))

    def _names(self) -> Iterator[str]:
        """What a client might try: columns and members of answers that no body has."""
        view, entity = self.view, self.view.entity
        found = ["id", "created_at", "updated_at", "deleted_at", "version"]
        found += [field.name for field in entity.fields if field.slug_of]
        found += [computed.name for computed in entity.computed]
        for relation in entity.relations:
            if relation.many:
                found.append(relation.name)
            elif relation.owner or relation.parent:
                found += [f"{relation.name}_id", relation.name]
        if view.is_account:
            found += ["role", PASSWORD_HASH, VERIFIED_AT]
        sent = {field.name for field in entity.fields if not field.slug_of}
        sent |= {input_name(view.contract, relation) for relation in (*view.references, *view.written_sets)}
        yield from (name for name in dict.fromkeys(found) if name not in sent)
