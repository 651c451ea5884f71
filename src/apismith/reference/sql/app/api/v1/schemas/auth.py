"""What clients send and get to log in and out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, SecretStr

from app.api.v1.schemas.base import Input, Schema, Text


class LoginForm(Schema):
    """The password form of OAuth 2 (RFC 6749, section 4.3.2); `username` is whatever accounts log in with."""

    grant_type: Literal["password"] = "password"
    username: Annotated[Text, Field(min_length=1, max_length=320)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=1024)]


class RefreshInput(Input):
    """A refresh token, which is used up by sending it."""

    refresh_token: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class TokenPair(Schema):
    """An access token to call with, and a refresh token to get the next pair with (RFC 6749, section 5.1)."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: Annotated[int, Field(description="Seconds for which the access token is valid.")]
    refresh_token: str


class BrowserToken(Schema):
    """An access token to call with; the refresh token is in the cookie."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: Annotated[int, Field(description="Seconds for which the access token is valid.")]


class SessionRead(Schema):
    """A place where the account is logged in."""

    id: UUID
    client: Annotated[str | None, Field(description="How the client called itself when it logged in.")]
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: Annotated[bool, Field(description="Whether it is the one that is asking.")]
