"""`evolve`, `status`, `undo`, `resolve`, `eject`, `adopt` as their user meets them."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.experience.conftest import CONTRACT, Run, tree

Apismith = Callable[..., Run]
SCHEMAS = "app/api/v1/schemas/books.py"
LIMIT = "BookTitle = Annotated[Text, Field(min_length=1, max_length={})]"


@pytest.fixture
def project(apismith: Apismith, tmp_path: Path, contract: Path) -> Path:
    """A backend without a repository."""
    assert apismith("new", "shelf", "--contract", str(contract), "--no-git").code == 0
    return tmp_path / "shelf"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_new_remembers_what_it_generated_and_shows_none_of_that(
    apismith: Apismith, tmp_path: Path, contract: Path
) -> None:
    made = apismith("new", "shelf", "--contract", str(contract), "--no-git")
    assert (tmp_path / "shelf/.apismith/lock.json").is_file()
    assert ".apismith" not in made.out
    assert apismith("status", cwd=tmp_path / "shelf").out.endswith(" pristine\n")


def test_nothing_changed_changes_nothing(apismith: Apismith, project: Path) -> None:
    before = tree(project)
    done = apismith("evolve", cwd=project)
    assert (done.code, done.out) == (0, "Everything is as the contract says.\n")
    assert tree(project) == before


def test_a_backend_whose_contract_says_no_name_keeps_the_one_it_got(apismith: Apismith, tmp_path: Path) -> None:
    (tmp_path / "contract.py").write_text(CONTRACT.partition("\n\n\nbackend")[0] + "\n")
    assert apismith("new", "shop", "--contract", "contract.py", "--no-git").code == 0
    elsewhere = (tmp_path / "shop").rename(tmp_path / "checkout")
    assert apismith("evolve", cwd=elsewhere).out == "Everything is as the contract says.\n"


def test_a_name_that_the_contract_says_anew_arrives(apismith: Apismith, project: Path) -> None:
    edit(project / "contract.py", 'Backend("shelf"', 'Backend("library"')
    assert apismith("evolve", cwd=project).code == 0
    assert 'name = "library"' in (project / "pyproject.toml").read_text()


def test_a_dry_run_shows_the_change_and_writes_nothing(apismith: Apismith, project: Path) -> None:
    edit(project / "contract.py", "max_length=200", "max_length=300")
    before = tree(project)
    done = apismith("evolve", "--dry-run", "--diff", cwd=project)
    assert done.code == 0
    assert f"-{LIMIT.format(200)}\n+{LIMIT.format(300)}\n" in done.out
    assert tree(project) == before


def test_a_changed_contract_is_carried_out_and_taken_back(apismith: Apismith, project: Path) -> None:
    edit(project / "contract.py", "max_length=200", "max_length=300")
    before = tree(project)
    done = apismith("evolve", cwd=project / "app")
    assert done.code == 0
    assert f"update  {SCHEMAS}\n" in done.out
    assert LIMIT.format(300) in (project / SCHEMAS).read_text()
    assert apismith("undo", cwd=project).code == 0
    assert tree(project) == before
    again = apismith("undo", cwd=project)
    assert (again.code, "error[nothing-to-undo]" in again.err) == (2, True)


def test_a_contradiction_exits_with_1_and_is_data(apismith: Apismith, project: Path) -> None:
    edit(project / SCHEMAS, "max_length=200", "max_length=255")
    edit(project / "contract.py", "max_length=200", "max_length=300")
    shown = apismith("evolve", "--json", "--dry-run", cwd=project)
    assert shown.code == 1
    assert shown.data["conflicts"][0]["causes"] == ["contract: Book.title max_length 200 → 300, you: 255"]
    done = apismith("evolve", cwd=project)
    assert done.code == 1
    assert f"1 file has conflicts:\n  {SCHEMAS}\n" in done.out
    assert apismith("status", cwd=project).out.startswith(f"conflict  {SCHEMAS}\n")
    waiting = apismith("evolve", cwd=project)
    assert (waiting.code, "error[unresolved]" in waiting.err) == (2, True)


def test_a_conflict_is_resolved_from_any_folder(apismith: Apismith, project: Path) -> None:
    edit(project / SCHEMAS, "max_length=200", "max_length=255")
    edit(project / "contract.py", "max_length=200", "max_length=300")
    apismith("evolve", cwd=project)
    undecided = apismith("resolve", SCHEMAS, cwd=project)
    assert (undecided.code, "error[still-in-conflict]" in undecided.err) == (2, True)
    done = apismith("resolve", "schemas/books.py", "--theirs", cwd=project / "app/api/v1")
    assert done.code == 0
    assert LIMIT.format(300) in (project / SCHEMAS).read_text()
    assert apismith("evolve", cwd=project).out == "Everything is as the contract says.\n"


def test_both_sides_at_once_are_a_mistake(apismith: Apismith, project: Path) -> None:
    done = apismith("resolve", SCHEMAS, "--mine", "--theirs", cwd=project)
    assert (done.code, "error[wrong-usage]" in done.err) == (2, True)


def test_edits_that_are_not_committed_are_refused(apismith: Apismith, tmp_path: Path, contract: Path) -> None:
    apismith("new", "shelf", "--contract", str(contract))
    project = tmp_path / "shelf"
    edit(project / "contract.py", "max_length=200", "max_length=300")
    (project / "README.md").write_text("Mine.\n")
    before = tree(project)
    refused = apismith("evolve", cwd=project)
    assert (refused.code, "error[dirty-tree]: README.md has edits" in refused.err) == (2, True)
    assert tree(project) == before
    assert apismith("evolve", "--dry-run", cwd=project).code == 0
    assert apismith("evolve", "--allow-dirty", cwd=project).code == 0
    assert (project / "README.md").read_text() == "Mine.\n"


def test_an_app_that_would_not_start_is_a_conflict(apismith: Apismith, project: Path) -> None:
    edit(project / "contract.py", "max_length=200", "max_length=300")
    with (project / "app/models/books.py").open("a") as model:
        model.write('\n\nassert "300" not in str(Book.__table__.c.title.type), "titles are short"\n')
    done = apismith("evolve", "--dry-run", cwd=project)
    assert done.code == 1
    assert "the app does not start: AssertionError: titles are short" in done.out


def test_an_ejected_file_is_listed_and_left_alone(apismith: Apismith, project: Path) -> None:
    assert apismith("eject", SCHEMAS, cwd=project).out == f"Eject {SCHEMAS}.\n"
    edit(project / "contract.py", "max_length=200", "max_length=300")
    apismith("evolve", cwd=project)
    assert LIMIT.format(200) in (project / SCHEMAS).read_text()
    assert f"yours     {SCHEMAS}\n" in apismith("status", cwd=project).out
    assert apismith("adopt", SCHEMAS, cwd=project).code == 0
    apismith("evolve", "--yes", cwd=project)
    assert LIMIT.format(300) in (project / SCHEMAS).read_text()


def test_branches_that_both_evolved_go_on_after_their_merge(apismith: Apismith, tmp_path: Path, contract: Path) -> None:
    apismith("new", "shelf", "--contract", str(contract))
    project = tmp_path / "shelf"

    def git(*words: str, check: bool = True) -> str:
        named = ["git", "-c", "user.name=me", "-c", "user.email=me@localhost", *words]
        return subprocess.run(named, cwd=project, check=check, capture_output=True, text=True).stdout

    trunk = git("branch", "--show-current").strip()
    git("switch", "-qc", "other")
    edit(project / "contract.py", '"""A book."""', '"""A book to read."""')
    apismith("evolve", cwd=project)
    git("add", "-A")
    git("commit", "-qm", "words")
    git("switch", "-q", trunk)
    edit(project / "contract.py", "max_length=200)\n", "max_length=300)\n")
    apismith("evolve", cwd=project)
    apismith("eject", "README.md", cwd=project)
    git("add", "-A")
    git("commit", "-qm", "limit")
    git("merge", "other", check=False)
    assert "<<<<<<<" in (project / ".apismith/lock.json").read_text()
    assert git("diff", "--name-only", "--diff-filter=U").split() == [".apismith/lock.json"]
    done = apismith("evolve", "--allow-dirty", cwd=project)
    assert "note: Branches that both evolved were merged" in done.err
    assert "<<<<<<<" not in (project / ".apismith/lock.json").read_text()
    assert "yours     README.md\n" in apismith("status", cwd=project).out
    git("add", "-A")
    git("commit", "-qm", "merged")
    edit(project / "contract.py", "    title: str", "    shelf: int = 1\n    title: str")
    assert apismith("evolve", cwd=project).code == 0
    assert "shelf: Mapped[int]" in (project / "app/models/books.py").read_text()


@pytest.mark.slow
def test_the_projects_own_tests_decide_when_that_is_wanted(apismith: Apismith, project: Path) -> None:
    edit(project / "contract.py", "max_length=200", "max_length=300")
    assert apismith("evolve", "--test", "--dry-run", cwd=project).code == 0
    (project / "tests/test_mine.py").write_text(
        "from app.models import Book\n\n\ndef test_titles_are_short() -> None:\n"
        '    assert "200" in str(Book.__table__.c.title.type)\n'
    )
    done = apismith("evolve", "--test", cwd=project)
    assert done.code == 1
    assert "  tests/test_mine.py\n    its test fails: test_titles_are_short" in done.out
