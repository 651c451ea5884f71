"""`apismith add` as its user meets it: shown first, written together, taken back together."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.experience.conftest import COMMAND, CONTRACT, Run, tree

Apismith = Callable[..., Run]
PAGES = "+    pages: int | None = None\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backend in a repository with one commit, which nobody writes to."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "contract.py").write_text(CONTRACT)
    command = [*COMMAND, "new", "shelf", "--contract", "contract.py", "--yes", "--quiet"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "shelf"


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "shelf"))


def test_the_contract_and_the_code_are_written_and_taken_back_together(apismith: Apismith, project: Path) -> None:
    before = tree(project)
    done = apismith("add", "field", "Book", "pages:int?", cwd=project / "app")
    assert done.code == 0, done.err
    assert PAGES in done.out
    assert "update  app/models/books.py\n" in done.out
    assert "update  contract.py\n" in done.out
    assert "    pages: int | None = None\n" in (project / "contract.py").read_text()
    assert "pages: Mapped[int | None]" in (project / "app/models/books.py").read_text()
    assert apismith("evolve", "--allow-dirty", cwd=project).out == "Everything is as the contract says.\n"
    undone = apismith("undo", cwd=project)
    assert "Undo 'Add field Book pages:int?'" in undone.out
    assert tree(project) == before


def test_a_dry_run_shows_the_same_and_writes_nothing(apismith: Apismith, project: Path) -> None:
    before = tree(project)
    shown = apismith("add", "field", "Book", "pages:int?", "--dry-run", cwd=project)
    assert (shown.code, tree(project)) == (0, before)
    assert apismith("add", "field", "Book", "pages:int?", cwd=project).out == shown.out


def test_the_last_lines_are_the_next_commands(apismith: Apismith, made: Path) -> None:
    shown = apismith("add", "field", "Book", "pages:int?", "--dry-run", cwd=made)
    assert shown.out.splitlines()[-2] == "Next:"
    assert shown.out.splitlines()[-1].endswith("alembic upgrade head")
    assert "Next:" not in apismith("add", "action", "Book", "lend", "--dry-run", cwd=made).out


def test_quiet_leaves_the_result_only(apismith: Apismith, made: Path) -> None:
    shown = apismith("add", "field", "Book", "pages:int?", "--dry-run", "--quiet", cwd=made)
    assert (shown.out.splitlines()[0], shown.err) == ("No conflicts.", "")


def test_diff_shows_the_content_of_contract_and_code_once(apismith: Apismith, made: Path) -> None:
    shown = apismith("add", "field", "Book", "pages:int?", "--dry-run", "--diff", cwd=made).out
    assert shown.count(PAGES) == 1
    assert "+++ b/app/models/books.py\n" in shown


def test_json_has_the_change_of_the_contract_beside_that_of_the_code(apismith: Apismith, made: Path) -> None:
    data = apismith("add", "field", "Book", "pages:int?", "--dry-run", "--json", cwd=made).data
    assert (data["schema_version"], data["title"]) == (1, "Add field Book pages:int?")
    assert PAGES in data["contract"]
    assert {"contract.py", "app/models/books.py"} <= {one["path"] for one in data["files"]}
    assert data["meaning"]
    assert data["migration"]


def test_what_the_contract_says_already_changes_nothing(apismith: Apismith, project: Path) -> None:
    before = tree(project)
    done = apismith("add", "database", "sqlite", cwd=project)
    assert (done.code, done.out) == (0, "The contract says that already.\n")
    assert tree(project) == before


def test_a_choice_arrives_in_the_code(apismith: Apismith, project: Path) -> None:
    assert apismith("add", "cors", "https://shop.example", cwd=project).code == 0
    assert 'cors=Cors("https://shop.example")' in (project / "contract.py").read_text()
    assert "https://shop.example" in (project / "app/config.py").read_text() + (project / "app/defaults.py").read_text()


MISTAKES = [
    (["fild", "Book", "x"], "unknown-command", "Did you mean 'field'?"),
    (["field", "Bok", "x"], "unknown-entity", "Did you mean 'Book'?"),
    (["field", "Book", "x:itn"], "bad-sketch", "Did you mean 'int'?"),
    (["field", "Book", "x:int:uniqe"], "bad-sketch", "Did you mean 'unique'?"),
    (["field", "Book"], "wrong-words", "apismith add field ENTITY FIELD..."),
    (["relation", "Book", "x:Bok"], "unknown-entity", "Did you mean 'Book'?"),
    (["relation", "Book", "x:int"], "wrong-value", "apismith add field Book x:int"),
    (["entity", "book", "x"], "bad-sketch", "Did you mean 'Book'?"),
    (["entity", "Tag", "x", "--with", "SoftDelet"], "wrong-value", "Did you mean 'SoftDelete'?"),
    (["entity", "Tag", "x", "--bulk", "many"], "wrong-value", "--bulk 50"),
    (["entity", "Tag", "x", "--in", "tags"], "unknown-module", "Leave --in out"),
    (["action", "Book", "lend", "--allow", "amdin"], "unknown-access-rule", "Did you mean 'admin'?"),
    (["action", "Book", "lend", "--allow", "admin and"], "wrong-value", "owner | admin"),
    (["action", "Book", "Lend"], "wrong-value", "Did you mean 'lend'?"),
    (["event", "Book", "crated"], "wrong-value", "Did you mean 'created'?"),
    (["database", "postgress"], "wrong-value", "Did you mean 'postgres'?"),
    (["database", "sqlite", "--ids", "uid"], "wrong-value", "Did you mean 'uuid'?"),
    (["database", "sqlite", "--idds", "uuid"], "unknown-option", "Did you mean '--ids'?"),
    (["cache"], "wrong-words", "Known: memory, redis."),
    (["tasks", "celery"], "wrong-words", "Known: redis, rabbitmq."),
    (["auth", "--access-minutes", "long"], "wrong-value", "For example 30."),
    (["auth", "none", "--access-minutes", "30"], "wrong-words", ""),
    (["limits", "--body", "1 potato"], "invalid-limit", ""),
    (["role", "Editor"], "wrong-value", "Did you mean 'editor'?"),
]


@pytest.mark.parametrize(
    ("words", "code", "hint"), MISTAKES, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_a_mistake_is_named_with_the_right_word_and_nothing_is_written(
    apismith: Apismith, made: Path, words: list[str], code: str, hint: str
) -> None:
    before = tree(made)
    failed = apismith("add", *words, cwd=made)
    assert (failed.code, failed.out) == (2, "")
    assert f"error[{code}]" in failed.err
    assert hint in failed.err
    assert tree(made) == before


def test_where_there_are_few_words_all_are_listed(apismith: Apismith, made: Path) -> None:
    assert "Known: entity, field, relation, action, query, event, role" in apismith("add", "xyzzy", cwd=made).err


def test_what_is_there_already_is_shown_at_its_place(apismith: Apismith, made: Path) -> None:
    failed = apismith("add", "field", "Book", "title:text", cwd=made)
    assert failed.code == 2
    assert "error[already-declared]: 'Book' has 'title' already" in failed.err
    assert "contract.py:10:5\n" in failed.err
    assert "10 |     title: str" in failed.err


def test_a_mistake_in_the_new_contract_is_shown_in_the_new_text(apismith: Apismith, made: Path) -> None:
    before = tree(made)
    failed = apismith("add", "field", "Book", "id:int", cwd=made)
    assert failed.code == 2
    assert "error[reserved-name]" in failed.err
    assert "contract.py:11:5 (as it would be; nothing was changed)\n" in failed.err
    assert "11 |     id: int\n" in failed.err
    assert tree(made) == before
    data = apismith("add", "field", "Book", "id:int", "--json", cwd=made).data
    assert (data["error"]["code"], data["error"]["line"]) == ("reserved-name", 11)


def test_outside_of_a_project_it_says_what_it_looked_for(apismith: Apismith, tmp_path: Path) -> None:
    failed = apismith("add", "field", "Book", "x", cwd=tmp_path)
    assert failed.code == 2
    assert "error[contract-not-found]" in failed.err
    assert "apismith new" in failed.err


def test_a_contract_that_is_data_is_not_edited(apismith: Apismith, project: Path) -> None:
    (project / "contract.json").write_text(apismith("contract", "--json", cwd=project).out)
    (project / "contract.py").unlink()
    failed = apismith("add", "field", "Book", "x", "--allow-dirty", cwd=project)
    assert failed.code == 2
    assert "error[data-contract]" in failed.err
    assert "apismith evolve" in failed.err


def test_edits_that_are_not_committed_are_refused_but_those_of_the_contract(apismith: Apismith, project: Path) -> None:
    contract = project / "contract.py"
    contract.write_text(contract.read_text() + "\n# Mine.\n")
    assert apismith("add", "field", "Book", "pages:int?", "--dry-run", cwd=project).code == 0
    (project / "README.md").write_text("Mine.\n")
    before = tree(project)
    refused = apismith("add", "field", "Book", "pages:int?", cwd=project)
    assert (refused.code, "error[dirty-tree]: README.md has edits" in refused.err) == (2, True)
    assert tree(project) == before
    assert apismith("add", "field", "Book", "pages:int?", "--allow-dirty", cwd=project).code == 0
    assert contract.read_text().endswith("\n# Mine.\n")
