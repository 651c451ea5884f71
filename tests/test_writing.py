"""What is written is there wholly or not at all, wherever a run ends.

Each interruption happens in a forked child, at one line of the writer after the other: it is killed there, or an
exception comes up there as it would for Ctrl-C or a full disk.
"""

import contextlib
import errno
import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from apismith import writing
from apismith.changes import Action, UnsafePath, compare
from apismith.writing import AnotherRun, CannotWrite, ChangedMeanwhile, recover, write

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="interruptions are made with fork"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

BEFORE = {"README.md": b"mine\n", "app/main.py": b"old\n", "app/gone.py": b"x\n"}
FILES = {
    "README.md": b"theirs\n",
    "app/main.py": b"new\n",
    "app/models/book.py": b"class Book: ...\n",
    "run": b"#!/bin/sh\n",
}
AFTER = FILES | {"app/gone.py": b"x\n"}


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies takes nothing with it that the system holds already."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fill(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


# What is written ------------------------------------------------------------------------------------------------------


def test_a_new_folder_gets_all_files(tmp_path: Path) -> None:
    write(compare(FILES, tmp_path / "shop"))
    assert tree(tmp_path / "shop") == FILES
    assert [entry.name for entry in tmp_path.iterdir()] == ["shop"]


def test_a_folder_that_exists_keeps_its_other_files(tmp_path: Path) -> None:
    changes = compare(FILES, fill(tmp_path, BEFORE))
    write(changes)
    assert tree(tmp_path) == AFTER
    assert changes.counts() == {"create": 2, "update": 2}


def test_files_that_are_there_can_be_kept(tmp_path: Path) -> None:
    changes = compare(FILES, fill(tmp_path, BEFORE), replace=False)
    write(changes)
    assert {change.path for change in changes.all if change.action is Action.KEEP} == {"README.md", "app/main.py"}
    assert (tmp_path / "README.md").read_bytes() == b"mine\n"
    assert (tmp_path / "run").exists()


def test_writing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    write(compare(FILES, tmp_path / "shop"))
    again = compare(FILES, tmp_path / "shop")
    assert not again.effective
    write(again)
    assert tree(tmp_path / "shop") == FILES


def test_scripts_are_executable_and_modes_that_exist_stay(tmp_path: Path) -> None:
    fill(tmp_path, BEFORE)
    (tmp_path / "README.md").chmod(0o640)
    write(compare(FILES, tmp_path))
    assert os.access(tmp_path / "run", os.X_OK)
    assert not os.access(tmp_path / "app/models/book.py", os.X_OK)
    assert (tmp_path / "README.md").stat().st_mode & 0o777 == 0o640


def test_a_diff_names_what_nobody_can_read(tmp_path: Path) -> None:
    files = {"a.js": b"x" * 300_000, "b.png": b"\x89PNG\xff", "c.txt": b"new\n", "d.txt": b"no newline"}
    assert compare(files, tmp_path).diff().splitlines() == [
        "Large file a.js differs",
        "Binary file b.png differs",
        "--- /dev/null",
        "+++ b/c.txt",
        "@@ -0,0 +1 @@",
        "+new",
        "--- /dev/null",
        "+++ b/d.txt",
        "@@ -0,0 +1 @@",
        "+no newline",
        "\\ No newline at end of file",
    ]


@pytest.mark.parametrize("path", ["../out.py", "/etc/passwd", "a//b", "a/./b", "", "c:/x", "a\\b", "a\0b"])
def test_a_path_outside_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(UnsafePath):
        compare({path: b""}, tmp_path / "shop")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/app").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafePath, match="symbolic link"):
        compare(FILES, tmp_path / "shop")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_link_that_stays_inside_is_followed(tmp_path: Path) -> None:
    fill(tmp_path, {"docs/README.md": b"mine\n"})
    (tmp_path / "README.md").symlink_to("docs/README.md")
    write(compare({"README.md": b"theirs\n"}, tmp_path))
    assert (tmp_path / "README.md").is_symlink()
    assert (tmp_path / "docs/README.md").read_bytes() == b"theirs\n"


def test_a_file_edited_since_it_was_compared_is_not_overwritten(tmp_path: Path) -> None:
    changes = compare(FILES, fill(tmp_path, BEFORE))
    (tmp_path / "README.md").write_bytes(b"edited\n")
    with pytest.raises(ChangedMeanwhile):
        write(changes)
    assert tree(tmp_path) == BEFORE | {"README.md": b"edited\n"}


def test_two_runs_do_not_write_at_once(tmp_path: Path) -> None:
    inner: list[type[Exception]] = []

    def second_run(folder: Path) -> None:
        with pytest.raises(AnotherRun):
            write(compare(FILES, tmp_path / "shop"))
        inner.append(AnotherRun)

    write(compare(FILES, tmp_path / "shop"), finish=second_run)
    assert inner
    assert tree(tmp_path / "shop") == FILES


def test_work_on_a_new_folder_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        assert tree(folder) == FILES
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(compare(FILES, tmp_path / "shop"), finish=fail)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(CannotWrite, match="Permission denied"):
        write(compare(FILES, tmp_path / "shop"))


# Where a run ends -----------------------------------------------------------------------------------------------------


Condition = Callable[[FrameType], bool]


def act_when(condition: Condition, act: Callable[[], None]) -> Callable[[FrameType, str, Any], Any]:
    """A trace function that acts at the first line of the writer where the condition holds."""
    acted = False

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal acted
        if frame.f_code.co_filename != writing.__file__:
            return None
        if event == "line" and not acted and condition(frame):
            acted = True
            act()
        return trace

    return trace


def forked(work: Callable[[], object], condition: Condition, act: Callable[[], None]) -> None:
    """Do some work in a child that acts when the condition holds."""
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            sys.settrace(act_when(condition, act))
            work()
        sys.settrace(None)
        os._exit(0)
    os.waitpid(child, 0)


def moments(work: Callable[[], object]) -> list[Condition]:
    """Conditions that hold at one moment of the work each: every line, the first two times that it is run."""
    passed: list[int] = []
    sys.settrace(act_when(lambda frame: bool(passed.append(frame.f_lineno)), killed))
    work()
    sys.settrace(None)
    chosen = [index for index, line in enumerate(passed) if passed[:index].count(line) < 2]
    return [nth(index) for index in chosen]


def nth(index: int) -> Condition:
    count = itertools.count()
    return lambda frame: next(count) == index


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupted() -> None:
    raise KeyboardInterrupt


def disk_full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


ENDS = [killed, interrupted, disk_full]


@pytest.mark.parametrize("end", ENDS)
def test_a_new_folder_is_whole_or_absent(tmp_path: Path, end: Callable[[], None]) -> None:
    seen: set[bool] = set()
    for number, moment in enumerate(moments(lambda: write(compare(FILES, tmp_path / "first")))):
        place = fill(tmp_path / str(number), {})
        changes = compare(FILES, place / "shop")
        forked(lambda changes=changes: write(changes), moment, end)
        there = (place / "shop").exists()
        assert not there or tree(place / "shop") == FILES
        seen.add(there)
        recover(place / "shop")
        assert [entry.name for entry in place.iterdir()] == (["shop"] if there else []), number
    assert seen == {True, False}


@pytest.mark.parametrize("end", ENDS)
def test_a_folder_that_exists_is_as_before_or_as_wanted_after_the_next_run(
    tmp_path: Path, end: Callable[[], None]
) -> None:
    seen: set[bool] = set()
    first = compare(FILES, fill(tmp_path / "first", BEFORE))
    for number, moment in enumerate(moments(lambda: write(first))):
        place = fill(tmp_path / str(number), BEFORE)
        changes = compare(FILES, place)
        forked(lambda changes=changes: write(changes), moment, end)
        recover(place)
        now = tree(place)
        assert now in (BEFORE, AFTER), number
        assert (place / "app/models").exists() == (now == AFTER)
        assert sorted(entry.name for entry in place.iterdir()) == sorted({path.split("/")[0] for path in now}), number
        seen.add(now == AFTER)
    assert seen == {True, False}


def test_an_error_while_files_change_is_undone_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, BEFORE)
    replace, calls = Path.replace, []

    def second_fails(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 2:
            disk_full()
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", second_fails)
    with pytest.raises(CannotWrite, match="No space left"):
        write(compare(FILES, tmp_path))
    assert tree(tmp_path) == BEFORE


def half_made(place: Path) -> Path:
    """A folder whose writer was killed after some of its files were written."""
    changes = compare(FILES, fill(place, BEFORE))
    forked(lambda: write(changes), lambda frame: (place / "app/models/book.py").exists(), killed)
    assert (place / "README.md").read_bytes() == b"theirs\n"
    assert not (place / "run").exists()
    return place


def test_an_edit_after_a_kill_is_not_undone(tmp_path: Path) -> None:
    place = half_made(tmp_path)
    (place / "README.md").write_bytes(b"edited\n")
    notes = recover(place)
    assert any("README.md was edited since then" in note for note in notes)
    assert tree(place) == BEFORE | {"README.md": b"edited\n"}


def test_recovery_that_is_killed_itself_can_be_repeated(tmp_path: Path) -> None:
    for number, moment in enumerate(moments(lambda: recover(half_made(tmp_path / "first")))):
        place = half_made(tmp_path / str(number))
        forked(lambda place=place: recover(place), moment, killed)
        recover(place)
        assert tree(place) == BEFORE, number


def test_leftovers_beside_the_new_folder_are_cleaned(tmp_path: Path) -> None:
    changes = compare(FILES, tmp_path / "other")
    forked(lambda: write(changes), lambda frame: (tmp_path / ".apismith-new-other/other/README.md").exists(), killed)
    assert list(tmp_path.iterdir())
    recover(tmp_path / "shop")
    assert not list(tmp_path.iterdir())


def test_a_folder_of_the_user_with_a_similar_name_is_left_alone(tmp_path: Path) -> None:
    fill(tmp_path, {".apismith-new-notes/mine.txt": b"mine"})
    assert recover(tmp_path / "shop") == []
    assert tree(tmp_path) == {".apismith-new-notes/mine.txt": b"mine"}
