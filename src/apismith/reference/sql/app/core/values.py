"""Numbers and truth values as JSON and query strings write them."""

from decimal import Decimal
from math import isfinite
from typing import Any, Final

from pydantic import BeforeValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

RELIABLE: Final = ".15g"
"""The digits of a decimal number that a double keeps (IEEE 754)."""


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _word(value: object) -> object:
    if isinstance(value, str) and value not in ("true", "false"):
        raise ValueError("must be true or false")
    return value


def _decimal(value: object) -> object:
    return Decimal(format(value, RELIABLE)) if isinstance(value, float) and isfinite(value) else value


class Digits:
    """Tells clients how a decimal number must look, which Pydantic does in a pattern that also takes other texts."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        limits: dict[str, Any] = {**core, **core.get("schema", {})}
        places, before = limits["decimal_places"], limits["max_digits"] - limits["decimal_places"]
        number, text = schema["anyOf"]
        number["multipleOf"] = float(Decimal(1).scaleb(-places))
        if not number.keys() & {"maximum", "exclusiveMaximum"}:
            number["exclusiveMaximum"] = 10**before
        if not number.keys() & {"minimum", "exclusiveMinimum"}:
            number["exclusiveMinimum"] = -(10**before)
        sign = "" if number.get("minimum", number.get("exclusiveMinimum")) >= 0 else "-?"
        whole = rf"\d{{1,{before}}}" if before else "0"
        text["pattern"] = rf"^{sign}{whole}(\.\d{{1,{places}}})?$" if places else rf"^{sign}{whole}$"
        return schema


Whole = BeforeValidator(_whole)
"""JSON knows one kind of number: 3.0 is the integer 3 (JSON Schema 2020-12, core, section 4.2.3)."""

Word = BeforeValidator(_word)
"""A truth value in a query string is one of two words."""

Approximate = BeforeValidator(_decimal)
"""A number of JSON was a double on its way: 0.5700000000000001 is 0.57."""
