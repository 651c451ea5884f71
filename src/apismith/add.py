"""One thing more in a contract, and what that changes in the code: shown together, written together."""

import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from apismith.changes import Changes, compare
from apismith.contract.editing.errors import CannotEdit, DataContract
from apismith.evolve.evolution import Evolution


@dataclass(frozen=True, slots=True)
class Added:
    """An addition, computed but not yet written.

    Args:
        title: what is added, as `undo` will name it.
        edits: what changes in the text of the contract.
        evolution: all that changes, the contract among it.
    """

    title: str
    edits: Changes
    evolution: Evolution

    @property
    def exit_code(self) -> int:
        """1 when something is to be decided."""
        return self.evolution.exit_code

    @property
    def next(self) -> list[str]:
        """The commands that bring what runs up to it."""
        if self.evolution.migration is None or self.evolution.conflicts:
            return []
        here = self.evolution.changes.root
        enter = [] if here.resolve() == Path.cwd() else [f"cd {shlex.quote(str(here))}"]
        return [*enter, "uv run alembic upgrade head" if shutil.which("uv") else ".venv/bin/alembic upgrade head"]

    def write(self, *, lose_data: bool = False) -> None:
        """Write the contract and the code, all of it or nothing.

        Args:
            lose_data: whether its migration may take values away.

        Raises:
            ValuesWouldBeLost: it would, and may not.
        """
        self.evolution.write(lose_data=lose_data)

    def listing(self) -> str:
        """What changes in the contract, then in the code: a line for each file, or the content of all."""
        if self.evolution.with_diff:
            return self.evolution.listing()
        return f"{self.edits.diff()}\n{self.evolution.listing()}"

    def text(self) -> str:
        """The conflicts and what to do about them, or what to run next."""
        if not self.edits.effective:
            return "The contract says that already."
        said = self.evolution.text()
        return "\n".join([said, "", "Next:", *(f"  {command}" for command in self.next)]) if self.next else said

    def json(self) -> dict[str, object]:
        """The same as data."""
        return {**self.evolution.json(), "title": self.title, "contract": self.edits.diff(), "next": self.next}


def added(title: str, evolution: Evolution, files: Mapping[Path, bytes]) -> Added:
    """An evolution that writes the contract, too.

    Args:
        title: what is added.
        evolution: of the code.
        files: the files of the contract as they become.

    Raises:
        CannotEdit: one of them is not in the project.
    """
    changes = evolution.operation.changes
    own: dict[str, bytes | None] = {}
    for path, content in files.items():
        if not path.resolve().is_relative_to(changes.root.resolve()):
            message = f"{path} lies outside of the project, so 'apismith undo' could not take its change back."
            raise CannotEdit(message, hint="Edit it by hand, and run 'apismith evolve'.")
        own[path.resolve().relative_to(changes.root.resolve()).as_posix()] = content
    edits = compare(own, changes.root)
    every = {one.path: one for one in (*changes.all, *edits.all)}
    whole = Changes(changes.root, tuple(every[path] for path in sorted(every)))
    return Added(title, edits, replace(evolution, operation=replace(evolution.operation, title=title, changes=whole)))


def refuse_data(file: Path) -> None:
    """Refuse a contract that is no Python.

    Raises:
        DataContract: it is JSON.
    """
    if file.suffix == ".json":
        message = f"The contract {file} is data, and 'apismith add' edits Python: nothing was changed."
        raise DataContract(message, hint="Edit the JSON and run 'apismith evolve', or write the contract in Python.")
