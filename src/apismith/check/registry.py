"""The rules that there are: each registers itself by `@rule`, in a module with its page beside it."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from apismith.check import rules
from apismith.check.app import App
from apismith.errors import ApismithError, did_you_mean
from apismith.findings import Confidence, Fix, Severity, Span, Step

FAMILIES = {
    "0": "check itself",
    "1": "concurrency",
    "2": "data",
    "3": "HTTP contract",
    "4": "security",
    "5": "operations",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule reports.

    Args:
        at: where, as `module.file.span(node)` gives it.
        message: fact + consequence + the right thing to use.
        severity: where it differs from that of the rule.
        confidence: where it differs from that of the rule.
        chain: the steps that lead there, the first one first.
        fix: a change that mends it.
    """

    at: Span
    message: str
    severity: Severity | None = None
    confidence: Confidence | None = None
    chain: tuple[Step, ...] = ()
    fix: Fix | None = None


Look: TypeAlias = Callable[[App], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that `check` looks for; see `rule` for what its members mean."""

    code: str
    severity: Severity
    confidence: Confidence
    minutes: int
    in_tests: bool
    look: Look
    page: Path

    @property
    def name(self) -> str:
        """Its name in words, as its module is called: `blocking-call`."""
        return self.page.stem.replace("_", "-")

    @property
    def family(self) -> str:
        """The part of the report card that it counts for."""
        return FAMILIES[self.code[2]]

    @property
    def title(self) -> str:
        """The headline of its page, without the code."""
        return self.text.partition("\n")[0].partition(":")[2].strip()

    @property
    def text(self) -> str:
        """Its page."""
        return self.page.read_text(encoding="utf-8")


class UnknownRule(ApismithError):
    """A code that no rule has."""


_RULES: dict[str, Rule] = {}


def rule(
    code: str,
    *,
    severity: Severity,
    confidence: Confidence = "high",
    minutes: int = 10,
    in_tests: bool = False,
) -> Callable[[Look], Look]:
    """Register a function as a rule.

    Args:
        code: "FA" and three digits, the first of which is its family.
        severity: what its findings cost, if a finding does not say otherwise.
        confidence: how sure its findings are, if a finding does not say otherwise.
        minutes: how long it takes to mend one, roughly.
        in_tests: it looks at the project's tests, too.
    """
    if not re.fullmatch(r"FA[0-5]\d\d", code):
        raise ValueError(f"{code!r} is no code of a rule")

    def register(look: Look) -> Look:
        if code in _RULES:
            raise ValueError(f"there are two rules {code}")
        page = Path(look.__code__.co_filename).with_suffix(".md")
        _RULES[code] = Rule(code, severity, confidence, minutes, in_tests, look, page)
        return look

    return register


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule by its code, in the order of the codes."""
    for module in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
        importlib.import_module(module.name)
    return dict(sorted(_RULES.items()))


def named(word: str) -> list[Rule]:
    """The rules that a word names: a code, a name, or the beginning of codes (`FA4`).

    Raises:
        UnknownRule: it names none.
    """
    known = all_rules()
    found = [each for each in known.values() if each.code.startswith(word.upper()) or each.name == word]
    if not found or not word.strip():
        names = [*known, *(each.name for each in known.values())]
        hint = did_you_mean(word.upper(), known) or did_you_mean(word, names)
        raise UnknownRule(f"There is no rule '{word}'.", hint=hint or "'apismith explain' lists all rules.")
    return found
