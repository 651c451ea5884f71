"""Knowledge about libraries, kept as data in `libraries.toml` and extended by `[tool.apismith.check.libraries]`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from apismith.errors import ApismithError, did_you_mean

_FILE = Path(__file__).with_name("libraries.toml")


class UnknownKnowledge(ApismithError):
    """Knowledge of a kind that no rule uses."""


@dataclass(frozen=True)
class Libraries:
    """Patterns of full names by kind: a name, or the beginning of names with `*` at its end."""

    kinds: Mapping[str, tuple[str, ...]]
    _asked: dict[tuple[str, str], str | None] = field(default_factory=dict[tuple[str, str], str | None], repr=False)

    @classmethod
    def known(cls, more: Mapping[str, tuple[str, ...]]) -> "Libraries":
        """What apismith knows, and what a project adds; a name with `!` before it is taken away.

        Raises:
            UnknownKnowledge: there is no such kind.
        """
        ours = _ours()
        for kind in more:
            if kind not in ours:
                hint = did_you_mean(kind, ours)
                raise UnknownKnowledge(f"No rule asks for libraries of the kind '{kind}'.", hint=hint)
        return cls({kind: (*names, *more.get(kind, ())) for kind, names in ours.items()})

    def knows(self, kind: str, name: str | None) -> str | None:
        """The pattern of a kind that a full name matches; the longest one wins, and one with `!` denies."""
        if name is None:
            return None
        if (kind, name) not in self._asked:
            near = [pattern for pattern in self.kinds[kind] if _matches(pattern.removeprefix("!"), name)]
            best = max(near, key=lambda pattern: (len(pattern.removeprefix("!")), pattern[0] == "!"), default="!")
            self._asked[kind, name] = None if best[0] == "!" else best
        return self._asked[kind, name]


def _matches(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


@cache
def _ours() -> dict[str, tuple[str, ...]]:
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {kind: tuple(names) for kind, names in table.items()}
