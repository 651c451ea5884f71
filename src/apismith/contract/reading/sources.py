"""The files of a contract as text and syntax trees, to say where something stands."""

import ast
import tokenize
from functools import cached_property
from pathlib import Path

from apismith.contract.language.said import Place
from apismith.findings import Span

# Where a contract lies in a folder around this package, the words themselves are still none of it.
_LANGUAGE = Path(__file__).resolve().parents[1]
Positioned = ast.expr | ast.stmt | ast.alias | ast.arg | ast.keyword


class SourceFile:
    """One file.

    Args:
        path: where it is.
        shown: its path as the user knows it.
    """

    def __init__(self, path: str, shown: str) -> None:
        self.path = path
        self.shown = shown

    @cached_property
    def text(self) -> str:
        """Its text as Python decodes it (PEP 263), empty if it cannot be read."""
        try:
            with tokenize.open(self.path) as stream:
                return stream.read()
        except (OSError, SyntaxError, UnicodeDecodeError):
            return ""

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree, empty if it has none."""
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError):
            return ast.Module([], [])

    @cached_property
    def lines(self) -> list[str]:
        """Its lines as Python counts them."""
        return self.text.split("\n")

    def span(self, node: Positioned) -> Span:
        """Where a node stands, in characters."""
        end = node.end_lineno or node.lineno
        return self.of_bytes(node.lineno, node.col_offset, end, node.end_col_offset or 0)

    def of_bytes(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """A span from Python's own positions, whose columns count bytes from 0."""
        first, last = self._column(line, column), self._column(end_line, end_column)
        return Span(self.shown, line, first, end_line, last)

    def line(self, number: int) -> Span:
        """A whole line, without its indentation."""
        text = self.lines[number - 1] if 0 < number <= len(self.lines) else ""
        column = len(text) - len(text.lstrip()) + 1
        return Span(self.shown, number, column, number, max(len(text.rstrip()), column) + 1)

    def call(self, place: Place) -> ast.Call | None:
        """The call that was made at a place."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and _bounds(node) == place[1:]:
                return node
        return None

    def word(self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> Span:
        """Where the name behind `class` or `def` stands."""
        text = self.lines[node.lineno - 1]
        start = len(text.encode()[: node.col_offset].decode())
        column = text.index(node.name, start + 4) + 1
        return Span(self.shown, node.lineno, column, node.lineno, column + len(node.name))

    def _column(self, line: int, in_bytes: int) -> int:
        if not 0 < line <= len(self.lines):
            return in_bytes + 1
        return len(self.lines[line - 1].encode()[:in_bytes].decode(errors="ignore")) + 1


class Sources:
    """The files of one contract.

    Args:
        folder: all of its files are in there.
        shown: the folder as the user knows it.
    """

    def __init__(self, folder: str, shown: str) -> None:
        self.folder = folder
        self._shown = shown
        self._files: dict[str, SourceFile] = {}

    def file(self, path: str) -> SourceFile | None:
        """The file at a path, if it is one of the contract's."""
        if path not in self._files:
            file = Path(path)
            if not file.is_relative_to(self.folder) or "site-packages" in file.parts or _is_ours(file):
                return None
            self._files[path] = SourceFile(path, str(Path(self._shown) / file.relative_to(self.folder)))
        return self._files[path]

    @property
    def known(self) -> tuple[SourceFile, ...]:
        """The files that were asked for."""
        return tuple(self._files.values())

    def span(self, place: Place | None) -> Span | None:
        """A place as a span, if it is in one of the contract's files."""
        source = self.file(place.file) if place else None
        return source.of_bytes(*place[1:]) if place and source else None

    def start(self, path: Path) -> Span | None:
        """The first line of a file, for what concerns all of it."""
        source = self.file(str(path))
        return source.line(1) if source else None

    def call(self, place: Place | None) -> tuple[SourceFile, ast.Call] | None:
        """The call that was made at a place."""
        source = self.file(place.file) if place else None
        call = source.call(place) if place and source else None
        return (source, call) if source and call else None


def _is_ours(file: Path) -> bool:
    return file.resolve().is_relative_to(_LANGUAGE)


def _bounds(node: ast.expr) -> tuple[int, int, int | None, int | None]:
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset
