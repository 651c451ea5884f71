"""One evolution of a project, from its files to the changes that would be written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from apismith import git
from apismith.changes import STATE, Changes, compare
from apismith.contract.model import Contract
from apismith.errors import ApismithError
from apismith.evolve import store
from apismith.evolve.causes import causes
from apismith.evolve.declared import declared, placed, renamed_by_contract
from apismith.evolve.files import Content
from apismith.evolve.formatting import CONFIGURATION, laid_out, learn_layout
from apismith.evolve.operation import Operation, Staged
from apismith.evolve.refactoring import Refactoring, learn
from apismith.evolve.store import Recorded, State, digest
from apismith.evolve.tree import read_tree
from apismith.evolve.trees import Conflict, MergedTree, merge_trees
from apismith.evolve.trial import tried
from apismith.evolve.verify import Problem, Trees, problems
from apismith.migration import Migration

HISTORY: Final = "migrations/versions/"
"""Migrations are history: what was generated once stays as it was, and new ones are added behind it."""


class DirtyTree(ApismithError):
    """Files have edits that are not committed, so what apismith does to them could not be told from them."""


class ValuesWouldBeLost(ApismithError):
    """A migration would take values away, and nobody has said that they may go."""


class Unresolved(ApismithError):
    """Conflicts of an earlier run wait for a decision."""


@dataclass(frozen=True, slots=True)
class Evolution:
    """What an evolution would change.

    Args:
        operation: the changes.
        conflicts: where the user and the new render contradict each other.
        notices: what was kept or left out, file by file.
        with_diff: whether the content is shown, not only the paths.
    """

    operation: Operation
    conflicts: tuple[Conflict, ...] = ()
    notices: tuple[str, ...] = ()
    with_diff: bool = False
    notes: list[str] = field(default_factory=list[str])
    migration: Migration | None = None

    @property
    def losses(self) -> tuple[str, ...]:
        """What its migration would take away."""
        return tuple(map(str, self.migration.losses)) if self.migration else ()

    @property
    def changes(self) -> Changes:
        """What changes, without what stays as it is."""
        return Changes(self.operation.changes.root, self.operation.changes.effective)

    @property
    def exit_code(self) -> int:
        """1 when something is to be decided."""
        return int(bool(self.conflicts))

    def write(self, *, lose_data: bool = False) -> None:
        """Make the changes, all of them or none.

        Args:
            lose_data: whether its migration may take values away.

        Raises:
            ValuesWouldBeLost: it would, and may not.
        """
        if self.losses and not lose_data:
            raise ValuesWouldBeLost(
                f"The migration would lose values, so nothing was changed: {'; '.join(self.losses)}.",
                hint='Say --lose-data if they may go; a renamed field keeps them: name: str = was("former").',
            )
        self.operation.write()

    def listing(self) -> str:
        """What is written: a line for each file, or the content of all; and what the migration does."""
        written = self.changes.diff() if self.with_diff else self.changes.text()
        return "\n".join([written.rstrip("\n"), "", *self.migration.lines()]) if self.migration else written

    def text(self) -> str:
        """The conflicts and what to do about them, or that there are none."""
        if not self.conflicts:
            return "Everything is as the contract says." if not self.changes.shown else "No conflicts."
        lines = [f"{len(self.conflicts)} {'file has' if len(self.conflicts) == 1 else 'files have'} conflicts:"]
        for conflict in self.conflicts:
            lines += [f"  {conflict.path}", *(f"    {cause}" for cause in conflict.causes)]
        return "\n".join([*lines, "Decide each: apismith resolve FILE --mine | --theirs, or edit it and resolve FILE."])

    def json(self) -> dict[str, object]:
        """The same as data."""
        diff = {"diff": self.changes.diff()} if self.with_diff else {}
        described = {"schema_version": 1, "folder": str(self.changes.root), **self.changes.json(), **diff}
        conflicts = [conflict.json() for conflict in self.conflicts]
        described["migration"] = self.migration.json() if self.migration else None
        return {**described, "conflicts": conflicts, "notices": list(self.notices), "notes": self.notes}


def require_clean(root: Path, contract: Path) -> None:
    """Refuse to go on where files have edits that are not committed; the contract may have some.

    Raises:
        DirtyTree: naming them.
    """
    own = contract.parent if contract.name == "__init__.py" else contract
    edited = [
        path
        for path in git.uncommitted(root)
        if not path.startswith(f"{STATE}/") and not (root / path).resolve().is_relative_to(own.resolve())
    ]
    if edited:
        more = f" and {len(edited) - 5} more" if len(edited) > 5 else ""
        raise DirtyTree(
            f"{', '.join(edited[:5])}{more} {'has' if len(edited) == 1 else 'have'} edits that are not committed, so "
            "nothing was changed: you could not tell them from what is written now.",
            hint="Commit them, or go on with --allow-dirty; 'apismith undo' takes back what is written.",
        )


def evolve(
    root: Path,
    state: State,
    theirs: Mapping[str, bytes],
    contract: Contract,
    *,
    migration: Migration | None = None,
    try_out: bool = False,
    run_tests: bool = False,
    with_diff: bool = False,
) -> Evolution:
    """Compute the evolution of a project; `write` of the result makes it.

    Args:
        root: the project.
        state: what it remembers.
        theirs: what would be generated now.
        contract: what that is rendered from.
        migration: what is added to the migrations.
        try_out: whether a project that the user has edited is started in a folder of its own.
        run_tests: whether its tests are run there, too.
        with_diff: whether the content is shown, too.

    Raises:
        Unresolved: conflicts of an earlier run wait.
    """
    _require_resolved(state)
    base = state.base(theirs.values())
    theirs = {path: content for path, content in theirs.items() if not path.startswith(HISTORY)}
    theirs |= {path: content for path, content in base.items() if path.startswith(HISTORY)}
    theirs |= {migration.path: migration.text.encode()} if migration else {}
    mine = read_tree(root, {*state.lock.files, *theirs, *state.lock.moves.values()})
    base = _complete(base, mine, state)
    old = state.contract()
    by_contract = renamed_by_contract(declared(old, contract) if old else [], base, theirs)
    learned = learn(base, mine, state.lock.moves, state.lock.renames)
    learned = replace(learned, moves=placed(by_contract, learned.moves))
    trees = _replayed(base, mine, theirs, learned, by_contract)
    merged = merge_refactored(trees.base, trees.mine, trees.theirs, state.lock.yours)
    merged = replace(merged, files=_whole_change(mine, trees.mine, merged.files))
    whole = {path: content for path, content in {**mine, **merged.files}.items() if content is not None}
    trees = replace(trees, merged=whole)
    merged = _verified(merged, trees)
    edited = any(base.get(path) != content for path, content in mine.items() if path.endswith(".py"))
    notes: list[str] = []
    if whole != mine and not merged.conflicts and ((try_out and edited) or run_tests):
        trial = tried(root, mine, whole, run_tests=run_tests)
        notes += trial.notes
        for problem in trial.problems:
            merged = _with_problem(merged, problem, trees)
    moves = {path: learned.path(path) for path in theirs if learned.path(path) != path}
    state = state.with_lock(replace(state.lock, moves=moves, renames=learned.symbols))
    evolution = _evolution(root, state, merged, theirs, (old, contract), mine, with_diff)
    return replace(evolution, notes=notes, migration=migration)


def _replayed(
    base: Mapping[str, bytes],
    mine: Mapping[str, bytes],
    theirs: Mapping[str, bytes],
    learned: Refactoring,
    by_contract: Refactoring,
) -> Trees:
    """The three trees with the same paths and names: the user's, and those that the contract has changed."""
    if by_contract == Refactoring():
        return Trees(learned.replay(base), mine, learned.replay(theirs), mine)
    moves = {learned.path(old): learned.path(new) for old, new in by_contract.moves.items()}
    following = Refactoring(moves, symbols=by_contract.symbols)
    return Trees(following.replay(learned.replay(base)), following.replay(mine), learned.replay(theirs), mine)


def _whole_change(
    mine: Mapping[str, bytes], followed: Mapping[str, bytes], files: Mapping[str, Content]
) -> dict[str, Content]:
    """What becomes of the user's files: those that follow a rename of the contract, and those that were merged."""
    gone: dict[str, Content] = {path: None for path in mine if path not in followed}
    renamed = {path: content for path, content in followed.items() if mine.get(path) != content}
    return {**gone, **renamed, **files}


def _verified(merged: MergedTree, trees: Trees) -> MergedTree:
    for problem in problems(trees, frozenset(one.path for one in merged.conflicts)):
        merged = _with_problem(merged, problem, trees)
    return merged


def _with_problem(merged: MergedTree, problem: Problem, trees: Trees) -> MergedTree:
    sides = (trees.base.get(problem.path), trees.mine.get(problem.path), trees.theirs.get(problem.path))
    return merged.with_problem(problem.path, problem.text, sides)


def merge_refactored(
    base: Mapping[str, bytes], mine: Mapping[str, bytes], theirs: Mapping[str, bytes], yours: Collection[str]
) -> MergedTree:
    """Merge trees with the same paths and names, in the layout of the user."""
    configuration = learn_layout(base, mine)
    if configuration is None:
        merged = merge_trees(base, mine, theirs, yours=yours)
    else:
        old, new = laid_out(base, configuration), laid_out(theirs, configuration)
        # Files that the user has not laid out anew stay as they are generated.
        other = {path for path, content in base.items() if mine.get(path) == content != old[path]}
        wanted = {path: theirs[path] if path in other else content for path, content in new.items()}
        known = {path: base[path] if path in other else content for path, content in old.items()}
        merged = merge_trees(known, mine, wanted, yours=yours)
    settings = configuration or {path: mine[path] for path in CONFIGURATION if path in mine}
    return _in_layout(merged, mine, theirs, settings)


def _in_layout(
    merged: MergedTree, mine: Mapping[str, bytes], theirs: Mapping[str, bytes], configuration: Mapping[str, bytes]
) -> MergedTree:
    """What was merged is laid out anew where the user's file is laid out by the settings."""
    conflicting = {one.path for one in merged.conflicts}
    changed = {
        path: content
        for path, content in merged.files.items()
        if content is not None
        and path.endswith(".py")
        and path in mine
        and content not in (mine[path], theirs.get(path))
    }
    before = {path: mine[path] for path in changed if path not in conflicting}
    neat = laid_out(before, configuration)
    again = laid_out({path: changed[path] for path in before if neat[path] == before[path]}, configuration)
    return replace(merged, files={**merged.files, **again})


def _evolution(
    root: Path,
    state: State,
    merged: MergedTree,
    theirs: Mapping[str, bytes],
    contracts: tuple[Contract | None, Contract],
    mine: Mapping[str, bytes],
    with_diff: bool,
) -> Evolution:
    old, contract = contracts
    conflicts = tuple(
        replace(one, causes=(*causes(one.contradictions, old, contract), *one.problems)) for one in merged.conflicts
    )
    new = store.evolved(state, theirs, contract)
    waiting = {one.path: Recorded(_sha(one.sides[1]), _sha(one.sides[2]), one.causes) for one in conflicts}
    sides = [side for one in conflicts for side in one.sides[1:] if side is not None]
    new = new.with_lock(replace(new.lock, conflicts=waiting), *sides)
    kept = {path: content for path, content in merged.files.items() if content != mine.get(path)}
    compared = compare(kept | store.written(new, root), root)
    # What was merged is what was read: a file that was edited since then must not pass for it.
    own = [replace(one, before=mine.get(one.path)) if one.path in kept else one for one in compared.all]
    changes = replace(compared, all=tuple(own))
    staged = tuple(Staged(one.path, one.sides) for one in conflicts)
    operation = Operation(f"Evolve {contract.name}", changes, staged=staged)
    return Evolution(operation, conflicts, tuple(merged.notices), with_diff)


def _require_resolved(state: State) -> None:
    if state.lock.conflicts:
        raise Unresolved(
            f"{', '.join(sorted(state.lock.conflicts))}: conflicts of the last run wait for a decision, so nothing was "
            "changed.",
            hint="Decide them with 'apismith resolve FILE --mine | --theirs', or take the run back: 'apismith undo'.",
        )


def _complete(base: dict[str, bytes], mine: Mapping[str, bytes], state: State) -> dict[str, bytes]:
    """The base with the large files that the user has not touched; of others, only that they are another is known."""
    by_digest = {digest(content): content for content in mine.values() if len(content) > store.LARGEST}
    unknown = {path: by_digest.get(sha, b"\0") for path, sha in state.lock.files.items() if path not in base}
    return base | unknown


def _sha(content: bytes | None) -> str | None:
    return None if content is None else digest(content)
