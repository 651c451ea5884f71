"""A report as data: `schema.json` beside this module documents its shape."""

import json
from dataclasses import asdict

from apismith.check.registry import all_rules
from apismith.check.report import output
from apismith.check.result import Report, family_of
from apismith.findings import Finding, Span


@output("json")
def as_json(report: Report) -> str:
    """All of a report as JSON."""
    return json.dumps(data(report), indent=2)


@output("json-lines")
def as_json_lines(report: Report) -> str:
    """One JSON object for each finding, on a line of its own."""
    return "\n".join(json.dumps(described(finding)) for finding in report.findings)


def data(report: Report) -> dict[str, object]:
    """All of a report as values that JSON knows."""
    return {
        "schema_version": 1,
        "root": str(report.root),
        "grade": report.grade,
        "card": [asdict(score) for score in report.card],
        "files": report.files,
        "lines": report.lines,
        "routes": report.routes,
        "hidden": report.hidden,
        "ignored": report.ignored,
        "known": report.known,
        "unread": [asdict(unread) for unread in report.unread],
        "failures": [asdict(failure) for failure in report.failures],
        "findings": [described(finding) for finding in report.findings],
    }


def described(finding: Finding) -> dict[str, object]:
    """A finding as values that JSON knows."""
    return {
        "rule": finding.rule,
        "name": all_rules()[finding.rule].name,
        "family": family_of(finding),
        **_place(finding.at),
        "symbol": finding.symbol,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "message": finding.message,
        "minutes": finding.minutes,
        "chain": [{**_place(step.at), "text": step.text} for step in finding.chain],
        "fix": {"title": finding.fix.title, "safe": finding.fix.safe} if finding.fix else None,
        "fingerprint": finding.fingerprint,
    }


def _place(at: Span) -> dict[str, object]:
    return {
        "path": at.file,
        "line": at.line,
        "column": at.column,
        "end_line": at.end_line,
        "end_column": at.end_column,
    }
