"""What is bought."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from apismith import (
    Access,
    Deprecated,
    Entity,
    Listing,
    Owner,
    Page,
    Parent,
    Reverse,
    Rules,
    Timestamps,
    action,
    computed,
    count,
    created,
    member,
    on,
    owner,
    query,
)

from .people import Customer, clerk
from .products import Product


class Order(Entity, Timestamps):
    """What one customer buys at once."""

    state: Literal["cart", "paid", "sent"] = "cart"
    note: str = Field(default="", max_length=500)
    customer: Owner[Customer]
    lines: Reverse[set["OrderLine"]]

    access = Access(read=owner | clerk, create=member, update=owner, delete=owner)
    listing = Listing(filters=["state"], order="-created_at")

    @computed
    def line_count(self) -> int:
        """How many different products."""
        return count(self.lines)

    @action("POST /orders/{id}/pay", allow=owner)
    def pay(self) -> "Order":
        """Pay an order."""
        raise NotImplementedError

    @action(
        "POST /orders/{id}/send",
        allow=clerk,
        deprecated=Deprecated(since=date(2027, 1, 1), sunset=date(2027, 7, 1), link="https://shop.example/changes"),
    )
    def send(self) -> "Order":
        """Mark an order as sent."""
        self.state = "sent"
        return self


class OrderLine(Entity):
    """So many of one product."""

    order: Parent[Order]
    product: Product
    position: int = Field(ge=1, le=99)
    quantity: int = Field(default=1, ge=1, le=1000)
    discount: Decimal = Field(default=Decimal("0.00"), ge=0, le=1, max_digits=3, decimal_places=2)

    rules = Rules(unique=[("order", "position")])
    listing = Listing(order="position")


@query("GET /orders/open", allow=clerk)
def open_orders() -> Page[Order]:
    """Orders that have been paid and not yet sent."""
    return Page(o for o in Order if o.state == "paid")


@on(created(Order), background=True)
def confirm_order(order: Order) -> None:
    """Write to the customer."""
