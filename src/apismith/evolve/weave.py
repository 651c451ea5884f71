"""Merge of ordered sets: which members stay, and in which order."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def numbered(keys: Iterable[Key]) -> list[tuple[Key, int]]:
    """The keys, each with how often it occurred before, so that no two are alike."""
    seen: Counter[Key] = Counter()
    found: list[tuple[Key, int]] = []
    for key in keys:
        found.append((key, seen[key]))
        seen[key] += 1
    return found


def weave(base: Sequence[Key], mine: Sequence[Key], theirs: Sequence[Key], kept: Iterable[Key]) -> list[Key]:
    """The keys that are kept, in the user's order, with what is new behind the one that it follows on the other side.

    Where only the other side has put members into another order, that order is taken.
    """
    wanted = set(kept)
    common = set(base) & set(mine) & set(theirs)
    orders = [[key for key in side if key in common] for side in (base, mine, theirs)]
    frame, other = (theirs, mine) if orders[0] == orders[1] != orders[2] else (mine, theirs)
    result = [key for key in frame if key in wanted]
    for at, key in enumerate(other):
        if key not in wanted or key in result:
            continue
        before = next((known for known in reversed(other[:at]) if known in result), None)
        after = next((known for known in other[at + 1 :] if known in result), None)
        if before is not None:
            result.insert(result.index(before) + 1, key)
        else:
            result.insert(len(result) if after is None else result.index(after), key)
    return result


def is_sorted(keys: Sequence[str]) -> bool:
    """Whether texts are in the order of the alphabet, without regard to case or with it."""
    return list(keys) in (sorted(keys), sorted(keys, key=str.casefold))
