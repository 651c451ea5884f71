"""What an audit gives: findings, what could not be seen, and the grade that follows from them."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from apismith.check.registry import all_rules
from apismith.findings import Confidence, Finding, Severity
from apismith.source.files import Unread

WEIGHTS: dict[Severity, float] = {"critical": 10, "high": 5, "medium": 2, "low": 0.5}
SURENESS: dict[Confidence, float] = {"high": 1, "medium": 0.6, "low": 0.2}
# The most weight per 1,000 lines with which a grade is still given.
GRADES = {"A": 1.0, "B": 3.0, "C": 7.0, "D": 15.0}
# Below this size one finding would decide everything.
SMALLEST = 1_000


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that failed on this project: what it looks for was not looked for to the end."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Score:
    """A line of the report card.

    Args:
        family: the part of it.
        findings: how many there are.
        weight: severity × confidence for each 1,000 lines.
        grade: "A" to "E".
    """

    family: str
    findings: int
    weight: float
    grade: str


@dataclass(frozen=True, slots=True)
class Report:
    """The result of an audit.

    Args:
        root: what was checked.
        findings: what is shown, by file and line.
        hidden: how many more a higher level would show.
        ignored: how many a comment silences.
        known: how many the baseline knows.
        unread: what could not be read.
        failures: rules that failed.
        files: Python files that were read.
        lines: their lines.
        routes: operations that were found.
        families: the parts of the catalogue that were looked at.
        texts: path → lines, of the files that were read.
    """

    root: Path
    findings: tuple[Finding, ...]
    hidden: int
    ignored: int
    unread: tuple[Unread, ...]
    failures: tuple[Failure, ...]
    files: int
    lines: int
    routes: int
    families: tuple[str, ...]
    texts: Mapping[str, list[str]] = field(repr=False)
    known: int = 0

    @property
    def exit_code(self) -> int:
        """0 clean, 1 findings, 2 nothing could be checked."""
        if not self.files:
            return 2
        return int(bool(self.findings))

    @property
    def card(self) -> tuple[Score, ...]:
        """The report card: one score for each family that was looked at."""
        return tuple(
            self._score(family, [finding for finding in self.findings if family_of(finding) == family])
            for family in self.families
        )

    @property
    def grade(self) -> str:
        """One letter for all."""
        return self._score("", list(self.findings)).grade

    @property
    def heaviest(self) -> tuple[tuple[str, int, float], ...]:
        """The rules that move the grade most: code, findings, share of the whole weight."""
        weights: defaultdict[str, float] = defaultdict(float)
        for finding in self.findings:
            weights[finding.rule] += _weight(finding)
        whole = sum(weights.values()) or 1
        counts = Counter(finding.rule for finding in self.findings)
        return tuple(
            (code, counts[code], weight / whole)
            for code, weight in sorted(weights.items(), key=lambda item: -item[1])[:3]
        )

    def only(self, findings: tuple[Finding, ...], *, known: int | None = None) -> "Report":
        """The same report about some of its findings."""
        return replace(self, findings=findings, known=self.known if known is None else known)

    def _score(self, family: str, findings: list[Finding]) -> Score:
        weight = sum(_weight(finding) for finding in findings) / (max(self.lines, SMALLEST) / 1000)
        grade = next((letter for letter, most in GRADES.items() if weight <= most), "E")
        return Score(family, len(findings), round(weight, 2), grade)


def family_of(finding: Finding) -> str:
    """The part of the report card that a finding counts for."""
    return all_rules()[finding.rule].family


def _weight(finding: Finding) -> float:
    return WEIGHTS[finding.severity] * SURENESS[finding.confidence]
