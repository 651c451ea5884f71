"""A ledger: what the database must never let through."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from apismith import (
    JWT,
    Access,
    Audited,
    Backend,
    Celery,
    Cors,
    Entity,
    External,
    Indexed,
    Limits,
    Listing,
    Owner,
    Parent,
    RabbitMQ,
    Rules,
    Secret,
    SQLite,
    Timestamps,
    Unique,
    Versioned,
    admin,
    anyone,
    member,
    nobody,
    owner,
    you,
)


class Accountant(Entity):
    """Somebody who keeps books."""

    staff_no: Unique[int] = Field(ge=1, le=99_999)
    email: Unique[str] = Field(max_length=200)
    password: Secret[str] = Field(min_length=10)
    access = Access(read=you | admin, create=anyone, update=you, delete=nobody)


class Account(Entity, Timestamps, Audited):
    """A place where money is."""

    number: str = Field(pattern=r"^\d{4}$")
    bank: Literal["north", "south"] = "north"
    holder: External["customers.Customer"] = Field(max_length=64)  # noqa: F821
    overdraft: Decimal = Field(default=Decimal(0), ge=0, le=Decimal("5000"), max_digits=6, decimal_places=2)
    keeper: Owner[Accountant]
    access = Access(read=owner | admin, create=member, update=owner, delete=nobody)
    rules = Rules(unique=[("number", "bank")], index=[("bank", "overdraft")])
    listing = Listing(filters=["bank", "holder"], order="number")


class Entry(Entity, Timestamps, Versioned):
    """Money that moved; a row of one account."""

    day: Indexed[date]
    debit: Decimal = Field(default=Decimal(0), ge=0, max_digits=12, decimal_places=2)
    credit: Decimal = Field(default=Decimal(0), ge=0, max_digits=12, decimal_places=2)
    text: str = Field(min_length=1, max_length=140)
    line: int = Field(ge=1)
    account: Parent[Account]
    reverses: "Entry | None" = None
    access = Access(read=owner | admin, create=owner, update=nobody, delete=nobody)
    rules = Rules(
        unique=[("account", "day", "line")],
        check=[
            lambda self: self.debit == 0 or self.credit == 0,
            lambda self: self.debit + self.credit > 0,
            lambda self: not (self.line > 500 and self.debit > 1000),
        ],
    )
    listing = Listing(filters=["day", "debit"], order=["-day", "line"])


backend = Backend(
    "ledger",
    database=SQLite(ids="uuid"),
    tasks=Celery(broker=RabbitMQ()),
    auth=JWT(access_minutes=10),
    limits=Limits("30/minute"),
    cors=Cors("https://ledger.example"),
)
