"""What all schemas share: their base classes, and types whose values are safe to store."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    HttpUrl,
    JsonValue,
    TypeAdapter,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

DEEPEST_JSON = 32
LONGEST_MAILBOX = 64
NUMBER = re.compile(r"\s*[+-]?[\d_]*\.?[\d_]*(e[+-]?\d+)?\s*", re.IGNORECASE)
"""Pydantic takes such texts for seconds."""
LONGEST_DURATION = timedelta(days=700_000)


class Schema(BaseModel):
    """Base of what clients get."""

    model_config = ConfigDict(protected_namespaces=())


class Input(Schema):
    """Base of what clients send: a member that is not known is a mistake, not something to ignore."""

    model_config = ConfigDict(extra="forbid")


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain NUL characters")
    return text


def _mailbox(address: str) -> str:
    if address.index("@") > LONGEST_MAILBOX:
        raise ValueError(f"must not have more than {LONGEST_MAILBOX} characters before the @")
    return address


def _from_text(value: object) -> object:
    if isinstance(value, int | float) or (isinstance(value, str) and NUMBER.fullmatch(value)):
        raise ValueError("must be a text in ISO 8601 form")
    return value


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is too far away") from error


def _without_zone(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("must not have a time zone")
    return value


def _bounded(value: timedelta) -> timedelta:
    if abs(value) > LONGEST_DURATION:
        raise ValueError(f"must not be longer than {LONGEST_DURATION.days} days")
    return value


def _storable_json(value: JsonValue, depth: int = 0) -> JsonValue:
    if depth > DEEPEST_JSON:
        raise ValueError(f"must not be nested deeper than {DEEPEST_JSON} levels")
    match value:
        case str():
            value.encode()
        case float() if value - value != 0:
            raise ValueError("must not contain numbers that are infinite or not a number")
        case list():
            for item in value:
                _storable_json(item, depth + 1)
        case dict():
            for key, item in value.items():
                _storable_json(key, depth + 1)
                _storable_json(item, depth + 1)
        case _:
            pass
    return value


_HTTP_URL: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)


def _http_url(text: str) -> str:
    return str(_HTTP_URL.validate_python(text))


class NoneOf:
    """Refuses words that paths have for something else: a row with such a key could not be reached."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(core), "not": {"enum": list(self.words)}}

    def _check(self, text: str) -> str:
        if text in self.words:
            raise ValueError("is a word that paths have for something else")
        return text


Storable = AfterValidator(_storable)
FromText = BeforeValidator(_from_text)
InUtc = AfterValidator(_in_utc)
WithoutZone = AfterValidator(_without_zone)
Bounded = AfterValidator(_bounded)

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""Any text that every database can keep. With a pattern of its own, a text says `Storable` instead."""

_WORD = "[A-Za-z0-9_!#$%&'*+/=?^`{|}~-]+"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = rf"^{_WORD}(\.{_WORD})*@{_LABEL}(\.{_LABEL})+$"
"""The usual form of an address (RFC 5322, dot-atom) at a domain of two labels or more. Clients can be told a pattern and
no more; whether somebody reads it is known once it was written to."""

Email = Annotated[
    str,
    Field(max_length=254, pattern=EMAIL, json_schema_extra={"format": "email"}),
    AfterValidator(_mailbox),
    AfterValidator(str.lower),
]
"""An e-mail address; one address is one account, whatever its case."""

Url = Annotated[str, Field(max_length=2083, json_schema_extra={"format": "uri"}), AfterValidator(_http_url)]
"""An address of the web, with its scheme and host."""

Json = Annotated[JsonValue, AfterValidator(_storable_json)]
"""Any JSON that every database can keep."""

Date = Annotated[date, FromText]
Moment = Annotated[AwareDatetime, FromText, InUtc]
Time = Annotated[time, FromText, WithoutZone]
Duration = Annotated[timedelta, FromText, Bounded]
