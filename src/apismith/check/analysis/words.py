"""Names in programs taken apart: `getCurrentUser` and `get_current_user` say the same."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path


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


def vocabulary(kind: str) -> frozenset[str]:
    """The words of a kind, kept as data in `vocabulary.toml`."""
    return _vocabularies()[kind]


@cache
def _vocabularies() -> dict[str, frozenset[str]]:
    file = Path(__file__).parents[1] / "vocabulary.toml"
    return {kind: frozenset(said) for kind, said in tomllib.loads(file.read_text(encoding="utf-8")).items()}
