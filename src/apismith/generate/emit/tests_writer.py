"""What all emitters of tests share: tests with the fixtures that they use, callers, rows, URLs."""

import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pydantic import JsonValue

from apismith.contract.access import Who, allows, is_closed
from apismith.contract.model import Rule
from apismith.contract.routes import list_rule
from apismith.generate.code import Module, literal
from apismith.generate.emit.tests_factories import body_call
from apismith.generate.view import View

FIXTURES: Final = {
    "client": ("httpx2", "AsyncClient"),
    "actors": ("tests.actors", "Actors"),
    "make": ("tests.factories", "Factories"),
    "database": ("app.core.database", "Database"),
    "statements": ("tests.support", "Statements"),
    "monkeypatch": ("pytest", "MonkeyPatch"),
}
PARAMETERS: Final = {"field": "str", "value": "Any", "who": "str", "status": "int", "order": "str", "method": "str"}
_LOCAL: Final = frozenset(
    "me other owner above body answer created read listed headers items item page pages samples calls counts cursor "
    "found row rows first second before after pytest failure refused link linked insert select API case expected name "
    "key index limit left url values altered without sent there log_in tokens refresh bearer program made".split()
)


@dataclass(frozen=True)
class Caller:
    """Whom a test acts as.

    Args:
        role: role of the account; None where there is no log-in.
        owns: whether the row in question is theirs.
    """

    role: str | None
    owns: bool = True


class Writer:
    """Writes the tests of one entity.

    Args:
        module: the module that is being written; imports go there.
        view: its entity.
    """

    def __init__(self, module: Module, view: View) -> None:
        self.module = module
        self.view = view
        self.tests: list[str] = []

    # Names

    @cached_property
    def row(self) -> str:
        """Variable of a row in a test."""
        return row_name(self.view)

    @property
    def above(self) -> str:
        """Variable of the row above."""
        assert self.view.parent is not None, "only asked below a parent"
        return "above" if self.view.is_self_parent else row_name(self.view.parent)

    @property
    def collection(self) -> str:
        """Expression of the URL of the list."""
        parent = self.view.parent
        if parent is None:
            return self.view.constant
        return f'f"{{API}}/{parent.path}/{{{self.above}.{parent.key}}}/{self.view.path}"'

    @property
    def register(self) -> str:
        """Expression of the URL where rows are created."""
        return 'f"{API}/auth/register"' if self.view.is_account else self.collection

    def item(self, row: str | None = None) -> str:
        """Expression of the URL of a row."""
        return f'f"{{{self.view.constant}}}/{{{row or self.row}.{self.view.key}}}"'

    # Callers

    def caller(self, *rules: Rule, stranger: bool = False) -> Caller | None:
        """Somebody who may do all of it: to their own row, or as a stranger to any."""
        if self.view.contract.auth is None:
            return Caller(None) if all(allows(rule, Who("")) for rule in rules) else None
        for owns in (False,) if stranger else (False, True) if self.view.is_account else (True,):
            for role in ("member", "admin", *self.view.contract.roles):
                if all(allows(rule, Who("", role, owns)) for rule in rules):
                    return Caller(role, owns)
        return None

    def me(self, caller: Caller) -> list[str]:
        """The line that logs somebody in."""
        if caller.role is None:
            return []
        role = "" if caller.role == "member" else literal(caller.role)
        return [f"me = await actors.make({role})"]

    def sent(self, caller: Caller, name: str = "me") -> str:
        """The argument that says who is calling."""
        return "" if caller.role is None else f", headers={name}.headers"

    def reader(self, caller: Caller, name: str = "me") -> str:
        """The same for `pages`, which leaves all names to filters."""
        return "" if caller.role is None else f", {name}.headers"

    def changing(self, caller: Caller, name: str = "me") -> str:
        """The same for a request that changes or deletes a row, whichever version it has."""
        if not self.view.entity.versioned:
            return self.sent(caller, name)
        any_version = self.support("ANY_VERSION")
        return f", headers={any_version}" if caller.role is None else f", headers={name}.headers | {any_version}"

    # Rows

    def make(self, caller: Caller, *changes: str, above: bool = False) -> str:
        """The expression that makes a row of the caller."""
        view = self.view
        me = "me" if caller.owns and caller.role else ""
        return make_row(view, me, self.above if above and view.parent else "", *changes)

    def make_above(self, caller: Caller) -> list[str]:
        """The line that makes the row above, of the caller."""
        parent = self.view.parent
        if parent is None:
            return []
        return [f"{self.above} = await {make_row(parent, 'me' if caller.role else '', '')}"]

    def body(self, number: int) -> str:
        """The expression of a body that creates a row."""
        return body_call(self.view, str(number))

    def missing(self) -> tuple[list[str], str]:
        """The URL of a row that does not exist: lines before it, and the expression."""
        key = missing_key(self.view)
        if key.startswith("samples."):
            return [f"key = {key}"], f'f"{{{self.view.constant}}}/{{key}}"'
        return [], f'f"{{{self.view.constant}}}/{key.strip(chr(34)).replace("_", "")}"'

    def use_samples(self) -> str:
        """The module with the bodies."""
        return self.module.use("tests", "samples")

    def support(self, name: str) -> str:
        """A helper of `tests/support.py`."""
        return self.module.use("tests.support", name)

    def fails(self, call: str, status: int, code: str) -> str:
        """The line that expects a failure."""
        return f"{self.support('failure')}(await {call}, {status}, {literal(code)})"

    # Tests

    def test(
        self,
        name: str,
        lines: Iterable[str],
        *,
        cases: tuple[tuple[str, ...], str] | None = None,
        marks: tuple[str, ...] = (),
    ) -> None:
        """Add a test with the fixtures that its lines use.

        Args:
            name: what it shows, after `test_`.
            lines: its body.
            cases: names and expression of `parametrize`.
            marks: further decorators.
        """
        body = [line for line in lines if line]
        text = "\n".join(body)
        given = [f"{n}: {self._kind(n)}" for n in FIXTURES if re.search(rf"\b{n}\.|\({n}, |, {n}\b|\b{n}\)", text)]
        decorators = [f"@{mark}" for mark in marks]
        if cases is not None:
            names, values = cases
            given += [f"{name}: {self._parameter(name)}" for name in names]
            listed = literal(names if len(names) > 1 else "".join(names))
            decorators.append(f"@pytest.mark.parametrize({listed}, {values})")
        for helper in ("samples", "API"):
            if re.search(rf"\b{helper}\b", text):
                self.use_samples() if helper == "samples" else self.support("API")
        header = f"async def test_{name}({', '.join(given)}) -> None:"
        self.tests.append("\n".join([*decorators, header, *(f"    {line}" for line in body)]))

    def _kind(self, name: str) -> str:
        module, kind = FIXTURES[name]
        return f"pytest.{kind}" if module == "pytest" else self.module.use(module, kind)

    def _parameter(self, name: str) -> str:
        kind = PARAMETERS.get(name, "Any")
        return self.module.use("typing", "Any") if kind == "Any" else kind

    # Rules

    @property
    def creates(self) -> bool:
        """Whether clients can create rows."""
        return not is_closed(self.view.entity.access.create)

    @property
    def reads(self) -> bool:
        """Whether clients can read rows."""
        return not is_closed(self.view.entity.access.read)

    @property
    def updates(self) -> bool:
        """Whether clients can change rows."""
        return not is_closed(self.view.entity.access.update)

    @property
    def deletes(self) -> bool:
        """Whether clients can delete rows."""
        return not is_closed(self.view.entity.access.delete)

    @property
    def lists(self) -> bool:
        """Whether clients can list rows."""
        return not is_closed(list_rule(self.view.entity))


def row_name(view: View) -> str:
    """Variable of a row in a test: the entity's, unless tests use that name themselves."""
    name = view.one
    return f"{name}_row" if name in _LOCAL or name in FIXTURES or name in PARAMETERS else name


def make_row(view: View, owner: str = "", above: str = "", *changes: str) -> str:
    """The call that makes a row: `make.article(me, title="…")`."""
    given = [owner or "None"] if view.is_owned and (owner or above) else []
    given += [above] if above else []
    return f"make.{view.one}({', '.join([*given, *changes])})"


def change(name: str, value: str) -> str:
    """One keyword argument of a factory."""
    return (
        f"{name}={value}" if name.isidentifier() and not keyword.iskeyword(name) else f"**{{{literal(name)}: {value}}}"
    )


def missing_key(view: View) -> str:
    """Expression of a key that no row has."""
    field = view.entity.field(view.key)
    if field is None:
        return "999_999_999" if view.contract.database.ids == "int" else '"01890000-0000-7000-8000-000000000000"'
    return '"no-such-slug"' if field.slug_of else f'samples.{view.one}(0)["{view.key}"]'


def compact(value: JsonValue) -> str:
    """A constant; one that repeats itself is written as a product."""
    if isinstance(value, str) and len(value) > 40 and len(set(value)) == 1:
        return f"{literal(value[0])} * {len(value)}"
    if isinstance(value, list) and len(value) > 4 and all(item == value[0] for item in value):
        return f"[{compact(value[0])}] * {len(value)}"
    return literal(value)


def equals(value: JsonValue) -> str:
    """The comparison with a constant."""
    return f"{'is' if value is None or isinstance(value, bool) else '=='} {literal(value)}"


def is_visible(view: View, name: str) -> bool:
    """Whether answers carry a field."""
    return any(field.name == name for field in view.read_fields)
