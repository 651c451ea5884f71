"""What a run would do to a folder, computed in memory before anything is written."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from apismith.errors import ApismithError

STATE: Final = ".apismith"
"""The folder of a project in which apismith remembers what it has generated; nobody reads it, so it is not shown."""

_READABLE = 200_000


class Action(StrEnum):
    """What happens to one file."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    KEEP = "keep"


class UnsafePath(ApismithError):
    """A file would be written outside the folder that was named."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one file.

    Args:
        path: relative to the folder, with `/`.
        before: its content now; None when there is no such file.
        after: its content afterwards; None when it is deleted.
        mode: its permissions afterwards; None for those it has.
    """

    path: str
    before: bytes | None
    after: bytes | None
    mode: int | None = None

    @property
    def action(self) -> Action:
        """Create, update, delete, or keep when nothing happens."""
        if self.before == self.after:
            return Action.KEEP
        if self.before is None:
            return Action.CREATE
        return Action.DELETE if self.after is None else Action.UPDATE

    def diff(self) -> str:
        """The change as a unified diff; a file that is not UTF-8, or too long to read, is only named."""
        if max(len(self.before or b""), len(self.after or b"")) > _READABLE:
            return f"Large file {self.path} differs\n"
        try:
            old, new = ((side or b"").decode().splitlines(keepends=True) for side in (self.before, self.after))
        except UnicodeDecodeError:
            return f"Binary file {self.path} differs\n"
        sides = [f"a/{self.path}" if self.before is not None else "/dev/null"]
        sides.append(f"b/{self.path}" if self.after is not None else "/dev/null")
        lines = difflib.unified_diff(old, new, sides[0], sides[1])
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes to one folder, sorted by path."""

    root: Path
    all: tuple[Change, ...]

    @property
    def effective(self) -> tuple[Change, ...]:
        """Those that change a file."""
        return tuple(change for change in self.all if change.action is not Action.KEEP)

    @property
    def shown(self) -> tuple[Change, ...]:
        """Those of the user's files, without what apismith keeps for itself."""
        return tuple(change for change in self.all if not change.path.startswith(f"{STATE}/"))

    def counts(self) -> dict[str, int]:
        """How many files there are of each action that occurs."""
        counted = {action.value: sum(change.action is action for change in self.shown) for action in Action}
        return {action: count for action, count in counted.items() if count}

    def text(self) -> str:
        """One line a file, `create  path`, and the counts at the end."""
        lines = [f"{change.action:6}  {change.path}" for change in self.shown]
        noun = "file" if len(self.shown) == 1 else "files"
        counts = ", ".join(f"{count} {action}" for action, count in self.counts().items())
        return "\n".join([*lines, "", f"{len(self.shown)} {noun}: {counts}" if self.shown else "0 files"])

    def diff(self) -> str:
        """The content of all changes as one unified diff."""
        return "".join(change.diff() for change in self.shown if change.action is not Action.KEEP)

    def json(self) -> dict[str, object]:
        """The same as data."""
        files = [
            {"action": change.action.value, "path": change.path, "bytes": len(change.after or b"")}
            for change in self.shown
        ]
        return {"files": files, "counts": self.counts()}


def compare(files: Mapping[str, bytes | None], root: Path, *, replace: bool = True) -> Changes:
    """What writing `files` into `root` would change.

    Args:
        files: content by path, relative to `root`, with `/`; None where there is to be no file.
        root: the folder; it need not exist.
        replace: whether a file that is there with another content is updated, or kept as it is.

    Raises:
        UnsafePath: a path is absolute, leaves `root`, or goes through a symbolic link that does.
    """
    changes: list[Change] = []
    for path in sorted(files):
        place = locate(root, path)
        before = place.read_bytes() if place.is_file() else None
        changes.append(Change(path, before, files[path] if replace or before is None else before))
    return Changes(root, tuple(changes))


def locate(root: Path, path: str) -> Path:
    """The real place of a relative path below `root`, links inside `root` followed.

    Raises:
        UnsafePath: it would lie outside `root`.
    """
    parts = path.split("/")
    if not all(parts) or {".", ".."} & set(parts) or any(char in path for char in "\\:\0"):
        raise UnsafePath(f"'{path}' is not a plain relative path, so nothing was written.")
    base = root.resolve()
    place = (base / path).resolve()
    if not place.is_relative_to(base):
        raise UnsafePath(
            f"'{path}' leads out of {root} through a symbolic link, so nothing was written.",
            hint="Replace the link by a folder, or write to another folder.",
        )
    return place
