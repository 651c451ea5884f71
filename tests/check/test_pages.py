"""Every rule has a page, and every example of a page is checked: what it marks is found, and nothing else."""

import re
from pathlib import Path

import pytest

from apismith.check import pages
from apismith.check.audit import audit
from apismith.check.fixing import fixed
from apismith.check.pages import Example
from apismith.check.registry import Rule, all_rules
from apismith.check.settings import Settings

RULES = list(all_rules().values())
EXAMPLES = [(rule, example) for rule in RULES for example in pages.examples(rule)]
SETTINGS = Settings(level="all")


def name_of(value: object) -> str:
    return value.code if isinstance(value, Rule) else value.title if isinstance(value, Example) else str(value)


def written(example: Example, folder: Path) -> Path:
    for path, text in example.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def found_by(rule: Rule, folder: Path) -> set[tuple[str, int, str]]:
    report = audit(folder, SETTINGS)
    assert report.failures == ()
    assert report.unread == ()
    return {(each.at.file, each.at.line, each.rule) for each in report.findings if each.rule == rule.code}


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_a_page_says_what_why_and_when_to_leave_it(rule: Rule) -> None:
    said = pages.sections(rule)
    assert re.fullmatch(rf"# {rule.code}: \S.*[^.]", rule.text.partition("\n")[0])
    assert len(said[""]) > 80
    assert {"Reported", "Left alone", "When to ignore it"} <= said.keys()


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_half_of_the_examples_of_a_page_are_cases_to_leave_alone(rule: Rule) -> None:
    made = pages.examples(rule)
    reported = [example for example in made if example.is_reported]
    assert reported
    assert len(made) - len(reported) >= len(reported) / 2 if rule.code < "FA100" else len(made) >= 2 * len(reported)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=name_of)
def test_a_rule_finds_what_its_page_marks_and_nothing_else(rule: Rule, example: Example, tmp_path: Path) -> None:
    marked = {mark for mark in example.marks() if mark[2] == rule.code}
    assert bool(marked) is example.is_reported
    assert found_by(rule, written(example, tmp_path)) == marked


@pytest.mark.parametrize(("rule", "example"), [each for each in EXAMPLES if each[1].is_reported], ids=name_of)
def test_a_safe_fix_mends_what_is_found_and_does_so_once(rule: Rule, example: Example, tmp_path: Path) -> None:
    folder = written(example, tmp_path)
    settings = Settings(select=(rule.code,), level="all")
    report = audit(folder, settings)
    mendable = [each for each in report.findings if each.fix]
    assert bool(example.fixed) <= bool(mendable)
    if not mendable:
        return
    outcome = fixed(folder, settings, unsafe=True)
    for path, text in outcome.texts.items():
        (folder / path).write_text(text, encoding="utf-8")
    assert {path: outcome.texts[path] for path in example.fixed} == example.fixed
    assert [each for each in audit(folder, settings).findings if each.fix] == []
    assert fixed(folder, settings, unsafe=True).texts == {}
