"""Settings: what production refuses, and how they are written."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.config import INSECURE_KEY, Environment, Settings
from app.main import create_app

SAFE: dict[str, Any] = {
    "environment": Environment.PRODUCTION,
    "secret_key": "k" * 40,
    "database_url": "postgresql://somewhere/else",
    "cors_origins": ["https://app.example"],
}


def test_production_starts_with_a_key_and_a_database_of_its_own() -> None:
    assert Settings.model_validate(SAFE).is_production


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"secret_key": INSECURE_KEY}, "SECRET_KEY"),
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"cors_origins": ["*"]}, "CORS_ORIGINS"),
    ],
    ids=["the key of development", "a short key", "every origin"],
)
def test_production_refuses_what_is_not_safe(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Settings.model_validate(SAFE | changes)


@pytest.mark.parametrize(("name", "reason"), [("secret_key", "SECRET_KEY"), ("database_url", "DATABASE_URL")])
def test_production_refuses_what_is_missing(name: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Settings.model_validate({key: value for key, value in SAFE.items() if key != name})


def test_secrets_are_not_shown() -> None:
    settings = Settings.model_validate(SAFE)
    assert SAFE["secret_key"] not in repr(settings)
    assert SAFE["database_url"] not in repr(settings)


def test_origins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example, https://b.example")
    assert Settings().cors_origins == ("https://a.example", "https://b.example")


def test_documentation_can_be_switched_off() -> None:
    paths = {getattr(route, "path", None) for route in create_app(Settings(docs_enabled=False)).routes}
    assert paths.isdisjoint({"/docs", "/redoc", "/openapi.json"})


def test_the_example_lists_every_setting() -> None:
    example = (Path(__file__).parent.parent / ".env.example").read_text(encoding="utf-8")
    listed = set(re.findall(r"^#? ?([A-Z_]+)=", example, flags=re.MULTILINE))
    assert {name.upper() for name in Settings.model_fields} <= listed
