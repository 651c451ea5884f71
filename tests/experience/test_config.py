"""`[tool.apismith]` in pyproject.toml: few words, each checked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import CONTRACT, Run


@pytest.fixture
def configured(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        (tmp_path / "design").mkdir()
        (tmp_path / "design/shelf.py").write_text(CONTRACT)
        (tmp_path / "pyproject.toml").write_text(text)
        return tmp_path

    return write


def test_it_says_where_the_contract_is(apismith: Callable[..., Run], configured: Callable[[str], Path]) -> None:
    project = configured('[project]\nname = "x"\n\n[tool.apismith]\ncontract = "design/shelf.py"\n')
    done = apismith("contract", cwd=project / "design")
    assert done.code == 0, done.err
    assert "shelf" in done.out


def test_a_misspelt_word_has_its_place_and_the_right_one(
    apismith: Callable[..., Run], configured: Callable[[str], Path]
) -> None:
    configured('[tool.other]\ncontrct = 1\n\n[tool.apismith]\ncontrct = "design/shelf.py"\n')
    failed = apismith("contract")
    assert failed.code == 2
    assert "pyproject.toml:5:1" in failed.err
    assert "5 | contrct" in failed.err
    assert "Did you mean 'contract'?" in failed.err


def test_a_value_of_another_type_is_refused(apismith: Callable[..., Run], configured: Callable[[str], Path]) -> None:
    configured("[tool.apismith]\ncontract = 3\n")
    failed = apismith("contract", "--json")
    assert failed.code == 2
    assert failed.data["error"]["code"] == "wrong-setting"
    assert failed.data["error"]["line"] == 2


def test_broken_toml_has_its_place(apismith: Callable[..., Run], configured: Callable[[str], Path]) -> None:
    configured("[tool.apismith]\ncontract = design\n")
    failed = apismith("contract", "--json")
    assert failed.code == 2
    assert failed.data["error"]["line"] == 2


def test_other_tools_are_no_concern(apismith: Callable[..., Run], configured: Callable[[str], Path]) -> None:
    configured("[tool.other]\ncontrct = 1\n")
    assert apismith("doctor").code == 0
