"""A report as SARIF 2.1.0 (OASIS), which code hosts show beside the code."""

import json
from importlib.metadata import version
from urllib.parse import quote

from apismith.check.pages import sections
from apismith.check.registry import all_rules
from apismith.check.report import output
from apismith.check.result import Failure, Report
from apismith.findings import Finding, Severity, Span, Step
from apismith.source.files import Unread

_LEVELS: dict[Severity, str] = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
# As GitHub reads `security-severity`, which is a CVSS score.
_SCORES: dict[Severity, str] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}


@output("sarif")
def sarif(report: Report) -> str:
    """The whole report as one run."""
    used = [rule for code, rule in all_rules().items() if any(each.rule == code for each in report.findings)]
    order = {rule.code: index for index, rule in enumerate(used)}
    rules = [
        {
            "id": rule.code,
            "name": "".join(word.capitalize() for word in rule.name.split("-")),
            "shortDescription": {"text": rule.title},
            "fullDescription": {"text": sections(rule)[""]},
            "help": {"text": rule.text, "markdown": rule.text},
            "defaultConfiguration": {"level": _LEVELS[rule.severity]},
            "properties": {
                "tags": [rule.family],
                **({"security-severity": _SCORES[rule.severity]} if rule.family == "security" else {}),
            },
        }
        for rule in used
    ]
    notifications = [*map(_unread, report.unread), *map(_failed, report.failures)]
    run = {
        "tool": {"driver": {"name": "apismith", "version": version("apismith"), "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"PROJECT": {"description": {"text": "The folder that was checked."}}},
        "invocations": [{"executionSuccessful": not report.failures, "toolExecutionNotifications": notifications}],
        "results": [_result(finding, order[finding.rule]) for finding in report.findings],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2)


def _unread(each: Unread) -> dict[str, object]:
    how = "" if each.whole else " wholly"
    return {"level": "warning", "message": {"text": f"{each.path}:{each.line} was not read{how}: {each.reason}."}}


def _failed(each: Failure) -> dict[str, object]:
    return {"level": "error", "message": {"text": f"{each.rule} failed: {each.reason}."}}


def _step(step: Step) -> dict[str, object]:
    return {"location": {"physicalLocation": _place(step.at), "message": {"text": step.text}}}


def _result(finding: Finding, index: int) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": _place(finding.at)}],
        "partialFingerprints": {"apismith/v1": finding.fingerprint},
        "properties": {"confidence": finding.confidence, "severity": finding.severity, "minutes": finding.minutes},
    }
    if finding.chain:
        result["codeFlows"] = [{"threadFlows": [{"locations": [_step(step) for step in finding.chain]}]}]
    return result


def _place(at: Span) -> dict[str, object]:
    return {
        "artifactLocation": {"uri": quote(at.file), "uriBaseId": "PROJECT"},
        "region": {
            "startLine": at.line,
            "startColumn": at.column,
            "endLine": at.end_line,
            "endColumn": at.end_column,
        },
    }
