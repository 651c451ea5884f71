"""Mistakes: what, where, why, and the right word; the exit code says whose turn it is."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from apismith import api
from apismith.cli import terminal as terminals
from apismith.cli.run import run
from apismith.errors import ApismithError

from .conftest import Run

MISSPELT = [
    (["nwe", "shop"], "'nwe'", "'new'"),
    (["contarct"], "'contarct'", "'contract'"),
    (["dctor"], "'dctor'", "'doctor'"),
    (["new", "shop", "--databse", "sqlite"], "'--databse'", "'--database'"),
    (["new", "shop", "--dryrun"], "'--dryrun'", "'--dry-run'"),
    (["new", "shop", "--database", "postgress"], "'postgress'", "'postgres'"),
    (["new", "shop", "--auth", "jwtt"], "'jwtt'", "'jwt'"),
    (["new", "shop", "--existing", "repalce"], "'repalce'", "'replace'"),
    (["new", "shop", "--entity", "Book title:strr"], "'strr'", "'str'"),
    (["new", "shop", "--entity", "Book name:str:uniqe"], "'uniqe'", "'unique'"),
    (["new", "shop", "--entity", "Book tag:Tga", "--entity", "Tag name"], "'Tga'", "'Tag'"),
    (["diagram", "--format", "mermade"], "'mermade'", "'mermaid'"),
    (["doctor", "--color", "alwys"], "'alwys'", "'always'"),
    (["new", "MyShop"], "'MyShop'", "'my-shop'"),
]


@pytest.mark.parametrize(("words", "wrong", "right"), MISSPELT)
def test_a_misspelt_word_is_named_and_the_nearest_suggested(
    apismith: Callable[..., Run], tmp_path: Path, words: list[str], wrong: str, right: str
) -> None:
    failed = apismith(*words)
    assert failed.code == 2
    assert wrong in failed.err
    assert f"Did you mean {right}?" in failed.err
    assert failed.out == ""
    assert not list(tmp_path.iterdir())


def test_where_there_are_few_values_all_are_listed(apismith: Callable[..., Run]) -> None:
    assert "Known: auto, always, never." in apismith("doctor", "--color", "alwys").err
    assert "Known: sqlite, postgres." in apismith("new", "--database", "oracle").err
    assert "Known: new, contract, diagram, evolve, status" in apismith("xyzzy").err


def test_a_word_too_many_is_named(apismith: Callable[..., Run]) -> None:
    failed = apismith("doctor", "everything")
    assert failed.code == 2
    assert "everything" in failed.err


def test_a_value_that_is_missing_is_named(apismith: Callable[..., Run]) -> None:
    failed = apismith("diagram", "--format")
    assert failed.code == 2
    assert "--format" in failed.err


def test_a_mistake_in_a_contract_is_shown_in_its_line(apismith: Callable[..., Run], broken: Path) -> None:
    failed = apismith("contract", str(broken))
    lines = failed.err.splitlines()
    assert failed.code == 2
    assert failed.out == ""
    assert lines[0].startswith("error[")
    assert lines[1].strip().startswith(f"--> {broken}:10:")
    source = next(line for line in lines if line.startswith("10 | "))
    carets = lines[lines.index(source) + 1]
    assert source[carets.index("^") :].startswith("Boook")


@pytest.mark.parametrize("words", [["contract"], ["diagram"], ["new", "shop", "--contract"]])
def test_a_mistake_in_a_contract_is_2_in_every_command(
    apismith: Callable[..., Run], broken: Path, words: list[str]
) -> None:
    assert apismith(*words, str(broken)).code == 2


@pytest.mark.parametrize("words", [["contract"], ["diagram"], ["new", "shop", "--contract"]])
def test_a_missing_file_is_2_and_named(apismith: Callable[..., Run], words: list[str]) -> None:
    failed = apismith(*words, "nope.py")
    assert failed.code == 2
    assert "'nope.py'" in failed.err


@pytest.mark.parametrize("command", ["contract", "diagram"])
def test_outside_of_a_project_it_says_what_it_looked_for(apismith: Callable[..., Run], command: str) -> None:
    failed = apismith(command)
    assert failed.code == 2
    assert "contract.py" in failed.err
    assert "apismith new" in failed.err


def test_a_project_is_found_from_a_folder_inside(apismith: Callable[..., Run], tmp_path: Path, contract: Path) -> None:
    (tmp_path / "contract.py").write_bytes(contract.read_bytes())
    (tmp_path / "app/models").mkdir(parents=True)
    assert apismith("contract", cwd=tmp_path / "app/models").code == 0
    assert apismith("contract", "--project", str(tmp_path / "app")).code == 0
    assert apismith("doctor", APISMITH_PROJECT=str(tmp_path / "app")).out.rstrip().endswith("contract.py")


# --json ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["nwe"],
        ["new", "--databse", "x"],
        ["new", "shop", "--database", "oracle"],
        ["new", "Shop"],
        ["contract", "nope.py"],
        ["diagram", "--format", "png"],
        ["doctor", "too", "many"],
    ],
)
def test_failures_are_json_too_with_the_same_code(apismith: Callable[..., Run], words: list[str]) -> None:
    plain, failed = apismith(*words), apismith(*words, "--json")
    assert failed.code == plain.code == 2
    error = failed.data["error"]
    assert set(error) == {"code", "message", "hint", "file", "line", "column"}
    assert f"error[{error['code']}]: {error['message']}" in plain.err
    assert failed.err == ""


def test_a_mistake_in_a_contract_has_its_place_in_json(apismith: Callable[..., Run], broken: Path) -> None:
    error = apismith("contract", str(broken), "--json").data["error"]
    assert error["file"] == str(broken)
    assert error["line"] == 10
    assert error["column"] > 4


class Several(ApismithError):
    """Two mistakes at once."""

    @property
    def each(self) -> tuple[ApismithError, ...]:
        return (ApismithError("the first", hint="mend it"), ApismithError("the second"))


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(project: Path) -> None:
        raise Several("two mistakes")

    monkeypatch.setattr(api, "doctor", fail)


@pytest.mark.usefixtures("several")
def test_several_mistakes_are_shown_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 2
    assert capsys.readouterr().err == (
        "error[apismith-error]: the first\nhint: mend it\n\nerror[apismith-error]: the second\n"
    )


@pytest.mark.usefixtures("several")
def test_several_mistakes_are_all_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) == 2
    data = json.loads(capsys.readouterr().out)
    assert [error["message"] for error in data["errors"]] == ["the first", "the second"]
    assert data["error"] == data["errors"][0]


# Crashes --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def crashing(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(project: Path) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(api, "doctor", crash)
    for name in ("as_json", "debug"):
        monkeypatch.setattr(terminals.terminal, name, False)


@pytest.mark.usefixtures("crashing")
def test_a_crash_is_one_line_with_the_log_and_how_to_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    assert shown.err.count("\n") == 2
    assert "Report it" in shown.err
    log = Path(next(word for word in shown.err.split() if "apismith-crash-" in word).rstrip("."))
    assert "ZeroDivisionError: a fault of ours" in log.read_text()
    log.unlink()


@pytest.mark.usefixtures("crashing")
def test_a_crash_shows_its_traceback_with_debug(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.usefixtures("crashing")
def test_a_crash_is_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "crash"


def test_a_mistake_shows_no_traceback_unless_asked(apismith: Callable[..., Run]) -> None:
    assert "Traceback" not in apismith("contract", "nope.py").err
    assert "Traceback" in apismith("contract", "nope.py", "--debug").err
