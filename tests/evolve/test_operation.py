"""An operation is there wholly or not at all, with the record that takes it back, wherever its process is killed."""

import os
import signal
from pathlib import Path

import pytest

from apismith import writing
from apismith.changes import compare
from apismith.evolve.operation import EditedSince, NothingToUndo, Operation, undo

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are killed in forks"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

BEFORE = {"a.py": b"a\n", "b.py": b"b\n", "sub/c.py": b"c\n"}
CHANGE: dict[str, bytes | None] = {"a.py": b"a 2\n", "b.py": None, "sub/c.py": None, "new/d.py": b"d\n"}


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def project(folder: Path) -> Path:
    for path, content in BEFORE.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def killed_at(folder: Path, number: int) -> bool:
    """Make the change in a child that is killed at the nth rename or removal of a file; whether it got that far."""
    child = os.fork()
    if child == 0:
        left = number

        def counted(name: str) -> None:
            plain = getattr(os, name)

            def call(*words: object, **options: object) -> object:
                nonlocal left
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return plain(*words, **options)

            setattr(os, name, call)

        for name in ("replace", "rename", "unlink"):
            counted(name)
        Operation("Change", compare(CHANGE, folder)).write()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_it_is_as_before_or_as_wanted_wherever_it_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    wanted = {"a.py": b"a 2\n", "new/d.py": b"d\n"}
    seen: set[bool] = set()
    for number in range(200):
        folder = project(tmp_path / str(number))
        killed = killed_at(folder, number)
        writing.recover(folder)
        now = tree(folder)
        done = ".apismith/undo/0001.json" in now
        assert {path: content for path, content in now.items() if ".apismith" not in path} == (
            wanted if done else BEFORE
        )
        if done:
            undo(folder).write()
            assert tree(folder) == BEFORE
        else:
            with pytest.raises(NothingToUndo):
                undo(folder)
        seen.add(done)
        if not killed:
            break
    else:
        pytest.fail("it was killed each time")
    assert seen == {True, False}


def test_undo_leaves_no_empty_folder_and_gives_back_the_mode(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "b.py").chmod(0o755)
    Operation("Change", compare(CHANGE, folder)).write()
    assert not (folder / "sub").exists()
    undo(folder).write()
    assert not (folder / "new").exists()
    assert (folder / "b.py").stat().st_mode & 0o777 == 0o755


def test_undo_refuses_where_a_file_was_edited_since_or_is_gone(tmp_path: Path) -> None:
    folder = project(tmp_path)
    Operation("Change", compare(CHANGE, folder)).write()
    (folder / "new/d.py").unlink()
    with pytest.raises(EditedSince, match=r"new/d\.py changed after 'Change'"):
        undo(folder)


def test_only_the_last_runs_are_remembered(tmp_path: Path) -> None:
    folder = project(tmp_path)
    for number in range(25):
        Operation(f"Change {number}", compare({"a.py": str(number).encode()}, folder)).write()
    assert len(list((folder / ".apismith/undo").iterdir())) == 20
    for number in reversed(range(5, 25)):
        assert undo(folder).title == f"Undo 'Change {number}'"
        undo(folder).write()
    assert (folder / "a.py").read_bytes() == b"4"


def test_an_operation_that_changes_nothing_is_not_remembered(tmp_path: Path) -> None:
    folder = project(tmp_path)
    Operation("Nothing", compare({"a.py": b"a\n"}, folder)).write()
    assert tree(folder) == BEFORE
