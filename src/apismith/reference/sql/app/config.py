"""Settings, read from the environment and from `.env`; `.env.example` lists them all."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, IPvAnyNetwork, PositiveFloat, PositiveInt, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app import defaults

INSECURE_KEY: Final = "for development only, refused in production"
SHORTEST_KEY: Final = 32
HOST: Final = re.compile(r"\*|(\*\.)?[\w-]+(\.[\w-]+)*\.?|\[[0-9a-fA-F:.]+\]")

Rate = Annotated[str, Field(pattern=r"^[1-9]\d*/(second|minute|hour|day)$")]


class Environment(StrEnum):
    """Where the backend runs."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Everything that differs from one place to another."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True)

    environment: Environment = Environment.DEVELOPMENT
    secret_key: SecretStr = Field(default=SecretStr(INSECURE_KEY), description="Signs tokens and page cursors.")

    database_url: SecretStr = Field(default=SecretStr(defaults.DATABASE_URL), description="PostgreSQL or SQLite.")
    database_pool_size: PositiveInt = 5
    database_max_overflow: int = Field(default=10, ge=0)
    database_pool_timeout: PositiveFloat = Field(default=10, description="Seconds to wait for a free connection.")
    database_pool_recycle: PositiveInt = Field(default=1800, description="Seconds after which one is replaced.")
    database_statement_timeout: PositiveFloat = Field(default=15, description="Seconds; on SQLite, to wait for locks.")

    access_token_minutes: PositiveInt = defaults.ACCESS_TOKEN_MINUTES
    refresh_token_days: PositiveInt = defaults.REFRESH_TOKEN_DAYS
    refresh_grace_seconds: float = Field(default=5, ge=0, description="For the one before: an answer may get lost.")

    rate_limit: Rate = Field(default=defaults.RATE_LIMIT, description="Requests of an account, or of an address.")
    rate_limit_login: Rate = Field(default=defaults.RATE_LIMIT_LOGIN, description="Failed attempts to log in.")
    rate_limit_storage: SecretStr = Field(
        default=SecretStr("memory://"), description="`redis://host:6379/0` lets several processes count together."
    )
    rate_limit_legacy_headers: bool = Field(default=False, description="Whether to send `X-RateLimit-*` too.")

    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("*",), description="Names under which the backend is reached; `*.example.com` for all below one."
    )
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = Field(
        default=(), description="Addresses or networks of proxies whose `X-Forwarded-For` is believed."
    )

    smtp_url: SecretStr | None = Field(default=None, description="smtp://user:password@host:587, or smtps://…")
    mail_from: str = defaults.MAIL_FROM
    public_url: str = Field(default="http://127.0.0.1:8000", description="The website to which links in mails lead.")
    unverified_may_log_in: bool = Field(default=True, description="Before they have verified their address.")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = defaults.CORS_ORIGINS
    max_body_bytes: PositiveInt = defaults.MAX_BODY_BYTES
    body_timeout_seconds: PositiveFloat = Field(default=30, description="For a whole body to arrive.")
    docs_enabled: bool = True

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    slow_request_seconds: PositiveFloat = Field(default=1, description="Slower ones are warned about.")

    @field_validator("allowed_hosts", "cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split_at_commas(cls, value: Any) -> Any:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("allowed_hosts")
    @classmethod
    def _check_hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if not HOST.fullmatch(host):
                raise ValueError(
                    f"{host!r} is neither a host such as api.example.com nor *.example.com: no port, no path"
                )
        return hosts or ("*",)

    @field_validator("rate_limit_storage")
    @classmethod
    def _check_storage(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(("memory://", "redis://", "rediss://")):
            raise ValueError("is memory://, redis://host:6379/0 or rediss://…")
        return url

    @field_validator("smtp_url")
    @classmethod
    def _names_a_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        server = urlsplit(value.get_secret_value()) if value is not None else None
        if server is not None and (server.scheme not in ("smtp", "smtps") or not server.hostname):
            raise ValueError("must look like smtp://user:password@host:587")
        return value

    @model_validator(mode="after")
    def _refuse_insecure_production(self) -> Self:
        if not self.is_production:
            return self
        key = self.secret_key.get_secret_value()
        if key == INSECURE_KEY or len(key) < SHORTEST_KEY:
            raise ValueError(f"SECRET_KEY must be set in production, to at least {SHORTEST_KEY} random characters")
        if "database_url" not in self.model_fields_set:
            raise ValueError("DATABASE_URL must be set in production")
        if "//postgres:postgres@" in self.database_url.get_secret_value():
            raise ValueError("DATABASE_URL must have a password of its own in production, everybody knows this one")
        if "*" in self.cors_origins:
            raise ValueError("CORS_ORIGINS must name its origins in production, '*' lets every site in")
        return self

    @property
    def is_production(self) -> bool:
        """Whether strangers can reach this backend."""
        return self.environment is Environment.PRODUCTION


@lru_cache
def get_settings() -> Settings:
    """The settings of this process."""
    return Settings()
