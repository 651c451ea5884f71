"""Every mistake in `mistakes.txt` is found, at its place, with its hint; what only looks like one loads."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from apismith.contract import errors
from apismith.contract.load import load
from apismith.errors import ApismithError, frame

PAGE = Path(__file__).with_name("mistakes.txt")
# Raised before there is a Python file to show, or only by JSON: tested in test_loading.py and test_documents.py.
ELSEWHERE = {
    "contract-error",
    "contract-errors",
    "contract-not-found",
    "not-a-contract",
    "invalid-document",
    "unknown-role",
}


@dataclass(frozen=True)
class Example:
    code: str
    text: str


@dataclass(frozen=True)
class Marked:
    line: int
    column: int
    hint: str


def examples(mark: str = "") -> list[Example]:
    found: list[Example] = []
    for section in re.split(r"(?m)^## ", PAGE.read_text(encoding="utf-8"))[1:]:
        code = section.split("\n")[0]
        found += [Example(code, text) for text in re.findall(rf"(?s)```python{mark}\n(.*?)```", section)]
    return found


def marked(text: str) -> list[Marked]:
    """The places that comments point at: above the comment, at `^`; `#<` is the first column."""
    found: list[Marked] = []
    code = 0
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r"#\s*(\^|<)\s*(.*)", line)
        if match is None:
            code = number
        else:
            found.append(Marked(code, 1 if match[1] == "<" else match.start(1) + 1, match[2].strip()))
    return found


def name(example: Example) -> str:
    return example.code


@pytest.mark.parametrize("example", examples(), ids=name)
def test_mistake_is_reported_at_its_place(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("contract.py").write_text(example.text, encoding="utf-8")
    with pytest.raises(ApismithError) as raised:
        load("contract.py", seconds=1, memory=400 * 1024**2)
    found = raised.value.each
    assert {mistake.code for mistake in found} == {example.code}
    assert all(mistake.at is not None and mistake.at.file == "contract.py" for mistake in found)
    places = [(mistake.at.line, mistake.at.column) for mistake in found if mistake.at]
    expected = marked(example.text) or [Marked(1, 1, "")]
    assert places == [(place.line, place.column) for place in expected]
    for mistake, place in zip(found, expected, strict=True):
        assert place.hint in (mistake.hint or "")
        assert "^" in (frame(mistake.at) if mistake.at else "")


@pytest.mark.parametrize("example", examples(" loads"), ids=name)
def test_what_looks_like_a_mistake_is_left_alone(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("contract.py").write_text(example.text, encoding="utf-8")
    assert load("contract.py").name


def test_every_class_of_mistakes_has_an_example() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.ContractError) and kind is not errors.ContractErrors
    ]
    codes = {kind("").code for kind in kinds}
    assert codes - ELSEWHERE == {example.code for example in examples()}
    assert len(codes) >= 30


def test_every_mistake_of_reading_has_an_example_that_loads() -> None:
    """The mistakes that are found while a contract is read come first on the page; the rest is asked of the whole."""
    sections = [example.code for example in examples()]
    reading = set(sections[: sections.index("invalid-name")])
    assert reading == {example.code for example in examples(" loads")}
