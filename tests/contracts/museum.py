"""A museum whose rooms, pieces and artists refer to each other in cycles."""

from datetime import date

from pydantic import Field, HttpUrl

from apismith import JWT, Access, Backend, Entity, Listing, Memory, Postgres, Reverse, Unique, admin, anyone, reverse_of

OPEN = Access(read=anyone, create=admin, update=admin, delete=admin)


class Artist(Entity):
    """Who made pieces."""

    name: str = Field(min_length=1, max_length=100)
    born: date | None = None
    teacher: "Artist | None" = None
    masterpiece: "Piece | None" = None
    pieces: Reverse[set["Piece"]] = reverse_of("artist")
    access = OPEN
    listing = Listing(filters=["teacher", "masterpiece.title"], order=["name", "-born"])


class Piece(Entity):
    """Something to look at."""

    title: str = Field(min_length=1, max_length=200)
    year: int | None = Field(default=None, ge=-40_000, le=2100)
    photo: HttpUrl | None = None
    artist: Artist | None = None
    room: "Room | None" = None
    shown_in: "Exhibition | None" = None
    access = OPEN
    listing = Listing(filters=["artist", "room.name", "year"], order=["title", "year"])


class Room(Entity):
    """Where pieces hang."""

    name: Unique[str] = Field(min_length=1, max_length=40)
    highlight: Piece | None = None
    next_room: "Room | None" = None
    exhibition: "Exhibition | None" = None
    access = OPEN


class Exhibition(Entity):
    """Pieces shown together."""

    title: str = Field(min_length=1, max_length=100)
    opens: date
    closes: date | None = None
    entrance: Room | None = None
    poster: Piece | None = None
    pieces: set[Piece] = Field(max_length=50)
    access = OPEN
    listing = Listing(filters=["entrance", "opens"], order="-opens")


backend = Backend("museum", database=Postgres(), cache=Memory(), auth=JWT(access_minutes=30, algorithm="EdDSA"))
