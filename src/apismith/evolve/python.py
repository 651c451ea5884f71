"""Merge of Python modules by declaration: members by name, imports as sets, bodies by lines."""

import ast
from dataclasses import dataclass, field
from typing import Any

from apismith.evolve.diff3 import has_markers
from apismith.evolve.heads import as_decorator, decorators_of, merged_signature, signature_of
from apismith.evolve.imports import import_text, needed_imports, sort_key
from apismith.evolve.items import (
    OPAQUE,
    Body,
    Item,
    Key,
    body_of,
    docstring_and_rest,
    dotted,
    empty,
    has_lines,
    head_of,
    inner,
    text_of,
)
from apismith.evolve.statements import Contradiction, Statements
from apismith.evolve.syntax import Source, same
from apismith.evolve.weave import weave


@dataclass(frozen=True, slots=True)
class MergedModule:
    """A merged module.

    Args:
        text: its text, with markers where `contradictions` says so.
        notices: what the user should know of what was kept.
    """

    text: str
    contradictions: tuple[Contradiction, ...] = ()
    notices: tuple[str, ...] = ()


def merge_module(base: str, mine: str, theirs: str) -> MergedModule:
    """Merge three versions of a module.

    Raises:
        SyntaxError: one of them is no Python.
    """
    merging = _Modules()
    sides = [Source(text) for text in (base, mine, theirs)]
    text = merging.bodies("", *(body_of(side, side.tree.body, 0, len(side.lines)) for side in sides))
    if not has_markers(text):
        text = needed_imports(text, sides[0], sides[1], sides[2])
    return MergedModule(text, tuple(merging.statements.found), tuple(merging.notices))


@dataclass(slots=True)
class _Modules:
    statements: Statements = field(default_factory=Statements)
    notices: list[str] = field(default_factory=list[str])

    def bodies(self, where: str, base: Body, mine: Body, theirs: Body) -> str:
        """The merged statements of a module or class."""
        sides = base.keyed, mine.keyed, theirs.keyed
        if any(key[0][0] == OPAQUE and key not in sides[1] and key not in sides[2] for key in sides[0]):
            return self.statements.lines(where, *(text_of(side) for side in (base, mine, theirs)))
        kept: dict[Key, str] = {}
        for key in dict.fromkeys([*sides[1], *sides[2]]):
            b, m, t = (side.get(key) for side in sides)
            if (merged := self._item(where, b, m, t)) is not None:
                kept[key] = merged
        orders = [list(side) for side in sides]
        order = weave(orders[0], orders[1], orders[2], kept)
        return "".join(kept[key] for key in order) + self._comments(where, base.tail, mine.tail, theirs.tail)

    def _item(self, where: str, base: Item | None, mine: Item | None, theirs: Item | None) -> str | None:
        """The text of a statement after the merge; None where it is to be none."""
        name = dotted(where, mine or theirs)
        if mine is None or theirs is None:
            return self._one_sided(name, base, mine, theirs)
        if base is None:
            if same(mine.text, theirs.text):
                return mine.lead + mine.text
            base = empty(mine, theirs)
        lead = self._comments(where, base.lead, mine.lead, theirs.lead)
        return lead + self._merged(name, base, mine, theirs)

    def _one_sided(self, name: str, base: Item | None, mine: Item | None, theirs: Item | None) -> str | None:
        if mine is not None:
            if base is None or base.key[0] in ("from", "import"):
                return mine.lead + mine.text if base is None or not _equal(base, mine) else None
            if _equal(base, mine):
                return None
            self.notices.append(f"{name} is generated no more, but stays: you have changed it.")
            return mine.lead + mine.text
        assert theirs is not None
        if base is None:
            return theirs.lead + theirs.text
        if not _equal(base, theirs) and base.key[0] not in ("from", "import", OPAQUE):
            self.notices.append(f"{name} stays deleted, though it would be generated differently now.")
        return None

    def _merged(self, where: str, base: Item, mine: Item, theirs: Item) -> str:
        if same(base.text, theirs.text) or same(mine.text, theirs.text):
            return mine.text
        if same(base.text, mine.text):
            return theirs.text
        kind = mine.key[0]
        if kind in ("from", "import"):
            return _merged_imports(base, mine, theirs)
        three = (base, mine, theirs)
        if all(has_lines(item) for item in three):
            if kind == "class":
                return self._classes(where, three)
            if kind == "def":
                return self._functions(where, three)
            if kind == "if":
                return self._ifs(where, three)
        return self.statements.statement(where, base.text, mine.text, theirs.text)

    # Classes, functions, `if TYPE_CHECKING` ---------------------------------------------------------------------------

    def _classes(self, where: str, three: tuple[Item, Item, Item]) -> str:
        head = self._head(where, three)
        return head + self.bodies(where, *(inner(item) for item in three))

    def _functions(self, where: str, three: tuple[Item, Item, Item]) -> str:
        head = self._head(where, three)
        parts = [docstring_and_rest(item) for item in three]
        documented = [part[0] for part in parts]
        if documented[0] and documented[1] and documented[2]:
            docstring = self.statements.lines(where, *documented)
        else:
            present = documented[1] if same(documented[0], documented[2]) else documented[2]
            docstring = documented[1] or present if documented[1] != documented[0] else documented[2]
        return head + docstring + self.statements.body(where, *(part[1] for part in parts))

    def _ifs(self, where: str, three: tuple[Item, Item, Item]) -> str:
        nodes: list[Any] = [item.node for item in three]
        if any(node.orelse for node in nodes):
            return self.statements.lines(where, *(item.text for item in three))
        return head_of(three[1]) + self.bodies(where, *(inner(item) for item in three))

    def _head(self, where: str, three: tuple[Item, Item, Item]) -> str:
        """Decorators and signature, merged as calls are: a decorator is one, and so is a list of parameters."""
        heads = [head_of(item) for item in three]
        if same_text(heads[0], heads[2]) or same_text(heads[1], heads[2]):
            return heads[1]
        if same_text(heads[0], heads[1]):
            return heads[2]
        indent = " " * getattr(three[1].node, "col_offset", 0)
        decorators = [decorators_of(item) for item in three]
        kept: dict[Any, str] = {}
        for key in dict.fromkeys([*decorators[1], *decorators[2]]):
            b, m, t = (side.get(key) for side in decorators)
            if m is not None and t is not None:
                kept[key] = self.statements.statement(where, b or "", m, t) if m != t else m
            elif m is not None and m != b:
                kept[key] = m
            elif t is not None and b is None:
                kept[key] = t
        orders = [list(side) for side in decorators]
        lines = [as_decorator(kept[key], indent) for key in weave(orders[0], orders[1], orders[2], kept)]
        return "".join(lines) + self._signature(where, three, indent)

    def _signature(self, where: str, three: tuple[Item, Item, Item], indent: str) -> str:
        signatures = [signature_of(item) for item in three]
        if same_text(signatures[0], signatures[2]) or same_text(signatures[1], signatures[2]):
            return signatures[1]
        if same_text(signatures[0], signatures[1]):
            return signatures[2]
        merged = merged_signature(*signatures)
        return indent + merged if merged is not None else self.statements.lines(where, *signatures)

    def _comments(self, where: str, base: str, mine: str, theirs: str) -> str:
        said = [[line.strip() for line in side.splitlines() if line.strip()] for side in (base, mine, theirs)]
        if said[0] == said[2] or said[1] == said[2]:
            return mine
        if said[0] == said[1]:
            return theirs
        return self.statements.lines(where, base, mine, theirs)


def same_text(one: str, other: str) -> bool:
    """Whether two texts differ in white space only."""
    return "".join(one.split()) == "".join(other.split())


def _equal(one: Item, other: Item) -> bool:
    return same(one.text, other.text)


def _merged_imports(base: Item, mine: Item, theirs: Item) -> str:
    """One import statement with the names that both sides want."""
    sides: list[dict[tuple[str, str | None], None]] = []
    for item in (base, mine, theirs):
        names: list[ast.alias] = getattr(item.node, "names", [])
        sides.append(dict.fromkeys((alias.name, alias.asname) for alias in names))
    b, m, t = sides
    kept = [key for key in {**m, **t} if (key in m and key in t) or key not in b]
    order = weave(list(b), list(m), list(t), kept)
    if list(m) == order:
        return mine.text
    if all(list(side) == sorted(side, key=sort_key) for side in sides):
        order.sort(key=sort_key)
    return import_text(mine.text, order)
