"""The jobs as functions: all that a surface (command line, MCP, web page) may call.

Each computes its result in memory and returns it with `.text()` for people and `.json()` for tools. What changes files
has a `.write()` besides, so that it can be shown first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from apismith import generate, writing
from apismith.add import Added, added, refuse_data
from apismith.changes import Changes, compare
from apismith.check.checked import Checked, baseline as baseline_of, check as checked
from apismith.check.explained import Explained, explain as explained
from apismith.check.settings import Level, read_settings
from apismith.contract.diagram import mermaid
from apismith.contract.drawing import svg
from apismith.contract.editing.editor import Editor
from apismith.contract.editing.trying import load_edited
from apismith.contract.editing.word import Given, Value, word_named, words as additions_by_name
from apismith.contract.load import load
from apismith.contract.model import Contract
from apismith.contract.show import show
from apismith.contract.sketch import QUESTIONS, Answers, Question, lines as sketch_lines
from apismith.doctor import Doctor, examine
from apismith.evolve import ownership, store
from apismith.evolve.counting import counted
from apismith.evolve.diff3 import Side
from apismith.evolve.evolution import Evolution, evolve as evolved, require_clean
from apismith.evolve.operation import Operation, undo as undone
from apismith.evolve.ownership import Status
from apismith.evolve.tree import read_tree
from apismith.new import Existing, New, Source, from_answers, from_file
from apismith.project import contract_file, find_contract, find_project
from apismith.target import check_folder, check_name, present_in, require_folder

__all__ = [
    "QUESTIONS",
    "Added",
    "Answers",
    "Checked",
    "Doctor",
    "Drawn",
    "Evolution",
    "Existing",
    "Explained",
    "New",
    "Operation",
    "Question",
    "Saved",
    "Shown",
    "Side",
    "Source",
    "Stage",
    "Status",
    "add",
    "additions",
    "adopt",
    "check",
    "contract",
    "diagram",
    "doctor",
    "eject",
    "evolve",
    "explain",
    "new",
    "read",
    "resolve",
    "save",
    "save_baseline",
    "sketch",
    "sketch_lines",
    "status",
    "undo",
]

Stage = Callable[[str], None]


_MERGED = (
    "Branches that both evolved were merged: their code is taken as git has merged it, and what the merged contract "
    "renders is its base from now on."
)


def _silent(stage: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A contract, as people and as tools read it."""

    contract: Contract

    def text(self) -> str:
        """Entities, routes and the access matrix."""
        return show(self.contract)

    def json(self) -> object:
        """The twin of the Python contract, which can be loaded like it."""
        return self.contract.model_dump(mode="json")


@dataclass(frozen=True, slots=True)
class Drawn:
    """An entity-relationship diagram."""

    format: str
    drawing: str

    def text(self) -> str:
        """The diagram itself."""
        return self.drawing

    def json(self) -> dict[str, object]:
        """The diagram and what it is written in."""
        return {"schema_version": 1, "format": self.format, "diagram": self.drawing}


@dataclass(frozen=True, slots=True)
class Saved:
    """A result that goes into a file, not yet written."""

    changes: Changes

    def text(self) -> str:
        """The file and what happens to it."""
        return self.changes.text()

    def json(self) -> dict[str, object]:
        """The same as data."""
        return {"schema_version": 1, **self.changes.json()}

    def write(self) -> None:
        """Write the file, wholly or not at all."""
        writing.write(self.changes)


def contract(path: Path | None = None, *, project: Path = Path()) -> Shown:
    """Read a contract: the named one, else the project's."""
    return Shown(load(contract_file(path) if path else find_contract(project)))


def diagram(path: Path | None = None, *, project: Path = Path(), format: Literal["svg", "mermaid"] = "svg") -> Drawn:
    """Draw the entities of a contract and their relations."""
    draw = {"svg": svg, "mermaid": mermaid}[format]
    return Drawn(format, draw(contract(path, project=project).contract))


def save(drawn: Drawn, file: Path) -> Saved:
    """Compute the file that a diagram goes into; `write` of the result makes it, or replaces what is there."""
    return Saved(compare({file.name: drawn.drawing.encode()}, require_folder(file.parent)))


def read(path: Path, *, name: str | None = None) -> Source:
    """The contract that a new backend is made from, out of a file or a package; `name` if it says none."""
    return from_file(contract_file(path), name)


def sketch(answers: Answers) -> Source:
    """The contract that a new backend is made from, out of answers."""
    return from_answers(answers)


def new(
    source: Source,
    folder: Path | None = None,
    *,
    existing: Existing = "refuse",
    commit: bool = True,
    with_diff: bool = False,
    stage: Stage = _silent,
) -> New:
    """Compute a new backend; `write` of the result makes it.

    Args:
        source: what it is made from.
        folder: where; by default a folder of the contract's name, here.
        existing: what becomes of files that are in the way.
        commit: make a git repository with a first commit, where the folder is new or empty.
        with_diff: show the content of the files, too.
        stage: called with the name of each stage as it begins.
    """
    target = folder or Path(check_name(source.contract.name))
    check_name(target.resolve().name)
    stage("generate")
    rendered = generate.render(source.contract)
    files = rendered | source.files | store.written(store.fresh(rendered, source.contract))
    notes = [*writing.recover(target), *generate.notes(source.contract)]
    check_folder(target, files, may_exist=existing != "refuse")
    changes = compare(files, target, replace=existing == "replace")
    return New(source.contract, target, changes, commit and not present_in(target), with_diff, notes)


def evolve(
    project: Path = Path(),
    *,
    allow_dirty: bool = False,
    migrate: bool = True,
    run_tests: bool = False,
    with_diff: bool = False,
    stage: Stage = _silent,
) -> Evolution:
    """Compute what the contract of a project, as it is now, changes in it; `write` of the result makes it.

    Args:
        project: a folder in the project.
        allow_dirty: go on where files have edits that are not committed.
        migrate: write the migration from the tables of the former contract to those of this one.
        run_tests: run the project's own tests on the result; what fails is a conflict.
        with_diff: show the content of the changes, too.
        stage: called with the name of each stage as it begins.
    """
    root = find_project(project)
    notes = writing.recover(root)
    file = find_contract(root)
    if not allow_dirty:
        require_clean(root, file)
    stage("read the contract")
    wanted = load(file, name=store.name(root))
    return _evolved(root, wanted, notes, migrate=migrate, run_tests=run_tests, with_diff=with_diff, stage=stage)


def add(
    what: str,
    words: Sequence[str],
    options: Mapping[str, Value] | None = None,
    *,
    project: Path = Path(),
    allow_dirty: bool = False,
    migrate: bool = True,
    run_tests: bool = False,
    with_diff: bool = False,
    stage: Stage = _silent,
) -> Added:
    """Compute a project whose contract has one thing more; `write` of the result makes contract and code.

    Args:
        what: one of `additions()`, such as `field`.
        words: what follows it on a command line, such as `["Book", "pages:int?"]`.
        options: those of the addition, by name.
        project: a folder in the project.
        allow_dirty: go on where files have edits that are not committed.
        migrate: write the migration.
        run_tests: run the project's own tests on the result; what fails is a conflict.
        with_diff: show the content of the changes, too.
        stage: called with the name of each stage as it begins.
    """
    word = word_named(what)
    given = Given(tuple(words), options or {})
    word.check(given)
    root = find_project(project)
    notes = writing.recover(root)
    file = find_contract(root)
    refuse_data(file)
    if not allow_dirty:
        require_clean(root, file)
    stage("read the contract")
    name = store.name(root)
    editor = Editor(file, load(file, name=name))
    word.edit(editor, given)
    files = editor.files()
    wanted = load_edited(file, files, name=name)
    evolution = _evolved(root, wanted, notes, migrate=migrate, run_tests=run_tests, with_diff=with_diff, stage=stage)
    return added(" ".join(["Add", what, *words]), evolution, files)


def additions() -> dict[str, str]:
    """What `add` can add, with what follows it on a command line."""
    return {name: word.usage for name, word in additions_by_name().items()}


def _evolved(
    root: Path, wanted: Contract, notes: list[str], *, migrate: bool, run_tests: bool, with_diff: bool, stage: Stage
) -> Evolution:
    stage("generate")
    rendered = generate.render(wanted)
    stage("merge")
    merged = store.conflicted(root)
    notes += [_MERGED] if merged else []
    state = store.read(root) if not merged else store.after_merge(root, rendered, wanted)
    migration = generate.migration(state.contract() or wanted, wanted, read_tree(root, rendered)) if migrate else None
    evolution = evolved(
        root,
        state,
        rendered,
        wanted,
        migration=counted(root, migration) if migration else None,
        try_out=True,
        run_tests=run_tests,
        with_diff=with_diff,
    )
    evolution.notes[:0] = [*notes, *generate.notes(wanted)]
    return evolution


def status(project: Path = Path()) -> Status:
    """What became of each generated file of a project."""
    return ownership.status(find_project(project))


def undo(project: Path = Path()) -> Operation:
    """Compute how the last run that changed files is taken back; `write` of the result does it."""
    return undone(find_project(project))


def resolve(files: Sequence[Path], side: Side | None = None, *, project: Path = Path()) -> Operation:
    """Decide the conflicts of files: for one side, or as they were edited; `write` of the result does it."""
    return ownership.resolve(find_project(project), files, side)


def eject(files: Sequence[Path], *, project: Path = Path()) -> Operation:
    """Make files the user's own, which no evolution touches; `write` of the result does it."""
    return ownership.eject(find_project(project), files)


def adopt(files: Sequence[Path], *, project: Path = Path()) -> Operation:
    """Let files evolve again that were ejected; `write` of the result does it."""
    return ownership.adopt(find_project(project), files)


def doctor(project: Path = Path()) -> Doctor:
    """Versions, tools, and the project found."""
    return examine(project)


def check(
    path: Path = Path(),
    *,
    level: Level | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    baseline: Path | None = None,
    format: str = "text",
    older: Path | None = None,
    revision: str | None = None,
    fix: bool = False,
    unsafe: bool = False,
    with_diff: bool = False,
    stage: Stage = _silent,
) -> Checked:
    """Audit any FastAPI project; `write` of the result makes the fixes.

    Nothing of the project is executed or imported. What is not given here is as its `[tool.apismith.check]` says.

    Args:
        path: a folder or a Python file.
        level: how much is shown.
        select: codes, beginnings of codes or names of the rules that run.
        ignore: those that do not, beside those of the settings.
        baseline: a file of findings that are known and not shown.
        format: how the result is written down as text.
        older: a report to compare with; only what is new counts.
        revision: only what stands on lines changed since this revision of git counts.
        fix: compute the safe fixes.
        unsafe: compute those that somebody must look at, too.
        with_diff: show the content of the fixes.
        stage: called with the name of each stage as it begins.
    """
    settings, folder = read_settings(path)
    settings = settings.beside(level, select, ignore, str(baseline.resolve()) if baseline else None)
    return checked(
        path,
        settings,
        folder,
        format=format,
        older=older,
        revision=revision,
        fix=fix,
        unsafe=unsafe,
        with_diff=with_diff,
        stage=stage,
    )


def save_baseline(made: Checked, file: Path) -> Saved:
    """Compute the baseline that knows all findings of a check; `write` of the result makes it."""
    return Saved(compare({file.name: baseline_of(made).encode()}, require_folder(file.parent)))


def explain(word: str | None = None) -> Explained:
    """What a rule looks for, why, and what to do; without a word, the list of all rules."""
    return explained(word)
