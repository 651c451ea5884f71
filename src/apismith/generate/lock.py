"""`requirements.lock`: what a backend is deployed with, by name, version and hash."""

import re
from collections.abc import Collection
from typing import Final

LOCK: Final = "requirements.lock"
_ENTRY: Final = re.compile(r"^(?P<name>[a-z0-9.-]+)==.*\n(?:^ .*\n)*", re.MULTILINE)
_VIA: Final = re.compile(r"^    # +(?:via )?(?P<name>[a-z0-9.-]+(?: \(.*\))?)$", re.MULTILINE)
_ANNOTATION: Final = re.compile(r"^    #.*\n", re.MULTILINE)


def unlocked(text: str, distributions: Collection[str], required: Collection[str], *, by: str) -> str:
    """A lock file without these distributions, and without what only they need.

    Args:
        text: as `uv pip compile --annotation-style split` writes it: below each entry stands what needs it.
        distributions: their normalized names.
        required: names of what the project itself requires, though the lock file does not say so.
        by: what the lock file calls the project.
    """
    # An entry may come twice, for different versions of Python.
    entries = [(match["name"], match[0]) for match in _ENTRY.finditer(text)]
    needed_by = {name: {by} if name in required else set[str]() for name, _ in entries}
    for name, entry in entries:
        needed_by[name] |= {via["name"] for via in _VIA.finditer(entry)} - {"via"}
    gone = set(distributions)
    while more := {name for name, parents in needed_by.items() if name not in gone and parents <= gone}:
        gone |= more
    return "".join(
        _ANNOTATION.sub("", entry) + _annotation(needed_by[name] - gone) for name, entry in entries if name not in gone
    )


def _annotation(parents: set[str]) -> str:
    if len(parents) == 1:
        return f"    # via {parents.pop()}\n"
    return "".join(["    # via\n", *(f"    #   {parent}\n" for parent in sorted(parents))])
