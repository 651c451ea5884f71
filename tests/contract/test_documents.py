"""The JSON twin: the same contract, the same mistakes, at their places in the document."""

import json
from pathlib import Path
from typing import Any

import pytest

from apismith.contract.errors import ContractErrors, InvalidDocument, InvalidSyntax
from apismith.contract.load import load
from apismith.contract.model import Contract
from apismith.errors import ApismithError, frame

ROOT = Path(__file__).parents[2]
CONTRACTS = [
    *(ROOT / "examples").glob("*.py"),
    *(path.parent for path in (ROOT / "examples").glob("*/__init__.py")),
    *(
        path
        for path in (ROOT / "tests" / "contracts").glob("*.py")
        if not path.name.startswith(("test_", "_", "conftest"))
    ),
    *(path.parent for path in (ROOT / "tests" / "contracts").glob("*/__init__.py")),
]
NOTES: dict[str, Any] = {
    "name": "notes",
    "entities": [
        {
            "name": "Note",
            "fields": [{"name": "text", "type": {"scalar": "str"}}],
            "access": {name: {"rule": "anyone"} for name in ("read", "create", "update", "delete")},
        }
    ],
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(document: object) -> Contract:
    Path("contract.json").write_text(json.dumps(document, indent=2), encoding="utf-8")
    return load("contract.json")


@pytest.mark.parametrize("path", sorted(CONTRACTS), ids=lambda path: path.stem)
def test_a_contract_and_its_twin_are_equal(path: Path) -> None:
    contract = load(path)
    Path("contract.json").write_text(contract.model_dump_json(indent=2), encoding="utf-8")
    twin = load("contract.json")
    assert twin == contract
    assert hash(twin) == hash(contract)
    assert twin.model_dump_json() == contract.model_dump_json()


def test_the_twin_says_nothing_of_the_machine() -> None:
    Path("notes.py").write_text("from apismith import *\nclass Note(Entity):\n    text: str\n")
    assert "notes.py" not in load("notes.py").model_dump_json()
    assert load("notes.py").by_name["Note"].span is not None


def test_little_has_to_be_said() -> None:
    contract = read(NOTES)
    assert (contract.version, contract.auth, contract.entities[0].key) == ("v1", None, "id")
    assert contract.entities[0].fields[0].span is not None


def test_text_that_is_no_json() -> None:
    Path("contract.json").write_text('{\n  "name": notes\n}')
    with pytest.raises(InvalidSyntax) as raised:
        load("contract.json")
    assert str(raised.value.at) == "contract.json:2:11"


@pytest.mark.parametrize("text", ["", "\xff\xfe".encode("latin-1"), b"[" * 100_000, b"null", b"3", b"[]"])
def test_documents_that_are_no_contract(text: str | bytes) -> None:
    Path("contract.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ApismithError) as raised:
        load("contract.json")
    assert raised.value.code in ("invalid-syntax", "invalid-document")


def test_an_unknown_key_is_reported_with_the_right_one() -> None:
    with pytest.raises(InvalidDocument) as raised:
        read({**NOTES, "entities": [{**NOTES["entities"][0], "timestamp": True}]})
    assert raised.value.at is not None
    assert '"timestamp"' in frame(raised.value.at).split("\n")[1]
    assert raised.value.hint == "Did you mean 'timestamps'?"


def test_several_mistakes_of_a_document() -> None:
    with pytest.raises(ContractErrors) as raised:
        read({"name": 3, "entities": [{"name": "Note"}]})
    assert [mistake.code for mistake in raised.value.each] == ["invalid-document"] * 2


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        ({"name": "My Notes"}, "invalid-name", '"My Notes"'),
        ({"limits": {"default": "often"}}, "invalid-limit", '"often"'),
        ({"cors": {"origins": ["https://a.example", "*"]}}, "invalid-origin", '"*"'),
        ({"handlers": [{"name": "tell", "event": "created", "entity": "Nte"}]}, "unknown-target", '"tell"'),
        ({"roles": ["Chief Editor"]}, "reserved-name", '"Chief Editor"'),
    ],
)
def test_what_a_contract_must_be_is_asked_of_documents_too(change: dict[str, Any], code: str, line: str) -> None:
    with pytest.raises(ApismithError) as raised:
        read({**NOTES, **change})
    assert raised.value.code == code
    assert raised.value.at is not None
    assert line in frame(raised.value.at)


def with_entity(**change: object) -> dict[str, Any]:
    return {**NOTES, "entities": [{**NOTES["entities"][0], **change}]}


def action(*body: object, result: str = "nothing") -> dict[str, Any]:
    return {
        "name": "go",
        "method": "POST",
        "path": "/notes/{id}/go",
        "allow": {"rule": "anyone"},
        "entity": "Note",
        "key": "id",
        "result": {"shape": result, "entity": "Note" if result == "entity" else None},
        "body": list(body),
    }


def path(root: str, *steps: str) -> dict[str, Any]:
    return {"node": "path", "root": root, "steps": list(steps)}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key": "slug"}, "unknown-key"),
        ({"listing": {"filters": ["txt"]}}, "unknown-filter"),
        ({"listing": {"order": ["-txt"]}}, "unknown-order"),
        ({"rules": {"unique": [["txt"]]}}, "unknown-field"),
        ({"relations": [{"name": "book", "target": "Book"}]}, "unknown-target"),
        ({"relations": [{"name": "notes", "target": "Note", "many": True, "reverse_of": "note"}]}, "missing-reverse"),
        (
            {"fields": [{"name": "a", "type": {"scalar": "int"}, "constraints": {"pattern": "a"}}]},
            "constraint-does-not-fit",
        ),
        ({"access": {n: {"rule": "role", "role": "x"} for n in NOTES["entities"][0]["access"]}}, "rule-needs-accounts"),
        (
            {"actions": [action({"node": "assign", "target": path("self", "txt"), "value": path("self", "text")})]},
            "unknown-field",
        ),
        (
            {"actions": [action({"node": "assign", "target": path("self", "id"), "value": path("self", "text")})]},
            "unsupported-body",
        ),
        ({"actions": [action({"node": "return", "value": path("them")}, result="entity")]}, "unknown-field"),
        (
            {"actions": [action({"node": "link", "op": "add", "target": path("self", "text"), "value": path("self")})]},
            "unsupported-body",
        ),
        (
            {"actions": [action({"node": "return", "value": {"node": "count", "of": path("self", "text")}})]},
            "unsupported-body",
        ),
    ],
)
def test_entities_of_documents_are_checked(change: dict[str, Any], code: str) -> None:
    with pytest.raises(ApismithError) as raised:
        read(with_entity(**change))
    assert code in {mistake.code for mistake in raised.value.each}
    assert all(mistake.at is not None for mistake in raised.value.each)


def test_a_role_must_be_declared() -> None:
    document = json.loads(load(ROOT / "examples" / "conduit.py").model_dump_json())
    document["entities"][0]["access"]["read"] = {"rule": "role", "role": "editor"}
    with pytest.raises(ApismithError) as raised:
        read(document)
    assert (raised.value.code, raised.value.hint) == ("unknown-role", "Known: admin.")
