"""Numbers and truth values are taken as JSON and query strings mean them, and documented as they are taken."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from app.api.v1.schemas.base import FromText
from app.core.values import Approximate, Digits, Whole, Word

NUMBER: TypeAdapter[int] = TypeAdapter(Annotated[int, Field(strict=True, le=9), Whole])
FLAG: TypeAdapter[bool] = TypeAdapter(Annotated[bool, Word])
PRICE: TypeAdapter[Decimal] = TypeAdapter(
    Annotated[Decimal, Field(max_digits=4, decimal_places=2, ge=Decimal(0)), Digits(), Approximate]
)
MOMENT: TypeAdapter[datetime] = TypeAdapter(Annotated[datetime, FromText])


@pytest.mark.parametrize(
    ("adapter", "sent", "taken"),
    [
        (NUMBER, 3, 3),
        (NUMBER, 3.0, 3),
        (FLAG, "true", True),
        (FLAG, "false", False),
        (PRICE, 0.5700000000000001, Decimal("0.57")),
        (PRICE, "12.30", Decimal("12.30")),
        (PRICE, 7, Decimal(7)),
        (MOMENT, "2026-01-31T12:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
    ],
)
def test_what_is_meant_is_taken(adapter: TypeAdapter[Any], sent: object, taken: object) -> None:
    assert adapter.validate_python(sent) == taken


@pytest.mark.parametrize(
    ("adapter", "sent"),
    [
        (NUMBER, 3.5),
        (NUMBER, 10.0),
        (NUMBER, "3"),
        (NUMBER, float("inf")),
        (FLAG, "0"),
        (FLAG, "yes"),
        (PRICE, 0.125),
        (PRICE, 100),
        (PRICE, float("nan")),
        (MOMENT, "0"),
        (MOMENT, "-1.192092896e-07"),
        (MOMENT, "1E9"),
        (MOMENT, 1.5),
    ],
)
def test_what_is_not_documented_is_refused(adapter: TypeAdapter[Any], sent: object) -> None:
    with pytest.raises(ValidationError):
        adapter.validate_python(sent)


def test_how_large_a_number_may_be_is_documented() -> None:
    number, text = PRICE.json_schema()["anyOf"]
    assert number == {"type": "number", "minimum": 0.0, "multipleOf": 0.01, "exclusiveMaximum": 100}
    assert text == {"type": "string", "pattern": r"^\d{1,2}(\.\d{1,2})?$"}
