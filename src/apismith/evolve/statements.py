"""Merge of single statements and of function bodies."""

import ast
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from apismith.evolve.diff3 import Side, chunks, marked, merge_lines
from apismith.evolve.expressions import Clash, Expressions
from apismith.evolve.syntax import Edit, Node, Source, first_line, last_line, same

_BLOCKS = (ast.With, ast.AsyncWith, ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two changes of one thing.

    Args:
        where: the declaration, as a dotted name.
        what: the argument, or "".
        base, mine, theirs: its text on each side.
    """

    where: str
    what: str
    base: str
    mine: str
    theirs: str


@dataclass(slots=True)
class Statements:
    """Merges statements; what contradicts is put between markers and added to `found`."""

    found: list[Contradiction] = field(default_factory=list[Contradiction])

    # One statement ----------------------------------------------------------------------------------------------------

    def statement(self, where: str, base: str, mine: str, theirs: str) -> str:
        """Merge one statement, given by its lines."""
        if same(base, theirs) or same(mine, theirs):
            return mine
        if same(base, mine):
            return theirs
        indent = mine[: len(mine) - len(mine.lstrip())]
        try:
            sides = [Source(textwrap.dedent(text)) for text in (base, mine, theirs)]
        except SyntaxError:
            return self.lines(where, base, mine, theirs)
        nodes = [Node(side, side.tree.body[0]) for side in sides if len(side.tree.body) == 1]
        if len(nodes) == 3 and all(isinstance(node.tree, _BLOCKS) for node in nodes):
            return self._compound(where, nodes, (base, mine, theirs))
        merged = _Attempt.of(nodes, "mine") if len(nodes) == 3 else None
        if merged is None:
            return self.lines(where, base, mine, theirs)
        if not merged.clashes:
            return _indented(merged.text, indent)
        other = _Attempt.of(nodes, "theirs")
        texts = (base, _indented(merged.text, indent), _indented(other.text if other else theirs, indent))
        self.found += [Contradiction(where, *clash) for clash in merged.clashes]
        return marked(*texts)

    def lines(self, where: str, base: str, mine: str, theirs: str) -> str:
        """Merge by lines."""
        merged = merge_lines(base, mine, theirs)
        self.found += [Contradiction(where, "", *(text.strip() for text in clash)) for clash in merged.clashes]
        return merged.text

    def _compound(self, where: str, nodes: Sequence[Node], texts: tuple[str, str, str]) -> str:
        """A block whose head nobody, or one side, has changed: its body is merged as one of a function is."""
        heads, bodies = zip(*(_head_and_body(node) for node in nodes), strict=True)
        rests = [node.tree for node in nodes if getattr(node.tree, "orelse", []) or isinstance(node.tree, ast.Try)]
        if rests or None in heads:
            return self.lines(where, *texts)
        indent = texts[1][: len(texts[1]) - len(texts[1].lstrip())]
        head = self.lines(where, *(_indented(text, indent) for text in heads))
        return head + self.body(where, *(_indented(text, indent) for text in bodies))

    # A body -----------------------------------------------------------------------------------------------------------

    def body(self, where: str, base: str, mine: str, theirs: str) -> str:
        """Merge function bodies, given by their lines: by statement where both have as many, else by line."""
        if same(base, theirs) or same(mine, theirs):
            return mine
        if same(base, mine):
            return theirs
        if (inner := self._wrapped(where, base, mine, theirs)) is not None:
            return inner
        sides = [_units(text) for text in (base, mine, theirs)]
        if any(side is None for side in sides):
            return self.lines(where, base, mine, theirs)
        units: list[list[str]] = [side or [] for side in sides]
        texts: list[dict[str, str]] = [{_shape(unit): unit for unit in side} for side in units]
        shapes = [[_shape(unit) for unit in side] for side in units]
        merged: list[str] = []
        for chunk in chunks(*shapes):
            b, m, t = (
                [known[shape] for shape in part]
                for known, part in zip(texts, (chunk.base, chunk.mine, chunk.theirs), strict=True)
            )
            if chunk.merged is not None:
                only_theirs = list(chunk.mine) == list(chunk.base) and list(chunk.theirs) != list(chunk.base)
                merged += t if only_theirs else [{**texts[2], **texts[1]}[shape] for shape in chunk.merged]
            elif len(b) == len(m) == len(t):
                merged += [self.statement(where, *three) for three in zip(b, m, t, strict=True)]
            else:
                merged.append(self.lines(where, "".join(b), "".join(m), "".join(t)))
        return "".join(merged)

    def _wrapped(self, where: str, base: str, mine: str, theirs: str) -> str | None:
        """A body that the user has put into a block, such as `async with`, is merged inside of the block."""
        blocks = [_outer_block(text) for text in (base, mine, theirs)]
        if blocks[1] is None or blocks[0] is not None or blocks[2] is not None:
            return None
        before, inner, after, deeper = blocks[1]
        kept = _units(base) or []
        inside = {_shape(unit) for unit in _units(inner) or []}
        rest = {_shape(unit) for unit in _units(before) or []} if before.strip() else set[str]()
        found = [unit for unit in kept if _shape(unit) in inside]
        outside = [unit for unit in kept if _shape(unit) in rest]
        if not found or len(found) + len(outside) < max(1, len(kept) - 1) or outside != kept[: len(outside)]:
            return None
        start = "".join(outside)
        if not theirs.startswith(start):
            return None
        merged = self.body(where, base[len(start) :], _shifted(inner, -deeper), theirs[len(start) :])
        return before + _shifted(merged, deeper) + after


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A statement merged for one side."""

    text: str
    clashes: list[Clash]

    @classmethod
    def of(cls, nodes: Sequence[Node], side: Side) -> "_Attempt | None":
        """None where it can only be merged by lines."""
        base, mine, theirs = _alike(nodes)
        merging = Expressions(side)
        kinds = {type(node.tree) for node in (base, mine, theirs)}
        if len(kinds) > 1 or not isinstance(
            mine.tree, ast.Assign | ast.AnnAssign | ast.Return | ast.Expr | ast.Raise | ast.AugAssign
        ):
            return None
        if isinstance(mine.tree, ast.Expr) and isinstance(mine.tree.value, ast.Constant):
            return None
        edits: list[Edit] = []
        text_after = ""
        for name in mine.tree._fields:
            values: list[Any] = [getattr(node.tree, name) for node in (base, mine, theirs)]
            if isinstance(values[1], list) or not any(isinstance(value, ast.AST) for value in values):
                if len({str(_dump(value)) for value in values}) > 1:
                    return None
            elif all(isinstance(value, ast.expr) for value in values):
                merged = merging.merge(base.to(values[0]), mine.to(values[1]), theirs.to(values[2]))
                edits.append((*mine.source.span(values[1]), merged))
            elif _dump(values[1]) == _dump(values[0]):  # theirs alone has it, or has it no more
                if values[2] is not None and values[1] is None and name == "value":
                    text_after = f" = {theirs.source.of(values[2])}"
                else:
                    return None
            elif _dump(values[2]) != _dump(values[0]):
                return None
        start, end = mine.source.span(mine.tree)
        inner = mine.source.edited(mine.tree, edits)
        return cls(
            mine.source.text[:start] + inner + text_after + mine.source.text[end:],
            merging.clashes,
        )


def _alike(nodes: Sequence[Node]) -> tuple[Node, Node, Node]:
    """The three sides, base and theirs in the form that the user has given to a `Field(…)`: within `Annotated[…]`."""
    base, mine, theirs = nodes
    if not all(isinstance(node.tree, ast.AnnAssign) for node in nodes) or "Annotated[" not in mine.text:
        return base, mine, theirs
    if "Annotated[" in base.text:
        return base, mine, theirs
    return _annotated(base), mine, _annotated(theirs)


def _annotated(node: Node) -> Node:
    statement = node.tree
    assert isinstance(statement, ast.AnnAssign)
    call = statement.value
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Field"):
        return node
    default = [word for word in call.keywords if word.arg in ("default",)]
    arguments = [node.source.of(word) for word in call.keywords if word not in default]
    value = node.source.of(default[0].value) if default else node.source.of(call.args[0]) if call.args else "..."
    text = f"{node.source.of(statement.target)}: Annotated[{node.source.of(statement.annotation)}, "
    text += f"Field({', '.join(arguments)})]" + ("" if value == "..." else f" = {value}")
    source = Source(text + "\n")
    return Node(source, source.tree.body[0])


def _dump(value: Any) -> object:
    if isinstance(value, list):
        return [_dump(part) for part in value]  # pyright: ignore[reportUnknownVariableType]
    return ast.dump(value) if isinstance(value, ast.AST) else value


# Lines ----------------------------------------------------------------------------------------------------------------


def _indented(text: str, indent: str) -> str:
    """A statement at another indentation; the lines of its strings stay as they are."""
    if not indent:
        return text
    inside = _lines_in_strings(text)
    lines = text.splitlines(keepends=True)
    return "".join(
        line if number in inside or not line.strip() else indent + line for number, line in enumerate(lines, 1)
    )


def _shifted(text: str, by: int) -> str:
    dedented = textwrap.dedent(text)
    now = next((len(line) - len(line.lstrip()) for line in text.splitlines() if line.strip()), 0)
    return _indented(dedented, " " * (now + by))


def _lines_in_strings(text: str) -> set[int]:
    """The lines that begin within a string."""
    try:
        tree = ast.parse(textwrap.dedent(text))
    except SyntaxError:
        return set()
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant | ast.JoinedStr)]
    return {
        line
        for node in strings
        if isinstance(node, ast.JoinedStr) or isinstance(node.value, str)
        for line in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
    }


def _units(text: str) -> list[str] | None:
    """The statements of a body as stretches of lines, each with what stands above it."""
    try:
        tree = ast.parse(textwrap.dedent(text))
    except SyntaxError:
        return None
    lines = text.splitlines(keepends=True)
    ends = [last_line(statement) for statement in tree.body]
    starts = [first_line(statement) for statement in tree.body]
    if any(start <= end for start, end in zip(starts[1:], ends, strict=False)):
        return None
    ends[-1:] = [len(lines)] if ends else []
    return ["".join(lines[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


def _shape(unit: str) -> str:
    """What a unit says, however it is laid out."""
    try:
        shape = ast.dump(ast.parse(textwrap.dedent(unit)))
    except SyntaxError:
        return unit
    return f"{shape} {unit}" if "#" in unit else shape


def _head_and_body(node: Node) -> tuple[str, str]:
    body: list[ast.stmt] = getattr(node.tree, "body", [])
    lines = node.source.lines
    at = first_line(body[0]) - 1
    return "".join(lines[:at]), "".join(lines[at:])


def _outer_block(text: str) -> tuple[str, str, str, int] | None:
    """What stands before, in and after the block that a body ends with, and how much deeper the block is."""
    try:
        tree = ast.parse(textwrap.dedent(text))
    except SyntaxError:
        return None
    block = tree.body[-1] if tree.body else None
    if not isinstance(block, ast.With | ast.AsyncWith | ast.Try | ast.If):
        return None
    lines = text.splitlines(keepends=True)
    first, last = first_line(block.body[0]) - 1, last_line(block.body[-1])
    if first < block.lineno:
        return None
    before, inner, after = lines[:first], lines[first:last], lines[last:]
    return "".join(before), "".join(inner), "".join(after), block.body[0].col_offset - block.col_offset
