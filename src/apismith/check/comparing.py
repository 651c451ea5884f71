"""Reports beside each other: a baseline of what is known, an older report, or the lines that a branch has changed."""

import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apismith.check.result import Report
from apismith.errors import ApismithError
from apismith.findings import Finding

# Nothing that the configuration of a repository names is run: no pager, no external diff, no file system monitor.
_GIT = (
    "git",
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.quotePath=false",
)
_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


class NoReport(ApismithError):
    """A file that should be a report of `apismith check --json` is none."""


class UnknownRevision(ApismithError):
    """Git does not know the revision that a report is compared with."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A report beside an older one.

    Args:
        new: findings that the older one does not have.
        fixed: those of the older one that are gone, as it describes them.
        same: how many both have.
    """

    new: tuple[Finding, ...]
    fixed: tuple[Mapping[str, Any], ...]
    same: int

    def text(self) -> str:
        """What is gone, line by line, and the counts."""
        lines = [f"fixed: {each['path']}:{each['line']}: {each['rule']} {each['message']}" for each in self.fixed]
        return "\n".join([*lines, f"{len(self.fixed)} fixed, {len(self.new)} new, {self.same} as before."])

    def json(self) -> dict[str, object]:
        """The same as data; `new` by fingerprint."""
        return {"new": [each.fingerprint for each in self.new], "fixed": list(self.fixed), "same": self.same}


def compared(report: Report, older: Path) -> Compared:
    """A report beside an older one of the same project.

    Raises:
        NoReport: the file is none.
    """
    before = {each["fingerprint"]: each for each in _findings(older)}
    now = {finding.fingerprint for finding in report.findings}
    new = tuple(finding for finding in report.findings if finding.fingerprint not in before)
    fixed = tuple(each for mark, each in before.items() if mark not in now)
    return Compared(new, fixed, len(report.findings) - len(new))


def without_known(report: Report, baseline: Path) -> Report:
    """A report without the findings that a baseline knows.

    Raises:
        NoReport: the file is none.
    """
    known = {each["fingerprint"] for each in _findings(baseline)}
    left = tuple(finding for finding in report.findings if finding.fingerprint not in known)
    return report.only(left, known=len(report.findings) - len(left))


def since(report: Report, revision: str) -> Report:
    """A report about the lines that have changed since a revision, with what is not committed.

    Raises:
        UnknownRevision: git does not know it.
    """
    folder = report.root if report.root.is_dir() else report.root.parent
    changed = _changed_lines(folder, revision)
    here = tuple(
        finding
        for finding in report.findings
        if any(finding.at.line <= last and first <= finding.at.end_line for first, last in changed[finding.at.file])
    )
    return report.only(here)


def _findings(file: Path) -> Iterable[dict[str, Any]]:
    try:
        findings = json.loads(file.read_text(encoding="utf-8"))["findings"]
        if all({"fingerprint", "rule", "path", "line", "message"} <= each.keys() for each in findings):
            return list(findings)
    except FileNotFoundError as error:
        raise NoReport(
            f"There is no file '{file}'.", hint="Make it by 'apismith check --write-baseline FILE' or '--json > FILE'."
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise NoReport(f"'{file}' is no report of 'apismith check --json'.", hint="Make it anew with this version.")


def _changed_lines(folder: Path, revision: str) -> Mapping[str, list[tuple[int, int]]]:
    done = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if done.returncode:
        inside = _git(folder, "rev-parse", "--git-dir").returncode == 0
        why = "git does not know it" if inside else "it is in no git repository"
        raise UnknownRevision(f"'{folder}' cannot be compared with '{revision}': {why}.")
    commit = done.stdout.strip()
    flags = ("--unified=0", "--no-ext-diff", "--no-textconv", "--no-color", "--relative", "--no-renames")
    diff = _git(folder, "diff", *flags, commit, "--", ".").stdout
    changed: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    path = ""
    for line in diff.split("\n"):
        if line.startswith("+++ "):
            path = line[4:].strip().strip('"').removeprefix("b/")
        elif found := _HUNK.match(line):
            first, count = int(found[1]), int(found[2] or 1)
            changed[path].append((first, first + max(count, 1) - 1))
    listed = _git(folder, "ls-files", "--others", "--exclude-standard", "-z").stdout
    for name in filter(None, listed.split("\0")):
        changed[name].append((1, 10**9))
    return changed


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_GIT, *words], cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8", errors="replace"
    )
