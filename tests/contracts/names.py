"""Names that the generated code, its libraries and Python itself use: each may be a field's, an entity's or a set's."""

from datetime import datetime
from enum import StrEnum

from pydantic import EmailStr, Field

from apismith import (
    Access,
    Entity,
    Listing,
    Owner,
    Page,
    Parent,
    Secret,
    Unique,
    action,
    anyone,
    computed,
    count,
    created,
    member,
    now,
    on,
    owner,
    query,
)


class User(Entity):
    email: Unique[EmailStr]
    password: Secret[str] = Field(min_length=10)


class Update(Entity):
    create: str = Field(max_length=10)
    update: int = Field(ge=1)
    query: str = Field(max_length=10)
    read: str = Field(max_length=3)
    delete: str | None = Field(default=None, max_length=10)
    page: int = Field(ge=1, le=10)
    rows: int = Field(ge=1)
    type: str = Field(max_length=5)
    list: str = Field(max_length=5)
    str_: str = Field(max_length=5)
    name: str = Field(max_length=5)
    value: str = Field(max_length=5)
    db: int = 0
    session: int = 0
    body: str = Field(max_length=9)
    request: int = Field(default=3, le=5)
    response: int = 0
    settings: int = 0
    status: int = 0
    app: int = 0
    main: int = 0
    date: str = Field(max_length=9)
    datetime: int = 0
    row: int = 0
    owner_id: int = 0
    me: int = 0
    count: int = 0
    limit: int = 0
    cursor: int = 0
    order: int = 0
    any: int = 0
    literal: int = 0
    id_: int = 0
    items: int = 0
    changes: int = 0
    index: int = 0
    column: int = 0
    select: int = 0
    insert: int = 0
    annotated: int = 0
    user: Owner["User"]
    access = Access(read=anyone, create=member, update=owner, delete=owner)
    listing = Listing(filters=["status", "count", "name"], order=["-count", "row"])


class Quest(Entity):
    update: Parent[Update]
    create: Update
    read: set["Quest"]
    page: set["Quest"] = Field(max_length=3)
    query: str = Field(max_length=4)
    access = Access(read=anyone, create=member)


class Create(Entity):
    query: Quest
    base: set[Quest]
    access = Access(read=anyone, create=member, update=member)
    listing = Listing(filters=["query"])


class Basis(Entity):
    field: str = Field(max_length=4)
    access = Access(read=anyone, create=member, update=member)


class Settings(Entity):
    field: str = Field(max_length=4)
    access = Access(read=anyone, create=member, update=member)


class Session(Entity):
    field: str = Field(max_length=4)
    access = Access(read=anyone, create=member, update=member)


class Request(Entity):
    field: str = Field(max_length=4)
    access = Access(read=anyone, create=member, update=member)


class Test(Entity):
    field: str = Field(max_length=4)
    access = Access(read=anyone, create=member, update=member)


class Row(Entity):
    field: str = Field(max_length=4)
    access = Access(read=anyone, create=member, update=member)


class Kind(StrEnum):
    """A member named like a method of every text."""

    count = "count"  # type: ignore[assignment]
    other = "other"


class Self(Entity):
    label: str = Field(max_length=4)
    access = Access(read=anyone, create=member, update=member)


class Body(Entity, bulk=7):
    row: Owner[User]
    list: set[Self] = Field(max_length=3)
    access = Access(read=anyone, create=member, update=owner)


class Response(Entity, bulk=7):
    row: Parent[Body]
    list: set[Self]
    self_: set[Self] = Field(max_length=3)
    access = Access(read=anyone, create=member, update=member)


class Warning(Entity, bulk=7):
    only: set[Self] = Field(max_length=3)
    access = Access(read=anyone, create=member, update=member)


class KeyError(Entity, bulk=7):
    headers: str = Field(max_length=4)
    client: str = Field(max_length=4)
    url: str = Field(max_length=4)
    params: int = 0
    token: str = "abc"
    password_hint: str = "none"
    kind: Kind = Kind.count
    at: datetime | None = None
    near: set[Self]
    access = Access(read=anyone, create=member, update=member)
    listing = Listing(filters=["headers", "client", "url", "params", "token"], order=["url", "-client"])

    @computed
    def i(self) -> int:
        return count(self.near)

    @computed
    def l(self) -> bool:  # noqa: E743
        return self.at < now()

    @action("POST /key-errors/{id}/o", allow=member)
    def o(self, now: datetime) -> None:
        self.at = now

    @action("POST /key-errors/{id}/extra", allow=member)
    def extra(self, value: int) -> bool:
        return value > self.params


@query("GET /key-errors/by/{query}", allow=anyone)
def by_url(query: str) -> list[KeyError]:
    return [k for k in KeyError if k.url == query]


@query("GET /key-errors/of", allow=anyone)
def of_client(statement: str, params: int) -> list[KeyError]:
    return [k for k in KeyError if k.client == statement and k.params == params]


@query("GET /key-errors/page", allow=anyone)
def in_pages(statement: str, rows: int) -> Page[KeyError]:
    return Page(k for k in KeyError if k.client == statement and k.params == rows)


@query("GET /more", allow=anyone)
def is_more(value: int, result: int) -> bool:
    return value > result


@on(created(KeyError), background=True)
def note(error: KeyError) -> None: ...
