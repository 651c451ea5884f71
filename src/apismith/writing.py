"""Writes a set of changes wholly or not at all, whatever interrupts it.

A folder that does not exist is made beside its place and moved there in one step. In a folder that exists, a journal
and a copy of every file that is touched are stored before the first file changes; a run that did not finish is undone,
by itself where it still can (an error, Ctrl-C) and else by the next run (a crash, `kill -9`, a power cut).
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from apismith.changes import Changes, locate
from apismith.errors import ApismithError

_STAGING = ".apismith-new-"
_WORK = ".apismith-write"


class CannotWrite(ApismithError):
    """The system refused to write a file: no permission, no space, a name that is too long."""


class AnotherRun(ApismithError):
    """Another run is writing to the same folder at this moment."""


class ChangedMeanwhile(ApismithError):
    """A file is not as it was when the changes were computed."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One line of the journal: digests of a file before and after, None where there is no file."""

    path: str
    before: str | None
    after: str | None


def write(changes: Changes, *, finish: Callable[[Path], None] | None = None) -> None:
    """Make the changes, all of them or none.

    Args:
        changes: as computed by `compare`; the folder above their root must exist.
        finish: called with the folder once its files are there. In a new folder it runs before anybody can see the
            folder, so that its work, too, is there wholly or not at all.

    Raises:
        AnotherRun: another process is writing to this folder.
        CannotWrite: the system refused; everything is as before.
        ChangedMeanwhile: a file was edited since the changes were computed; everything is as before.
    """
    done = finish or _nothing
    try:
        if changes.root.exists():
            _merge(changes)
            done(changes.root)
        else:
            _place(changes, done)
    except OSError as error:
        where = error.filename or changes.root
        raise CannotWrite(f"Cannot write {where}: {error.strerror or error}. Nothing was changed.") from error


def _nothing(folder: Path) -> None:
    """The work of nobody on a folder."""


def recover(root: Path) -> list[str]:
    """Undo what a killed run left half-made in `root` or beside it.

    Returns:
        What was done, one sentence each; empty when there was nothing to do.

    Raises:
        AnotherRun: the run is not dead but still writing.
    """
    notes: list[str] = []
    own = [root.parent / f"{_STAGING}{root.name}", root / _WORK]
    for leftover in [place for place in own if place.is_dir()]:
        with _work_folder(leftover) as work:
            kept = _roll_back(work, root)
        notes.append(f"An earlier run was killed while it wrote to {root}: what it had begun was undone.")
        notes += [f"{path} was edited since then and stays as it is." for path in kept]
    for leftover in root.parent.glob(f"{_STAGING}*/lock"):
        with suppress(AnotherRun), _work_folder(leftover.parent):
            notes.append(f"Removed what a killed run left in {leftover.parent}.")
    return notes


# A new folder ---------------------------------------------------------------------------------------------------------


def _place(changes: Changes, finish: Callable[[Path], None]) -> None:
    root = changes.root
    with _work_folder(root.parent / f"{_STAGING}{root.name}") as work:
        tree = work / root.name
        tree.mkdir()
        for change in changes.effective:
            _store(tree / change.path, change.after or b"", mode=change.mode)
        finish(tree)
        _sync(tree)
        tree.rename(root)
        _sync(root.parent, deep=False)


# A folder that exists -------------------------------------------------------------------------------------------------


def _merge(changes: Changes) -> None:
    root = changes.root
    with _work_folder(root / _WORK) as work:
        _roll_back(work, root)
        for number, change in enumerate(changes.effective):
            place = locate(root, change.path)
            if (place.read_bytes() if place.is_file() else None) != change.before:
                raise ChangedMeanwhile(
                    f"{change.path} was edited while apismith worked. Nothing was changed.",
                    hint="Run the command again.",
                )
            if change.before is not None:
                _copy(place, work / "old" / str(number))
            if change.after is not None:
                _store(work / "new" / str(number), change.after, like=place, mode=change.mode)
        steps = [_Step(change.path, _digest(change.before), _digest(change.after)) for change in changes.effective]
        _sync(work)
        _begin(work, root, steps)
        try:
            _apply(work, root, steps)
            _sync(root, deep=False)
        except BaseException:
            _roll_back(work, root)
            raise
        (work / "journal").unlink()
    _remove_empty(root, [change.path for change in changes.effective if change.after is None])


def _remove_empty(root: Path, deleted: list[str]) -> None:
    """Remove the folders that deleting these files has left empty."""
    for path in deleted:
        for folder in [parent for parent in (root / path).parents if parent != root and parent.is_relative_to(root)]:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _begin(work: Path, root: Path, steps: list[_Step]) -> None:
    """Write the journal: from here on a run that ends early is undone."""
    base = root.resolve()
    folders = {folder for step in steps for folder in locate(root, step.path).parents}
    missing = {
        folder.relative_to(base).as_posix() for folder in folders if folder.is_relative_to(base) and not folder.exists()
    }
    journal = {"folders": sorted(missing), "steps": [asdict(step) for step in steps]}
    _store(work / "draft", json.dumps(journal).encode())
    _sync(work, deep=False)
    (work / "draft").rename(work / "journal")
    _sync(work, deep=False)


def _apply(work: Path, root: Path, steps: list[_Step]) -> None:
    for number, step in enumerate(steps):
        place = locate(root, step.path)
        if step.after is None:
            place.unlink()
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            (work / "new" / str(number)).replace(place)


def _roll_back(work: Path, root: Path) -> list[str]:
    """Undo the steps of a journal, if there is one; a file that somebody edited since is left alone and named."""
    journal = work / "journal"
    if not journal.exists():
        return []
    content = json.loads(journal.read_bytes())
    kept: list[str] = []
    for number, step in enumerate(_Step(**line) for line in content["steps"]):
        place = locate(root, step.path)
        now = _digest(place.read_bytes() if place.is_file() else None)
        if now == step.before:
            continue
        if now != step.after:
            kept.append(step.path)
        elif step.before is None:
            place.unlink()
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            _copy(work / "old" / str(number), work / "restored")
            (work / "restored").replace(place)
    for folder in reversed(content["folders"]):
        if (root / folder).is_dir() and not any((root / folder).iterdir()):
            (root / folder).rmdir()
    _sync(root, deep=False)
    journal.unlink()
    return kept


# Files ----------------------------------------------------------------------------------------------------------------


@contextmanager
def _work_folder(work: Path) -> Generator[Path]:
    """A folder of one run, locked against others and removed at the end unless it holds a journal."""
    work.mkdir(exist_ok=True)
    lock = FileLock(work / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise AnotherRun(
            f"Another run of apismith is writing here ({work}).", hint="Wait until it has ended, then try again."
        ) from error
    try:
        if not (work / "journal").exists():
            _empty(work)
        yield work
    finally:
        if not (work / "journal").exists():
            _empty(work)
            lock.release()
            shutil.rmtree(work, ignore_errors=True)
        lock.release()


def _empty(work: Path) -> None:
    for entry in work.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != "lock":
            entry.unlink()


def _store(place: Path, content: bytes, *, like: Path | None = None, mode: int | None = None) -> None:
    """Write a file with a mode, else that of `like` where it exists; a script (`#!`) is made executable."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    if mode is not None:
        place.chmod(mode)
    elif like is not None and like.exists():
        shutil.copymode(like, place)
    elif content.startswith(b"#!"):
        mode = place.stat().st_mode
        place.chmod(mode | (mode & 0o444) >> 2)


def _copy(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, place)


def _digest(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


def _sync(folder: Path, *, deep: bool = True) -> None:
    """Have the system put a folder on the disk, with everything below it when `deep`."""
    places = [*folder.rglob("*"), folder] if deep else [folder]
    for place in places:
        if place.is_symlink() or not (place.is_file() or os.name == "posix"):
            continue
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
