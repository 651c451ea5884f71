"""A school whose words are words of Python and of SQL, or plural already."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from apismith import Access, Backend, Celery, Entity, Listing, Parent, Postgres, Redis, Rules, Unique, admin, member

STAFF = Access(read=member, create=member, update=admin, delete=admin)


class Type(StrEnum):
    """Kind of a class."""

    none = "None"
    true = "true"
    and_ = "and"
    name_ = "name"


class Class(Entity):
    """What pupils attend."""

    class_: str = Field(min_length=1, max_length=20)
    type: Type = Type.none
    order: int = Field(default=0, ge=0)
    from_: Literal["select", "where", "user", "not null"] = "where"
    is_: bool = False
    access = STAFF
    listing = Listing(filters=["type", "class_"], order=["class_", "order"])
    rules = Rules(unique=[("class_", "order")], check=[lambda self: self.order < 1000 or self.is_ == True])  # noqa: E712


class Person(Entity, key="name"):
    """A pupil or a teacher."""

    name: Unique[str] = Field(min_length=1, max_length=80)
    select: str = Field(default="group by", max_length=30)
    values: list[int] = Field(default_factory=list, max_length=5)
    index: int | None = None
    classes: set[Class] = Field(max_length=10)
    access = STAFF
    listing = Listing(filters=["classes", "name"], order="name")


class Address(Entity):
    """Where a person lives."""

    street: str = Field(max_length=100)
    table: str = Field(default="drop", max_length=20)
    end: int = Field(default=1, ge=1)
    person: Parent[Person]
    access = STAFF


class News(Entity):
    """What everybody should know."""

    text: str = Field(min_length=1, max_length=500)
    user: Person | None = None
    like: bool = True
    access = STAFF


class Order(Entity):
    """Books for a class."""

    group: "Group | None" = None
    class_: Class
    primary: bool = False
    access = STAFF
    listing = Listing(filters=["class_", "group.name"], order="-id")


class Group(Entity):
    """Pupils together."""

    name: Unique[str] = Field(max_length=30)
    people: set[Person]
    access = STAFF


class Index(Entity):
    """Where something is to be found."""

    key: str = Field(max_length=30)
    row: "Row | None" = None
    access = STAFF


class Row(Entity):
    """Seats beside each other."""

    column: int = 1
    index: Index | None = None
    access = STAFF


class Page(Entity):
    """A page of a book."""

    offset: int = Field(ge=0)
    items: list[str] = Field(default_factory=list, max_length=3)
    access = STAFF


class Select(Entity):
    """A choice of courses."""

    distinct: bool = False
    union: Literal["all", "any"]
    session: int = 0
    access = STAFF


backend = Backend("school", database=Postgres(), tasks=Celery(broker=Redis()))
