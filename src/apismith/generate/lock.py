"""`requirements.lock`: what a backend is deployed with, by name, version and hash."""

import re
from collections.abc import Collection
from typing import Final

LOCK: Final = "requirements.lock"
_ENTRY: Final = re.compile(r"^(?P<name>[a-z0-9.-]+)==.*\n(?:^ .*\n)*", re.MULTILINE)
_VIA: Final = re.compile(r"^    #   (?:via )?(?P<name>[a-z0-9.-]+)|^    # via (?P<only>[a-z0-9.-]+)", re.MULTILINE)


def unlocked(text: str, distributions: Collection[str]) -> str:
    """A lock file without these distributions, and without what only they need.

    Args:
        text: as `uv pip compile --annotation-style split` writes it: below each entry stands what needs it.
        distributions: their normalized names.
    """
    entries = {match[0]: match["name"] for match in _ENTRY.finditer(text)}
    needed_by = {name: set[str]() for name in entries.values()}
    for entry, name in entries.items():
        needed_by[name] |= {via["name"] or via["only"] for via in _VIA.finditer(entry)}
    gone = set(distributions)
    while more := {name for name, parents in needed_by.items() if name not in gone and parents <= gone}:
        gone |= more
    for entry, name in entries.items():
        if name in gone:
            text = text.replace(entry, "")
    for name in gone:
        text = re.sub(rf"^    #   {re.escape(name)}\n", "", text, flags=re.MULTILINE)
    return text
