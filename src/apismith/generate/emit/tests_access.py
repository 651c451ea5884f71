"""Tests of access: every cell of the matrix, role by operation, and rows in the hands of others."""

from collections.abc import Callable, Sequence

from apismith.contract.access import Who
from apismith.generate.code import literal
from apismith.generate.emit.tests_expected import Expected
from apismith.generate.emit.tests_rows import Rows
from apismith.generate.emit.tests_writer import Writer, make_row


class AccessTests:
    """Writes one test for each operation of an entity.

    Args:
        writer: collects them.
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.view = writer.view
        self.expected = Expected(writer.view)

    def write(self) -> None:
        """All of them; without log-in there is nobody to tell apart."""
        if self.view.contract.auth is None:
            return
        writer, owned = self.writer, self.view.is_owned
        item = writer.item()
        if writer.lists:
            self.cells("list", self.expected.list, self.above(), f"client.get({writer.collection})", self.owns_above())
        if writer.creates:
            above = [] if self.view.is_account else self.above()
            body = [f"body = {writer.body(1)}"]
            post = f"client.post({writer.register}, json=body)"
            self.cells("create", self.expected.create, [*above, *body], post, self.owns_above())
        if writer.reads:
            self.cells("read", self.expected.read, self._row(), f"client.get({item})", owned)
        if writer.updates:
            change = literal(Rows(writer).changed())
            self.cells(
                "change", self.expected.update, self._row(), f"client.patch({item}, json={change})", owned, changes=True
            )
        if writer.deletes:
            self.cells("delete", self.expected.delete, self._row(), f"client.delete({item})", owned, changes=True)

    def owns_above(self) -> bool:
        """Whether the row above has an owner to tell apart."""
        return self.view.parent is not None and self.view.parent.is_owned

    def _row(self) -> list[str]:
        owner = "owner" if self.view.is_owned else ""
        return [f"{self.writer.row} = await {make_row(self.view, owner, '')}"]

    def above(self) -> list[str]:
        """The line that makes the row above, of `owner` where it has one."""
        parent = self.view.parent
        if parent is None:
            return []
        return [f"{self.writer.above} = await {make_row(parent, 'owner' if parent.is_owned else '', '')}"]

    def cells(
        self,
        verb: str,
        expected: Callable[[Who], int],
        rows: list[str],
        call: str,
        owned: bool,
        who: Sequence[Who] = (),
        *,
        changes: bool = False,
    ) -> None:
        """One test with a case for each kind of caller.

        Args:
            verb: what they try to do.
            expected: the status of each.
            rows: the lines that make what is needed, of `owner` where `owned`.
            call: the request, but for its headers.
            owned: whether there is an owner to tell apart.
            who: the callers to try; by default all that the contract tells apart.
            changes: whether a row is changed or deleted.
        """
        writer = self.writer
        any_version = f" | {writer.support('ANY_VERSION')}" if changes and self.view.entity.versioned else ""
        cases = literal([(kind.name, expected(kind)) for kind in who or self.expected.who(owned=owned)])
        lines = [
            "owner = await actors.make()" if owned else "",
            *rows,
            f"headers = await actors.headers(who{', owner' if owned else ''})",
            f"answer = await {call[:-1]}, headers=headers{any_version})",
            "assert answer.status_code == status, answer.text",
        ]
        writer.test(f"who_may_{verb}", lines, cases=(("who", "status"), cases))
