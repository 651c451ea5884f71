"""Settings: what production refuses, and how they are written."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.config import INSECURE_KEY, Environment, Settings
from app.main import create_app
from tests.secrets import SECRETS

PRODUCTION: dict[str, Any] = {
    "environment": Environment.PRODUCTION,
    "database_url": "postgresql://somewhere/else",
    "cors_origins": ["https://app.example"],
    **SECRETS,
}


def test_production_starts_with_a_key_and_a_database_of_its_own() -> None:
    assert Settings.model_validate(PRODUCTION).is_production


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"secret_key": INSECURE_KEY}, "SECRET_KEY"),
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"secret_key": ""}, "SECRET_KEY"),
        ({"cors_origins": ["*"]}, "CORS_ORIGINS"),
        ({"cors_origins": ["https://app.example", "*"]}, "CORS_ORIGINS"),
        ({"database_url": "postgresql://postgres:postgres@localhost:5432/x"}, "DATABASE_URL"),
    ],
    ids=["the key of development", "a short key", "no key", "every origin", "every origin too", "a known password"],
)
def test_production_refuses_what_is_not_safe(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Settings.model_validate(PRODUCTION | changes)


@pytest.mark.parametrize("name", ["database_url", *SECRETS])
def test_production_refuses_what_is_missing(name: str) -> None:
    with pytest.raises(ValidationError, match=name.upper()):
        Settings.model_validate({key: value for key, value in PRODUCTION.items() if key != name})


def test_secrets_are_not_shown() -> None:
    settings = Settings.model_validate(PRODUCTION)
    assert PRODUCTION["secret_key"] not in repr(settings)
    assert PRODUCTION["database_url"] not in repr(settings)


def test_origins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example, https://b.example")
    assert Settings().cors_origins == ("https://a.example", "https://b.example")


def test_what_is_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "api.example.com,*.example.org")
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::1")
    settings = Settings()
    assert settings.allowed_hosts == ("api.example.com", "*.example.org")
    assert [str(proxy) for proxy in settings.trusted_proxies] == ["10.0.0.0/8", "2001:db8::1/128"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trusted_proxies", "*"),
        ("trusted_proxies", "proxy.example"),
        ("trusted_proxies", "10.0.0.1/8"),
        ("allowed_hosts", "https://api.example.com"),
        ("allowed_hosts", "api.example.com:8000"),
        ("allowed_hosts", "api.*.com"),
        ("rate_limit", "many"),
        ("rate_limit", "0/minute"),
        ("rate_limit_login", "5/minutes"),
        ("rate_limit_storage", "memcached://localhost"),
        ("body_timeout_seconds", 0),
    ],
)
def test_what_would_not_work_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings.model_validate({name: value})


def test_hosts_that_are_not_set_are_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    create_app(Settings.model_validate(PRODUCTION | {"allowed_hosts": "api.example.com"}))
    assert "hosts.any" not in caplog.text
    create_app(Settings.model_validate(PRODUCTION))
    assert "ALLOWED_HOSTS" in caplog.text


@pytest.mark.parametrize("name", ["secret_key", "database_url", "rate_limit_storage"])
def test_what_is_refused_is_not_repeated(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(PRODUCTION | {"cors_origins": ["*"], name: "do not tell"})
    assert "do not tell" not in str(caught.value)


def test_documentation_can_be_switched_off() -> None:
    paths = {getattr(route, "path", None) for route in create_app(Settings(docs_enabled=False)).routes}
    assert paths.isdisjoint({"/docs", "/redoc", "/openapi.json"})


def test_the_example_lists_every_setting() -> None:
    example = (Path(__file__).parent.parent / ".env.example").read_text(encoding="utf-8")
    listed = set(re.findall(r"^#? ?([A-Z_]+)=", example, flags=re.MULTILINE))
    assert {name.upper() for name in Settings.model_fields} <= listed
