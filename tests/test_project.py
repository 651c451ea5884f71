"""The commands of daily work exist and do what their names say."""

import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def recipes() -> dict[str, str]:
    """The recipes of the justfile, by name."""
    found = re.findall(
        r"^(\w[\w-]*)[^\n:=]*:\n((?:    .*\n?)+)", (ROOT / "justfile").read_text(encoding="utf-8"), re.MULTILINE
    )
    return dict(found)


def test_every_script_that_a_recipe_runs_exists() -> None:
    scripts = re.findall(
        r"scripts/\w+\.\w+", "".join(recipes().values()) + (ROOT / "Makefile").read_text(encoding="utf-8")
    )
    assert len(scripts) >= 4
    assert [script for script in scripts if not (ROOT / script).is_file()] == []


def test_the_house_rules_fit_on_a_page_and_name_only_commands_that_exist() -> None:
    text = (ROOT / "AGENTS.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    named = set(re.findall(r"`just ([\w-]+)", text))
    assert named - set(recipes()) == set()
    targets = set(re.findall(r"`make ([\w-]+)`", text))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)} == set()


def test_continuous_integration_fails_when_the_tests_do(tmp_path: Path) -> None:
    run = tmp_path / ".ci" / "run"
    run.parent.mkdir()
    shutil.copy(ROOT / ".ci" / "run", run)
    makefile = tmp_path / "Makefile"
    makefile.write_text("test:\n\t@echo '3 passed in 0.10s'\n")
    good = subprocess.run([run], capture_output=True, text=True, check=False)
    assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "3 passed in 0.10s")
    makefile.write_text("test:\n\t@echo '1 failed, 2 passed in 0.10s'; exit 1\n")
    bad = subprocess.run([run], capture_output=True, text=True, check=False)
    assert bad.returncode != 0
    assert bad.stdout.splitlines()[-1] == "1 failed, 2 passed in 0.10s"
