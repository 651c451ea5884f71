"""A change of a project that can be taken back: shown, written atomically, and remembered for `undo`."""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from apismith import git, writing
from apismith.changes import Change, Changes, compare, locate
from apismith.errors import ApismithError
from apismith.evolve.store import UNDO, digest

_KEPT = 20


class NothingToUndo(ApismithError):
    """No run is left that could be undone."""


class EditedSince(ApismithError):
    """A file was edited after the run that is to be undone; undoing it would lose the edit."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A conflict for the index of git: base, mine and theirs."""

    path: str
    sides: tuple[bytes | None, bytes | None, bytes | None]


@dataclass(frozen=True, slots=True)
class Operation:
    """Changes of a project, computed but not yet written.

    Args:
        title: what is done, as `undo` will name it.
        changes: of all files, with those in `.apismith/`.
        notes: what the user should know; `write` may add to it.
        staged: conflicts that git is told about.
        settled: files whose conflicts are over.
        restored: entries of git's index that are put back.
        undoes: whether it takes another one back, so that it is not remembered itself.
    """

    title: str
    changes: Changes
    notes: list[str] = field(default_factory=list[str])
    staged: tuple[Staged, ...] = ()
    settled: tuple[str, ...] = ()
    restored: Mapping[str, str] = field(default_factory=dict[str, str])
    undoes: bool = False

    def write(self) -> None:
        """Make the changes, all of them or none; nothing at all is done where nothing would change."""
        if not self.changes.effective:
            return
        writing.write(self._recorded(), finish=self._tell_git)

    def listing(self) -> str:
        """A line for each file that changes."""
        return Changes(self.changes.root, self.changes.effective).text()

    def text(self) -> str:
        """What was done."""
        count = len([change for change in self.changes.effective if change in self.changes.shown])
        return f"{self.title}: {count} {'file' if count == 1 else 'files'}" if count else f"{self.title}."

    def json(self) -> dict[str, object]:
        """The same as data."""
        changed = Changes(self.changes.root, self.changes.effective)
        return {"schema_version": 1, "title": self.title, **changed.json(), "notes": self.notes}

    def _recorded(self) -> Changes:
        if self.undoes:
            return self.changes
        files = [_reverse(self.changes.root, one) for one in self.changes.effective]
        entries = {one.path: git.index_entry(self.changes.root, one.path) for one in self.staged}
        index = {path: entry for path, entry in entries.items() if entry}
        record: dict[str, object] = {"title": self.title, "files": files, "index": index}
        past = _records(self.changes.root)
        number = int(past[-1].stem) + 1 if past else 1
        added: dict[str, bytes | None] = {f"{UNDO}/{path.name}": None for path in past[: -_KEPT + 1]}
        added[f"{UNDO}/{number:04}.json"] = json.dumps(record).encode()
        return replace(self.changes, all=(*self.changes.all, *compare(added, self.changes.root).all))

    def _tell_git(self, root: Path) -> None:
        git.restore_index(root, self.restored)
        git.add(root, self.settled)
        for one in self.staged:
            git.stage_conflict(root, one.path, one.sides)


def undo(root: Path) -> Operation:
    """Take back the last run that changed files in a project: every byte of them is as it was.

    Raises:
        NothingToUndo: none is left.
        EditedSince: a file was edited after it.
    """
    past = _records(root)
    if not past:
        raise NothingToUndo(
            f"There is nothing to undo in {root}: no run that changed files is remembered.",
            hint="The last 20 runs are remembered, on the machine where they ran.",
        )
    record: dict[str, Any] = json.loads(past[-1].read_bytes())
    edited: list[str] = []
    changes: list[Change] = []
    for one in record["files"]:
        place = locate(root, one["path"])
        now = place.read_bytes() if place.is_file() else None
        if (None if now is None else digest(now)) != one["after"]:
            edited.append(one["path"])
        before = None if one["before"] is None else zlib.decompress(base64.b64decode(one["before"]))
        changes.append(Change(one["path"], now, before, one["mode"]))
    if edited:
        raise EditedSince(
            f"{', '.join(edited[:5])}{' and others' if len(edited) > 5 else ''} changed after '{record['title']}', so "
            "nothing was undone: the edit would be lost.",
            hint="Commit or put away your edits, and take them back after the undo.",
        )
    own = compare({f"{UNDO}/{past[-1].name}": None}, root)
    undone = Changes(root, (*changes, *own.all))
    return Operation(f"Undo '{record['title']}'", undone, restored=record["index"], undoes=True)


def _reverse(root: Path, change: Change) -> dict[str, object]:
    place = root / change.path
    return {
        "path": change.path,
        "before": None if change.before is None else base64.b64encode(zlib.compress(change.before)).decode(),
        "after": None if change.after is None else digest(change.after),
        "mode": place.stat().st_mode & 0o7777 if place.exists() else None,
    }


def _records(root: Path) -> list[Path]:
    return sorted((root / UNDO).glob("[0-9]*.json"))
