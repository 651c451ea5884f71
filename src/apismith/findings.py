"""Positions in somebody's files, and what was found at them; shared by every job."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["critical", "high", "medium", "low"]
Confidence: TypeAlias = Literal["high", "medium", "low"]

SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one file.

    Args:
        file: path as the user knows it (relative to where the command was run, else absolute); in a `Finding` it is
            relative to the project.
        line: first line, counted from 1.
        column: first column in characters, counted from 1.
        end_line: last line, counted from 1.
        end_column: column after the last character, counted from 1.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Edit:
    """Put a text in the place of a stretch of a file; an empty stretch inserts, an empty text deletes."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of the project that mends a finding.

    Args:
        title: what it does, as an order: "Await the call".
        edits: what is replaced; they do not overlap.
        imports: (file, full name) of names that the edits use and the file may not import yet.
        safe: the program does what it did before, but for the defect; else somebody must look at it.
    """

    title: str
    edits: tuple[Edit, ...]
    imports: tuple[tuple[str, str], ...] = ()
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to a finding: a place, and what happens there."""

    at: Span
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One occurrence of what a rule looks for.

    Args:
        rule: code of the rule, e.g. "FA101".
        at: where, the path relative to the project.
        message: fact, consequence and the right thing to use.
        severity: what it costs when it is true.
        confidence: how sure it is that it is true.
        minutes: how long it takes to mend, roughly.
        symbol: full name of the function or class around it; empty for a whole module or another file.
        chain: the steps that lead there, from the route to the sink.
        fix: a change that mends it, where one is known.
        fingerprint: stays the same when lines above it change or the file is formatted anew.
    """

    rule: str
    at: Span
    message: str
    severity: Severity
    confidence: Confidence
    minutes: int
    symbol: str = ""
    chain: tuple[Step, ...] = ()
    fix: Fix | None = None
    fingerprint: str = ""
