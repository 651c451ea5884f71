"""Text → tree, also where a file uses syntax newer than the running Python or one statement of it is broken."""

import ast
import contextlib
import re
import warnings
from dataclasses import dataclass

from apismith.source.older import nearly, older


@dataclass(frozen=True, slots=True)
class Broken:
    """A statement that is not understood: its first line and why."""

    line: int
    reason: str


def parse(text: str) -> tuple[ast.Module, list[Broken]]:
    """The tree of a file, and its outermost statements that are missing from it because nobody understands them.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: nothing of it is understood.
    """
    try:
        return _tree(text), []
    except SyntaxError as error:
        first = error
    for said in (nearly, older):
        with contextlib.suppress(SyntaxError):
            return _tree(said(text)), []
    return _in_pieces(text, first)


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _in_pieces(text: str, first: SyntaxError) -> tuple[ast.Module, list[Broken]]:
    """The outermost statements one by one: a line that begins in the first column begins one."""
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if re.match(r"[^\W\d]|@", line) and not _goes_on(line)]
    starts = [
        n for i, n in enumerate(starts) if not (i and lines[starts[i - 1]].startswith("@") and n == starts[i - 1] + 1)
    ]
    body: list[ast.stmt] = []
    broken: list[Broken] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        try:
            piece = _piece("\n".join(lines[start:end]))
        except SyntaxError as error:
            broken.append(Broken(start + (error.lineno or 1), f"its syntax is not understood: {error.msg}"))
            continue
        body += ast.increment_lineno(piece, start).body
    if not body:
        raise first
    return ast.Module(body=body, type_ignores=[]), broken


def _piece(text: str) -> ast.Module:
    try:
        return _tree(text)
    except SyntaxError:
        return _tree(nearly(text))


def _goes_on(line: str) -> bool:
    return re.match(r"(else|elif|except|finally)\b", line) is not None
