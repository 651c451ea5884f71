"""Settings, read from the environment and from `.env`; `.env.example` lists them all."""

from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, PositiveFloat, PositiveInt, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app import defaults

INSECURE_KEY: Final = "for development only, refused in production"
SHORTEST_KEY: Final = 32


class Environment(StrEnum):
    """Where the backend runs."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Everything that differs from one place to another."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

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

    cors_origins: Annotated[tuple[str, ...], NoDecode] = defaults.CORS_ORIGINS
    max_body_bytes: PositiveInt = defaults.MAX_BODY_BYTES
    docs_enabled: bool = True

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    slow_request_seconds: PositiveFloat = Field(default=1, description="Requests that take longer are warned about.")

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_at_commas(cls, value: Any) -> Any:
        return [origin.strip() for origin in value.split(",") if origin.strip()] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _refuse_insecure_production(self) -> Self:
        if not self.is_production:
            return self
        key = self.secret_key.get_secret_value()
        if key == INSECURE_KEY or len(key) < SHORTEST_KEY:
            raise ValueError(f"SECRET_KEY must be set in production, to at least {SHORTEST_KEY} random characters")
        if "database_url" not in self.model_fields_set:
            raise ValueError("DATABASE_URL must be set in production")
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
