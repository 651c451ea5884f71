"""Reports for continuous integration: annotations of GitHub, code quality of GitLab, and JUnit."""

import json
from xml.etree import ElementTree

from apismith.check.report import output
from apismith.check.report.text import escaped, summary
from apismith.check.result import Report
from apismith.findings import Finding, Severity

_COMMANDS: dict[Severity, str] = {"critical": "error", "high": "error", "medium": "warning", "low": "notice"}
_QUALITY: dict[Severity, str] = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}


@output("github")
def github(report: Report) -> str:
    """Workflow commands, which GitHub shows at the lines of a pull request."""
    lines = [
        f"::{_COMMANDS[each.severity]} title={_property(f'apismith {each.rule}')},file={_property(each.at.file)},"
        f"line={each.at.line},endLine={each.at.end_line},col={each.at.column},endColumn={each.at.end_column}"
        f"::{_value(each.message)}"
        for each in report.findings
    ]
    lines += [
        f"::warning title={_property('apismith could not read')},file={_property(each.path)},line={each.line}::"
        f"{_value(each.reason)}"
        for each in report.unread
    ]
    return "\n".join([*lines, summary(report)])


@output("gitlab")
def gitlab(report: Report) -> str:
    """A code quality report of GitLab."""
    return json.dumps(
        [
            {
                "check_name": each.rule,
                "description": each.message,
                "fingerprint": each.fingerprint,
                "severity": _QUALITY[each.severity],
                "location": {"path": each.at.file, "lines": {"begin": each.at.line, "end": each.at.end_line}},
            }
            for each in report.findings
        ],
        indent=2,
    )


@output("junit")
def junit(report: Report) -> str:
    """One test suite; each finding is a test that failed, and a clean project is one that passed."""
    failures = str(len(report.findings))
    suites = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(
        suites, "testsuite", name="apismith check", tests=str(len(report.findings) or 1), failures=failures, errors="0"
    )
    for finding in report.findings:
        _case(suite, finding)
    if not report.findings:
        ElementTree.SubElement(suite, "testcase", name="nothing found", classname="apismith")
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True)


def _case(suite: ElementTree.Element, finding: Finding) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        name=f"{finding.rule} {escaped(str(finding.at))}",
        classname=escaped(finding.at.file),
        file=escaped(finding.at.file),
        line=str(finding.at.line),
    )
    message = escaped(finding.message)
    failure = ElementTree.SubElement(case, "failure", message=message, type=finding.severity)
    failure.text = "\n".join([message, *(escaped(f"{step.at}: {step.text}") for step in finding.chain)])


def _value(text: str) -> str:
    return escaped(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _value(text).replace(":", "%3A").replace(",", "%2C")
