"""Sample values are valid and differ; where none can be made up, that is said."""

import re

import pytest

from apismith.contract.model import Check, Compare, Field, Path, Rules
from apismith.generate.patterns import matching
from apismith.generate.samples import NoSample, invalid, is_valid, row, sample
from apismith.generate.view import View
from tests.generate.contracts import COLOUR, contract, entity, field

ANY = contract(enums=(COLOUR,))

FIELDS = [
    field("title"),
    field("title", max_length=3),
    field("title", min_length=40, max_length=50),
    field("code", pattern=r"^[A-Z]{2}-\d{4}$"),
    field("slug", pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=12),
    field("name", pattern=r"^\w+$", min_length=3, max_length=30),
    field("phone", pattern=r"^\+?[1-9]\d{1,14}$"),
    field("postcode", pattern=r"^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$"),
    field("hue", pattern=r"^#(?:[0-9a-f]{3}|[0-9a-f]{6})$"),
    field("any", pattern="x"),
    field("number", "int", ge=5),
    field("number", "int", le=-5),
    field("number", "int", gt=0, lt=1000, multiple_of=7),
    field("share", "float", gt=0, lt=100),
    field("price", "decimal", gt=0, max_digits=5, decimal_places=2),
    field("price", "decimal", ge="0.25", multiple_of="0.25"),
    field("day", "date", ge="2030-01-01"),
    field("day", "date", lt="2000-01-01"),
    field("at", "datetime"),
    field("at", "time"),
    field("lasts", "duration", le="PT2H"),
    field("token", "uuid"),
    field("mail", "email"),
    field("page", "url"),
    field("data", "json"),
    field("words", many=True, min_length=2, max_length=3),
]


@pytest.mark.parametrize("asked", FIELDS, ids=lambda asked: f"{asked.type.scalar} {asked.constraints.pattern or ''}")
def test_samples_are_valid_and_differ(asked: Field) -> None:
    made = [sample(ANY, asked, n) for n in range(20)]
    assert all(is_valid(ANY, asked.type, asked.constraints, value) for value in made)
    if asked.constraints.lt != "2000-01-01" and asked.constraints.le != -5:
        assert len({repr(value) for value in made}) == len(made)


@pytest.mark.parametrize("asked", FIELDS, ids=lambda asked: f"{asked.type.scalar} {asked.constraints.pattern or ''}")
def test_what_must_be_refused_is_invalid(asked: Field) -> None:
    kinds = {"a NUL character", "a number", "beyond 64 bits", "no number", "no truth value"}  # the schemas are stricter
    for value, why in invalid(ANY, asked):
        assert why in kinds or not is_valid(ANY, asked.type, asked.constraints, value), why


@pytest.mark.parametrize("n", range(5))
def test_the_values_of_an_enum_take_turns(n: int) -> None:
    assert sample(ANY, field("colour", "enum", enum="Colour"), n) == ["red", "deep: 'blue'"][n % 2]


def test_an_example_of_the_contract_helps_where_nothing_can_be_made_up() -> None:
    odd = field("odd", pattern=r"^(?=.*\d)(?=.*[A-Z]).{8}$", examples=("Passw0rd",))
    assert sample(ANY, odd) == "Passw0rd"


def test_without_one_it_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(NoSample, match="odd") as error:
        sample(ANY, field("odd", pattern=r"^(?=.*\d)(?=.*[A-Z]).{8}$"))
    assert error.value.hint is not None
    assert "examples=" in error.value.hint


def test_a_row_meets_the_checks() -> None:
    def is_after(first: str, second: str) -> Check:
        left, right = (Path(root="self", steps=(name,)) for name in (first, second))
        return Check(name=f"{first}_after_{second}", where=Compare(op=">", left=left, right=right), source="")

    trip = entity(
        "Trip",
        field("starts", "date"),
        field("ends", "date"),
        field("paid", "date"),
        rules=Rules(check=(is_after("ends", "starts"), is_after("paid", "ends"))),
    )
    asked = contract(trip)
    made = row(View(asked, trip))
    assert str(made["paid"]) > str(made["ends"]) > str(made["starts"])


@pytest.mark.parametrize(
    "pattern", [r"^\d{3}$", r"a|b", r"^[^a-z]+$", r"^(ab|cd){2}$", r"^.{2,4}$", r"^\S+@\S+$", r"^x?y*z+$"]
)
def test_texts_match_their_pattern(pattern: str) -> None:
    for n in range(10):
        text = matching(pattern, n)
        assert text is not None
        assert re.search(pattern, text)


def test_no_text_is_better_than_a_wrong_one() -> None:
    assert matching(r"^(?!a)a$") is None
    assert matching(r"^a{5}$", longest=3) is None
