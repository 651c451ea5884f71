"""What a value is: type, constraints, default."""

from enum import StrEnum
from typing import Literal

from pydantic import JsonValue

from apismith.contract.node import Node


class Scalar(StrEnum):
    """What one value is."""

    STR = "str"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    DURATION = "duration"
    UUID = "uuid"
    EMAIL = "email"
    URL = "url"
    ENUM = "enum"
    JSON = "json"


class Type(Node):
    """Type of a field, a parameter or a result that is not an entity.

    Args:
        scalar: kind of the value, or of the items when `many`.
        enum: name of the `EnumType`, when scalar is `enum`.
        many: a list of such values.
        nullable: None is allowed.
    """

    scalar: Scalar
    enum: str | None = None
    many: bool = False
    nullable: bool = False


class Constraints(Node):
    """Pydantic's constraints, by Pydantic's names. For `many` types the lengths count items."""

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    gt: int | float | str | None = None
    ge: int | float | str | None = None
    lt: int | float | str | None = None
    le: int | float | str | None = None
    multiple_of: int | float | str | None = None
    max_digits: int | None = None
    decimal_places: int | None = None


class Default(Node):
    """Value of a field that the client leaves out.

    `value` is the JSON form of a constant (for an enum: the member's value; for a decimal, date …: its text).
    `call` is a value made when the row is made: now, today, a random UUID, an empty list, an empty mapping.
    Exactly one of the two is meant: `call` when it is set, `value` (which may be None) otherwise.
    """

    value: JsonValue = None
    call: Literal["now", "today", "uuid", "list", "dict"] | None = None
