"""`apismith check` and `apismith explain` as their user meets them."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.check.conftest import SLOW
from tests.experience.conftest import Run, tree

Apismith = Callable[..., Run]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that was never made by apismith, with one finding."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "main.py").write_text(SLOW, encoding="utf-8")
    return folder


def git(folder: Path, *words: str) -> None:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def test_it_exits_with_1_when_something_is_found_and_with_0_when_nothing_is(apismith: Apismith, project: Path) -> None:
    before = tree(project)
    done = apismith("check", cwd=project)
    assert (done.code, done.err) == (1, "")
    assert "main.py:12:5: FA101" in done.out
    assert tree(project) == before
    assert apismith("check", "--ignore", "FA101", cwd=project).code == 0


def test_a_path_without_python_exits_with_2(apismith: Apismith, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for path in (empty, tmp_path / "nowhere"):
        done = apismith("check", str(path))
        assert done.code == 2
        assert "error[nothing-to-check]" in done.err


def test_a_project_without_routes_is_told_so(apismith: Apismith, project: Path) -> None:
    (project / "main.py").write_text("print('hello')\n")
    done = apismith("check", cwd=project)
    assert done.code == 0
    assert "No FastAPI route was found" in done.err


def test_json_is_a_report_in_which_errors_have_their_place(apismith: Apismith, project: Path) -> None:
    (project / "broken.py").write_text("def f(:\n")
    done = apismith("check", "--json", cwd=project)
    assert [finding["rule"] for finding in done.data["findings"]] == ["FA101"]
    assert [unread["path"] for unread in done.data["unread"]] == ["broken.py"]


def test_an_unknown_rule_is_answered_with_the_nearest(apismith: Apismith, project: Path) -> None:
    for words in (("check", "--select", "FA1010"), ("explain", "FA1010")):
        done = apismith(*words, cwd=project)
        assert done.code == 2
        assert "error[unknown-rule]" in done.err
        assert "FA101" in done.err


def test_settings_are_read_and_a_wrong_one_has_its_place(apismith: Apismith, project: Path) -> None:
    settings = project / "pyproject.toml"
    settings.write_text('[tool.apismith.check]\nignore = ["FA101"]\n')
    assert apismith("check", cwd=project).code == 0
    settings.write_text('[tool.apismith.check]\nignored = ["FA101"]\n')
    done = apismith("check", cwd=project)
    assert done.code == 2
    assert "pyproject.toml:2:1" in done.err
    assert "Did you mean 'ignore'?" in done.err


def test_a_library_that_the_project_names_is_known(apismith: Apismith, project: Path) -> None:
    text = SLOW.replace("import time", "import legacy").replace("time.sleep(1)", "legacy.fetch()")
    (project / "main.py").write_text(text)
    assert apismith("check", cwd=project).code == 0
    (project / "pyproject.toml").write_text('[tool.apismith.check.libraries]\nblocking = ["legacy.*"]\n')
    assert "`legacy.fetch()` blocks" in apismith("check", cwd=project).out


def test_a_baseline_hides_what_it_knows_and_nothing_new(apismith: Apismith, project: Path) -> None:
    made = apismith("check", "--write-baseline", "known.json", cwd=project)
    assert made.code == 0
    assert apismith("check", "--baseline", "known.json", cwd=project).code == 0
    (project / "new.py").write_text(SLOW)
    done = apismith("check", "--baseline", "known.json", cwd=project)
    assert done.code == 1
    assert "new.py:12:5" in done.out
    assert "main.py" not in done.out


def test_beside_an_older_report_it_says_what_is_fixed_and_what_is_new(apismith: Apismith, project: Path) -> None:
    (project / "old.json").write_text(apismith("check", "--json", cwd=project).out)
    (project / "new.py").write_text((project / "main.py").read_text())
    (project / "main.py").write_text(SLOW.replace("async def", "def"))
    done = apismith("check", "--compare", "old.json", cwd=project)
    assert done.code == 1
    assert "fixed: main.py:12: FA101" in done.out
    assert "1 fixed, 1 new, 0 as before." in done.out


def test_a_report_that_is_none_is_named(apismith: Apismith, project: Path) -> None:
    (project / "old.json").write_text("[]")
    done = apismith("check", "--compare", "old.json", cwd=project)
    assert (done.code, "error[no-report]" in done.err) == (2, True)


def test_since_a_revision_only_changed_lines_count(apismith: Apismith, project: Path) -> None:
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "-m", "first")
    assert apismith("check", "--since", "HEAD", cwd=project).code == 0
    (project / "main.py").write_text(SLOW.replace("time.sleep(1)", "time.sleep(2)"))
    assert apismith("check", "--since", "HEAD", cwd=project).code == 1
    done = apismith("check", "--since", "nowhere", cwd=project)
    assert (done.code, "error[unknown-revision]" in done.err) == (2, True)


def test_nothing_of_the_project_is_executed(apismith: Apismith, project: Path) -> None:
    trap = "import pathlib\npathlib.Path('executed').write_text('')\n"
    for name in ("main.py", "conftest.py", "setup.py", "sitecustomize.py", "__init__.py"):
        (project / name).write_text(trap)
    apismith("check", cwd=project)
    assert not (project / "executed").exists()


def test_explain_tells_a_rule_and_lists_all(apismith: Apismith) -> None:
    assert apismith("explain", "FA101").out.startswith("# FA101: a call blocks the event loop")
    assert apismith("explain", "blocking-call").out == apismith("explain", "fa101").out
    listed = apismith("explain", "--json").data["rules"]
    assert {"FA001", "FA101"} <= {rule["code"] for rule in listed}
    assert json.dumps(listed)


SECRET = '''"""Settings."""

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """What the environment says."""

    secret_key: str = "b7f1c2d9e8a34f60"  # signs the tokens
    name: str = "shelf"
'''


def test_a_fix_is_shown_first_and_keeps_everything_else(apismith: Apismith, project: Path) -> None:
    settings = project / "settings.py"
    settings.write_bytes(SECRET.replace("\n", "\r\n").encode())
    shown = apismith("check", "--unsafe-fixes", "--diff", "--dry-run", "--select", "FA406", cwd=project)
    assert '-    secret_key: str = "b7f1c2d9e8a34f60"' in shown.out
    assert settings.read_bytes() == SECRET.replace("\n", "\r\n").encode()
    done = apismith("check", "--unsafe-fixes", "--select", "FA406", cwd=project)
    mended = SECRET.replace(' = "b7f1c2d9e8a34f60"', "")
    assert settings.read_bytes() == mended.replace("\n", "\r\n").encode()
    assert (done.code, "1 finding mended" in done.err) == (0, True)


def test_a_file_that_is_read_in_part_is_said_once(apismith: Apismith, project: Path) -> None:
    (project / "broken.py").write_text("def f(:\n\n\ndef g(:\n\n\nX = 1\n")
    lines = apismith("check", "--output-format", "concise", cwd=project).out.splitlines()
    assert [line for line in lines if line.startswith("broken.py")] == [
        "broken.py:1: was read in part: its syntax is not understood: invalid syntax (and 1 more)."
    ]
