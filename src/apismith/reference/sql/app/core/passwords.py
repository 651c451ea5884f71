"""Passwords that others would try first: the most common ones, and the login itself."""

from pathlib import Path
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, SecretStr
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from app.exceptions import ValidationFailed

COMMON: Final = frozenset(Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split())


class Uncommon:
    """Refuses the most common passwords, and tells clients which those are."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(_uncommon, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        shortest, longest = schema.get("minLength", 0), schema.get("maxLength", 0)
        words = [word for word in sorted(COMMON) if shortest <= len(word) <= longest]
        return {**schema, "not": {"enum": words}} if words else schema


def _uncommon(password: SecretStr) -> SecretStr:
    if password.get_secret_value().lower() in COMMON:
        raise ValueError("is one of the passwords that everybody tries first")
    return password


def require_unlike(field: str, password: str, login: object) -> None:
    """Raise `ValidationFailed` for a password that is the login, or its part before the @."""
    known = str(login).casefold()
    if password.casefold() in (known, known.partition("@")[0]):
        raise ValidationFailed(
            [{"field": f"body.{field}", "message": "Value error, must not be the login", "type": "value_error"}]
        )
