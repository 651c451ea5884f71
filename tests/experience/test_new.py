"""`apismith new`: shows what it writes, writes all or nothing, and says what to do next."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import COMMAND, CONTRACT, Run, tree


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


# From a contract ------------------------------------------------------------------------------------------------------


def test_a_contract_becomes_a_backend(apismith: Callable[..., Run], tmp_path: Path, contract: Path) -> None:
    done = apismith("new", "shop", "--contract", str(contract))
    assert done.code == 0, done.err
    assert (tmp_path / "shop/app/main.py").is_file()
    assert (tmp_path / "shop/contract.py").read_bytes() == contract.read_bytes()


def test_without_a_name_the_contract_names_the_folder(
    apismith: Callable[..., Run], tmp_path: Path, contract: Path
) -> None:
    assert apismith("new", "--contract", str(contract)).code == 0
    assert (tmp_path / "shelf/app/main.py").is_file()


def test_a_contract_that_says_no_name_is_called_like_the_folder(apismith: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "contract.py").write_text(CONTRACT.partition("\n\n\nbackend")[0] + "\n")
    assert apismith("new", "my_shop", "--contract", "contract.py").code == 0
    assert 'name = "my-shop"' in (tmp_path / "my_shop/pyproject.toml").read_text()


def test_a_contract_keeps_the_name_that_it_says(apismith: Callable[..., Run], tmp_path: Path, contract: Path) -> None:
    assert apismith("new", "shop", "--contract", str(contract)).code == 0
    assert 'name = "shelf"' in (tmp_path / "shop/pyproject.toml").read_text()


def test_a_contract_of_several_files_is_copied_whole(apismith: Callable[..., Run], tmp_path: Path) -> None:
    package = tmp_path / "design"
    package.mkdir()
    head, tail = CONTRACT.split("\n\n\nclass Book")
    entity, backend = tail.split("\n\n\nbackend")
    (package / "books.py").write_text(
        f"from apismith import Entity\nfrom pydantic import Field\n\n\nclass Book{entity}\n"
    )
    (package / "__init__.py").write_text(
        f'"""A shelf."""\n\nfrom apismith import Backend, SQLite\n\nfrom .books import Book\n\nbackend{backend}'
    )
    assert head
    done = apismith("new", "shop", "--contract", "design")
    assert done.code == 0, done.err
    assert tree(tmp_path / "shop/contract") == tree(package)
    assert not (tmp_path / "shop/contract.py").exists()


# From answers ---------------------------------------------------------------------------------------------------------


def test_off_a_terminal_nothing_is_asked(apismith: Callable[..., Run], tmp_path: Path) -> None:
    done = apismith("new", "shop")
    assert done.code == 0, done.err
    text = (tmp_path / "shop/contract.py").read_text()
    assert "class Note(Entity, Timestamps)" in text
    assert '"shop"' in text
    assert "SQLite()" in text


def test_flags_answer_the_questions(apismith: Callable[..., Run], tmp_path: Path) -> None:
    words = ["--database", "postgres", "--auth", "none", "--ids", "uuid", "--entity", "Book title pages:int?"]
    done = apismith("new", "shop", *words)
    assert done.code == 0, done.err
    text = (tmp_path / "shop/contract.py").read_text()
    assert 'Postgres(ids="uuid")' in text
    assert "auth=None" in text
    assert "pages: int | None = None" in text


def test_the_written_contract_is_a_contract(apismith: Callable[..., Run], tmp_path: Path) -> None:
    apismith("new", "shop", "--entity", "Book title author:owner")
    assert apismith("contract", cwd=tmp_path / "shop").code == 0
    again = apismith("new", "twin", "--contract", "shop/contract.py", "--no-git")
    assert again.code == 0, again.err
    assert tree(tmp_path / "twin") == tree(tmp_path / "shop")


# What is shown --------------------------------------------------------------------------------------------------------


def test_each_file_is_listed_aligned_with_counts_at_the_end(
    apismith: Callable[..., Run], tmp_path: Path, contract: Path
) -> None:
    out = apismith("new", "shop", "--contract", str(contract), "--no-git").out
    listed = re.findall(r"^create  (\S+)$", out, re.MULTILINE)
    written = [path for path, content in tree(tmp_path / "shop").items() if content is not None]
    # What apismith keeps for itself is for nobody to read.
    assert listed == sorted(path for path in written if not path.startswith(".apismith/"))
    assert f"{len(listed)} files: {len(listed)} create" in out


def test_a_dry_run_shows_the_same_and_writes_nothing(
    apismith: Callable[..., Run], tmp_path: Path, contract: Path
) -> None:
    words = ["new", "shop", "--contract", str(contract)]
    dry = apismith(*words, "--dry-run")
    assert dry.code == 0
    assert not list(tmp_path.iterdir())
    assert dry.out == apismith(*words).out


def test_a_dry_run_over_existing_files_changes_none(
    apismith: Callable[..., Run], tmp_path: Path, contract: Path
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/pyproject.toml").write_text("mine")
    before = tree(tmp_path)
    done = apismith("new", "shop", "--contract", str(contract), "--existing", "replace", "--dry-run")
    assert "update  pyproject.toml" in done.out
    assert tree(tmp_path) == before


def test_diff_shows_the_content(apismith: Callable[..., Run], tmp_path: Path, contract: Path) -> None:
    shown = apismith("new", "shop", "--contract", str(contract), "--dry-run", "--diff").out
    assert "+++ b/contract.py" in shown
    assert '+backend = Backend("shelf", entities=[Book], database=SQLite())' in shown


def test_json_holds_everything(apismith: Callable[..., Run], tmp_path: Path, contract: Path) -> None:
    done = apismith("new", "shop", "--contract", str(contract), "--json")
    data = done.data
    assert data["schema_version"] == 1
    assert data["name"] == "shelf"
    assert data["folder"] == "shop"
    assert data["counts"] == {"create": len(data["files"])}
    assert {"action": "create", "path": "contract.py", "bytes": len(CONTRACT)} in data["files"]
    assert data["next"][0] == "cd shop"


def test_a_contract_in_json_stays_one_that_can_be_read_again(
    apismith: Callable[..., Run], tmp_path: Path, contract: Path
) -> None:
    document = tmp_path / "shelf.json"
    document.write_text(json.dumps(apismith("contract", str(contract), "--json").data), encoding="utf-8")
    apismith("new", "shop", "--contract", str(document))
    assert not (tmp_path / "shop/contract.py").exists()
    assert json.loads((tmp_path / "shop/contract.json").read_text(encoding="utf-8"))["name"] == "shelf"
    assert apismith("contract", str(tmp_path / "shop"), "--json").data["name"] == "shelf"


def test_quiet_leaves_the_next_commands(apismith: Callable[..., Run], tmp_path: Path, contract: Path) -> None:
    done = apismith("new", "shop", "--contract", str(contract), "--quiet")
    assert done.err == ""
    assert done.out.splitlines()[0] == "Next:"
    assert "create" not in done.out


def test_the_last_lines_are_the_next_commands(apismith: Callable[..., Run], contract: Path) -> None:
    words = ["new", "shop", "--contract", str(contract), "--dry-run"]
    heading, *commands = apismith(*words).out.splitlines()[-4:]
    assert heading == "Next:"
    assert [line.strip() for line in commands] == apismith(*words, "--json").data["next"]
    assert commands[0] == "  cd shop"


# What is in the way ---------------------------------------------------------------------------------------------------


def test_a_folder_that_is_not_empty_is_refused_with_a_way_out(
    apismith: Callable[..., Run], tmp_path: Path, contract: Path
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/pyproject.toml").write_text("mine")
    refused = apismith("new", "shop", "--contract", str(contract))
    assert refused.code == 2
    assert "in the way: pyproject.toml" in refused.err
    assert "--existing keep" in refused.err
    assert tree(tmp_path / "shop") == {"pyproject.toml": b"mine"}


@pytest.mark.parametrize(("existing", "readme"), [("keep", b"mine"), ("replace", None)])
def test_what_is_in_the_way_is_kept_or_replaced(
    apismith: Callable[..., Run], tmp_path: Path, contract: Path, existing: str, readme: bytes | None
) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/pyproject.toml").write_bytes(b"mine")
    (tmp_path / "shop/notes.txt").write_bytes(b"keep me")
    done = apismith("new", "shop", "--contract", str(contract), "--existing", existing)
    assert done.code == 0, done.err
    assert f"{'keep  ' if readme else 'update'}  pyproject.toml" in done.out
    assert ((tmp_path / "shop/pyproject.toml").read_bytes() == b"mine") is bool(readme)
    assert (tmp_path / "shop/notes.txt").read_bytes() == b"keep me"
    assert not (tmp_path / "shop/.git").exists()


def test_a_fresh_clone_counts_as_empty(
    apismith: Callable[..., Run], tmp_path: Path, environment: dict[str, str], contract: Path
) -> None:
    (tmp_path / "shop").mkdir()
    git(tmp_path / "shop", "init", "--quiet")
    done = apismith("new", "shop", "--contract", str(contract))
    assert done.code == 0, done.err
    assert (tmp_path / "shop/app/main.py").is_file()


def test_a_file_of_that_name_is_refused(apismith: Callable[..., Run], tmp_path: Path, contract: Path) -> None:
    (tmp_path / "shop").write_text("a list")
    assert apismith("new", "shop", "--contract", str(contract), "--existing", "replace").code == 2
    assert (tmp_path / "shop").read_text() == "a list"


@pytest.mark.parametrize("name", ["Shop", "my shop", "1shop", "-shop-", "shop.", "ünder", "con", "a" * 64])
def test_a_name_that_will_not_do_is_refused(apismith: Callable[..., Run], tmp_path: Path, name: str) -> None:
    assert apismith("new", "--yes", "--", name).code == 2
    assert not list(tmp_path.iterdir())


def test_a_folder_to_make_it_in_must_exist(apismith: Callable[..., Run], tmp_path: Path) -> None:
    failed = apismith("new", "work/shop")
    assert failed.code == 2
    assert "work" in failed.err
    (tmp_path / "work").mkdir()
    assert apismith("new", "work/shop", "--dry-run").code == 0


def test_a_dot_is_the_folder_one_is_in(apismith: Callable[..., Run], tmp_path: Path, contract: Path) -> None:
    (tmp_path / "shop").mkdir()
    done = apismith("new", ".", "--contract", str(contract), cwd=tmp_path / "shop")
    assert done.code == 0, done.err
    assert (tmp_path / "shop/app/main.py").is_file()
    assert "cd " not in done.out
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["shop"]


# git ------------------------------------------------------------------------------------------------------------------


def test_there_is_a_repository_with_one_commit_of_everything(
    apismith: Callable[..., Run], tmp_path: Path, contract: Path
) -> None:
    done = apismith("new", "shop", "--contract", str(contract))
    assert "note: git" not in done.err
    assert git(tmp_path / "shop", "rev-list", "--count", "HEAD") == "1"
    assert git(tmp_path / "shop", "status", "--porcelain") == ""
    assert "contract.py" in git(tmp_path / "shop", "ls-files")


def test_no_git_makes_none(apismith: Callable[..., Run], tmp_path: Path, contract: Path) -> None:
    assert apismith("new", "shop", "--contract", str(contract), "--no-git").code == 0
    assert not (tmp_path / "shop/.git").exists()


def test_without_git_installed_the_backend_is_still_made(
    apismith: Callable[..., Run], tmp_path: Path, contract: Path
) -> None:
    done = apismith("new", "shop", "--contract", str(contract), PATH=str(tmp_path.parent))
    assert done.code == 0
    assert "git is not installed" in done.err
    assert (tmp_path / "shop/app/main.py").is_file()


def test_inside_a_repository_nothing_is_committed(apismith: Callable[..., Run], tmp_path: Path, contract: Path) -> None:
    git(tmp_path, "init", "--quiet")
    done = apismith("new", "shop", "--contract", str(contract))
    assert "inside a git repository" in done.err
    assert not (tmp_path / "shop/.git").exists()


# Next -----------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_next_commands_lead_to_a_running_backend(
    apismith: Callable[..., Run], tmp_path: Path, environment: dict[str, str]
) -> None:
    *prepare, serve = apismith("new", "shop", "--json").data["next"]
    port = "8765"
    # The installed program would change its own environment, not the new project's.
    variables = {name: value for name, value in environment.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    script = " && ".join([*prepare, f"exec {serve} --port {port}"])
    server = subprocess.Popen(["bash", "-c", script], cwd=tmp_path, env=variables, start_new_session=True)
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as answer:
                    assert answer.status == 200
                    return
            except OSError:
                assert server.poll() is None
                time.sleep(0.5)
        pytest.fail("the backend did not answer")
    finally:
        if server.poll() is None:
            os.killpg(server.pid, 15)
        server.wait()


# Questions and Ctrl-C on a terminal -----------------------------------------------------------------------------------

pexpect = pytest.importorskip("pexpect")
needs_terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@needs_terminal
def test_five_enters_answer_everything(tmp_path: Path, environment: dict[str, str]) -> None:
    child = pexpect.spawn(COMMAND[0], [*COMMAND[1:], "new"], cwd=str(tmp_path), env=environment, encoding="utf-8")
    for default in ["backend", "sqlite", "jwt", "int", "Note title body:text author:owner"]:
        child.expect_exact(f"[{default}]: ", timeout=30)
        child.sendline("")
    child.expect("Next:", timeout=60)
    child.expect(pexpect.EOF, timeout=30)
    child.close()
    assert child.exitstatus == 0
    assert (tmp_path / "backend/contract.py").is_file()


@needs_terminal
def test_only_what_no_flag_answers_is_asked_and_a_wrong_answer_again(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    words = ["new", "shop", "--database", "sqlite", "--ids", "int", "--entity", "Book title", "--dry-run"]
    child = pexpect.spawn(COMMAND[0], [*COMMAND[1:], *words], cwd=str(tmp_path), env=environment, encoding="utf-8")
    child.expect_exact("[jwt]: ", timeout=30)
    child.sendline("nobody")
    child.expect_exact("'nobody' is none of the answers")
    child.expect_exact("[jwt]: ")
    child.sendline("none")
    child.expect("Next:", timeout=60)
    child.expect(pexpect.EOF, timeout=30)
    child.close()
    assert child.exitstatus == 0


@needs_terminal
@pytest.mark.parametrize("words", [["new", "shop", "--yes"], ["new", "shop", "--json"]])
def test_yes_and_json_ask_nothing_on_a_terminal(tmp_path: Path, environment: dict[str, str], words: list[str]) -> None:
    child = pexpect.spawn(COMMAND[0], [*COMMAND[1:], *words], cwd=str(tmp_path), env=environment, encoding="utf-8")
    child.expect(pexpect.EOF, timeout=60)
    child.close()
    assert child.exitstatus == 0
    assert (tmp_path / "shop/contract.py").is_file()


@needs_terminal
@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_ctrl_c_at_a_question_leaves_nothing(tmp_path: Path, environment: dict[str, str], key: str) -> None:
    child = pexpect.spawn(COMMAND[0], [*COMMAND[1:], "new"], cwd=str(tmp_path), env=environment, encoding="utf-8")
    child.expect_exact("[backend]: ", timeout=30)
    child.send(key)
    child.expect(pexpect.EOF, timeout=30)
    child.close()
    assert child.exitstatus == 130
    assert "Traceback" not in child.before
    assert not list(tmp_path.iterdir())
