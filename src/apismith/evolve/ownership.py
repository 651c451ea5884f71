"""Whose the files of a project are: what became of each, and the commands that decide about them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from apismith.changes import compare
from apismith.errors import ApismithError, did_you_mean
from apismith.evolve import store
from apismith.evolve.diff3 import Side, has_markers, pick
from apismith.evolve.operation import Operation
from apismith.evolve.store import Lock, State, digest
from apismith.evolve.tree import read_tree


class NotAGeneratedFile(ApismithError):
    """The file was not generated, so it belongs to the user anyway."""


class NoConflict(ApismithError):
    """The file has no conflict that waits for a decision."""


class StillInConflict(ApismithError):
    """The file has markers, so it is not decided."""


class Fate(StrEnum):
    """What became of a generated file."""

    PRISTINE = "pristine"
    EDITED = "edited"
    MOVED = "moved"
    DELETED = "deleted"
    YOURS = "yours"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class FileStatus:
    """What became of one generated file, and where it is now if it is elsewhere."""

    path: str
    fate: Fate
    now: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What became of each generated file."""

    root: Path
    lock: Lock
    files: tuple[FileStatus, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many files there are of each fate that occurs."""
        counted = {fate.value: sum(one.fate is fate for one in self.files) for fate in Fate}
        return {fate: count for fate, count in counted.items() if count}

    def text(self) -> str:
        """One line for each file that is not as it was generated, and the counts."""
        lines = [
            f"{one.fate.value:8}  {one.path}" + (f" → {one.now}" if one.now else "")
            for one in self.files
            if one.fate is not Fate.PRISTINE
        ]
        counts = ", ".join(f"{count} {fate}" for fate, count in self.counts.items())
        return "\n".join([*lines, "", f"{len(self.files)} generated files: {counts}"] if lines else [counts])

    def json(self) -> dict[str, object]:
        """The same as data."""
        files = [{"path": one.path, "fate": one.fate.value, "now": one.now or one.path} for one in self.files]
        version = {"apismith": self.lock.apismith, "contract": self.lock.contract}
        return {"schema_version": 1, **version, "files": files, "counts": self.counts}


def status(root: Path) -> Status:
    """What became of each generated file of a project.

    Raises:
        NotGenerated, BrokenLock: nobody knows what was generated.
    """
    state = store.read(root)
    lock = state.lock
    mine = read_tree(root, [*lock.files, *lock.moves.values()])
    return Status(root, lock, tuple(_fate(lock, path, mine) for path in sorted(lock.files)))


def _fate(lock: Lock, path: str, mine: dict[str, bytes]) -> FileStatus:
    now = lock.moves.get(path, path)
    elsewhere = now if now != path else None
    content = mine.get(now)
    if now in lock.yours:
        return FileStatus(path, Fate.YOURS, elsewhere)
    if now in lock.conflicts:
        return FileStatus(path, Fate.CONFLICT, elsewhere)
    if content is None:
        return FileStatus(path, Fate.DELETED)
    if elsewhere:
        return FileStatus(path, Fate.MOVED, elsewhere)
    return FileStatus(path, Fate.PRISTINE if digest(content) == lock.files[path] else Fate.EDITED)


def resolve(root: Path, files: Sequence[Path], side: Side | None) -> Operation:
    """Decide the conflicts of files.

    Args:
        root: the project.
        files: which; they must have conflicts.
        side: what is taken between the markers, and as the whole file where there are none; None when the user has
            decided by editing.

    Raises:
        NoConflict: a file has none.
        StillInConflict: there are markers and no side was given.
    """
    state = store.read(root)
    waiting = dict(state.lock.conflicts)
    written: dict[str, bytes | None] = {}
    paths = [_path(root, file) for file in files]
    for path in paths:
        if path not in waiting:
            hint = did_you_mean(path, waiting) if waiting else "No file waits for a decision."
            raise NoConflict(f"{path} has no conflict that waits for a decision.", hint=hint)
        recorded = waiting.pop(path)
        text = (root / path).read_bytes().decode(errors="surrogateescape") if (root / path).is_file() else ""
        if has_markers(text):
            if side is None:
                raise StillInConflict(
                    f"{path} still has markers, so it is not decided.", hint="Edit it, or say --mine or --theirs."
                )
            written[path] = pick(text, side).encode(errors="surrogateescape")
        elif side is not None:
            chosen = recorded.mine if side == "mine" else recorded.theirs
            written[path] = state.objects[chosen] if chosen is not None else None
    return _operation(
        root, state, replace(state.lock, conflicts=waiting), f"Resolve {', '.join(paths)}", written, tuple(paths)
    )


def eject(root: Path, files: Sequence[Path]) -> Operation:
    """Make files the user's own: no evolution touches them until they are adopted again.

    Raises:
        NotAGeneratedFile: a file was not generated.
    """
    state = store.read(root)
    paths = [_generated(root, state.lock, file) for file in files]
    yours = tuple(sorted({*state.lock.yours, *paths}))
    return _operation(root, state, replace(state.lock, yours=yours), f"Eject {', '.join(paths)}")


def adopt(root: Path, files: Sequence[Path]) -> Operation:
    """Let ejected files evolve again: the next evolution brings what they have missed.

    Raises:
        NotAGeneratedFile: a file was not generated.
    """
    state = store.read(root)
    paths = [_generated(root, state.lock, file) for file in files]
    yours = tuple(path for path in state.lock.yours if path not in paths)
    return _operation(root, state, replace(state.lock, yours=yours), f"Adopt {', '.join(paths)}")


def _operation(
    root: Path,
    state: State,
    lock: Lock,
    title: str,
    files: dict[str, bytes | None] | None = None,
    settled: tuple[str, ...] = (),
) -> Operation:
    changes = compare((files or {}) | store.written(state.with_lock(lock), root), root)
    return Operation(title, changes, settled=settled)


def _path(root: Path, file: Path) -> str:
    """The path of a file in the project, however the user has named it: from here, or from the project's folder."""
    for place in (file.resolve(), (root / file).resolve()):
        if place.is_relative_to(root.resolve()) and (place.exists() or file.is_absolute()):
            return place.relative_to(root.resolve()).as_posix()
    return file.as_posix()


def _generated(root: Path, lock: Lock, file: Path) -> str:
    path = _path(root, file)
    known = {lock.moves.get(rendered, rendered) for rendered in lock.files}
    if path not in known:
        raise NotAGeneratedFile(
            f"{path} was not generated, so it is yours and stays as it is.", hint=did_you_mean(path, known)
        )
    return path
