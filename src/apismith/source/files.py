"""The Python files of a project: found, decoded and parsed, and those that cannot be are named with the reason.

Nothing of the project is executed and no link is followed, so that no project can harm who reads it: git is not asked
either, because the configuration of a repository can name programs that it runs.
"""

import ast
import io
import os
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pathspec import GitIgnoreSpec

from apismith.findings import Span
from apismith.source.syntax import Broken, parse

LARGEST = 2_000_000
_NEVER = {
    ".git",
    ".hg",
    ".svn",
    ".venv",
    "venv",
    "node_modules",
    "__pycache__",
    "site-packages",
    ".tox",
    ".nox",
    ".eggs",
}


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be read.

    Args:
        path: the file, relative to the project.
        line: the first line that is not understood; 1 where it is the whole file.
        reason: why, as the end of a sentence.
        whole: nothing of the file was read; else only the statement that begins at `line`.
    """

    path: str
    line: int
    reason: str
    whole: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class SourceFile:
    """A file that was read.

    Args:
        path: relative to the project, with slashes.
        text: its text, lines ending in a newline.
        tree: what it says; the columns in it count bytes, see `span`.
    """

    path: str
    text: str
    tree: ast.Module
    lines: list[str] = field(repr=False)

    def span(self, node: ast.AST) -> Span:
        """Where a node stands, columns counted in characters from 1."""
        line: int = getattr(node, "lineno", 1)
        end_line: int = getattr(node, "end_lineno", None) or line
        column = self._column(line, getattr(node, "col_offset", 0))
        return Span(self.path, line, column, end_line, self._column(end_line, getattr(node, "end_col_offset", 0) or 0))

    def _column(self, line: int, offset: int) -> int:
        if not 1 <= line <= len(self.lines):
            return offset + 1
        text = self.lines[line - 1]
        return offset + 1 if text.isascii() else len(text.encode()[:offset].decode(errors="replace")) + 1


def read_files(root: Path) -> tuple[list[SourceFile], list[Unread]]:
    """All Python files below a folder, or the one file, in the order of their paths."""
    files: list[SourceFile] = []
    unread: list[Unread] = []
    for path in [root] if root.is_file() else found(root, unread):
        name = path.name if root.is_file() else path.relative_to(root).as_posix()
        try:
            file, broken = _read(path, name)
        except (OSError, ValueError, SyntaxError, LookupError, RecursionError, MemoryError) as error:
            unread.append(Unread(name, getattr(error, "lineno", None) or 1, _reason(error)))
            continue
        files.append(file)
        unread += [Unread(name, piece.line, piece.reason, whole=False) for piece in broken]
    return files, unread


def is_test(path: str) -> bool:
    """Whether a file belongs to the tests, where what would hurt in production does not."""
    parts = path.split("/")
    return any(part in ("tests", "test", "testing", "conftest.py") for part in parts) or bool(
        re.fullmatch(r"test_.*\.py|.*_test\.py", parts[-1])
    )


def found(root: Path, unread: list[Unread]) -> Iterator[Path]:
    """The Python files below a folder that are the project's own; folders that cannot be listed go to `unread`."""
    yield from _walk(root, root, (), unread)


def _walk(
    root: Path, folder: Path, ignores: tuple[tuple[Path, GitIgnoreSpec], ...], unread: list[Unread]
) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        unread.append(Unread(folder.relative_to(root).as_posix(), 1, _reason(error)))
        return
    names = {entry.name for entry in entries}
    if "pyvenv.cfg" in names and folder != root:
        return
    if ".gitignore" in names and (folder / ".gitignore").is_file() and not (folder / ".gitignore").is_symlink():
        text = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace")[:LARGEST]
        ignores = (*ignores, (folder, GitIgnoreSpec.from_lines(text.splitlines())))
    for entry in entries:
        path = folder / entry.name
        if entry.is_symlink() or entry.name in _NEVER:
            continue
        is_folder = entry.is_dir(follow_symlinks=False)
        if not is_folder and not (entry.name.endswith(".py") and entry.is_file(follow_symlinks=False)):
            continue
        if any(spec.match_file(path.relative_to(base).as_posix() + "/" * is_folder) for base, spec in ignores):
            continue
        if is_folder:
            yield from _walk(root, path, ignores, unread)
        else:
            yield path


def _read(path: Path, name: str) -> tuple[SourceFile, list[Broken]]:
    size = path.stat().st_size
    if size > LARGEST:
        raise ValueError(f"it has {size:,} bytes, more than the {LARGEST:,} that are read")
    content = path.read_bytes()
    text = content.decode(source_encoding(content)).replace("\r\n", "\n").replace("\r", "\n")
    tree, broken = parse(text)
    return SourceFile(name, text, tree, text.split("\n")), broken


def source_encoding(content: bytes) -> str:
    """The encoding that a Python file declares (PEP 263).

    Raises:
        SyntaxError: it declares none that there is.
    """
    return tokenize.detect_encoding(io.BytesIO(content).readline)[0]


def parsed(path: str, text: str) -> SourceFile:
    """A file with this text.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is not understood wholly.
    """
    tree, broken = parse(text)
    if broken:
        raise SyntaxError(broken[0].reason)
    return SourceFile(path, text, tree, text.split("\n"))


def _reason(error: BaseException) -> str:
    match error:
        case UnicodeDecodeError():
            return f"its bytes are no {error.encoding}"
        case SyntaxError():
            return f"its syntax is not understood: {error.msg}"
        case RecursionError() | MemoryError():
            return "it is nested too deeply"
        case OSError():
            return error.strerror or str(error)
        case _:
            return str(error)
