"""What is sold."""

from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from apismith import (
    Access,
    Entity,
    Listing,
    Reverse,
    Rules,
    SoftDelete,
    Timestamps,
    Unique,
    Versioned,
    action,
    admin,
    anyone,
)

from .people import clerk


class Availability(StrEnum):
    """Whether something can be bought."""

    soon = "soon"
    now = "now"
    gone = "gone"


class Category(Entity, key="slug"):
    """A shelf of the shop."""

    name: Unique[str] = Field(min_length=1, max_length=60)
    products: Reverse[set["Product"]]

    access = Access(read=anyone, create=clerk | admin, update=clerk | admin, delete=admin)


class Product(Entity, Timestamps, SoftDelete, Versioned, key="sku"):
    """Something on a shelf, by its stock keeping unit."""

    sku: Unique[str] = Field(pattern=r"^[A-Z]{2}-[0-9]{4}$", max_length=7)
    name: str = Field(min_length=1, max_length=120)
    price: Decimal = Field(ge=0, max_digits=8, decimal_places=2, description="In euros, with taxes.")
    reduced_price: Decimal | None = Field(default=None, ge=0, max_digits=8, decimal_places=2)
    availability: Availability = Availability.soon
    category: Category

    access = Access(read=anyone, create=clerk | admin, update=clerk | admin, delete=admin)
    listing = Listing(filters=["category", "availability"], order=["name", "-price"])
    rules = Rules(check=[lambda self: self.reduced_price is None or self.reduced_price < self.price])

    @action("POST /products/{sku}/withdraw", allow=clerk | admin)
    def withdraw(self) -> "Product":
        """Take a product out of the shop."""
        self.availability = Availability.gone
        return self
