"""The documentation is complete, current and true: what it shows is run.

Examples are fenced blocks. Those of one page share a folder and run from the top to the bottom:

- `python contract` is a whole contract and must load; with a name behind it, it stays in the folder under that name.
- `console` is a session: a line that begins with `$ ` is run and must succeed, the lines below it are what it prints;
  a line `...` stands for any number of lines.
- `sh` is for what cannot end or needs a network, and may hold such commands only.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import apismith
from apismith.cli.run import app
from apismith.contract.load import load
from scripts import docs

ROOT = Path(__file__).parents[1]
WRITTEN = [ROOT / "README.md", *sorted((ROOT / "docs" / "guides").glob("*.md"))]
ALL = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "AGENTS.md", *sorted((ROOT / "docs").rglob("*.md"))]
NOT_RUN = ("make ", "just ", "uvicorn ", "curl ", "git clone ", "cd ")


@dataclass(frozen=True)
class Block:
    """A fenced block: the words behind its fence, its text, and where it begins."""

    words: tuple[str, ...]
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    fences = re.finditer(r"^```([^\n`]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [Block(tuple(f[1].split()), f[2], text[: f.start()].count("\n") + 1) for f in fences]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def command_named(name: str) -> Any:
    command: Any = get_command(app)
    for word in name.split():
        command = command.commands[word]
    return command


# Completeness ---------------------------------------------------------------------------------------------------------


def test_the_reference_is_what_the_code_says() -> None:
    written = docs.pages()
    assert set(written) == set(docs.REFERENCE.glob("*.md"))
    stale = [path.name for path, text in written.items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run `just docs`"


def test_every_command_is_documented_with_an_example() -> None:
    page = (docs.REFERENCE / "commands.md").read_text(encoding="utf-8")
    names = list(docs.command_names(get_command(app)))
    assert "add field" in names
    assert {name for name in names if f"## apismith {name}\n" not in page} == set()
    without = {name for name in names if not (command_named(name).help and command_named(name).epilog)}
    assert without == set()


def test_every_word_of_the_language_is_documented() -> None:
    page = (docs.REFERENCE / "language.md").read_text(encoding="utf-8")
    assert [name for name in apismith.__all__ if not re.search(rf"^### `{name}\b", page, re.MULTILINE)] == []


def test_every_error_is_documented_and_has_a_code_of_its_own() -> None:
    page = (docs.REFERENCE / "errors.md").read_text(encoding="utf-8")
    errors = docs.error_classes()
    assert [error.__name__ for error in errors if f"## {docs.code(error)}\n" not in page] == []
    assert [error.__name__ for error in errors if not error.__doc__] == []
    assert len({docs.code(error) for error in errors}) == len(errors)


def test_the_index_of_decisions_lists_every_page() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"\]\(([\w-]+\.md)\)", index)
    assert sorted(linked) == sorted(page.name for page in folder.glob("*.md") if page.name != "README.md")


@pytest.mark.parametrize("page", ALL, ids=name_of)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert [target for target in targets if target and not (page.parent / target).exists()] == []


# Examples -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_the_examples_of_a_page_run_as_shown(page: Path, tmp_path: Path) -> None:
    session = Session(tmp_path)
    for block in blocks(page):
        match block.words:
            case ("python", "contract", *names):
                file = tmp_path / (names[0] if names else f"example_{block.line}.py")
                file.write_text(block.text, encoding="utf-8")
                load(file)
            case ("console",):
                for command, expected in steps(block.text):
                    session.run(command, expected, f"{page.name}:{block.line}")
            case ("sh",):
                assert [line for line in block.text.splitlines() if not line.startswith((*NOT_RUN, "#"))] == []
            case ("text",):
                pass
            case other:
                pytest.fail(f"{page.name}:{block.line}: nobody runs a block of {' '.join(other) or 'no language'}")


def steps(text: str) -> list[tuple[str, list[str]]]:
    """The commands of a session with the lines that they print."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


class Session:
    """A shell in a folder, with the tools of this environment and nothing of the caller's settings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TMPDIR") if name in os.environ}
        tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        self.environment = kept | {"PATH": tools, "HOME": str(folder), "COLUMNS": "100", "NO_COLOR": "1"}

    def run(self, command: str, expected: list[str], place: str) -> None:
        if command.startswith("cd "):
            self.folder = (self.folder / command[3:]).resolve()
            return
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{place}: {command}\n{done.stdout}"
        pattern = "".join(r"(?:.*\n)*?" if line == "..." else re.escape(f"{line}\n") for line in expected)
        assert re.fullmatch(pattern, done.stdout), f"{place}: {command} printed\n{done.stdout}"
