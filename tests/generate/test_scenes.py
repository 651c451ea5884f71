"""Rows that show what a condition means: few, allowed, and one for each side of what decides."""

from typing import Any

from apismith.contract.model import (
    Arithmetic,
    Check,
    Compare,
    Constant,
    Contract,
    Count,
    Expression,
    Logic,
    Path,
    Rules,
)
from apismith.generate.evaluate import Row
from apismith.generate.scenes import Scenes
from apismith.generate.stage import Made, Stage, can_pin, values_to_try
from apismith.generate.view import View
from tests.generate.contracts import LOGIN, OWNED, USER, contract, entity, field, to_many, to_one

STARS = Path(root="self", steps=("stars",))


def library(*more: Any, **rules: Any) -> Contract:
    return contract(
        USER,
        entity("Shelf", field("label", max_length=20), to_many("books", "Book", reverse_of="shelf")),
        entity(
            "Book",
            field("title", max_length=20),
            field("stars", "int", ge=0, le=5),
            field("price", "decimal", ge=0, max_digits=6, decimal_places=2),
            to_one("author", "User", owner=True),
            to_one("shelf", "Shelf", nullable=True),
            to_many("fans", "User"),
            *more,
            access=OWNED,
            **rules,
        ),
        auth=LOGIN,
    )


def compare(left: Expression, op: Any, right: Any) -> Compare:
    return Compare(op=op, left=left, right=right if hasattr(right, "node") else Constant(value=right))


def scenes(node: Expression, asked: Contract | None = None, entity: str = "Book") -> Scenes:
    """With somebody who is called `me`."""
    asked = asked or library()
    return Scenes(asked, node, "self", View(asked, asked.by_name[entity]), lambda stage: {"me": stage.actor()})


def shown(found: Scenes) -> list[tuple[Any, bool]]:
    """What is chosen for each row, and whether it meets the condition."""
    return [(next(iter(chosen.values()), None), met) for chosen, met in found.cover()]


# Scenes ---------------------------------------------------------------------------------------------------------------


def test_a_border_has_a_row_on_either_side_and_one_upon_it() -> None:
    found = shown(scenes(compare(STARS, ">", 3)))
    assert sorted((stars > 3) - (stars < 3) for stars, _ in found) == [-1, 0, 1]
    assert all(met is (stars > 3) for stars, met in found)


def test_values_that_the_field_refuses_are_not_tried() -> None:
    found = shown(scenes(compare(STARS, ">=", 5)))
    assert sorted(met for _, met in found) == [False, True]
    assert all(0 <= stars <= 5 for stars, _ in found)


def test_rows_that_a_check_of_the_entity_refuses_are_not_made() -> None:
    few = Check(name="few", where=compare(STARS, "<", 4), source="self.stars < 4")
    met = scenes(compare(STARS, ">", 3), library(rules=Rules(check=(few,))))
    assert all(stars < 4 for stars, _ in shown(met))


def test_each_part_of_a_condition_decides_once() -> None:
    both = Logic(op="and", operands=(compare(STARS, "==", 3), compare(Path(root="self", steps=("title",)), "==", "A")))
    cases = [(sorted(map(str, chosen.values())), met) for chosen, met in scenes(both).cover()]
    assert (["3", "A"], True) in cases
    assert any("A" in values and not met for values, met in cases)
    assert any("3" in values and not met for values, met in cases)


def test_where_sides_that_are_calculated_meet_is_found() -> None:
    double = Arithmetic(op="*", left=STARS, right=Constant(value=2))
    assert {4, 5} <= {stars for stars, _ in shown(scenes(compare(double, ">", 8)))}


def test_a_reference_is_there_and_not() -> None:
    missing = scenes(Compare(op="is", left=Path(root="self", steps=("shelf",)), right=Constant(value=None)))
    assert sorted(met for _, met in missing.cover()) == [False, True]


def test_somebody_is_in_a_set_and_not() -> None:
    fan = scenes(Compare(op="in", left=Path(root="me"), right=Path(root="self", steps=("fans",))))
    assert sorted(shown(fan)) == [(False, False), (True, True)]


def test_of_what_is_counted_there_is_some_and_none() -> None:
    counted = compare(Count(of=Path(root="self", steps=("books",))), ">", 1)
    found = scenes(counted, entity="Shelf")
    sizes = {len(members): met for members, met in shown(found)}
    assert sizes[2] is True
    assert any(size < 2 and not met for size, met in sizes.items())


def test_where_nothing_can_be_chosen_there_are_no_scenes() -> None:
    stamped = library(field("at", "json"))
    assert scenes(compare(Path(root="self", steps=("at",)), "==", "x"), stamped).cover() == []


def test_values_are_told_by_rows_that_differ() -> None:
    (first, one), (second, other) = scenes(Arithmetic(op="+", left=STARS, right=Constant(value=1))).telling()
    assert first != second
    assert one != other


# The stage ------------------------------------------------------------------------------------------------------------


def test_a_row_comes_with_all_that_it_needs() -> None:
    asked = library()
    stage = Stage(asked, {})
    book = stage.make(View(asked, asked.by_name["Book"]), pinned={"stars": 2})
    assert [row.view.cls for row in stage.rows] == ["User", "Book"]
    assert isinstance(book.refs["author"], Made)
    assert book.refs["author"].is_actor
    assert book.refs["shelf"] is None
    assert book.known["stars"] == 2


def test_what_is_put_into_the_other_side_of_a_set_is_in_the_set() -> None:
    asked = contract(
        entity("Tag", field("name"), to_many("notes", "Note", reverse_of="tags")),
        entity("Note", field("text"), to_many("tags", "Tag")),
    )
    stage = Stage(asked, {})
    tag, note = (stage.make(View(asked, asked.by_name[name])) for name in ("Tag", "Note"))
    relation = tag.view.entity.relations[0]
    stage.link(tag, relation, note)
    stage.link(tag, relation, note)
    assert stage.script == stage.links
    assert stage.members(tag, relation) == [note]
    assert stage.members(note, note.view.entity.relations[0]) == [tag]


def test_tests_choose_only_what_clients_can_send() -> None:
    asked = library(field("slug", slug_of="title"), field("tags", many=True), field("data", "json"))
    view = View(asked, asked.by_name["Book"])
    chosen = [name for name in ("title", "stars", "slug", "tags", "data", "unknown") if can_pin(view, name)]
    assert chosen == ["title", "stars"]


def test_what_is_compared_and_what_is_beside_it_is_tried_where_it_is_valid() -> None:
    asked = library()
    view = View(asked, asked.by_name["Book"])
    stars = view.entity.field("stars")
    assert stars is not None
    tried = values_to_try(view, stars, compare(STARS, "<", 5), [])
    assert {4, 5} <= {value for value in tried if isinstance(value, int)}
    assert 6 not in tried


def test_other_rows_are_no_values() -> None:
    asked = library()
    view = View(asked, asked.by_name["Book"])
    price = view.entity.field("price")
    assert price is not None
    assert all(isinstance(value, str) for value in values_to_try(view, price, compare(STARS, "<", 5), [Row(view)]))
