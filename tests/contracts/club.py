"""A chess club whose members log in with a nickname; a user is something else here."""

from datetime import date

from pydantic import EmailStr, Field

from apismith import (
    JWT,
    Access,
    Backend,
    Entity,
    Limits,
    Listing,
    Owner,
    Postgres,
    Reverse,
    Secret,
    Unique,
    action,
    admin,
    anyone,
    count,
    created,
    member,
    on,
    owner,
    query,
    reverse_of,
    you,
)


class Member(Entity, key="nickname"):
    """Somebody who plays."""

    nickname: Unique[str] = Field(pattern=r"^[a-z][a-z0-9_]*$", min_length=3, max_length=20)
    passphrase: Secret[str] = Field(min_length=16, max_length=200)
    email: EmailStr | None = None
    rating: int = Field(default=1200, ge=100, le=3000)
    rivals: set["Member"]
    rival_of: Reverse[set["Member"]] = reverse_of("rivals")
    access = Access(read=member, create=anyone, update=you | admin, delete=you | admin)
    listing = Listing(filters=["rating"], order=["-rating", "nickname"])

    @action("POST /members/{nickname}/rivalry", allow=member)
    def challenge(self, me: "Member") -> "Member":
        """Make somebody a rival."""
        me.rivals.add(self)
        return self


class User(Entity):
    """A computer in the club room, as its makers call it."""

    role: str = Field(default="board 1", max_length=20)
    email: str = Field(default="", max_length=40)
    member: Member | None = None
    access = Access(read=member, create=admin, update=admin, delete=admin)


class Game(Entity, bulk=10):
    """A game of two."""

    played: date
    moves: list[str] = Field(default_factory=list, max_length=300)
    white: Owner[Member]
    black: Member
    watched_by: set[Member] = Field(exclude=True)
    access = Access(read=anyone, create=member, update=owner, delete=owner | admin)
    listing = Listing(filters=["black.nickname", "white", "played"], order="-played")


@query("GET /members/me/rivals/count", allow=member)
def rivals_count(me: Member) -> int:
    """How many rivals one has."""
    return count(me.rivals)


@on(created(Member))
def welcome(newcomer: Member) -> None:
    """Greet a new member."""


backend = Backend(
    "club",
    database=Postgres(),
    auth=JWT(login="nickname", access_minutes=45, algorithm="ES256", second_factor=True),
    limits=Limits("1000/day", body=50_000),
)
