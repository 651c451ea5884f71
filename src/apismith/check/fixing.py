"""Applies the fixes of findings to the texts in memory, round by round until nothing is left to mend."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import libcst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor

from apismith.check.audit import judge
from apismith.check.result import Report
from apismith.check.settings import Settings
from apismith.findings import Edit, Finding, Span
from apismith.source.files import SourceFile, parsed, source_encoding
from apismith.source.read import facts_of, read_facts

_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Fixed:
    """What fixes would change.

    Args:
        texts: path → whole new text of each file that changes.
        mended: the findings that would be gone.
        failed: findings whose fix is not applied, with the reason.
        report: what is left to find.
    """

    texts: dict[str, str]
    mended: tuple[Finding, ...]
    failed: tuple[tuple[Finding, str], ...]
    report: Report


def fixed(root: Path, settings: Settings, *, unsafe: bool = False) -> Fixed:
    """Mend what can be mended; nothing is written.

    Fixes that touch the same lines are applied in turn. One after which a file does not parse, or after which its rule
    finds as much in the file as before, is not applied and is said.

    Args:
        root: a folder or a Python file.
        settings: which rules run; only what they show is mended.
        unsafe: fixes that somebody must look at, too.
    """
    facts = read_facts(root)
    files = {file.path: file for file in facts.files}
    before = {path: file.text for path, file in files.items()}
    mended: list[Finding] = []
    failed: list[tuple[Finding, str]] = []
    report = judge(facts, root, settings)
    for _ in range(_ROUNDS):
        given_up = {(finding.rule, finding.at.file) for finding, _ in failed}
        todo = [
            finding
            for finding in report.findings
            if finding.fix and (unsafe or finding.fix.safe) and (finding.rule, finding.at.file) not in given_up
        ]
        chosen = _compatible(todo)
        if not chosen:
            break
        changed, broken = _applied(chosen, files)
        failed += [(finding, "the file would not parse afterwards") for finding in broken]
        after = files | changed
        facts = facts_of(list(after.values()), facts.unread)
        left = judge(facts, root, settings)
        useless = _no_fewer(report.findings, left.findings, [each for each in chosen if each not in broken])
        if useless:
            failed += [(finding, "it would still be found afterwards") for finding in useless]
            continue
        mended += [finding for finding in chosen if finding not in broken]
        files, report = after, left
    texts = {path: file.text for path, file in files.items() if file.text != before[path]}
    return Fixed(texts, tuple(mended), tuple(failed), report)


def _compatible(findings: Iterable[Finding]) -> list[Finding]:
    """Findings whose fixes touch different lines, the first ones first."""
    chosen: list[Finding] = []
    taken: list[Span] = []
    for finding in findings:
        spans = [edit.span for edit in finding.fix.edits] if finding.fix else []
        if not any(_touch(span, other) for span in spans for other in taken):
            chosen.append(finding)
            taken += spans
    return chosen


def _touch(one: Span, other: Span) -> bool:
    return one.file == other.file and one.line <= other.end_line and other.line <= one.end_line


def _no_fewer(before: Iterable[Finding], after: Iterable[Finding], mended: list[Finding]) -> list[Finding]:
    """Those of the mended findings whose rule finds as much in their file as before."""
    was = Counter((finding.rule, finding.at.file) for finding in before)
    now = Counter((finding.rule, finding.at.file) for finding in after)
    return [each for each in mended if now[each.rule, each.at.file] >= was[each.rule, each.at.file]]


def _applied(findings: list[Finding], files: dict[str, SourceFile]) -> tuple[dict[str, SourceFile], list[Finding]]:
    """The files that change, and the findings whose files could not be changed."""
    changed: dict[str, SourceFile] = {}
    broken: list[Finding] = []
    for path in sorted({edit.span.file for finding in findings if finding.fix for edit in finding.fix.edits}):
        here = [each for each in findings if each.fix and any(edit.span.file == path for edit in each.fix.edits)]
        edits = [edit for each in here if each.fix for edit in each.fix.edits if edit.span.file == path]
        imports = sorted({name for each in here if each.fix for file, name in each.fix.imports if file == path})
        try:
            text = with_imports(edited(files[path].text, edits), imports)
            changed[path] = parsed(path, text)
        except (SyntaxError, ValueError, libcst.ParserSyntaxError):
            broken += here
    return changed, broken


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits made; they do not overlap."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    pieces = sorted(
        (
            starts[edit.span.line - 1] + edit.span.column - 1,
            starts[edit.span.end_line - 1] + edit.span.end_column - 1,
            edit.text,
        )
        for edit in edits
    )
    for start, end, new in reversed(pieces):
        text = text[:start] + new + text[end:]
    return text


def with_imports(text: str, names: Iterable[str]) -> str:
    """A module that imports names: full names like `fastapi.Query`, or `asyncio` for a whole module."""
    context = CodemodContext()
    for name in names:
        owner, _, last = name.rpartition(".")
        AddImportsVisitor.add_needed_import(context, owner or last, last if owner else None)
    if not names:
        return text
    return AddImportsVisitor(context).transform_module(libcst.parse_module(text)).code


def encoded(text: str, before: bytes) -> bytes:
    """A new text of a file as bytes: in the encoding and with the ends of lines that the file has."""
    encoding = source_encoding(before)
    lines = before.count(b"\n")
    if lines and before.count(b"\r\n") * 2 > lines:
        text = text.replace("\n", "\r\n")
    return text.encode(encoding)
