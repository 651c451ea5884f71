"""A kiosk with a screen: a few things behind tight limits, and no accounts."""

from decimal import Decimal
from uuid import UUID

from pydantic import Field

from apismith import (
    Access,
    Backend,
    Celery,
    Cors,
    Entity,
    Limits,
    Listing,
    Postgres,
    RabbitMQ,
    Redis,
    Unique,
    anyone,
    nobody,
)


class Snack(Entity, key="code"):
    """Something to eat."""

    code: Unique[UUID]
    name: str = Field(min_length=1, max_length=50)
    price: Decimal = Field(gt=0, max_digits=5, decimal_places=2)
    left: int = Field(default=0, ge=0, le=500)
    listing = Listing(filters=["price"], order=["name", "-price"])


class Sale(Entity):
    """A snack sold."""

    snack: Snack
    count: int = Field(default=1, ge=1, le=10)
    access = Access(read=anyone, create=anyone, update=nobody, delete=nobody)


backend = Backend(
    "kiosk",
    database=Postgres(),
    cache=Redis(),
    tasks=Celery(broker=RabbitMQ()),
    auth=None,
    limits=Limits("50/minute", body="10KB"),
    cors=Cors("https://kiosk.example"),
)
