"""The user and the contract contradict each other: it is said why, and decided by the user."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from apismith.errors import ApismithError
from apismith.evolve import ownership, store
from apismith.evolve.evolution import Unresolved
from apismith.evolve.operation import undo
from tests.stories.conftest import LIMIT, PAGES, Story

SCHEMAS = "app/api/v1/schemas/books.py"
TITLE = "BookTitle = Annotated[Text, Field(min_length=1, max_length={})]"


@pytest.fixture
def contradicted(story: Story) -> Story:
    """The user wants 255 characters, the contract 300 instead of 200."""
    story.edit(SCHEMAS, (TITLE.format(200), TITLE.format(255)), ("class BookRead(", "# mine\nclass BookRead("))
    story.evolve(LIMIT, PAGES)
    return story


def git(story: Story, *words: str) -> str:
    identity = ["-c", "user.name=me", "-c", "user.email=me@localhost"]
    return subprocess.run(
        ["git", *identity, *words], cwd=story.folder, check=True, capture_output=True, text=True
    ).stdout


def test_a_contradiction_is_named_by_its_cause(contradicted: Story) -> None:
    assert contradicted.last is not None
    [conflict] = contradicted.last.conflicts
    assert conflict.path == SCHEMAS
    assert conflict.causes == ("contract: Book.title max_length 200 → 300, you: 255",)
    assert contradicted.last.exit_code == 1


def test_only_what_contradicts_stands_between_markers(contradicted: Story) -> None:
    text = contradicted.text(SCHEMAS)
    assert (
        f"<<<<<<< you\n{TITLE.format(255)}\n"
        f"||||||| as it was generated\n{TITLE.format(200)}\n"
        f"=======\n{TITLE.format(300)}\n>>>>>>> apismith\n"
    ) in text
    assert text.count("<<<<<<<") == 1
    assert "    pages: " in text
    assert "# mine\nclass BookRead(" in text


def test_what_does_not_contradict_on_the_same_line_is_merged_on_both_sides(story: Story) -> None:
    mine = 'BookTitle = Annotated[Text, Field(min_length=1, max_length=255, pattern="x")]'
    story.edit(SCHEMAS, (TITLE.format(200), mine))
    story.evolve(LIMIT)
    assert f"{mine}\n|||||||" in story.text(SCHEMAS)
    assert f"=======\n{mine.replace('255', '300')}\n" in story.text(SCHEMAS)


@pytest.mark.parametrize(("side", "limit"), [("mine", 255), ("theirs", 300)])
def test_a_conflict_is_decided_for_one_side(contradicted: Story, side: ownership.Side, limit: int) -> None:
    ownership.resolve(contradicted.folder, [Path(SCHEMAS)], side).write()
    assert TITLE.format(limit) in contradicted.text(SCHEMAS)
    assert "<<<<<<<" not in contradicted.text(SCHEMAS)
    again = contradicted.evolve()
    assert not again.conflicts
    contradicted.is_whole()


def test_a_conflict_is_decided_by_editing(contradicted: Story) -> None:
    with pytest.raises(ownership.StillInConflict, match="still has markers"):
        ownership.resolve(contradicted.folder, [Path(SCHEMAS)], None)
    text = contradicted.text(SCHEMAS)
    start, end = text.index("<<<<<<<"), text.index(">>>>>>> apismith\n") + len(">>>>>>> apismith\n")
    contradicted.write(SCHEMAS, text[:start] + TITLE.format(280) + "\n" + text[end:])
    ownership.resolve(contradicted.folder, [Path(SCHEMAS)], None).write()
    contradicted.evolve()
    assert TITLE.format(280) in contradicted.text(SCHEMAS)
    contradicted.is_whole()


def test_a_decision_leaves_other_bytes_alone(contradicted: Story) -> None:
    file = contradicted.folder / SCHEMAS
    file.write_bytes(file.read_bytes() + b"# caf\xe9\n")
    ownership.resolve(contradicted.folder, [Path(SCHEMAS)], "mine").write()
    assert file.read_bytes().endswith(b"# caf\xe9\n")


def test_nothing_evolves_while_a_conflict_waits(contradicted: Story) -> None:
    with pytest.raises(Unresolved, match=SCHEMAS):
        contradicted.evolve()


def test_a_file_without_a_conflict_cannot_be_decided(contradicted: Story) -> None:
    with pytest.raises(ownership.NoConflict, match=r"app/main\.py has no conflict"):
        ownership.resolve(contradicted.folder, [Path("app/main.py")], "mine")


def test_an_undo_of_a_conflict_brings_back_the_users_file(contradicted: Story) -> None:
    undo(contradicted.folder).write()
    assert TITLE.format(255) in contradicted.text(SCHEMAS)
    assert "pages" not in contradicted.text(SCHEMAS)
    assert not store.read(contradicted.folder).lock.conflicts


def test_git_sees_a_conflict_as_one_of_a_merge(story: Story) -> None:
    git(story, "init", "-q")
    git(story, "add", "-A")
    git(story, "commit", "-qm", "generated")
    story.edit(SCHEMAS, (TITLE.format(200), TITLE.format(255)))
    git(story, "commit", "-qam", "mine")
    story.evolve(LIMIT)
    stages = git(story, "ls-files", "--unmerged").split()[2::4]
    assert stages == ["1", "2", "3"]
    assert TITLE.format(200) in git(story, "show", f":1:{SCHEMAS}")
    assert TITLE.format(255) in git(story, "show", f":2:{SCHEMAS}")
    assert TITLE.format(300) in git(story, "show", f":3:{SCHEMAS}")
    ownership.resolve(story.folder, [Path(SCHEMAS)], "mine").write()
    assert git(story, "ls-files", "--unmerged") == ""


def test_git_sees_no_conflict_after_an_undo(story: Story) -> None:
    git(story, "init", "-q")
    git(story, "add", "-A")
    story.edit(SCHEMAS, (TITLE.format(200), TITLE.format(255)))
    git(story, "add", "-A")
    git(story, "commit", "-qm", "mine")
    before = git(story, "ls-files", "--stage")
    story.evolve(LIMIT)
    undo(story.folder).write()
    assert git(story, "ls-files", "--stage") == before
    assert git(story, "status", "--porcelain").strip() == "M contract.py"


def test_conflicts_are_data_for_tools(contradicted: Story) -> None:
    assert contradicted.last is not None
    [conflict] = json.loads(json.dumps(contradicted.last.json()))["conflicts"]
    assert conflict["path"] == SCHEMAS
    assert conflict["contradictions"] == [
        {"where": "BookTitle", "what": "max_length", "base": "200", "mine": "255", "theirs": "300"}
    ]


def test_a_contradiction_in_toml_is_a_conflict_of_one_key(story: Story) -> None:
    story.edit("pyproject.toml", ('version = "0.1.0"', 'version = "2.0.0"'))
    evolution = story.upgrade(("pyproject.toml", 'version = "0.1.0"', 'version = "0.2.0"'))
    [conflict] = evolution.conflicts
    assert conflict.causes == ("generated: project version: 0.1.0 → 0.2.0, you: 2.0.0",)
    assert '<<<<<<< you\nversion = "2.0.0"\n' in story.text("pyproject.toml")


def test_a_body_that_both_have_changed_at_one_place_is_a_conflict(story: Story) -> None:
    path = "app/services/books.py"
    line = "        return await self._books.page(query)\n"
    story.edit(path, (line, "        return await self._books.page(query.checked())\n"))
    evolution = story.upgrade((path, line, "        return await self._books.pages(query, all=True)\n"))
    assert [one.path for one in evolution.conflicts] == [path]
    assert "<<<<<<< you\n        return await self._books.page(query.checked())\n" in story.text(path)


def test_a_name_that_is_rendered_no_more_but_used_by_the_user_is_a_conflict(story: Story) -> None:
    story.append("app/services/authors.py", "\n\nRULE = CREATE\n")
    text = "CREATE = member\n"
    evolution = story.upgrade(
        ("app/services/authors.py", text, "MAKE = member\n"),
        ("app/services/authors.py", "CREATE.authorize", "MAKE.authorize"),
    )
    [conflict] = evolution.conflicts
    assert conflict.path == "app/services/authors.py"
    assert conflict.causes == ("Undefined name `CREATE`",)


def test_a_module_that_is_rendered_no_more_but_imported_by_the_user_is_a_conflict(story: Story) -> None:
    story.write(
        "app/mine.py", 'from app.services.books import UPDATE, BookService\n\n__all__ = ["UPDATE", "BookService"]\n'
    )
    evolution = story.upgrade(
        ("app/services/books.py", "UPDATE = owner\n", "CHANGE = owner\n"),
        ("app/services/books.py", "UPDATE.authorize", "CHANGE.authorize"),
    )
    [conflict] = evolution.conflicts
    assert (conflict.path, conflict.causes) == ("app/mine.py", ("app.services.books has no UPDATE",))


def test_a_file_that_both_have_added_is_a_conflict_and_stays(story: Story) -> None:
    from tests.stories.conftest import REVIEW

    story.write("app/models/reviews.py", '"""Mine."""\n\nREVIEWS = 3\n\n\nclass Review:\n    stars = 5\n')
    evolution = story.evolve(REVIEW)
    assert "app/models/reviews.py" in [one.path for one in evolution.conflicts]
    assert "REVIEWS = 3" in story.text("app/models/reviews.py")


def test_a_file_of_the_users_that_is_no_python_is_merged_by_lines(story: Story) -> None:
    story.append("app/models/authors.py", "\n\nthis is no Python\n")
    story.evolve(PAGES)
    assert story.text("app/models/authors.py").endswith("\n\nthis is no Python\n")


def test_every_mistake_says_what_to_do(contradicted: Story) -> None:
    mistakes: list[Callable[[], object]] = [
        contradicted.evolve,
        lambda: ownership.resolve(contradicted.folder, [Path(SCHEMAS)], None),
        lambda: ownership.eject(contradicted.folder, [Path("app/mian.py")]),
    ]
    for mistake in mistakes:
        with pytest.raises(ApismithError) as caught:
            mistake()
        assert caught.value.hint
