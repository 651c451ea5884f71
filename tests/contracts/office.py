"""An office: accounts that cannot be without a team, and names that Python's own texts and our own code use too."""

from datetime import timedelta
from enum import StrEnum

from pydantic import EmailStr, Field, JsonValue

from apismith import (
    Access,
    Backend,
    Entity,
    Owner,
    Parent,
    Postgres,
    Secret,
    Unique,
    admin,
    anyone,
    member,
    owner,
    you,
)


class Rank(StrEnum):
    """Members named like methods of every text."""

    title = "title"  # type: ignore[assignment]
    count = "count"  # type: ignore[assignment]
    lower = "lower"  # type: ignore[assignment]


class Site(Entity):
    """Where teams are; without one there is no team, and so no account."""

    name: Unique[str] = Field(max_length=40)
    access = Access(read=anyone, create=anyone, update=admin, delete=admin)


class Team(Entity):
    site: Parent[Site]
    name: str = Field(max_length=40)
    access = Access(read=member, create=anyone, update=admin, delete=admin)


class Employee(Entity):
    email: Unique[EmailStr]
    password: Secret[str] = Field(min_length=10)
    rank: Rank = Rank.count
    team: Team
    access = Access(read=member, create=anyone, update=you, delete=admin)


class Skill(Entity, key="name"):
    name: Unique[str] = Field(max_length=20)
    near: set["Skill"]
    access = Access(read=anyone, create=member, update=member, delete=admin)


class Shift(Entity, bulk=5):
    employee: Owner[Employee]
    length: timedelta
    notes: dict[str, JsonValue]
    skills: set[Skill] = Field(max_length=4)
    add_skills: set[Skill] = Field(max_length=4)
    read: set[Skill] = Field(max_length=4)
    access = Access(read=member, create=member, update=owner, delete=owner)


backend = Backend("office", entities=[Site, Team, Employee, Skill, Shift], database=Postgres())
