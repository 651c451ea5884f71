"""A new backend: what it is made from, what is written, and what to do next."""

import shlex
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from apismith import git, writing
from apismith.changes import Changes
from apismith.contract.load import load
from apismith.contract.model import Contract
from apismith.contract.sketch import Answers, sketch
from apismith.errors import ApismithError

Existing = Literal["refuse", "keep", "replace"]


class AnswersRefused(ApismithError):
    """The answers fit the questions, but make no valid contract together."""


@dataclass(frozen=True, slots=True)
class Source:
    """A contract and the files it was read from, by their paths in a project."""

    contract: Contract
    files: dict[str, bytes]


def from_file(file: Path, name: str | None = None) -> Source:
    """Read a contract: one file (Python or JSON), or the package whose `__init__.py` is given.

    Args:
        file: where it is.
        name: what the backend is called if the contract does not say it.
    """
    contract = load(file, name=name)
    if file.name != "__init__.py":
        return Source(contract, {f"contract{file.suffix}": file.read_bytes()})
    modules = sorted(file.parent.rglob("*.py"))
    return Source(
        contract, {f"contract/{path.relative_to(file.parent).as_posix()}": path.read_bytes() for path in modules}
    )


def from_answers(answers: Answers) -> Source:
    """Write a contract from answers and read it like any other.

    Raises:
        BadSketch: an entity is written in words that are not understood.
        AnswersRefused: the contract is not valid, e.g. because a field has a reserved name.
    """
    text = sketch(answers)
    with tempfile.TemporaryDirectory(prefix="apismith-") as folder:
        file = Path(folder) / "contract.py"
        file.write_text(text, encoding="utf-8")
        try:
            return Source(load(file), {"contract.py": text.encode()})
        except ApismithError as error:
            line = text.splitlines()[error.at.line - 1].strip() if error.at else ""
            raise AnswersRefused(f"{error.message} ({line})" if line else error.message, hint=error.hint) from error


@dataclass(frozen=True, slots=True)
class New:
    """A new backend, computed but not yet written.

    Args:
        folder: where it goes.
        commit: whether `write` makes a git repository with a first commit.
        with_diff: whether the content is shown, not only the paths.
        notes: what the user should know; `write` may add to it.
    """

    contract: Contract
    folder: Path
    changes: Changes
    commit: bool = True
    with_diff: bool = False
    notes: list[str] = field(default_factory=list[str])

    def write(self) -> None:
        """Make the folder, wholly or not at all."""
        writing.write(self.changes, finish=self._first_commit if self.commit else None)

    def _first_commit(self, folder: Path) -> None:
        if note := git.first_commit(folder, f"Generate {self.contract.name} from its contract"):
            self.notes.append(note)

    def listing(self) -> str:
        """What is written: a line for each file, or the content of all."""
        return self.changes.diff() if self.with_diff else self.changes.text()

    @property
    def needs(self) -> list[str]:
        """What must be there before the next commands can work."""
        if self.contract.database.kind == "sqlite":
            return []
        return [f"It needs a running {self.contract.database.kind} server: its address goes into DATABASE_URL."]

    @property
    def next(self) -> list[str]:
        """The commands that start the backend, to be run as they are."""
        enter = [] if self.folder.resolve() == Path.cwd() else [f"cd {shlex.quote(str(self.folder))}"]
        if shutil.which("uv"):
            return [*enter, "uv sync && uv run alembic upgrade head", "uv run uvicorn app.main:app --reload"]
        install = 'python3 -m venv .venv && .venv/bin/pip install -e ".[dev]" && .venv/bin/alembic upgrade head'
        return [*enter, install, ".venv/bin/uvicorn app.main:app --reload"]

    def text(self) -> str:
        """The commands to run next."""
        return "\n".join(["Next:", *(f"  {command}" for command in self.next)])

    def json(self) -> dict[str, object]:
        """All of it as data."""
        diff = {"diff": self.changes.diff()} if self.with_diff else {}
        described = {"schema_version": 1, "name": self.contract.name, "folder": str(self.folder)}
        return {**described, **self.changes.json(), **diff, "notes": [*self.notes, *self.needs], "next": self.next}
