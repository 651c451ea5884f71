"""Whose a file is: status, eject, adopt, undo, what is no longer generated."""

import shutil
import subprocess
from pathlib import Path

import pytest

from apismith.contract.errors import ContractNotFound
from apismith.evolve import ownership, store
from apismith.evolve.evolution import DirtyTree, require_clean
from apismith.evolve.operation import EditedSince, NothingToUndo, undo
from apismith.project import find_project
from tests.stories.conftest import LIMIT, PAGES, REVIEW, SHELF, Story

MODEL = "app/models/books.py"


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mode)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def test_status_says_what_became_of_each_file(story: Story) -> None:
    story.append(MODEL, "\nMINE = 1\n")
    story.delete("tests/test_books.py")
    ownership.eject(story.folder, [Path("app/main.py")]).write()
    found = {one.path: one.fate for one in ownership.status(story.folder).files}
    assert found[MODEL] == "edited"
    assert found["tests/test_books.py"] == "deleted"
    assert found["app/main.py"] == "yours"
    assert found["app/config.py"] == "pristine"


def test_status_knows_where_a_moved_file_is(story: Story) -> None:
    story.move(MODEL, "app/models/volumes.py")
    story.everywhere(("app.models.books", "app.models.volumes"))
    story.evolve(PAGES)
    [moved] = [one for one in ownership.status(story.folder).files if one.fate == "moved"]
    assert (moved.path, moved.now) == (MODEL, "app/models/volumes.py")


def test_an_ejected_file_is_left_alone(story: Story) -> None:
    before = story.text(MODEL)
    ownership.eject(story.folder, [Path(MODEL)]).write()
    story.evolve(LIMIT)
    assert story.text(MODEL) == before
    assert "max_length=300" in story.text("app/api/v1/schemas/books.py")
    story.is_whole()


def test_an_adopted_file_gets_what_it_has_missed(story: Story) -> None:
    ownership.eject(story.folder, [Path(MODEL)]).write()
    story.evolve(LIMIT)
    ownership.adopt(story.folder, [Path(MODEL)]).write()
    story.evolve()
    assert "String(300)" in story.text(MODEL)
    story.is_whole()


def test_a_file_that_was_not_generated_cannot_be_ejected(story: Story) -> None:
    with pytest.raises(ownership.NotAGeneratedFile) as caught:
        ownership.eject(story.folder, [Path("app/mian.py")])
    assert caught.value.hint == "Did you mean 'app/main.py'?"


def test_undo_restores_every_byte_and_mode(story: Story) -> None:
    story.append(MODEL, "\nMINE = 1\n")
    (story.folder / MODEL).chmod(0o640)
    before = tree(story.folder)
    story.evolve(PAGES, REVIEW)
    undo(story.folder).write()
    story.write("contract.py", SHELF)
    assert tree(story.folder) == before
    assert not (story.folder / ".apismith" / "undo" / "0001.json").exists()


def test_undo_goes_back_run_by_run(story: Story) -> None:
    first = tree(story.folder)
    story.evolve(LIMIT)
    second = story.text(MODEL)
    story.evolve(PAGES)
    undo(story.folder).write()
    assert story.text(MODEL) == second
    undo(story.folder).write()
    story.write("contract.py", SHELF)
    assert tree(story.folder) == first
    with pytest.raises(NothingToUndo):
        undo(story.folder)


def test_undo_loses_no_later_edit(story: Story) -> None:
    story.evolve(PAGES)
    story.append(MODEL, "\nLATER = 1\n")
    with pytest.raises(EditedSince, match=MODEL):
        undo(story.folder)


def test_an_entity_that_is_dropped_takes_its_files_along(story: Story) -> None:
    story.evolve(REVIEW)
    story.evolve((REVIEW[1], REVIEW[0]))
    assert not (story.folder / "app/models/reviews.py").exists()
    assert "/api/v1/reviews" not in story.paths()
    story.is_whole()


def test_an_edited_file_of_a_dropped_entity_stays_and_it_is_told(story: Story) -> None:
    story.evolve(REVIEW)
    story.append("tests/test_reviews.py", "\n\n# mine\n")
    evolution = story.evolve((REVIEW[1], REVIEW[0]))
    assert story.text("tests/test_reviews.py").endswith("# mine\n")
    assert any("tests/test_reviews.py is generated no more, but stays" in one for one in evolution.notices)


def test_a_dropped_field_goes_from_files_that_were_edited_elsewhere(story: Story) -> None:
    story.evolve(PAGES)
    story.append(MODEL, "\nMINE = 1\n")
    story.evolve((PAGES[1], PAGES[0]))
    assert "pages" not in story.text(MODEL)
    assert "MINE = 1" in story.text(MODEL)
    story.is_whole()


def test_a_dropped_field_that_was_edited_stays_and_it_is_told(story: Story) -> None:
    story.evolve(PAGES)
    story.edit(MODEL, ("    pages: Mapped[int]", "    pages: Mapped[int | None]"))
    evolution = story.evolve((PAGES[1], PAGES[0]))
    assert "    pages: Mapped[int | None]" in story.text(MODEL)
    assert any("Book.pages is generated no more, but stays" in one for one in evolution.notices)


# What stands around ---------------------------------------------------------------------------------------------------


def committed(story: Story) -> None:
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run(
            ["git", "-c", "user.name=me", "-c", "user.email=me@localhost", *words], cwd=story.folder, check=True
        )


def test_edits_that_are_not_committed_are_in_the_way(story: Story) -> None:
    committed(story)
    story.append(MODEL, "\nMINE = 1\n")
    with pytest.raises(DirtyTree, match=MODEL):
        require_clean(story.folder, story.folder / "contract.py")


def test_an_edited_contract_and_new_files_are_not_in_the_way(story: Story) -> None:
    committed(story)
    story.append("contract.py", "\n# edited\n")
    story.write("notes.txt", "mine")
    require_clean(story.folder, story.folder / "contract.py")


def test_without_git_nothing_is_in_the_way(story: Story) -> None:
    story.append(MODEL, "\nMINE = 1\n")
    require_clean(story.folder, story.folder / "contract.py")


def test_a_project_is_found_from_any_folder_in_it(story: Story) -> None:
    assert find_project(story.folder / "app" / "models") == story.folder
    with pytest.raises(ContractNotFound):
        find_project(story.folder.parent)


def test_a_project_that_does_not_remember_its_generation_is_told_so(story: Story) -> None:
    shutil.rmtree(story.folder / ".apismith")
    with pytest.raises(store.NotGenerated):
        story.evolve()


def test_a_damaged_lock_is_told_so_and_nothing_changes(story: Story) -> None:
    story.write(".apismith/lock.json", "{")
    before = tree(story.folder)
    with pytest.raises(store.BrokenLock):
        story.evolve()
    assert tree(story.folder) == before


def test_a_damaged_object_is_told_so(story: Story) -> None:
    place = next(path for path in (story.folder / ".apismith/objects").rglob("*") if path.is_file())
    place.write_bytes(b"other")
    with pytest.raises(store.BrokenLock, match="damaged"):
        story.evolve(PAGES)
