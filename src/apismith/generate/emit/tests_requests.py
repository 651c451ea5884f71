"""Tests of what HTTP promises about requests that write: one that comes twice, one that knows an old version."""

from apismith.generate.code import literal
from apismith.generate.emit.tests_rows import Rows
from apismith.generate.emit.tests_writer import Writer
from apismith.generate.samples import is_valid


class Requests:
    """Writes the tests of requests that are repeated, or late.

    Args:
        writer: collects them.
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.view = writer.view

    def write(self) -> None:
        """All of them."""
        self._repeated()
        self._reserved()
        self._versions()

    def _repeated(self) -> None:
        """A client that got no answer asks again."""
        writer, view = self.writer, self.view
        caller = writer.caller(self.view.entity.access.create, stranger=view.is_account) if writer.creates else None
        caller = caller or (writer.caller(self.view.entity.access.create) if writer.creates else None)
        if caller is None:
            return
        key = '{"Idempotency-Key": "a-key"}'
        headers = key if caller.role is None else f"me.headers | {key}"
        lines = [
            *writer.me(caller),
            *([] if view.is_account else writer.make_above(caller)),
            f"body = {writer.body(1)}",
            f"sent = [await client.post({writer.register}, json=body, headers={headers}) for _ in range(2)]",
            "assert [answer.status_code for answer in sent] == [201, 201], sent[1].text",
            'assert sent[0].json()["id"] == sent[1].json()["id"]',
        ]
        writer.test("a_repeated_request_creates_one_row", lines)

    def _reserved(self) -> None:
        """A row whose slug would be a word of a path can be reached all the same."""
        writer, view = self.writer, self.view
        slug = view.entity.field(view.key)
        source = view.entity.field(slug.slug_of) if slug and slug.slug_of else None
        rules = [view.entity.access.create, view.entity.access.read]
        caller = writer.caller(*rules) if writer.creates and writer.reads and not view.is_account else None
        if caller is None or source is None:
            return
        words = [w for w in view.reserved_keys if is_valid(view.contract, source.type, source.constraints, w)]
        if not words:
            return
        lines = [
            *writer.me(caller),
            *writer.make_above(caller),
            f'body = {writer.body(1)} | {{"{source.name}": value}}',
            f"created = await client.post({writer.register}, json=body{writer.sent(caller)})",
            "assert created.status_code == 201, created.text",
            f'read = await client.get(created.headers["location"]{writer.sent(caller)})',
            "assert (read.status_code, read.json()) == (200, created.json())",
        ]
        writer.test("a_word_of_a_path_is_no_slug", lines, cases=(("value",), literal(words)))

    def _versions(self) -> None:
        """Who does not know the newest version may not change it."""
        writer, view = self.writer, self.view
        rules = [self.view.entity.access.update, self.view.entity.access.read]
        caller = writer.caller(*rules) if view.entity.versioned and writer.updates and writer.reads else None
        if caller is None:
            return
        headers = {"old": '{"If-Match": tag}', "new": '{"If-Match": changed.headers["etag"]}'}
        if caller.role is not None:
            headers = {name: f"me.headers | {text}" for name, text in headers.items()}
        change = f"client.patch(url, json={literal(Rows(writer).changed())}"
        lines = [
            *writer.me(caller),
            f"{writer.row} = await {writer.make(caller)}",
            f"url = {writer.item()}",
            writer.fails(f"{change}{writer.sent(caller)})", 428, "PRECONDITION_REQUIRED"),
            f'tag = (await client.get(url{writer.sent(caller)})).headers["etag"]',
            f"changed = await {change}, headers={headers['old']})",
            "assert changed.status_code == 200, changed.text",
            writer.fails(f"{change}, headers={headers['old']})", 412, "PRECONDITION_FAILED"),
        ]
        if writer.deletes and writer.caller(*rules, self.view.entity.access.delete) == caller:
            lines += [
                writer.fails(f"client.delete(url, headers={headers['old']})", 412, "PRECONDITION_FAILED"),
                f"deleted = await client.delete(url, headers={headers['new']})",
                "assert deleted.status_code == 204, deleted.text",
            ]
        writer.test("only_who_knows_the_newest_version_may_change_it", lines)
