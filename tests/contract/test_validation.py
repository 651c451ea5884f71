"""What only a contract in JSON can get wrong: parts that do not belong together. Each is said where it stands."""

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from apismith.contract.errors import InvalidDocument, InvalidResult, RuleIsNoRule, UnknownTarget, UnsupportedBody
from apismith.contract.load import load
from apismith.errors import ApismithError
from apismith.findings import Span

ARENA = Path(__file__).parents[1] / "contracts" / "arena.py"
Document = dict[str, Any]
Part = Callable[[Document], Document]


@cache
def text() -> str:
    return load(ARENA).model_dump_json()


@pytest.fixture
def twin() -> Document:
    return copy.deepcopy(json.loads(text()))


def named(members: list[Document], name: str) -> Document:
    return next(member for member in members if member["name"] == name)


def entity(name: str) -> Part:
    return lambda document: named(document["entities"], name)


def member(of: str, kind: str, name: str) -> Part:
    return lambda document: named(entity(of)(document)[kind], name)


def query(name: str) -> Part:
    return lambda document: named(document["queries"], name)


def auth(document: Document) -> Document:
    found: Document = document["auth"]
    return found


def path(root: str, *steps: str) -> Document:
    return {"node": "path", "root": root, "steps": list(steps)}


def logic(op: str, count: int) -> Document:
    seats = {"node": "compare", "op": ">", "left": path("self", "seats"), "right": {"node": "constant", "value": 1}}
    return {"node": "logic", "op": op, "operands": [seats] * count}


def check(where: Document) -> list[Document]:
    return [{"name": "seats_are_right", "where": where, "source": "…"}]


ANYONE = {"rule": "anyone"}
RETURN = {"node": "return", "value": path("self")}


class Broken(NamedTuple):
    """A change of a document, and what becomes of it.

    Args:
        part: what is changed.
        key: its member that is changed, with a dot before one that is in it.
        wrong: what breaks the contract.
        right: what does not.
        mistake: the class of the error.
        at: the text that the place begins with.
    """

    part: Part
    key: str
    wrong: Any
    right: Any
    mistake: type[ApismithError]
    at: str


BROKEN = {
    "an enum that is not there": Broken(
        member("Match", "fields", "state"), "type.enum", "Stat", "State", UnknownTarget, '"state"'
    ),
    "an enum of a number": Broken(
        member("Match", "fields", "seats"), "type.enum", "State", None, InvalidDocument, '"seats"'
    ),
    "a rule of nothing": Broken(
        entity("Match"), "access.read", {"rule": "any", "of": []}, {"rule": "any", "of": [ANYONE]}, RuleIsNoRule, "{"
    ),
    "a rule with a rule of nothing in it": Broken(
        entity("Match"),
        "listing.allow",
        {"rule": "all", "of": [ANYONE, {"rule": "any", "of": []}]},
        {"rule": "all", "of": [ANYONE, {"rule": "any", "of": [ANYONE]}]},
        RuleIsNoRule,
        "{",
    ),
    "another side that is one row": Broken(
        member("Player", "relations", "hosted"), "many", False, True, InvalidDocument, '"hosted"'
    ),
    "no order": Broken(entity("Match"), "listing.order", [], ["id"], InvalidDocument, "[]"),
    "an action of another entity": Broken(
        lambda document: entity("Match")(document)["actions"][0], "entity", "Player", "Match", InvalidDocument, '"'
    ),
    "a query about a row": Broken(query("joinable"), "entity", "Match", None, InvalidDocument, '"joinable"'),
    "a query with a key": Broken(query("joinable"), "key", "id", None, InvalidDocument, '"joinable"'),
    "an answer without its entity": Broken(
        query("joinable"), "result.entity", None, "Match", InvalidResult, '"joinable"'
    ),
    "an answer of two things": Broken(
        query("joinable"), "result.type", {"scalar": "int"}, None, InvalidResult, '"joinable"'
    ),
    "a 'not' of two": Broken(
        entity("Match"), "rules.check", check(logic("not", 2)), check(logic("not", 1)), UnsupportedBody, '"seats_are'
    ),
    "an 'or' of one": Broken(
        entity("Match"), "rules.check", check(logic("or", 1)), check(logic("or", 2)), UnsupportedBody, '"seats_are'
    ),
    "a secret that is shown": Broken(auth, "secret", "email", "password", InvalidDocument, '"email"'),
    "a parameter in a body that is not sent": Broken(
        query("joinable"),
        "parameters",
        [{"name": "seats", "place": "body", "type": {"scalar": "int"}}],
        [{"name": "seats", "place": "query", "type": {"scalar": "int"}}],
        InvalidDocument,
        '"seats"',
    ),
    "a parameter of no type": Broken(
        query("joinable"),
        "parameters",
        [{"name": "seats", "place": "query"}],
        [{"name": "seats", "place": "query", "type": {"scalar": "int"}}],
        InvalidDocument,
        '"seats"',
    ),
    "a parameter of two types": Broken(
        query("joinable"),
        "parameters",
        [{"name": "seats", "place": "query", "type": {"scalar": "int"}, "entity": "Match"}],
        [{"name": "seats", "place": "query", "type": {"scalar": "int"}}],
        InvalidDocument,
        '"seats"',
    ),
    "a 'return' that is not the last": Broken(
        lambda document: entity("Match")(document)["actions"][0],
        "body",
        [RETURN, RETURN],
        None,
        UnsupportedBody,
        '"',
    ),
}
each = pytest.mark.parametrize("broken", [pytest.param(broken, id=name) for name, broken in BROKEN.items()])


def changed(document: Document, part: Part, key: str, value: object) -> Document:
    found, (*way, last) = part(document), key.split(".")
    for step in way:
        found = found[step]
    found[last] = value
    return document


def write(document: Document, folder: Path) -> Path:
    file = folder / "contract.json"
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")
    return file


def said(span: Span | None) -> str:
    """The text of a file from a place on, to the end of the line."""
    assert span is not None
    return Path(span.file).read_text(encoding="utf-8").split("\n")[span.line - 1][span.column - 1 :]


@each
def test_what_does_not_belong_together_is_refused_where_it_stands(
    twin: Document, tmp_path: Path, broken: Broken
) -> None:
    file = write(changed(twin, broken.part, broken.key, broken.wrong), tmp_path)
    with pytest.raises(ApismithError) as caught:
        load(file)
    error = caught.value.each[0]
    assert type(error) is broken.mistake, error
    assert error.at is not None
    assert Path(error.at.file) == file
    assert error.at.line > 1
    assert error.at.column > 1
    assert said(error.at).startswith(broken.at), (said(error.at), error)


@each
def test_what_belongs_together_is_left_alone(twin: Document, tmp_path: Path, broken: Broken) -> None:
    assert load(write(changed(twin, broken.part, broken.key, broken.right), tmp_path)).name == "arena"


def test_the_place_is_counted_from_one(tmp_path: Path, twin: Document) -> None:
    file = write(changed(twin, auth, "secret", "email"), tmp_path)
    with pytest.raises(InvalidDocument) as caught:
        load(file)
    lines = file.read_text(encoding="utf-8").split("\n")
    line = next(number for number, line in enumerate(lines, 1) if '"secret": "email"' in line)
    column = lines[line - 1].index('"email"') + 1
    assert str(caught.value.at) == f"{file}:{line}:{column}"
