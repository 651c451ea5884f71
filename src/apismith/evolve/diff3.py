"""Three-way merge of sequences and of lines: what both sides did apart is taken, what they did to the same is not.

Markers are git's (`merge.conflictStyle = zdiff3`): what both sides begin or end alike stands outside of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

MINE = "<<<<<<<"
BASE = "|||||||"
SPLIT = "======="
THEIRS = ">>>>>>>"

Side = Literal["mine", "theirs"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of the three sides; `merged` is None where they contradict each other."""

    base: Sequence[str]
    mine: Sequence[str]
    theirs: Sequence[str]
    merged: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class MergedText:
    """The result of a merge by lines.

    Args:
        text: with markers around what contradicts.
        clashes: the texts of base, mine and theirs where they do.
    """

    text: str
    clashes: tuple[tuple[str, str, str], ...] = ()


def chunks(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Chunk]:
    """The stretches that differ or not, in order."""
    at_base = at_mine = at_theirs = 0
    for base_from, base_to, mine_from, theirs_from in _common(base, mine, theirs):
        if (at_base, at_mine, at_theirs) != (base_from, mine_from, theirs_from):
            yield _chunk(base[at_base:base_from], mine[at_mine:mine_from], theirs[at_theirs:theirs_from])
        same = base[base_from:base_to]
        if same:
            yield Chunk(same, same, same, same)
        length = base_to - base_from
        at_base, at_mine, at_theirs = base_to, mine_from + length, theirs_from + length


def _chunk(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Chunk:
    if list(mine) == list(theirs) or list(theirs) == list(base):
        return Chunk(base, mine, theirs, mine)
    if list(mine) == list(base):
        return Chunk(base, mine, theirs, theirs)
    return Chunk(base, mine, theirs, _beside(base, mine, theirs) or _beside(base, theirs, mine))


def _beside(base: Sequence[str], added: Sequence[str], changed: Sequence[str]) -> Sequence[str] | None:
    """The change with what the other side has only added before or behind it."""
    size = len(base)
    if not 0 < size < len(added) or not changed:
        return None
    if list(added[-size:]) == list(base):
        return [*added[:-size], *changed]
    return [*changed, *added[size:]] if list(added[:size]) == list(base) else None


def _common(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Stretches of the base that both sides have kept: where in the base (from, to), in mine and in theirs (from)."""
    to_mine = SequenceMatcher(None, base, mine, autojunk=False).get_matching_blocks()
    to_theirs = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    one = two = 0
    while one < len(to_mine) and two < len(to_theirs):
        a, b = to_mine[one], to_theirs[two]
        start, end = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
        if start < end:
            yield start, end, a.b + start - a.a, b.b + start - b.a
        if a.a + a.size < b.a + b.size:
            one += 1
        else:
            two += 1
    yield len(base), len(base), len(mine), len(theirs)


def merge_lines(base: str, mine: str, theirs: str) -> MergedText:
    """Merge three texts by their lines."""
    lines: list[str] = []
    clashes: list[tuple[str, str, str]] = []
    ours, others = (mine.splitlines(keepends=True), theirs.splitlines(keepends=True))
    for chunk in chunks(base.splitlines(keepends=True), ours, others):
        if chunk.merged is not None:
            lines += chunk.merged
            continue
        head, tail = _shared(chunk.mine, chunk.theirs)
        inner = slice(head, len(chunk.mine) - tail), slice(head, len(chunk.theirs) - tail)
        texts = ("".join(chunk.base), "".join(chunk.mine[inner[0]]), "".join(chunk.theirs[inner[1]]))
        clashes.append(texts)
        lines += [*chunk.mine[:head], marked(*texts), *chunk.mine[len(chunk.mine) - tail :]]
    return MergedText("".join(lines), tuple(clashes))


def _shared(mine: Sequence[str], theirs: Sequence[str]) -> tuple[int, int]:
    """How many lines both begin with, and how many of the others both end with."""
    shortest = min(len(mine), len(theirs))
    head = next((n for n in range(shortest) if mine[n] != theirs[n]), shortest)
    tail = next((n for n in range(shortest - head) if mine[-n - 1] != theirs[-n - 1]), shortest - head)
    return head, tail


def marked(base: str, mine: str, theirs: str) -> str:
    """What contradicts, between the markers of git."""
    parts = [f"{MINE} you", mine, f"{BASE} as it was generated", base, SPLIT, theirs, f"{THEIRS} apismith"]
    return "".join(part if part.endswith("\n") or not part else f"{part}\n" for part in parts)


def has_markers(text: str) -> bool:
    """Whether something in a text is still to be decided."""
    return any(line.startswith((f"{MINE} ", f"{THEIRS} ")) for line in text.splitlines())


def pick(text: str, side: Side) -> str:
    """The text with what lies between markers decided for one side."""
    kept: list[str] = []
    inside: Literal["mine", "base", "theirs"] | None = None
    for line in text.splitlines(keepends=True):
        if line.startswith(f"{MINE} "):
            inside = "mine"
        elif inside == "mine" and line.startswith(f"{BASE} "):
            inside = "base"
        elif inside in ("mine", "base") and line.rstrip() == SPLIT:
            inside = "theirs"
        elif inside == "theirs" and line.startswith(f"{THEIRS} "):
            inside = None
        elif inside in (None, side):
            kept.append(line)
    return "".join(kept)
