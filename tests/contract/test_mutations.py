"""Documents with something changed at random: each loads or is refused, and what loads becomes a backend.

A crash here would be one for whoever writes JSON by hand or by a program: the mistake has to be said, with its place.
"""

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from apismith import api
from apismith.contract.load import load
from apismith.errors import ApismithError
from tests.backends.projects import names, source

QUICK = ("arena", "club", "shop")
TEXTS = [
    "",
    " ",
    "x",
    "id",
    "self",
    "me",
    "User",
    "-id",
    "class",
    "2027-01-31",
    "é\u2028",
    "{{ x }}",
    '"""',
    "a.b",
    "\\d+(",
]
OTHERS: list[Any] = [None, True, False, 0, -1, 1, 2**70, 1.5, 1e400, "", [], {}, [[]], {"name": "x"}, ["id"]]

Way = tuple[str | int, ...]


@cache
def twin(name: str) -> str:
    return source(name).contract.model_dump_json()


def ways(node: Any, way: Way = ()) -> Iterator[Way]:
    """The ways to everything in a document."""
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, member in members:
        yield (*way, step)
        yield from ways(member, (*way, step))


def at(node: Any, way: Way) -> Any:
    for step in way:
        node = node[step]
    return node


def mutate(draw: st.DrawFn, document: Any) -> str:
    """Change one thing in a document; what was changed."""
    all_ways = list(ways(document))
    # Kinds of parts are few and documents long: without this, most changes would be of constraints that are null.
    kind = draw(st.sampled_from(sorted({way[-1] for way in all_ways if isinstance(way[-1], str)})))
    way = draw(st.sampled_from([way for way in all_ways if kind in way[-2:]]))
    around, last = at(document, way[:-1]), way[-1]
    change = draw(st.sampled_from(["delete", "scalar", "duplicate", "type", "transplant"]))
    if change == "delete":
        del around[last]
    elif change == "duplicate" and isinstance(around, list):
        around.insert(draw(st.integers(0, len(around))), copy.deepcopy(around[int(last)]))
    elif change == "scalar":
        known = sorted({value for other in all_ways if isinstance(value := at(document, other), str)})
        around[last] = draw(st.sampled_from(TEXTS) | st.sampled_from(known) | st.integers(-3, 300) | st.booleans())
    elif change == "transplant":
        same = [other for other in all_ways if other[-1] == last and other != way]
        around[last] = copy.deepcopy(at(document, draw(st.sampled_from(same)))) if same else None
    else:
        around[last] = copy.deepcopy(draw(st.sampled_from(OTHERS)))
    return f"{change} {'.'.join(map(str, way))}"


@st.composite
def mutants(draw: st.DrawFn, contracts: tuple[str, ...]) -> tuple[str, Any, list[str]]:
    """A contract's name, its twin with one to three changes, and the changes."""
    name = draw(st.sampled_from(contracts))
    document = json.loads(twin(name))
    changes = [mutate(draw, document) for _ in range(draw(st.integers(1, 3)))]
    return name, document, changes


def complain(error: ApismithError, path: Path) -> None:
    for mistake in error.each:
        assert mistake.code
        assert mistake.message
        assert mistake.at is not None, mistake
        assert Path(mistake.at.file) == path
        assert mistake.hint is None or mistake.hint.strip()


def check(document: Any, folder: Path) -> None:
    path = folder / "contract.json"
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    try:
        contract = load(path)
    except ApismithError as error:
        complain(error, path)
        return
    with suppress(ApismithError):
        api.new(api.Source(contract, {}), folder / "backend", commit=False)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(mutant=mutants(QUICK))
def test_a_changed_document_loads_or_is_refused(
    mutant: tuple[str, Any, list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    check(mutant[1], tmp_path_factory.mktemp("mutant"))


@pytest.mark.slow
@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck), report_multiple_bugs=True)
@given(mutant=mutants(tuple(names())))
def test_every_changed_document_loads_or_is_refused(
    mutant: tuple[str, Any, list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    check(mutant[1], tmp_path_factory.mktemp("mutant"))
