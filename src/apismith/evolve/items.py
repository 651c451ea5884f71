"""The statements of modules and classes, each with its key and with what stands above it."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from apismith.evolve.syntax import Source, first_line, last_line
from apismith.evolve.weave import numbered

Key: TypeAlias = tuple[tuple[str, str], int]

OPAQUE = "statement"
"""The kind of a statement that is no declaration."""


@dataclass(frozen=True, slots=True)
class Item:
    """A statement of a module or class, with the comments and blank lines above it."""

    key: tuple[str, str]
    lead: str
    text: str
    node: ast.stmt


@dataclass(frozen=True, slots=True)
class Body:
    """The statements of a module or class, and what stands below the last."""

    items: list[Item]
    tail: str

    @property
    def keyed(self) -> dict[Key, Item]:
        return dict(zip(numbered(item.key for item in self.items), self.items, strict=True))


def body_of(source: Source, statements: Sequence[ast.stmt], start: int, end: int) -> Body:
    """The statements between two lines; those that share a line are one."""
    items: list[Item] = []
    at = start
    for node in statements:
        first, last = first_line(node) - 1, last_line(node)
        if first < at and items:
            before = items.pop()
            lines = "".join(source.lines[at - before.text.count("\n") : last])
            items.append(Item((OPAQUE, lines.strip()), before.lead, lines, before.node))
        else:
            lead, text = "".join(source.lines[at:first]), "".join(source.lines[first:last])
            items.append(Item(_key(node, text), lead, text if text.endswith("\n") else f"{text}\n", node))
        at = last
    return Body(items, "".join(source.lines[at:end]))


def _key(node: ast.stmt, text: str) -> tuple[str, str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return "def", name
        case ast.ClassDef(name=name):
            return "class", name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return "name", name
        case ast.ImportFrom(module=module, level=level):
            return "from", "." * level + (module or "")
        case ast.Import(names=names):
            return "import", ", ".join(alias.name for alias in names)
        case ast.Expr(value=ast.Constant(value=str())):
            return "docstring", ""
        case ast.If(test=test):
            return "if", ast.dump(test)
        case ast.Expr(value=ast.Call(func=func, args=[ast.Constant() | ast.Name() | ast.Attribute() as first, *_])):
            return "call", f"{ast.dump(func)} {ast.dump(first)}"
        case _:
            return OPAQUE, ast.dump(node)


def has_lines(item: Item) -> bool:
    """Whether the body of a block begins on a line of its own."""
    body: list[ast.stmt] = getattr(item.node, "body", [])
    colon = item.node.lineno
    return bool(body) and first_line(body[0]) > colon


def source_of(item: Item) -> tuple[list[str], int]:
    """The lines of a statement, and the number of the first."""
    return item.text.splitlines(keepends=True), first_line(item.node)


def body_at(item: Item) -> int:
    body: list[ast.stmt] = getattr(item.node, "body", [])
    lines, start = source_of(item)
    at = first_line(body[0]) - start
    while at > 0 and lines[at - 1].strip().startswith("#"):
        at -= 1
    return at


def head_of(item: Item) -> str:
    return "".join(source_of(item)[0][: body_at(item)]).rstrip("\n") + "\n"


def inner(item: Item) -> Body:
    lines, start = source_of(item)
    at = body_at(item)
    body: list[ast.stmt] = getattr(item.node, "body", [])
    whole = Source.__new__(Source)
    whole.text, whole.tree = "".join(["\n"] * (start - 1) + lines), ast.Module(body, [])
    return body_of(whole, body, start - 1 + at, start - 1 + len(lines))


def docstring_and_rest(item: Item) -> tuple[str, str]:
    lines, start = source_of(item)
    body: list[ast.stmt] = getattr(item.node, "body", [])
    at = body_at(item)
    first = body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        end = last_line(first) - start + 1
        return "".join(lines[at:end]), "".join(lines[end:])
    return "", "".join(lines[at:])


def text_of(body: Body) -> str:
    return "".join(item.lead + item.text for item in body.items) + body.tail


def dotted(where: str, item: Item | None) -> str:
    """What a statement is called in messages: the name that it defines, else its first line."""
    if item is None:
        return where
    name = item.key[1] if item.key[0] in ("def", "class", "name") else ""
    if not name and item.key[0] not in ("from", "import", "docstring", "if"):
        return f"`{item.text.strip().splitlines()[0][:60]}`"
    return ".".join(filter(None, [where, name]))


def empty(mine: Item, theirs: Item) -> Item:
    """The base of something that both sides have added: of classes the empty one, else nothing."""
    if mine.key[0] == "class" and isinstance(mine.node, ast.ClassDef) and has_lines(mine):
        text = head_of(mine) + "    pass\n"
        return Item(mine.key, mine.lead, text, ast.parse(text.lstrip()).body[0])
    if mine.key[0] in ("from", "import"):
        return Item(mine.key, mine.lead, "", ast.ImportFrom(module="", names=[], level=0))
    return Item(mine.key, theirs.lead, "", ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=4))
