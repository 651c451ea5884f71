"""An arena of games: actions and queries with every form of body that becomes SQL."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from apismith import (
    Access,
    Backend,
    Entity,
    Listing,
    Owner,
    Page,
    Redis,
    Reverse,
    Secret,
    SQLite,
    Timestamps,
    Unique,
    action,
    admin,
    anyone,
    computed,
    count,
    member,
    now,
    owner,
    query,
    reverse_of,
    you,
)


class State(StrEnum):
    """How far a match is."""

    open = "open"
    running = "running"
    over = "over"


class Player(Entity, Timestamps):
    """Somebody who plays."""

    email: Unique[str] = Field(max_length=200)
    password: Secret[str] = Field(min_length=10)
    coins: Decimal = Field(default=Decimal("10.00"), ge=0, max_digits=8, decimal_places=2)
    level: int = Field(default=1, ge=1, le=99)
    blocked: set["Player"]
    hosted: Reverse[set["Match"]] = reverse_of("host")
    access = Access(read=anyone, create=anyone, update=you, delete=admin)

    @computed
    def open_matches(self) -> int:
        """Matches of theirs that one can join."""
        return count(m for m in self.hosted if m.state == State.open and m.seats > 1)

    @computed
    def is_rich(self) -> bool:
        """Whether they can afford everything."""
        return self.coins * 2 >= 100 and not self.level < 3

    @action("DELETE /players/{id}/block", allow=member)
    def unblock(self, me: "Player") -> None:
        """Stop blocking somebody."""
        me.blocked.discard(self)

    @action("PUT /players/{id}/block", allow=member)
    def block(self, me: "Player") -> "Player":
        """Block somebody."""
        me.blocked.add(self)
        return self


class Match(Entity, Timestamps):
    """A game of several."""

    title: str = Field(min_length=1, max_length=60)
    state: State = State.open
    seats: int = Field(default=2, ge=1, le=20)
    stake: Decimal | None = Field(default=None, ge=0, max_digits=6, decimal_places=2)
    started_at: datetime | None = None
    winner: Player | None = None
    host: Owner[Player]
    players: set[Player]
    access = Access(read=anyone, create=member, update=owner, delete=owner)
    listing = Listing(filters=["state", "host", "winner"], order=["-created_at", "title"])

    @computed
    def free_seats(self) -> int:
        """Seats nobody has taken."""
        return self.seats - count(self.players)

    @action("POST /matches/{id}/join", allow=member)
    def join(self, me: Player) -> "Match":
        """Take a seat."""
        self.players.add(me)
        return self

    @action("POST /matches/{id}/start", allow=owner)
    def start(self) -> "Match":
        """Begin."""
        self.state = State.running
        self.started_at = now()
        return self

    @action("POST /matches/{id}/win", allow=owner | admin)
    def win(self, winner: Player) -> "Match":
        """Say who has won."""
        self.winner = winner
        self.state = State.over
        return self

    @action("POST /matches/{id}/enlarge", allow=owner)
    def enlarge(self, by: int = Field(ge=1, le=5)) -> None:
        """Add seats."""
        self.seats += by

    @action("GET /matches/{id}/size", allow=anyone)
    def size(self) -> int:
        """How many play."""
        return count(self.players)


@query("GET /matches/mine", allow=member)
def mine(me: Player) -> Page[Match]:
    """Matches that one hosts or plays in."""
    return Page(m for m in Match if m.host == me or me in m.players)


@query("GET /matches/open", allow=anyone)
def joinable(seats: int = 2, word: str | None = None) -> list[Match]:
    """Matches with seats."""
    return [m for m in Match if m.state in (State.open, State.running) and m.seats >= seats and m.winner is None]


@query("GET /players/strangers", allow=member)
def strangers(me: Player, level: int = 1) -> Page[Player]:
    """Players whom one has not blocked."""
    return Page(p for p in Player if p not in me.blocked and p != me and p.level + 1 > level)


@query("GET /players/me/hosted/count", allow=member)
def hosted_count(me: Player, at_least: int = Field(default=1, ge=1)) -> int:
    """How many matches of so many seats one hosts."""
    return count(m for m in me.hosted if m.seats >= at_least)


backend = Backend("arena", database=SQLite(), cache=Redis())
