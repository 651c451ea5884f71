"""Help: groups by job, an example for each command, the same words everywhere."""

import dataclasses
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from apismith import Backend
from apismith.api import QUESTIONS
from apismith.cli.run import app

from .conftest import CONTRACT, Run


def commands(group: Any, before: str = "") -> dict[str, Any]:
    """The commands by all of their words, without the groups that they are in."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        inner = commands(command, f"{before}{name} ") if hasattr(command, "commands") else {f"{before}{name}": command}
        found |= inner
    return found


TOP: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
COMMANDS = commands(get_command(app))
# One word means one thing in every command that has it.
WORDS = {"--json", "--quiet", "--verbose", "--color", "--debug", "--yes", "--dry-run", "--project"}


EVOLVING = ("evolve", "status", "undo", "resolve", "eject", "adopt")
LONGER = ("max_length=200", "max_length=300")


def evolving(apismith: Callable[..., Run], folder: Path, words: list[str]) -> Path:
    """A project in which the words of an example do what they are meant for."""
    contract = folder / "contract.py"
    contract.write_text(CONTRACT.replace("Book", "Article"))
    project = folder / "shelf"
    assert apismith("new", "shelf", "--contract", "contract.py", "--no-git", "--yes").code == 0
    model, contract = project / "app/models/articles.py", project / "contract.py"
    if words[0] == "resolve":
        model.write_text(model.read_text().replace("String(200)", "String(255)"))
    if words[0] in ("undo", "resolve"):
        contract.write_text(contract.read_text().replace(*LONGER))
        assert apismith("evolve", "--yes", cwd=project).code == (1 if words[0] == "resolve" else 0)
    if words[0] == "resolve" and len(words) == 2:  # decided by hand
        marked = re.compile(r"<{7}.*?={7}\n(.*?)>{7}.*?\n", re.DOTALL)
        model.write_text(marked.sub(r"\1", model.read_text()))
    if words[0] == "adopt":
        assert apismith("eject", words[1], cwd=project).code == 0
    return project


def options(command: Any) -> dict[str, Any]:
    return {word: param for param in command.params for word in param.opts if word.startswith("-")}


def test_help_groups_the_commands_by_job(apismith: Callable[..., Run]) -> None:
    shown = apismith("--help")
    assert shown.code == 0
    assert shown.err == ""
    assert shown.out.index("Design and build:") < shown.out.index("new ") < shown.out.index("Look around:")
    assert all(name in shown.out for name in TOP)


def test_no_words_at_all_show_the_help(apismith: Callable[..., Run]) -> None:
    shown = apismith()
    assert shown.code == 0
    assert shown.out == apismith("--help").out


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself_in_80_columns(apismith: Callable[..., Run], name: str) -> None:
    shown = apismith(*name.split(), "--help", COLUMNS="80")
    explanation, examples = shown.out.split("Examples:")
    assert all(len(line) <= 80 for line in explanation.splitlines())
    assert "Output:" in explanation
    assert f"apismith {name}" in examples
    assert "[env var: APISMITH_COLOR" in explanation


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_is_explained(name: str) -> None:
    assert all(param.help for param in COMMANDS[name].params)


@pytest.mark.parametrize("word", sorted(WORDS))
def test_the_same_word_means_the_same_everywhere(word: str) -> None:
    meanings = {(param.name, param.help, param.envvar) for c in COMMANDS.values() if (param := options(c).get(word))}
    assert len(meanings) == 1


@pytest.mark.parametrize("word", ["--json", "--quiet", "--verbose", "--color", "--debug"])
def test_every_command_has_the_shared_options(word: str) -> None:
    assert all(word in options(command) for command in COMMANDS.values())


def test_there_are_at_most_five_questions_and_each_has_a_flag() -> None:
    new = COMMANDS["new"]
    words = set(options(new)) | {param.metavar for param in new.params if param.param_type_name == "argument"}
    assert len(QUESTIONS) <= 5
    assert {question.flag for question in QUESTIONS} <= words


def test_help_of_new_lists_the_default_of_each_question(apismith: Callable[..., Run]) -> None:
    text = " ".join(apismith("new", "--help").out.split())
    assert all(f"[default: {question.default}]" in text for question in QUESTIONS)


def test_what_a_flag_takes_is_what_its_question_offers() -> None:
    for question in QUESTIONS:
        if question.choices:
            assert options(COMMANDS["new"])[question.flag].type_descriptor.choices == tuple(question.choices)


@pytest.mark.parametrize(
    "example",
    [line for command in (COMMANDS | TOP).values() for line in command.epilog.splitlines()],
    ids=lambda line: line,
)
def test_examples_run(apismith: Callable[..., Run], tmp_path: Path, example: str) -> None:
    (tmp_path / "examples").mkdir()
    shipped = Path(__file__).parents[2] / "examples/conduit.py"
    if shipped.exists():
        shutil.copy(shipped, tmp_path / "examples/conduit.py")
    else:
        (tmp_path / "examples/conduit.py").write_text(CONTRACT)
    (tmp_path / "contract.py").write_text(CONTRACT)
    program, *words = shlex.split(example)
    folder = tmp_path
    if words[0] == "add":
        assert apismith("new", "shelf", "--contract", "contract.py", "--no-git", "--yes").code == 0
        folder = tmp_path / "shelf"
    if words[0] in EVOLVING:
        folder = evolving(apismith, tmp_path, words)
    done = apismith(*words, cwd=folder)
    assert program == "apismith"
    assert done.code == 0, done.err


def test_help_of_a_group_lists_its_commands_with_what_they_do(apismith: Callable[..., Run]) -> None:
    shown = apismith("add", "--help", COLUMNS="80")
    inside = [name.removeprefix("add ") for name in COMMANDS if name.startswith("add ")]
    assert all(re.search(rf"^  {name} +\S", shown.out, re.MULTILINE) for name in inside)
    assert all(len(line) <= 80 for line in shown.out.splitlines())


def test_every_argument_of_a_backend_that_is_a_choice_can_be_added() -> None:
    said = {field.name for field in dataclasses.fields(Backend)} - {"name", "version", "entities", "also"}
    assert said <= {name.removeprefix("add ") for name in COMMANDS}
