"""Who may come in."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from apismith import Access, Entity, Listing, Owner, Parent, Timestamps, admin, created, member, nobody, on, owner

from .people import Guest, crew


class Ticket(Entity, Timestamps):
    """Lets one guest in."""

    kind: Literal["day", "weekend", "crew"] = "day"
    price: Decimal = Field(default=Decimal("89.50"), ge=0, max_digits=6, decimal_places=2)
    guest: Owner[Guest]
    access = Access(read=owner | crew, create=member, update=nobody, delete=owner | admin)
    listing = Listing(filters=["kind"], order="-created_at")


class Scan(Entity):
    """A ticket seen at a gate."""

    at: datetime
    gate: str = Field(pattern=r"^[A-F]$")
    ticket: Parent[Ticket]
    access = Access(read=owner | crew, create=crew, update=nobody, delete=admin)
    listing = Listing(order="-at")


@on(created(Ticket), background=True)
def thank(ticket: Ticket) -> None:
    """Say thank you by mail."""
