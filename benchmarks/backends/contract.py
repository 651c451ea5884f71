"""The contract of the measured backend: many entities, of which a few are asked."""

ENTITIES = 50
HEAD = '''"""A backend of many entities."""

from enum import StrEnum

from pydantic import Field

from apismith import (
    Access,
    Backend,
    Cors,
    Entity,
    Limits,
    Listing,
    Postgres,
    Secret,
    Timestamps,
    Unique,
    anyone,
    member,
)


class Status(StrEnum):
    """How far a text is."""

    draft = "draft"
    published = "published"
    archived = "archived"
'''
ASKED = '''

class User(Entity, Timestamps):
    """Somebody who writes."""

    username: Unique[str] = Field(max_length=30)
    email: str = Field(max_length=200)
    password: Secret[str] = Field(min_length=10)


class Post(Entity, Timestamps):
    """A text for everybody."""

    title: str = Field(min_length=1, max_length=200)
    body: str = Field(max_length=10_000)
    status: Status = Status.draft
    author: User
    listing = Listing(order="-created_at", filters=["status", "author"])
    access = Access(read=anyone, create=anyone, update=member, delete=member)


class Memo(Entity, Timestamps):
    """A text for members."""

    title: str = Field(min_length=1, max_length=200)
    body: str = Field(max_length=10_000)
    status: Status = Status.draft
    author: User
    access = Access(read=member, create=member, update=member, delete=member)
'''
OTHER = '''

class Thing{n}(Entity, Timestamps):
    """Thing {n} of many."""

    name: str = Field(min_length=1, max_length=80)
    count: int = Field(default=0, ge=0)
    {relation}
    listing = Listing(order="-created_at", filters=["count"])
    access = Access(read=anyone, create=member, update=member, delete=member)
'''
BACKEND = """

# The limit is counted and never met.
backend = Backend(
    "bench", database=Postgres(), cors=Cors("https://bench.example"), limits=Limits("100000000/minute")
)
"""


def contract(entities: int = ENTITIES) -> str:
    """The text of a contract with so many entities: first and last are things, those that are asked between them."""
    things = [OTHER.format(n=n, relation=f"like: Thing{n - 1} | None = None" if n else "") for n in range(entities - 3)]
    middle = len(things) // 2
    return HEAD + "".join(things[:middle]) + ASKED + "".join(things[middle:]) + BACKEND


def last_thing(entities: int = ENTITIES) -> int:
    """The number of the last thing; the first one's is 0."""
    return entities - 4
