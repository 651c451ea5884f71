"""A report says the same in every format, and what a project holds cannot steer who reads it."""

import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from apismith.check.audit import audit
from apismith.check.report import UnknownFormat, formats, written
from apismith.check.result import Report
from apismith.check.settings import Settings


@pytest.fixture
def report(slow: Path) -> Report:
    return audit(slow, Settings())


def test_text_shows_the_line_and_the_grade(report: Report) -> None:
    text = written(report, "text")
    assert text.startswith("main.py:12:5: FA101 [high] `time.sleep()` blocks the event loop in async `pause`")
    assert "    12 |     time.sleep(1)\n       |     ^^^^^^^^^^^^^\n" in text
    assert text.endswith(f"1 finding in 1 files, 14 lines, 1 routes; grade {report.grade}.")


def test_a_clean_project_has_the_best_grade(clean: Path) -> None:
    report = audit(clean, Settings())
    assert (report.findings, report.grade, report.exit_code) == ((), "A", 0)
    assert written(report, "text").startswith("Nothing found in 1 files")


def test_every_format_names_the_rule_and_the_place(report: Report) -> None:
    for name in formats():
        text = written(report, name)
        assert "FA101" in text, name
        assert "main.py" in text, name
        assert "12" in text, name


def test_json_has_what_tools_need(report: Report) -> None:
    data = json.loads(written(report, "json"))
    [finding] = data["findings"]
    assert {"rule", "path", "line", "column", "severity", "confidence", "message", "fingerprint"} <= finding.keys()
    assert (finding["path"], finding["line"], finding["column"]) == ("main.py", 12, 5)
    assert [json.loads(line) for line in written(report, "json-lines").splitlines()] == data["findings"]


def test_sarif_points_at_the_same_place(report: Report) -> None:
    [run] = json.loads(written(report, "sarif"))["runs"]
    [result] = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "FA101"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 12
    assert result["partialFingerprints"]["apismith/v1"] == report.findings[0].fingerprint


def test_junit_is_xml_with_a_failure_for_each_finding(report: Report, clean: Path) -> None:
    assert len(ElementTree.fromstring(written(report, "junit")).findall(".//failure")) == 1
    passed = ElementTree.fromstring(written(audit(clean, Settings()), "junit"))
    assert (len(passed.findall(".//testcase")), len(passed.findall(".//failure"))) == (1, 0)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_page_needs_nothing_else_and_runs_nothing(report: Report) -> None:
    page = _Page()
    page.feed(written(report, "html"))
    assert page.tags.count("article") == 1
    assert page.links == []
    assert "script" not in page.tags


def test_names_of_a_hostile_project_are_shown_and_not_obeyed(tmp_path: Path) -> None:
    text = "import time\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\nasync def f():\n    time.sleep(1)"
    (tmp_path / "a\x1b[31m<script>.py").write_text(text + "  # \x1b]0;owned\x07\n", encoding="utf-8")
    report = audit(tmp_path, Settings())
    assert len(report.findings) == 1
    for name in formats():
        shown = written(report, name)
        assert "\x1b" not in shown, name
    assert "<script>" not in written(report, "html")


def test_an_unknown_format_is_named(report: Report) -> None:
    with pytest.raises(UnknownFormat) as error:
        written(report, "sarrif")
    assert error.value.hint == "Did you mean 'sarif'?"


def test_a_fingerprint_outlives_changes_above_it(slow: Path, report: Report) -> None:
    file = slow / "main.py"
    file.write_text(
        '"""Another headline."""\n\n\nX = 1\n' + file.read_text().replace("time.sleep(1)", "time.sleep( 1 )")
    )
    [moved] = audit(slow, Settings()).findings
    assert moved.at.line == report.findings[0].at.line + 4
    assert moved.fingerprint == report.findings[0].fingerprint
