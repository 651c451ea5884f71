"""A report as people read it in a terminal: findings with their code, then the report card."""

from collections.abc import Iterator
from itertools import groupby

from apismith.check.report import output
from apismith.check.result import Report
from apismith.findings import Finding, Span


@output("text")
def text(report: Report) -> str:
    """Each finding with the code around it, what could not be checked, and the report card."""
    parts = ["\n".join(_finding(finding, report)) for finding in report.findings]
    if gaps := list(lines_of_gaps(report)):
        parts.append("\n".join(gaps))
    parts.append("\n".join(_card(report)))
    return "\n\n".join(parts)


@output("concise")
def concise(report: Report) -> str:
    """One line for each finding, and one for the result."""
    lines = [f"{finding.at}: {finding.rule} {escaped(finding.message)}" for finding in report.findings]
    return "\n".join([*(escaped(line) for line in lines), *lines_of_gaps(report), summary(report)])


def escaped(line: str) -> str:
    """A text of somebody else's project without control characters, which could steer a terminal."""
    return "".join(char if char.isprintable() or char == "\t" else ascii(char)[1:-1] for char in line)


def summary(report: Report) -> str:
    """The result in one line."""
    count = len(report.findings)
    found = f"{count} finding{'s' * (count != 1)}" if count else "Nothing found"
    parts = [
        f"{found} in {report.files:,} files, {report.lines:,} lines, {report.routes:,} routes; grade {report.grade}"
    ]
    parts += [f"{report.hidden} more with --level all"] * bool(report.hidden)
    parts += [f"{report.ignored} ignored by comments"] * bool(report.ignored)
    parts += [f"{report.known} known by the baseline"] * bool(report.known)
    return "; ".join(parts) + "."


def framed(at: Span, report: Report) -> list[str]:
    """The line of a span with what is meant underlined, one line before it and one after."""
    lines = report.texts.get(at.file, [])
    if not 1 <= at.line <= len(lines):
        return []
    shown = range(max(1, at.line - 1), min(len(lines), at.line + 1) + 1)
    gutter = len(str(shown[-1]))
    framed: list[str] = []
    for number in shown:
        framed.append(f"    {number:{gutter}} | {_cut(escaped(lines[number - 1]))}".rstrip())
        if number == at.line:
            line = lines[number - 1]
            end = at.end_column if at.end_line == at.line else len(line.rstrip()) + 1
            before = "".join(char if char == "\t" else " " for char in line[: at.column - 1])
            if len(before) < _WIDEST:
                framed.append(f"    {'':{gutter}} | {before}{'^' * max(1, min(end, _WIDEST) - at.column)}")
    return framed


_WIDEST = 160


def _cut(line: str) -> str:
    return line if len(line) <= _WIDEST else line[: _WIDEST - 1] + "…"


def _finding(finding: Finding, report: Report) -> Iterator[str]:
    yield escaped(f"{finding.at}: {finding.rule} [{finding.severity}] {finding.message}")
    yield from framed(finding.at, report)
    for step in finding.chain:
        yield escaped(f"    {step.at}: {step.text}")
    if finding.fix:
        how = "--fix does it" if finding.fix.safe else "--unsafe-fixes does it, look at the result"
        yield f"    fix: {finding.fix.title} ({how})."
    if finding.confidence != "high":
        yield f"    confidence: {finding.confidence}"


def lines_of_gaps(report: Report) -> Iterator[str]:
    """What could not be checked, line by line."""
    for path, several in groupby(report.unread, key=lambda unread: unread.path):
        first, *others = several
        what = "was not read" if first.whole else "was read in part"
        more = f" (and {len(others)} more)" if others else ""
        yield escaped(f"{path}:{first.line}: {what}: {first.reason}{more}.")
    for failure in report.failures:
        yield escaped(f"{failure.rule} failed here, so its findings are incomplete: {failure.reason}.")


def _card(report: Report) -> Iterator[str]:
    if report.findings:
        width = max(len(score.family) for score in report.card)
        for score in report.card:
            counted = f"{score.findings:>4} findings  {score.weight:g} per 1,000 lines"
            yield f"{score.family:{width}}  {score.grade}  {counted}"
        moves = [f"{code} ({count} findings, {share:.0%})" for code, count, share in report.heaviest]
        yield f"What moves the grade most: {', '.join(moves)}. 'apismith explain {report.heaviest[0][0]}' says more."
    yield summary(report)
