"""What clients send and get about API keys."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.api.v1.schemas.base import Input, Schema, Text
from app.core.values import Whole

Scope = Literal["read", "write"]


class ApiKeyInput(Input):
    """What a client sends to make an API key."""

    name: Annotated[Text, Field(min_length=1, max_length=100, description="What it is for.")]
    scopes: Annotated[
        list[Scope],
        Field(min_length=1, max_length=8, description="`read` is for requests that change nothing, `write` for all."),
    ] = ["read"]
    expires_in_days: Annotated[int, Field(strict=True, ge=1, le=366), Whole] = 90


class ApiKeyRead(Schema):
    """A key with which a program acts for the account."""

    id: UUID
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: Annotated[datetime | None, Field(description="To the minute; null where it was never used.")]


class ApiKeyCreated(ApiKeyRead):
    """A new key. This is the only time that it is shown."""

    key: Annotated[str, Field(description="Send it as `X-API-Key`.")]
