"""The outcome of `apismith check`: a report in a format, and what its fixes would change."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from apismith import writing
from apismith.changes import Changes, compare
from apismith.check.audit import audit
from apismith.check.comparing import Compared, compared, since, without_known
from apismith.check.fixing import encoded, fixed
from apismith.check.report import written
from apismith.check.report.data import data, described
from apismith.check.result import Report
from apismith.check.settings import Settings
from apismith.errors import ApismithError


class NothingToCheck(ApismithError):
    """There is no Python file at the path that was named."""


@dataclass(slots=True)
class Checked:
    """An audit that was made, and fixes that were not written yet.

    Args:
        report: what is found, after the fixes where fixes were asked for.
        format: how `text` writes it down.
        changes: what the fixes change; None where none were asked for.
        comparison: the report beside an older one.
        notes: what else is to be known.
        with_diff: `listing` shows the content of the changes, too.
    """

    report: Report
    format: str = "text"
    changes: Changes | None = None
    comparison: Compared | None = None
    notes: list[str] = field(default_factory=list[str])
    with_diff: bool = False

    @property
    def exit_code(self) -> int:
        """0 clean, 1 findings (new ones, beside an older report)."""
        return self.report.exit_code

    def text(self) -> str:
        """The report in its format."""
        text = written(self.report, self.format)
        return f"{text}\n{self.comparison.text()}" if self.comparison and self.format == "text" else text

    def json(self) -> dict[str, object]:
        """The report as data, with the files that the fixes change."""
        made = data(self.report)
        made |= {"fixes": self.changes.json()} if self.changes else {}
        return made | ({"compared": self.comparison.json()} if self.comparison else {})

    def listing(self) -> str:
        """The files that the fixes change."""
        if self.changes is None or not self.changes.effective:
            return ""
        return self.changes.diff() if self.with_diff else self.changes.text()

    def write(self) -> None:
        """Write the fixes, all or none."""
        if self.changes is not None:
            writing.write(self.changes)


def check(
    root: Path,
    settings: Settings,
    folder: Path,
    *,
    format: str = "text",
    older: Path | None = None,
    revision: str | None = None,
    fix: bool = False,
    unsafe: bool = False,
    with_diff: bool = False,
    stage: Callable[[str], None],
) -> Checked:
    """Audit what lies at `root`, and compute the fixes that are asked for.

    Args:
        root: a folder or a Python file.
        settings: which rules run and what is shown.
        folder: what the path of a baseline in the settings is relative to.
        format: one of `report.formats()`.
        older: a report to compare with; only what is new counts.
        revision: only what stands on lines changed since this revision of git counts.
        fix: compute the safe fixes.
        unsafe: and those that somebody must look at.
        with_diff: show the content of the fixes.
        stage: called with the name of each stage as it begins.

    Raises:
        NothingToCheck: there is no such file or folder, or no Python file in it.
    """
    if not root.exists():
        raise NothingToCheck(f"There is no file or folder '{root}'.", hint="Name the folder of a project.")
    report = audit(root, settings, stage=stage)
    if not report.files and not report.unread:
        raise NothingToCheck(f"There is no Python file in '{root}'.", hint="Name the folder of a project.")
    made = Checked(report, format, with_diff=with_diff)
    if fix or unsafe:
        stage("fix")
        _mend(made, root, settings, unsafe=unsafe)
    if settings.baseline is not None:
        made.report = without_known(made.report, folder / settings.baseline)
    if revision is not None:
        made.report = since(made.report, revision)
    if older is not None:
        made.comparison = compared(made.report, older)
        made.report = made.report.only(made.comparison.new)
    if not report.routes and report.files:
        made.notes.append("No FastAPI route was found here, so the rules about routes have nothing to look at.")
    return made


def _mend(made: Checked, root: Path, settings: Settings, *, unsafe: bool) -> None:
    outcome = fixed(root, settings, unsafe=unsafe)
    base = root if root.is_dir() else root.parent
    contents = {path: encoded(text, (base / path).read_bytes()) for path, text in outcome.texts.items()}
    made.changes = compare(contents, base)
    made.report = outcome.report
    made.notes += [f"{finding.at}: {finding.rule} was not mended: {why}." for finding, why in outcome.failed]
    if outcome.mended:
        made.notes.append(f"{len(outcome.mended)} finding{'s' * (len(outcome.mended) != 1)} mended.")


def baseline(made: Checked) -> str:
    """The findings of a check as a file that later checks know."""
    kept = ("fingerprint", "rule", "path", "line", "message")
    findings = [{key: described(finding)[key] for key in kept} for finding in made.report.findings]
    return json.dumps({"schema_version": 1, "findings": findings}, indent=1) + "\n"
