"""A fleet of vehicles: rows below rows below rows."""

from datetime import date, datetime

from pydantic import Field

from apismith import (
    Access,
    Backend,
    Cors,
    Deploy,
    Entity,
    Listing,
    Owner,
    Parent,
    Postgres,
    Rules,
    Secret,
    Timestamps,
    Unique,
    admin,
    anyone,
    member,
    owner,
)


class Dispatcher(Entity):
    """Somebody who sends vehicles."""

    email: Unique[str] = Field(max_length=120)
    password: Secret[str] = Field(min_length=10)
    access = Access(create=anyone)


class Depot(Entity, Timestamps, key="code"):
    """Where vehicles stand; whoever made it owns all that is below it."""

    code: Unique[str] = Field(pattern=r"^[A-Z]{3}\d$")
    city: str = Field(min_length=1, max_length=60)
    dispatcher: Owner[Dispatcher]
    access = Access(read=member, create=member, update=owner | admin, delete=owner)


class Vehicle(Entity, key="plate", bulk=100):
    """A van or a lorry."""

    plate: Unique[str] = Field(pattern=r"^[A-Z0-9]{2,8}$")
    seats: int = Field(default=3, ge=1, le=80)
    inspected: date | None = None
    depot: Parent[Depot]


class Trip(Entity, Timestamps):
    """A vehicle on its way."""

    day: date
    purpose: str = Field(default="", max_length=200)
    vehicle: Parent[Vehicle]
    listing = Listing(filters=["day", "vehicle.seats"], order="-day")
    rules = Rules(unique=[("vehicle", "day")])


class Stop(Entity):
    """Where a trip stops."""

    position: int = Field(ge=1, le=200)
    place: str = Field(min_length=1, max_length=120)
    arrived: datetime | None = None
    trip: Parent[Trip]
    listing = Listing(order="position")
    rules = Rules(unique=[("trip", "position")])


backend = Backend(
    "fleet",
    database=Postgres(ids="uuid"),
    cors=Cors("https://fleet.example"),
    deploy=Deploy(github=True, kubernetes=True),
)
