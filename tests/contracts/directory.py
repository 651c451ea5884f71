"""A public directory with an old version of itself: renames, deprecations, no accounts, ids that cannot be guessed."""

from datetime import date
from typing import Any

from pydantic import Field, HttpUrl

from apismith import (
    Access,
    Backend,
    Celery,
    Deprecated,
    Entity,
    Listing,
    Memory,
    Parent,
    Postgres,
    Redis,
    SoftDelete,
    Timestamps,
    Unique,
    Versioned,
    anyone,
    nobody,
    was,
)


class Shop(Entity, Timestamps, SoftDelete, Versioned, key="handle", was="Store"):
    """Where one can buy."""

    handle: Unique[str] = Field(pattern=r"^[a-z0-9-]{3,30}$")
    title: str = was("headline", Field(min_length=1, max_length=100))
    site: HttpUrl | None = None
    opening: dict[str, Any] = Field(default_factory=dict)
    founded: date | None = was("since", None)
    near: set["Shop"] = Field(max_length=4)
    access = Access(read=anyone, create=anyone, update=anyone, delete=nobody)
    listing = Listing(filters=["founded", "near"], order=["title", "-founded"])


class Review(
    Entity, Timestamps, deprecated=Deprecated(since="2026-01-01", sunset="2026-12-31", link="https://dir.example/new")
):
    """What a customer thinks."""

    stars: int = Field(ge=1, le=5)
    text: str = Field(default="", max_length=1000)
    shop: Parent[Shop]
    listing = Listing(filters=["stars"], order=["-created_at", "stars"])


backend = Backend(
    "directory",
    database=Postgres(ids="uuid"),
    cache=Memory(),
    tasks=Celery(broker=Redis()),
    auth=None,
    deprecated=Deprecated(since=date(2026, 6, 1)),
)
