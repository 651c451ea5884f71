"""Which files a backend has, and where each comes from.

A file is *emitted* (an emitter claims its path), a *variant* (a choice of the contract puts another real file in its
place), *renamed* (copied, with the account's names put in) or *copied* as it is. A condition chooses files, never
lines inside a file.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Final, Literal

from apismith.contract import naming
from apismith.contract.model import Contract
from apismith.generate import parts
from apismith.generate.emitters import Emitter, all_emitters
from apismith.generate.lock import LOCK
from apismith.generate.names import speaks_of_account

REFERENCE: Final = Path(__file__).parent.parent / "reference" / "sql"
VARIANTS: Final = REFERENCE.parent / "variants"
LOCKED: Final = REFERENCE.parent / LOCK
"""The lock file of the reference app with all parts."""

CONTRACT: Final = "contract.py"
"""The user's own file, which is not rendered."""

_LEFTOVERS: Final = frozenset(
    {"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".venv", ".coverage", ".env"}
)
_LEFTOVER_SUFFIXES: Final = (".pyc", ".db", ".sqlite3", ".db-wal", ".db-shm", ".sqlite3-wal", ".sqlite3-shm", ".log")


@dataclass(frozen=True, slots=True)
class Part:
    """One feature of the backend that a choice switches on, or one kind of file that a choice replaces.

    Args:
        name: what it is called; also the folder of `reference/variants/` with its `instead` files.
        when: whether a contract wants it.
        files: patterns of reference files that only exist with it.
        project: patterns of project files that bear the backend's name.
        dependencies: distributions of `pyproject.toml` that only it needs.
        replaces: its files in `reference/variants/<name>/` take the place of the reference's, or are added to them.
        requires: requirements that only it has, of distributions that the reference app does not depend on.
        settings: module and class of its settings, which become part of the backend's.
        secrets: names of those settings that production does not start without; module and function that make one.
        environment: how `.env.example` lists its settings.
    """

    name: str
    when: Callable[[Contract], bool]
    files: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    replaces: bool = False
    requires: tuple[str, ...] = ()
    settings: tuple[str, str] | None = None
    secrets: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    environment: str = ""

    def covers(self, path: str) -> bool:
        """Whether a reference file only exists with this part."""
        return any(fnmatchcase(path, pattern) for pattern in self.files)


_parts: list[Part] = []


def register(part: Part) -> Part:
    """Make a part known; called by its module in `generate/parts/`."""
    _parts.append(part)
    return part


@cache
def all_parts() -> tuple[Part, ...]:
    """All parts there are, by name."""
    for module in pkgutil.iter_modules(parts.__path__, f"{parts.__name__}."):
        importlib.import_module(module.name)
    return tuple(sorted(_parts, key=lambda part: part.name))


@dataclass(frozen=True, slots=True)
class Copy:
    """A file to copy, and which names to put in: the account's, or the backend's own."""

    source: Path
    names: Literal["account", "project"] | None = None


def copies(contract: Contract) -> dict[str, Copy]:
    """The files that are copied for a contract, by their paths in the backend."""
    unwanted = [part for part in all_parts() if not part.when(contract)]
    sources = {path: REFERENCE / path for path in _unclaimed() if not any(part.covers(path) for part in unwanted)}
    for part in all_parts():
        if part.replaces and part.when(contract):
            sources |= {path: VARIANTS / part.name / path for path in files_below(VARIANTS / part.name)}
    sources[LOCK] = LOCKED
    return {path: Copy(source, _names_in(path, source)) for path, source in sources.items()}


def wanted(contract: Contract) -> Iterator[Part]:
    """The parts that a contract switches on."""
    return (part for part in all_parts() if part.when(contract))


def unneeded(contract: Contract) -> frozenset[str]:
    """Distributions that the reference app or a part depends on and the backend of a contract does not."""
    needed = {distribution(text) for part in wanted(contract) for text in part.requires}
    parts = [part for part in all_parts() if not part.when(contract)]
    found = {name for part in parts for name in (*part.dependencies, *map(distribution, part.requires))}
    return frozenset(found - needed)


def requirements(contract: Contract) -> frozenset[str]:
    """What the parts of a contract require besides what the reference app does."""
    return frozenset(text for part in wanted(contract) for text in part.requires)


def distribution(requirement: str) -> str:
    """The normalized name of what a requirement is for: `pyjwt[crypto]>=2.15` → `pyjwt`."""
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()


def _names_in(path: str, source: Path) -> Literal["account", "project"] | None:
    if any(fnmatchcase(path, pattern) for part in all_parts() for pattern in part.project):
        return "project"
    return "account" if path.endswith(".py") and _speaks_of_account(source) else None


@cache
def _speaks_of_account(source: Path) -> bool:
    return speaks_of_account(source.read_text(encoding="utf-8"))


def claims() -> Iterator[tuple[str, Emitter]]:
    """Every path of the reference app that an emitter claims."""
    for emitter in all_emitters():
        for path in sorted(emitter.paths(iter(reference_modules()))):
            yield path, emitter


@cache
def reference_modules() -> tuple[str, ...]:
    """Modules of the entities of the reference app, read from its contract without running it."""
    tree = ast.parse((REFERENCE / CONTRACT).read_text(encoding="utf-8"))
    entities = [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id == "Entity" for b in node.bases)
    ]
    return tuple(naming.module_name(name) for name in entities)


@cache
def _unclaimed() -> tuple[str, ...]:
    claimed = {path for path, _ in claims()}
    return tuple(path for path in files_below(REFERENCE) if path not in claimed and path != CONTRACT)


def files_below(root: Path) -> list[str]:
    """Paths of the files of a real app, without what running and testing it leaves behind."""
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file()
        and not _LEFTOVERS.intersection(path.relative_to(root).parts)
        and not path.name.endswith(_LEFTOVER_SUFFIXES)
    )
