"""Names of programs taken apart: `getCurrentUser` and `get_current_user` say the same."""

import re
from collections.abc import Iterable
from functools import lru_cache


def words(name: str) -> list[str]:
    """The words of a name or a path, in small letters."""
    return list(_words(name))


@lru_cache(maxsize=100_000)
def _words(name: str) -> tuple[str, ...]:
    parts = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name)
    return tuple(part.lower() for part in parts)


def says(name: str, vocabulary: Iterable[str]) -> bool:
    """Whether a name contains one of some words or phrases (`current user`), as whole words."""
    text = f" {' '.join(_words(name))} "
    return any(f" {phrase} " in text for phrase in vocabulary)
