"""A report as one HTML page that needs nothing else: no script, no font, no request."""

from html import escape

from apismith.check.registry import all_rules
from apismith.check.report import output
from apismith.check.report.text import escaped, framed, lines_of_gaps, summary
from apismith.check.result import Report, family_of
from apismith.findings import SEVERITIES, Finding

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; --bad: #c02626; --warn: #9a5b00; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --warn: #ffc46b; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1rem; }
pre { background: var(--soft); overflow-x: auto; padding: .6rem; }
table { border-collapse: collapse; }
td, th { border-bottom: 1px solid var(--line); padding: .2rem 1rem .2rem 0; text-align: left; }
article { border-top: 1px solid var(--line); padding: .4rem 0; }
h3 { font-size: 1rem; margin: .4rem 0; overflow-wrap: anywhere; }
.grade { font-size: 3rem; font-weight: 700; line-height: 1; }
.critical, .high { color: var(--bad); } .medium { color: var(--warn); }
"""


@output("html")
def html(report: Report) -> str:
    """The report card, then the findings, the gravest first."""
    order = {severity: index for index, severity in enumerate(SEVERITIES)}
    findings = sorted(report.findings, key=lambda each: (order[each.severity], each.at.file, each.at.line))
    card = "".join(
        f"<tr><td>{escape(score.family)}</td><td>{score.grade}</td><td>{score.findings}</td>"
        f"<td>{score.weight:g}</td></tr>"
        for score in report.card
    )
    gaps = "".join(f"<li>{_shown(line)}</li>" for line in lines_of_gaps(report))
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>apismith check: {_shown(report.root.resolve().name)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_shown(report.root.resolve().name)}</h1>",
        f'<p><span class="grade">{report.grade}</span> {_shown(summary(report))}</p>',
        "<h2>Report card</h2><table><thead><tr><th>Family</th><th>Grade</th><th>Findings</th>"
        f"<th>Weight per 1,000 lines</th></tr></thead><tbody>{card}</tbody></table>",
        "<h2>Findings</h2>",
        *(_article(finding, report) for finding in findings),
        "" if findings else "<p>Nothing was found.</p>",
        f"<h2>Not checked</h2><ul>{gaps}</ul>" if gaps else "",
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part)


def _article(finding: Finding, report: Report) -> str:
    frame = "\n".join(line[4:] for line in framed(finding.at, report))
    steps = "".join(f"<li>{_shown(f'{step.at}')}: {_shown(step.text)}</li>" for step in finding.chain)
    return "\n".join(
        filter(
            None,
            [
                f'<article id="{finding.fingerprint}">',
                f"<h3>{finding.rule} {escape(all_rules()[finding.rule].title)}</h3>",
                f'<p><b class="{finding.severity}">{finding.severity}</b>, confidence {finding.confidence}, '
                f"{family_of(finding)}, about {finding.minutes} minutes: <code>{_shown(str(finding.at))}</code></p>",
                f"<p>{_shown(finding.message)}</p>",
                f"<pre>{escape(frame)}</pre>" if frame else "",
                f"<ol>{steps}</ol>" if steps else "",
                f"<p>Fix: {_shown(finding.fix.title)}.</p>" if finding.fix else "",
                f"<p><code>apismith explain {finding.rule}</code></p></article>",
            ],
        )
    )


def _shown(text: str) -> str:
    return escape(escaped(text))
