"""Merge of expressions: arguments by name, lists by element, chains by link, everything else part by part."""

import ast
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeAlias, cast

from apismith.evolve.diff3 import Side
from apismith.evolve.syntax import Edit, Node, Source, comments, same
from apismith.evolve.weave import is_sorted, numbered, weave

Clash: TypeAlias = tuple[str, str, str, str]
"""What contradicts: what it is called, and its text in base, mine and theirs."""

_SEPARATOR = re.compile(r"\s*(#[^\n]*\n\s*)*,?\s*(#[^\n]*\n\s*)*\s*")


@dataclass(slots=True)
class Expressions:
    """Merges expressions into the layout that the user gave them.

    Args:
        side: which side is taken where they contradict each other; each time is added to `clashes`.
    """

    side: Side = "mine"
    clashes: list[Clash] = field(default_factory=list[Clash])

    def merge(self, base: Node, mine: Node, theirs: Node, what: str = "") -> str:
        """The text of the merged expression."""
        texts = base.text, mine.text, theirs.text
        if same(texts[1], texts[2]) or same(texts[0], texts[2]):
            return texts[1]
        if same(texts[0], texts[1]):
            return texts[2]
        nodes: list[ast.AST] = [base.tree, mine.tree, theirs.tree]
        if all(_chain(node) for node in nodes):
            merged = self._chains(base, mine, theirs, what)
        elif len({type(node) for node in nodes}) > 1:
            merged = self._unions(base, mine, theirs)
        elif isinstance(mine.tree, ast.Call):
            merged = self._calls(base, mine, theirs, what)
        elif isinstance(mine.tree, ast.List | ast.Set | ast.Tuple):
            merged = self._elements(base, mine, theirs, what)
        elif isinstance(mine.tree, ast.Dict):
            merged = self._dicts(base, mine, theirs)
        elif isinstance(mine.tree, ast.BinOp) and isinstance(mine.tree.op, ast.BitOr):
            merged = self._unions(base, mine, theirs)
        else:
            merged = self._parts(base, mine, theirs, what)
        # A comment of the user's on something that is gone cannot go along in silence.
        if merged is None or not _keeps_comments(texts[0], texts[1], merged):
            return self._clash(what, *texts)
        return merged

    def _clash(self, what: str, base: str, mine: str, theirs: str) -> str:
        self.clashes.append((what, base, mine, theirs))
        return mine if self.side == "mine" else theirs

    # Calls ------------------------------------------------------------------------------------------------------------

    def _calls(self, base: Node, mine: Node, theirs: Node, what: str) -> str | None:
        calls: list[Any] = [base.tree, mine.tree, theirs.tree]
        if any(ast.dump(call.func) != ast.dump(calls[0].func) for call in calls[1:]):
            return self._parts(base, mine, theirs, what)
        by_place = len({len(call.args) for call in calls}) == 1
        sides = [_arguments(call, by_place=by_place) for call in calls]
        return self._listed(base, mine, theirs, sides, what, _inside(mine, opening=calls[1].func))

    def _listed(
        self,
        base: Node,
        mine: Node,
        theirs: Node,
        sides: list[list[tuple[Any, ast.AST]]],
        what: str,
        inside: int | None,
    ) -> str | None:
        """Merge the members of something in brackets; `inside` is where its first member would stand."""
        keys = [[key for key, _ in side] for side in sides]
        nodes = [dict(side) for side in sides]
        texts: dict[Any, str] = {}
        for key in dict.fromkeys([*keys[1], *keys[2]]):
            b, m, t = (side.get(key) for side in nodes)
            if b is not None and m is not None and t is not None:
                name = key if isinstance(key, str) else what
                texts[key] = self.merge(base.to(_value(b)), mine.to(_value(m)), theirs.to(_value(t)), name)
            elif m is not None and t is not None:
                if not same(mine.source.of(m), theirs.source.of(t)):
                    name = key if isinstance(key, str) else what
                    texts[key] = self._clash(name, "", mine.source.of(_value(m)), theirs.source.of(_value(t)))
                else:
                    texts[key] = mine.source.of(_value(m))
            elif m is not None and (b is None or not same(mine.source.of(m), base.source.of(b))):
                texts[key] = mine.source.of(_value(m))
            elif t is not None and b is None:
                texts[key] = theirs.source.of(_value(t))
            elif t is not None and b is not None and not same(base.source.of(b), theirs.source.of(t)):
                name = key if isinstance(key, str) else what
                if self._clash(name, base.source.of(b), "", theirs.source.of(t)):
                    texts[key] = theirs.source.of(_value(t))
        order = weave(keys[0], keys[1], keys[2], texts)
        if isinstance(mine.tree, ast.Call):
            order.sort(key=lambda key: not isinstance(key, tuple))
        elif all(is_sorted([_plain(side.get(key)) for key in names]) for side, names in zip(nodes, keys, strict=True)):
            order.sort(key=lambda key: texts[key].strip("\"'"))
        written = [(key, f"{key}={texts[key]}" if _named(nodes, key) else texts[key]) for key in order]
        return _rewritten(mine, nodes[1], keys[1], written, inside)

    # Lists, unions and dictionaries -----------------------------------------------------------------------------------

    def _elements(self, base: Node, mine: Node, theirs: Node, what: str) -> str | None:
        lists: list[list[ast.expr]] = [_elements_of(side.tree) for side in (base, mine, theirs)]
        if len({len(side) for side in lists}) == 1 and isinstance(mine.tree, ast.Tuple):
            return self._parts(base, mine, theirs, what)
        sides = [_keyed(side) for side in lists]
        return self._listed(base, mine, theirs, sides, what, _inside(mine))

    def _unions(self, base: Node, mine: Node, theirs: Node) -> str | None:
        sides = [_operands(side.tree) for side in (base, mine, theirs)]
        if max(map(len, sides)) < 2:
            return None
        texts: dict[str, str] = {}
        for side, node in zip(sides, (base, mine, theirs), strict=True):
            texts |= {ast.dump(operand): node.source.of(operand) for operand in side}
        keys = [[ast.dump(operand) for operand in side] for side in sides]
        gone = [key for key in keys[0] if key not in keys[1] and key not in keys[2]]
        added = [[key for key in side if key not in keys[0]] for side in keys[1:]]
        if gone and added[0] and added[1]:
            return None
        kept = [key for key in dict.fromkeys(keys[1] + keys[2]) if _stays(key, *keys)]
        return " | ".join(texts[key] for key in weave(keys[0], keys[1], keys[2], kept)) if kept else None

    def _dicts(self, base: Node, mine: Node, theirs: Node) -> str | None:
        sides: list[list[tuple[Any, ast.AST]]] = []
        for side in (base, mine, theirs):
            mapping: Any = side.tree
            if None in mapping.keys or len({ast.dump(key) for key in mapping.keys}) < len(mapping.keys):
                return None
            pairs = zip(mapping.keys, mapping.values, strict=True)
            sides.append([(ast.dump(key), _Pair(key, value)) for key, value in pairs])
        keys = [[key for key, _ in side] for side in sides]
        nodes: list[dict[Any, Any]] = [dict(side) for side in sides]
        written: list[tuple[Any, str]] = []
        texts: dict[Any, str] = {}
        for key in dict.fromkeys(keys[1] + keys[2]):
            b, m, t = (side.get(key) for side in nodes)
            name = next(pair for pair in (m, t) if pair is not None).key
            shown = name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else ""
            if b is not None and m is not None and t is not None:
                value = self.merge(base.to(b.value), mine.to(m.value), theirs.to(t.value), shown)
                texts[key] = f"{mine.source.of(m.key)}: {value}"
            elif m is not None and t is not None and not same(mine.source.of(m.value), theirs.source.of(t.value)):
                value = self._clash(shown, "", mine.source.of(m.value), theirs.source.of(t.value))
                texts[key] = f"{mine.source.of(m.key)}: {value}"
            elif m is not None and (t is not None or b is None or mine.source.of(m) != base.source.of(b)):
                texts[key] = mine.source.of(m)
            elif t is not None and b is None:
                texts[key] = theirs.source.of(t)
        written = [(key, texts[key]) for key in weave(keys[0], keys[1], keys[2], texts)]
        return _rewritten(mine, nodes[1], keys[1], written, _inside(mine))

    # Chains and all the rest ------------------------------------------------------------------------------------------

    def _chains(self, base: Node, mine: Node, theirs: Node, what: str) -> str | None:
        """`select(…).where(…).order_by(…)`: its links, matched by name."""
        sides = [_links(side.tree) for side in (base, mine, theirs)]
        roots = [side[0] for side in sides]
        keys = [[("", 0), *numbered(_called(link) for link in side[1:])] for side in sides]
        if set(keys[0]) == set(keys[1]) == set(keys[2]):
            return self._parts(base, mine, theirs, what)
        text: dict[Any, str] = {("", 0): self.merge(base.to(roots[0]), mine.to(roots[1]), theirs.to(roots[2]), what)}
        links: list[dict[Any, ast.Call]] = [
            dict(zip(names[1:], cast("list[ast.Call]", side[1:]), strict=True))
            for names, side in zip(keys, sides, strict=True)
        ]
        for key in dict.fromkeys(keys[1][1:] + keys[2][1:]):
            b, m, t = (side.get(key) for side in links)
            if b is not None and m is not None and t is not None:
                pieces = [_link(base, b), _link(mine, m), _link(theirs, t)]
                calls = [Node(piece, cast("ast.Expr", piece.tree.body[0]).value) for piece in map(Source, pieces)]
                text[key] = self.merge(calls[0], calls[1], calls[2], what)[1:]
            elif m is not None and (b is None or t is not None or _link(mine, m) != _link(base, b)):
                text[key] = _link(mine, m)[1:]
            elif t is not None and b is None:
                text[key] = _link(theirs, t)[1:]
        order = weave(keys[0], keys[1], keys[2], text)
        merged = "".join(text[key] for key in order)
        return f"({merged})" if "\n" in merged and "\n" not in mine.text else merged

    def _parts(self, base: Node, mine: Node, theirs: Node, what: str) -> str | None:
        """Nodes of one kind that differ in their parts only."""
        edits: list[Edit] = []
        for name in mine.tree._fields:
            values: list[Any] = [getattr(side.tree, name) for side in (base, mine, theirs)]
            if isinstance(values[1], ast.expr_context):
                continue
            if all(isinstance(value, list) for value in values):
                if len({len(value) for value in values}) > 1:
                    return None
                groups: Sequence[tuple[Any, Any, Any]] = list(zip(*values, strict=True))
            else:
                groups = [(values[0], values[1], values[2])]
            for b, m, t in groups:
                if not all(isinstance(part, ast.expr | ast.keyword | ast.comprehension) for part in (b, m, t)):
                    if _dumped(b) == _dumped(m) == _dumped(t):
                        continue
                    return None
                if isinstance(m, ast.comprehension):
                    return None
                merged = self.merge(base.to(b), mine.to(m), theirs.to(t), what)
                edits.append((*mine.source.span(m), merged))
        return mine.source.edited(mine.tree, edits) if edits else None


def _keeps_comments(base: str, mine: str, merged: str) -> bool:
    if "#" not in mine:
        return True
    lost = Counter(comments(mine)) - Counter(comments(base)) - Counter(comments(merged))
    return not lost


class _Pair(ast.AST):
    """A key of a dictionary and its value, as one node."""

    def __init__(self, key: ast.expr, value: ast.expr) -> None:
        super().__init__()
        self.key, self.value = key, value
        self.lineno, self.col_offset = key.lineno, key.col_offset
        self.end_lineno, self.end_col_offset = value.end_lineno, value.end_col_offset


def _dumped(part: Any) -> object:
    return ast.dump(part) if isinstance(part, ast.AST) else part


def _stays(key: Any, base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any]) -> bool:
    return (key in mine and key in theirs) or (key not in base)


def _plain(node: ast.AST | None) -> str:
    """What a member of a sorted list is sorted by; other members make the list unsorted."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return "\uffff" + ast.dump(node) if node is not None else ""


def _elements_of(node: ast.AST) -> list[ast.expr]:
    return list(getattr(node, "elts", []))


def _keyed(elements: Sequence[ast.expr]) -> list[tuple[Any, ast.AST]]:
    """Elements by what makes them themselves: calls by what is called and its first argument, others by their value."""

    def key(node: ast.expr) -> str:
        if isinstance(node, ast.Call):
            first = node.args[0] if node.args else None
            return f"call {ast.dump(node.func)} {_dumped(first) if isinstance(first, ast.Constant | ast.Name) else ''}"
        return ast.dump(node)

    return list(zip([("element", one) for one in numbered(map(key, elements))], elements, strict=True))


def _arguments(call: ast.Call, *, by_place: bool) -> list[tuple[Any, ast.AST]]:
    """Arguments by name; those without one by their place or, where there are more or fewer now, by what they are."""
    places: list[tuple[Any, ast.AST]] = [(("argument", number), node) for number, node in enumerate(call.args)]
    positional = places if by_place else _keyed(call.args)
    named = [(node.arg or ("argument", ast.dump(node.value)), node) for node in call.keywords]
    return [*positional, *named]


def _value(node: ast.AST) -> ast.AST:
    return node.value if isinstance(node, ast.keyword) and node.arg is not None else node


def _named(sides: Sequence[dict[Any, ast.AST]], key: Any) -> bool:
    return any(isinstance(node, ast.keyword) and node.arg is not None for side in sides if (node := side.get(key)))


def _operands(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_operands(node.left), *_operands(node.right)]
    return [node]


def _chain(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call)


def _links(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _chain_or_root(node):
        return [*_links(node.func.value), node]
    return [node]


def _chain_or_root(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call)


def _called(link: ast.AST) -> str:
    return link.func.attr if isinstance(link, ast.Call) and isinstance(link.func, ast.Attribute) else ""


def _link(side: Node, call: ast.Call) -> str:
    """`_.where(…)`: one link of a chain on a root of its own."""
    assert isinstance(call.func, ast.Attribute)
    end = side.source.span(call.func.value)[1]
    text = side.source.text[end : side.source.span(call)[1]]
    return "_" + text[text.index(".") :]


def _inside(side: Node, opening: ast.AST | None = None) -> int | None:
    """Where the first member stands in something that has none: behind its opening bracket."""
    start, end = side.source.span(side.tree)
    at = side.source.text.find("(", side.source.span(opening)[1]) if opening is not None else start
    return at + 1 if at + 1 < end and side.source.text[at] in "([{" else None


def _rewritten(
    mine: Node,
    nodes: dict[Any, ast.AST],
    keys: Sequence[Any],
    written: Sequence[tuple[Any, str]],
    inside: int | None,
) -> str | None:
    """The text of `mine` with other members, and the comments and line breaks between those that stay."""
    source = mine.source
    if not keys:
        return source.edited(mine.tree, [(inside, inside, ", ".join(text for _, text in written))]) if inside else None
    spans = [source.span(nodes[key]) for key in keys]
    gaps = [source.text[end:start] for (_, end), (start, _) in pairwise(spans)]
    if not all(_SEPARATOR.fullmatch(gap) and "," in gap for gap in gaps):
        return None
    if not written:
        return source.edited(mine.tree, [(spans[0][0], spans[-1][1], "")]) if len(keys) == 1 else None
    following = dict(zip(keys, [*gaps, None], strict=True))
    wide = next((gap for gap in gaps if "\n" in gap), None)
    indent = wide[wide.rindex("\n") :] if wide else None
    if indent is None and source.text[: spans[0][0]].rstrip(" ").endswith("\n"):
        indent = "\n" + source.text[source.text.rfind("\n", 0, spans[0][0]) + 1 : spans[0][0]]
    fresh = f",{indent}" if indent else ", "
    parts: list[str] = []
    for number, (key, text) in enumerate(written):
        parts.append(text)
        if number == len(written) - 1:
            break
        gap = following.get(key)
        parts.append(gap if gap is not None and _keeps(gap, keys, key, written[number + 1][0]) else _joined(gap, fresh))
    end = spans[-1][1]
    if written[-1][0] != keys[-1]:
        # The comment behind what was the last member stays behind it.
        behind = re.match(r",?[ \t]*#[^\n]*", source.text[end:])
        last = following.get(written[-1][0])
        if behind is not None and keys[-1] in [key for key, _ in written]:
            at = [key for key, _ in written].index(keys[-1])
            parts[2 * at + 1] = "," + behind[0].removeprefix(",") + parts[2 * at + 1].removeprefix(",")
            end += len(behind[0])
            parts.append(",")
        elif last is not None and "#" in last.split("\n")[0]:
            parts.append(last.split("\n")[0] + (indent or "\n"))
    alone = len(written) == 1 and isinstance(mine.tree, ast.Tuple) and len(keys) > 1
    return source.edited(mine.tree, [(spans[0][0], end, "".join(parts) + ("," if alone else ""))])


def _keeps(gap: str, keys: Sequence[Any], key: Any, following: Any) -> bool:
    at = keys.index(key)
    return at + 1 < len(keys) and (keys[at + 1] == following or "#" not in gap)


def _joined(gap: str | None, fresh: str) -> str:
    """What stands between two members that were not neighbours: the comment behind the first stays with it."""
    if gap is None or "#" not in gap:
        return fresh
    head, newline, _ = gap.partition("\n")
    return head + (fresh.lstrip(",") if "\n" in fresh else newline)
