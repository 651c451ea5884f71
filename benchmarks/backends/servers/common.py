"""What these servers share: their address of the database, the cursor, and who sent a token."""

import base64
import os
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import jwt
from pydantic import BaseModel, ConfigDict, Field

DATABASE = os.environ.get("BENCH_DATABASE", "")
POOL = 10
SECRET = os.environ.get("BENCH_SECRET", "")
AUDIENCE = "bench"


class Status(StrEnum):
    """How far a text is."""

    draft = "draft"
    published = "published"
    archived = "archived"


class TextIn(BaseModel):
    """What is sent to create a text."""

    model_config = ConfigDict(extra="forbid")
    title: Annotated[str, Field(min_length=1, max_length=200)]
    body: Annotated[str, Field(max_length=10_000)]
    author_id: Annotated[int, Field(gt=0)]
    status: Status = Status.draft


class Author(BaseModel):
    """Who wrote a text."""

    model_config = ConfigDict(from_attributes=True)
    id: int
    username: str


class TextOut(BaseModel):
    """A text as it is answered."""

    model_config = ConfigDict(from_attributes=True)
    id: int
    title: str
    body: str
    status: Status
    author: Author
    created_at: datetime
    updated_at: datetime


class TextPage(BaseModel):
    """Some texts."""

    items: list[TextOut]
    next_cursor: str | None
    total: int | None = None


def encode_cursor(created_at: datetime, id: int) -> str:
    """Where a page ends."""
    return base64.urlsafe_b64encode(f"{created_at.timestamp():.6f}:{id}".encode()).decode()


def decode_cursor(cursor: str) -> tuple[datetime, int]:
    """Where the page before ended."""
    moment, id = base64.urlsafe_b64decode(cursor).decode().split(":")
    return datetime.fromtimestamp(float(moment), UTC), int(id)


def account_of(authorization: str | None) -> int | None:
    """The account of a valid bearer token."""
    if not authorization or not authorization.startswith("Bearer "):
        return None
    try:
        return int(jwt.decode(authorization[7:], SECRET, algorithms=["HS256"], audience=AUDIENCE)["sub"])
    except (jwt.InvalidTokenError, ValueError):
        return None
