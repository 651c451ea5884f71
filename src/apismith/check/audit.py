"""The walk of `check`: files → facts → rules → findings."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from pathspec import GitIgnoreSpec

from apismith.check.app import App, app_of
from apismith.check.ignores import Ignore, ignores
from apismith.check.registry import FAMILIES, Found, Rule, all_rules
from apismith.check.result import Failure, Report
from apismith.check.settings import Settings
from apismith.findings import Finding
from apismith.source.facts import Class, Facts, Function
from apismith.source.files import is_test
from apismith.source.read import read_facts

OBSOLETE, UNEXPLAINED = "FA001", "FA002"


def audit(root: Path, settings: Settings, *, stage: Callable[[str], None] = lambda stage: None) -> Report:
    """Check what lies at a path.

    Args:
        root: a folder or a Python file; nothing in it is executed or imported.
        settings: which rules run and what is shown.
        stage: called with the name of each stage as it begins.
    """
    stage("read")
    facts = read_facts(root)
    stage("check")
    return judge(facts, root, settings)


def judge(facts: Facts, root: Path, settings: Settings) -> Report:
    """Apply the rules to facts that are known."""
    app = app_of(facts, settings.libraries)
    failures: list[Failure] = []
    rules = [all_rules()[code] for code in settings.codes()]
    findings = [finding for rule in rules for finding in _applied(rule, app, failures)]
    findings = [finding for finding in findings if not _left_out(finding, settings)]
    comments = [comment for file in facts.files for comment in ignores(file)]
    heard = [finding for finding in findings if not _silenced(finding, comments)]
    ignored = len(findings) - len(heard)
    heard += [finding for finding in _about(comments, settings) if finding.rule in settings.codes()]
    known = sorted(set(_with_fingerprints(heard, facts)), key=_order)
    return Report(
        root=root,
        findings=tuple(finding for finding in known if settings.shows(finding)),
        hidden=sum(not settings.shows(finding) for finding in known),
        ignored=ignored,
        unread=tuple(facts.unread),
        failures=tuple(failures),
        files=len(facts.files),
        lines=sum(len(file.lines) for file in facts.files),
        routes=len(facts.routes),
        families=tuple(sorted({rule.family for rule in rules} - {FAMILIES["0"]})),
        texts={file.path: file.lines for file in facts.files},
    )


def _applied(rule: Rule, app: App, failures: list[Failure]) -> Iterator[Finding]:
    """What a rule finds; where the rule itself fails on this project, that is said and the others go on."""
    try:
        for found in rule.look(app):
            yield _finding(rule, found)
    except Exception as error:
        failures.append(Failure(rule.code, f"{type(error).__name__}: {error}"))


def _finding(rule: Rule, found: Found) -> Finding:
    return Finding(
        rule=rule.code,
        at=found.at,
        message=found.message,
        severity=found.severity or rule.severity,
        confidence=found.confidence or rule.confidence,
        minutes=rule.minutes,
        chain=found.chain,
        fix=found.fix,
    )


def _left_out(finding: Finding, settings: Settings) -> bool:
    if not all_rules()[finding.rule].in_tests and is_test(finding.at.file):
        return True
    if settings.exclude and GitIgnoreSpec.from_lines(settings.exclude).match_file(finding.at.file):
        return True
    return any(
        any(finding.rule.startswith(code.upper()) for code in codes)
        and GitIgnoreSpec.from_lines([pattern]).match_file(finding.at.file)
        for pattern, codes in settings.per_file_ignores.items()
    )


def _silenced(finding: Finding, comments: list[Ignore]) -> bool:
    speaking = [each for each in comments if each.at.file == finding.at.file and each.codes and each.silences(finding)]
    for each in speaking:
        each.used.add(finding.rule)
    return bool(speaking)


def _about(comments: Iterable[Ignore], settings: Settings) -> Iterator[Finding]:
    """What is to be said about the comments themselves."""
    running = set(settings.codes())
    for comment in comments:
        idle = [code for code in comment.codes if code not in comment.used and (code in running or code not in _all())]
        if idle or not comment.codes:
            what = f"Nothing is found here by {', '.join(idle)}" if idle else "It names no rule"
            yield _finding(
                all_rules()[OBSOLETE],
                Found(comment.at, f"{what}: the comment hides nothing and misleads its readers. Remove it."),
            )
        elif not comment.reason:
            yield _finding(
                all_rules()[UNEXPLAINED],
                Found(
                    comment.at,
                    f"{', '.join(comment.codes)} is ignored without a reason: nobody can tell later whether that still "
                    f"holds. Write the reason behind the bracket.",
                ),
            )


def _all() -> set[str]:
    return set(all_rules())


def _with_fingerprints(findings: Iterable[Finding], facts: Facts) -> Iterator[Finding]:
    """Findings with the symbol around them, and a fingerprint that outlives changes above them."""
    symbols = _symbols(facts)
    lines = {file.path: file.lines for file in facts.files}
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for finding in sorted(findings, key=_order):
        line = finding.at.line
        near = symbols.get(finding.at.file, ())
        around = [(end - start, name) for start, end, name in near if start <= line <= end]
        symbol = min(around)[1] if around else ""
        text = lines.get(finding.at.file, [])
        said = text[finding.at.line - 1] if finding.at.line <= len(text) else finding.message
        key = (finding.rule, finding.at.file, symbol, re.sub(r"\s+", "", said))
        seen[key] += 1
        digest = hashlib.sha256("\0".join([*key, str(seen[key])]).encode(errors="replace")).hexdigest()[:16]
        yield replace(finding, symbol=symbol, fingerprint=digest)


def _symbols(facts: Facts) -> dict[str, list[tuple[int, int, str]]]:
    symbols: dict[str, list[tuple[int, int, str]]] = {}
    known: list[Function | Class] = [*facts.functions.values(), *facts.classes.values()]
    for each in known:
        first = min([each.node.lineno, *(decorator.lineno for decorator in each.node.decorator_list)])
        last = each.node.end_lineno or first
        symbols.setdefault(each.module.file.path, []).append((first, last, each.name))
    return symbols


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    return finding.at.file, finding.at.line, finding.at.column, finding.rule, finding.message
