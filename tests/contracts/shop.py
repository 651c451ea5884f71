"""A shop that sells things, with everything that a shop must get right about money."""

from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID, uuid4

from pydantic import EmailStr, Field

from apismith import (
    JWT,
    Access,
    Backend,
    Celery,
    Entity,
    Listing,
    Owner,
    Parent,
    Postgres,
    Redis,
    Rules,
    Secret,
    Timestamps,
    Unique,
    Versioned,
    action,
    admin,
    anyone,
    created,
    member,
    on,
    owner,
    you,
)


class OrderStatus(StrEnum):
    """How far an order is."""

    cart = "cart"
    paid = "paid"
    sent = "sent"


class Customer(Entity, Timestamps):
    """Somebody who buys."""

    email: Unique[EmailStr]
    password: Secret[str] = Field(min_length=10)
    nickname: str | None = Field(default=None, max_length=40)
    access = Access(read=you | admin, create=anyone, update=you, delete=you)
    listing = Listing(allow=admin, order="email")


class Product(Entity, Timestamps, Versioned, key="sku"):
    """What is sold, by its stock keeping unit."""

    sku: Unique[str] = Field(pattern=r"^[A-Z]{2}-\d{4}$")
    name: str = Field(min_length=1, max_length=120)
    price: Decimal = Field(ge=0, max_digits=8, decimal_places=2, description="In euros.")
    weight: Decimal | None = Field(default=None, gt=0, lt=1000, max_digits=6, decimal_places=3)
    vat: Literal["none", "reduced", "full"] = "full"
    stock: int = Field(default=0, ge=0)
    barcode: UUID = Field(default_factory=uuid4)
    access = Access(read=anyone, create=admin, update=admin, delete=admin)
    listing = Listing(filters=["vat", "price"], order=["name", "-price"])


class Order(Entity, Timestamps, bulk=100):
    """What one customer buys at once."""

    status: OrderStatus = OrderStatus.cart
    note: str = Field(default="", max_length=500)
    customer: Owner[Customer]
    access = Access(read=owner | admin, create=member, update=owner, delete=owner & member)
    listing = Listing(filters=["status"], order="-created_at")

    @action("POST /orders/{id}/pay", allow=owner)
    def pay(self) -> "Order":
        """Pay an order."""
        self.status = OrderStatus.paid
        return self


class OrderLine(Entity, bulk=50):
    """So many of one product."""

    order: Parent[Order]
    product: Product
    position: int = Field(ge=1, le=99)
    quantity: int = Field(default=1, ge=1, le=1000)
    discount: Decimal = Field(default=Decimal("0.00"), ge=0, le=1, max_digits=3, decimal_places=2)
    rules = Rules(
        unique=[("order", "position")],
        index=[("product", "quantity")],
        check=[lambda self: self.quantity >= 10 or self.discount < 1],
    )
    listing = Listing(filters=["product", "product.name"], order="position")


@on(created(Order), background=True)
def confirm(order: Order) -> None:
    """Send a confirmation."""
    ...


backend = Backend(
    "shop",
    database=Postgres(ids="uuid"),
    cache=Redis(),
    tasks=Celery(broker=Redis()),
    auth=JWT(access_minutes=5, algorithm="RS256"),
)
