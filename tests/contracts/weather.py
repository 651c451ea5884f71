"""Weather of many stations: rows are put there by others, clients only ask."""

from datetime import datetime

from pydantic import Field

from apismith import (
    Access,
    Backend,
    Celery,
    Entity,
    Indexed,
    Page,
    RabbitMQ,
    SQLite,
    Unique,
    anyone,
    nobody,
    query,
)

CLOSED = Access(read=nobody, create=nobody, update=nobody, delete=nobody)


class Station(Entity, key="code"):
    """Where weather is measured."""

    code: Unique[str] = Field(max_length=8)
    city: Indexed[str] = Field(max_length=60)
    height: int = Field(default=0, ge=-500, le=9000)
    access = CLOSED


class Reading(Entity):
    """What was measured once."""

    station: Station
    at: Indexed[datetime]
    celsius: float = Field(ge=-90, le=60)
    access = CLOSED


@query("GET /stations/high", allow=anyone)
def high_stations(above: int = 1000) -> Page[Station]:
    """Stations above a height."""
    return Page(s for s in Station if s.height > above)


@query("GET /readings/frost", allow=anyone)
def frost(city: str) -> list[Reading]:
    """Readings below zero in a city."""
    return [r for r in Reading if r.celsius < 0 and r.station.city == city]


@query("GET /stations", allow=anyone)
def stations() -> Page[Station]:
    """All stations."""
    return Page(s for s in Station)


backend = Backend("weather", database=SQLite(ids="uuid"), tasks=Celery(broker=RabbitMQ()), auth=None)
