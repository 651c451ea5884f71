"""What only a contract in JSON can get wrong: parts that do not belong together. Each is said where it stands."""

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from apismith.contract.errors import InvalidDocument, InvalidResult, RuleIsNoRule, UnknownTarget
from apismith.contract.load import load
from apismith.errors import ApismithError

ARENA = Path(__file__).parents[1] / "contracts" / "arena.py"
Change = Callable[[dict[str, Any]], None]


@cache
def text() -> str:
    return load(ARENA).model_dump_json()


@pytest.fixture
def twin() -> dict[str, Any]:
    return copy.deepcopy(json.loads(text()))


def named(members: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(member for member in members if member["name"] == name)


def entity(document: dict[str, Any], name: str) -> dict[str, Any]:
    return named(document["entities"], name)


def first_error(document: dict[str, Any], folder: Path) -> ApismithError:
    path = folder / "contract.json"
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")
    with pytest.raises(ApismithError) as caught:
        load(path)
    return caught.value.each[0] if caught.value.each else caught.value


def listed_in_no_order(document: dict[str, Any]) -> None:
    entity(document, "Match")["listing"]["order"] = []


def action_of_another(document: dict[str, Any]) -> None:
    entity(document, "Match")["actions"][0]["entity"] = "Player"


def query_about_a_row(document: dict[str, Any]) -> None:
    document["queries"][0]["entity"] = "Match"


def rule_of_nothing(document: dict[str, Any]) -> None:
    entity(document, "Match")["access"]["read"] = {"rule": "any", "of": []}


def enum_that_is_not_there(document: dict[str, Any]) -> None:
    named(entity(document, "Match")["fields"], "state")["type"]["enum"] = "Stat"


def enum_of_a_number(document: dict[str, Any]) -> None:
    named(entity(document, "Match")["fields"], "seats")["type"]["enum"] = "State"


def answer_without_entity(document: dict[str, Any]) -> None:
    named(document["queries"], "joinable")["result"].pop("entity")


def reverse_that_is_one(document: dict[str, Any]) -> None:
    named(entity(document, "Player")["relations"], "hosted")["many"] = False


def secret_that_is_shown(document: dict[str, Any]) -> None:
    document["auth"]["secret"] = "email"


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (listed_in_no_order, InvalidDocument),
        (action_of_another, InvalidDocument),
        (query_about_a_row, InvalidDocument),
        (rule_of_nothing, RuleIsNoRule),
        (enum_that_is_not_there, UnknownTarget),
        (enum_of_a_number, InvalidDocument),
        (answer_without_entity, InvalidResult),
        (reverse_that_is_one, InvalidDocument),
        (secret_that_is_shown, InvalidDocument),
    ],
)
def test_what_does_not_belong_together_is_refused(
    twin: dict[str, Any], tmp_path: Path, change: Change, mistake: type[ApismithError]
) -> None:
    change(twin)
    error = first_error(twin, tmp_path)
    assert isinstance(error, mistake), error
    assert error.at is not None
    assert error.at.line > 1


def test_what_belongs_together_is_left_alone(twin: dict[str, Any], tmp_path: Path) -> None:
    entity(twin, "Match")["listing"]["order"] = ["id"]
    entity(twin, "Match")["description"] = "Another text."
    (tmp_path / "contract.json").write_text(json.dumps(twin), encoding="utf-8")
    assert load(tmp_path / "contract.json").by_name["Match"].listing.order == ("id",)
