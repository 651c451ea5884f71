"""Python source as a tree whose nodes know their text."""

import ast
import io
import textwrap
import tokenize
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

Edit: TypeAlias = tuple[int, int, str]


class Source:
    """The text of a module, or of statements of one, and its syntax tree.

    Raises:
        SyntaxError: it is no Python.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)

    @cached_property
    def lines(self) -> list[str]:
        """The lines as Python counts them, with their ends."""
        return list(io.StringIO(self.text, newline=""))

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line))
        return starts

    def offset(self, line: int, column: int) -> int:
        """Where in the text a position of the tree is; the tree counts bytes, the text characters."""
        if line > len(self.lines):
            return len(self.text)
        text = self.lines[line - 1]
        return self._starts[line - 1] + (column if text.isascii() else len(text.encode()[:column].decode()))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node begins and ends in the text."""
        start = self.offset(getattr(node, "lineno", 1), getattr(node, "col_offset", 0))
        return start, self.offset(getattr(node, "end_lineno", 1), getattr(node, "end_col_offset", 0))

    def of(self, node: ast.AST) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    def edited(self, node: ast.AST, edits: Sequence[Edit]) -> str:
        """The text of a node after edits, which are given in positions of the whole text and do not overlap."""
        start, end = self.span(node)
        return replaced(self.text[start:end], [(first - start, last - start, text) for first, last, text in edits])


@dataclass(frozen=True, slots=True)
class Node:
    """A node and the source that it is in."""

    source: Source
    tree: ast.AST

    @property
    def text(self) -> str:
        """Its text."""
        return self.source.of(self.tree)

    @property
    def shape(self) -> str:
        """What it means, however it is laid out."""
        return ast.dump(self.tree)

    def to(self, node: ast.AST) -> "Node":
        """Another node of the same source."""
        return Node(self.source, node)


def replaced(text: str, edits: Sequence[Edit]) -> str:
    """A text after edits that do not overlap; insertions at the same place stay in their order."""
    parts: list[str] = []
    at = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


def first_line(node: ast.stmt) -> int:
    """The line on which a statement begins, with its decorators."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def last_line(node: ast.stmt) -> int:
    """The line on which a statement ends."""
    return node.end_lineno or node.lineno


def comments(text: str) -> list[str]:
    """The comments of some Python, in order."""
    if "#" not in text:
        return []
    tokens: Iterator[tokenize.TokenInfo] = tokenize.generate_tokens(io.StringIO(textwrap.dedent(text)).readline)
    found: list[str] = []
    # A part of a statement may end in the middle of something: until then its tokens are good.
    with suppress(tokenize.TokenError, SyntaxError):
        found += (token.string for token in tokens if token.type == tokenize.COMMENT)
    return found


def same(one: str, other: str) -> bool:
    """Whether two pieces of Python say the same, comments included, however they are laid out."""
    if one.strip() == other.strip():
        return True
    try:
        equal = ast.dump(_parsed(one)) == ast.dump(_parsed(other))
    except SyntaxError:
        return False
    return equal and comments(one) == comments(other)


def _parsed(text: str) -> ast.AST:
    # A decorator, `else` or a part of a signature is none for itself: such pieces are compared as text.
    return ast.parse(textwrap.dedent(text))


def parses(text: str) -> bool:
    """Whether a text is Python."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True
