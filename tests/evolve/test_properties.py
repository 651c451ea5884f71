"""What holds of every merge: nothing is lost in silence, and who did nothing decides nothing."""

import ast
from dataclasses import dataclass

import tomlkit
from hypothesis import given, settings, strategies as st

from apismith.evolve.diff3 import chunks, has_markers, merge_lines, pick
from apismith.evolve.files import merge_file
from apismith.evolve.keyed import merge_toml, merge_yaml
from apismith.evolve.python import merge_module
from apismith.evolve.weave import weave

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n", "e\n"]), max_size=8)
KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(LINES, LINES, LINES)
def test_chunks_put_together_are_the_sides(base: list[str], mine: list[str], theirs: list[str]) -> None:
    found = list(chunks(base, mine, theirs))
    assert [line for chunk in found for line in chunk.base] == base
    assert [line for chunk in found for line in chunk.mine] == mine
    assert [line for chunk in found for line in chunk.theirs] == theirs


@given(LINES, LINES)
def test_who_changes_nothing_decides_nothing(base: list[str], other: list[str]) -> None:
    old, new = "".join(base), "".join(other)
    assert merge_lines(old, old, new).text == new
    assert merge_lines(old, new, old).text == new
    assert merge_lines(old, new, new).text == new


@given(LINES, LINES, LINES)
def test_markers_stand_where_and_only_where_something_contradicts(
    base: list[str], mine: list[str], theirs: list[str]
) -> None:
    merged = merge_lines("".join(base), "".join(mine), "".join(theirs))
    assert has_markers(merged.text) == bool(merged.clashes)
    if not merged.clashes:
        assert pick(merged.text, "mine") == pick(merged.text, "theirs") == merged.text


@given(LINES, LINES, LINES)
def test_a_decision_for_one_side_keeps_what_only_the_other_has_changed(
    base: list[str], mine: list[str], theirs: list[str]
) -> None:
    merged = merge_lines("".join(base), "".join(mine), "".join(theirs))
    for side in ("mine", "theirs"):
        chosen = []
        for chunk in chunks(base, mine, theirs):
            chosen += chunk.merged if chunk.merged is not None else getattr(chunk, side)
        assert pick(merged.text, side) == "".join(chosen)  # type: ignore[arg-type]


@given(KEYS, KEYS, KEYS)
def test_weaving_keeps_each_member_once(base: list[str], mine: list[str], theirs: list[str]) -> None:
    kept = set(mine) | set(theirs)
    assert sorted(weave(base, mine, theirs, kept)) == sorted(kept)


@given(KEYS, KEYS)
def test_the_users_order_stays(base: list[str], mine: list[str]) -> None:
    assert [key for key in weave(base, mine, base, set(mine) | set(base)) if key in mine] == mine


# Modules --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """A field of a class, a function, or a constant, with numbers that an edit may change."""

    kind: str
    name: str
    one: int
    two: int

    def text(self) -> str:
        match self.kind:
            case "function":
                return f"\n\ndef {self.name}(a: int = {self.one}) -> int:\n    b = {self.two}\n    return a + b\n"
            case "class":
                return f"\n\nclass {self.name}:\n    x: int = Field(default={self.one}, ge={self.two})\n"
            case _:
                return f"{self.name} = Field(default={self.one}, ge={self.two})\n"

    @property
    def numbers(self) -> tuple[str, str]:
        return str(self.one), str(self.two)


NUMBERS = iter(range(1000, 10**9))


@st.composite
def modules(draw: st.DrawFn) -> tuple[list[Member], list[Member], list[Member]]:
    """A module, and two edits of it: members added, removed, and with other numbers, each number used once."""

    def member(name: str) -> Member:
        kind = draw(st.sampled_from(["function", "class", "constant"]))
        return Member(kind, name, next(NUMBERS), next(NUMBERS))

    base = [member(f"n{number}") for number in range(draw(st.integers(0, 4)))]

    def edited(prefix: str) -> list[Member]:
        result: list[Member] = []
        for one in base:
            action = draw(st.sampled_from(["keep", "keep", "drop", "one", "two"]))
            if action == "one":
                result.append(Member(one.kind, one.name, next(NUMBERS), one.two))
            elif action == "two":
                result.append(Member(one.kind, one.name, one.one, next(NUMBERS)))
            elif action == "keep":
                result.append(one)
            if draw(st.booleans()) and draw(st.booleans()):
                result.append(member(f"{prefix}{len(result)}"))
        return result

    return base, edited("m"), edited("t")


def text(members: list[Member]) -> str:
    return '"""A module."""\n\n' + "".join(one.text() for one in members)


@settings(deadline=None)
@given(modules())
def test_no_edit_of_a_module_is_lost_in_silence(sides: tuple[list[Member], list[Member], list[Member]]) -> None:
    base, mine, theirs = sides
    merged = merge_module(text(base), text(mine), text(theirs))
    known = {number for one in base for number in one.numbers}
    for side in (mine, theirs):
        for one in side:
            for number in set(one.numbers) - known:
                told = number in merged.text or any(one.name in notice for notice in merged.notices)
                assert told, f"{number} of {one.name} is lost:\n{merged.text}"


@settings(deadline=None)
@given(modules())
def test_a_merged_module_is_python_or_has_markers(sides: tuple[list[Member], list[Member], list[Member]]) -> None:
    merged = merge_module(*map(text, sides))
    assert has_markers(merged.text) == bool(merged.contradictions)
    for side in ("mine", "theirs"):
        ast.parse(pick(merged.text, side))  # type: ignore[arg-type]


@settings(deadline=None)
@given(modules())
def test_different_numbers_of_one_member_are_no_contradiction(
    sides: tuple[list[Member], list[Member], list[Member]],
) -> None:
    base, mine, theirs = sides
    merged = merge_module(text(base), text(mine), text(theirs))
    names = {one.name: one for one in base}
    both = [
        name
        for name, one in names.items()
        for own, new in [({m.name: m for m in mine}.get(name), {t.name: t for t in theirs}.get(name))]
        if own and new and own.one != one.one != new.one and one.kind != "function"
    ]
    twice = [
        name
        for name, one in names.items()
        for own, new in [({m.name: m for m in mine}.get(name), {t.name: t for t in theirs}.get(name))]
        if own and new and ((own.one != one.one and new.one != one.one) or (own.two != one.two and new.two != one.two))
    ]
    assert len({one.where.split(".")[0] for one in merged.contradictions}) == len(twice)
    assert set(both) <= set(twice)


@settings(deadline=None)
@given(modules())
def test_an_edit_alone_is_taken_as_it_is(sides: tuple[list[Member], list[Member], list[Member]]) -> None:
    base, mine, _ = (text(side).encode() for side in sides)
    assert merge_file("a.py", base, mine, base).content == mine
    assert merge_file("a.py", base, base, mine).content == mine
    assert merge_file("a.py", base, mine, mine).content == mine


# Keys -----------------------------------------------------------------------------------------------------------------

VALUES = st.one_of(st.integers(0, 5), st.sampled_from(["x", "y"]), st.lists(st.integers(0, 4), unique=True, max_size=3))
TABLES = st.dictionaries(st.sampled_from("abcd"), st.one_of(VALUES, st.dictionaries(st.sampled_from("pqr"), VALUES)))


@settings(deadline=None)
@given(TABLES, TABLES)
def test_toml_of_one_side_is_taken(base: dict[str, object], other: dict[str, object]) -> None:
    old, new = tomlkit.dumps(base), tomlkit.dumps(other)
    for sides in ((old, new, old), (old, old, new), (old, new, new)):
        merged = merge_toml(*sides)
        assert merged is not None
        assert tomlkit.parse(merged[0]).unwrap() == other


@settings(deadline=None)
@given(TABLES, TABLES, TABLES)
def test_no_key_of_toml_is_lost_in_silence(
    base: dict[str, object], mine: dict[str, object], theirs: dict[str, object]
) -> None:
    merged = merge_toml(*(tomlkit.dumps(side) for side in (base, mine, theirs)))
    assert merged is not None
    if not merged[1]:
        result = tomlkit.parse(merged[0]).unwrap()
        assert {key for side in (mine, theirs) for key in side if key not in base} <= set(result)


def test_yaml_keeps_its_comments_and_its_layout() -> None:
    base = 'services:\n  app:\n    ports: ["80:80"]\n    restart: no\n'
    mine = '# ours\nservices:\n  app:\n    ports: ["81:80"]  # ours\n    restart: no\n  mail:\n    image: x\n'
    theirs = base.replace("restart: no", "restart: always")
    assert merge_yaml(base, mine, theirs) == (mine.replace("restart: no", "restart: always"), (), ())
