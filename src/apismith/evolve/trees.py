"""Merge of a whole project: what was generated, what the user made of it, and what would be generated now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from apismith.evolve.diff3 import has_markers
from apismith.evolve.files import Content, merge_file
from apismith.evolve.statements import Contradiction


@dataclass(frozen=True, slots=True)
class Conflict:
    """A file in which the user and the new render contradict each other.

    Args:
        path: where it is in the user's project.
        contradictions: each of them.
        sides: the whole file in the base, as the user has it, and as it would be generated.
        marked: whether the file has markers where a decision is needed.
        causes: what the contradictions come from, for people.
        problems: what is wrong with the merged file, though nothing in it contradicts.
    """

    path: str
    contradictions: tuple[Contradiction, ...]
    sides: tuple[Content, Content, Content]
    marked: bool
    causes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def json(self) -> dict[str, object]:
        """The same as data."""
        names = ("where", "what", "base", "mine", "theirs")
        each = [{name: getattr(one, name) for name in names} for one in self.contradictions]
        return {"path": self.path, "causes": list(self.causes), "contradictions": each, "markers": self.marked}


@dataclass(frozen=True, slots=True)
class MergedTree:
    """What becomes of a project: content by path in the user's tree, None where there is to be no file."""

    files: dict[str, Content]
    conflicts: tuple[Conflict, ...] = ()
    notices: list[str] = field(default_factory=list[str])

    def with_problem(self, path: str, text: str, sides: tuple[Content, Content, Content]) -> "MergedTree":
        """The same with a problem more: its file is in conflict, if it was not."""
        known = next((one for one in self.conflicts if one.path == path), Conflict(path, (), sides, marked=False))
        others = tuple(one for one in self.conflicts if one.path != path)
        return replace(self, conflicts=(*others, replace(known, problems=(*known.problems, text))))


def merge_trees(
    base: Mapping[str, bytes], mine: Mapping[str, bytes], theirs: Mapping[str, bytes], *, yours: Collection[str] = ()
) -> MergedTree:
    """Merge trees whose files have the same paths and names.

    Args:
        base: what was generated.
        mine: the user's project.
        theirs: what would be generated now.
        yours: paths that belong to the user alone.
    """
    files: dict[str, Content] = {}
    conflicts: list[Conflict] = []
    notices: list[str] = []
    for path in sorted(set(base) | set(theirs)):
        if path in yours:
            continue
        sides = base.get(path), mine.get(path), theirs.get(path)
        merged = merge_file(path, *sides)
        files[path] = merged.content
        notices += merged.notices
        if merged.contradictions:
            marked = has_markers((merged.content or b"").decode(errors="replace"))
            conflicts.append(Conflict(path, merged.contradictions, sides, marked))
    return MergedTree(files, tuple(conflicts), notices)
