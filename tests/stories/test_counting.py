"""How many rows a migration would take values from, asked of the project's database without a change of anything."""

from pathlib import Path

from apismith.evolve.counting import counted
from apismith.migration import Loss, Migration
from tests.stories.conftest import Story

MIGRATION = Migration("a", "a.py", "", ("books go",), (Loss("books go", "SELECT COUNT(*) FROM books"),))


def files(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def test_a_database_that_is_not_there_is_not_made(story: Story, tmp_path: Path) -> None:
    before = files(tmp_path)
    assert counted(story.folder, MIGRATION) == MIGRATION
    assert files(tmp_path) == before


def test_rows_are_counted(story: Story) -> None:
    story.run("-m", "alembic", "upgrade", "head")
    (loss,) = counted(story.folder, MIGRATION).losses
    assert loss.found == 0
    assert str(loss) == "books go (0 rows)"
