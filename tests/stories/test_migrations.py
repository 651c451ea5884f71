"""What an evolution means for the rows: a migration behind those that are there."""

import pytest

from apismith.evolve.evolution import ValuesWouldBeLost
from tests.stories.conftest import Story

MINE = '''"""Mine."""

from alembic import op

revision = "mine"
down_revision = "0001"


def upgrade() -> None:
    op.execute("SELECT 1")


def downgrade() -> None:
    pass
'''
PAGES = ("    title: str", "    pages: int = 7\n    title: str")


def written(story: Story) -> list[str]:
    folder = story.folder / "migrations" / "versions"
    return sorted(path.name for path in folder.glob("*.py") if path.name not in ("0001_initial.py", "mine.py"))


def test_a_new_column_comes_with_its_migration(story: Story) -> None:
    story.evolve(PAGES)
    (name,) = written(story)
    assert name.endswith("_books_pages_is_new.py")
    story.is_whole()
    story.passes_its_own_tests()


def test_it_follows_the_migrations_that_the_user_has_written(story: Story) -> None:
    story.write("migrations/versions/mine.py", MINE)
    story.evolve(PAGES)
    (name,) = written(story)
    assert 'down_revision: str | None = "mine"' in story.text(f"migrations/versions/{name}")
    story.migrates()


def test_one_that_was_edited_stays_so_and_the_next_one_follows_it(story: Story) -> None:
    story.evolve(PAGES)
    (name,) = written(story)
    story.append(f"migrations/versions/{name}", "\n# Seen.\n")
    evolution = story.evolve(("    pages: int = 7", "    pages: int = 7\n    shelf: str | None = None"))
    assert not evolution.conflicts
    assert story.text(f"migrations/versions/{name}").endswith("# Seen.\n")
    assert len(written(story)) == 2
    story.migrates()


def test_values_are_not_lost_unless_that_is_said(story: Story) -> None:
    before = story.text("contract.py")
    story.evolve(PAGES)
    with pytest.raises(ValuesWouldBeLost, match="books: pages is dropped"):
        story.plan((PAGES[1], PAGES[0])).write()
    assert len(written(story)) == 1
    story.plan().write(lose_data=True)
    assert story.text("contract.py") == before
    assert len(written(story)) == 2
    story.migrates()


def test_branches_that_each_have_a_migration_are_joined_by_the_next(story: Story) -> None:
    story.evolve(PAGES)
    story.write("migrations/versions/mine.py", MINE)
    (name,) = written(story)
    evolution = story.evolve()
    assert evolution.migration is not None
    (joined,) = {*written(story)} - {name}
    assert "tuple[str, ...]" in story.text(f"migrations/versions/{joined}")
    story.is_whole()
    story.migrates()
