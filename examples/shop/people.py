"""Who buys, and who works here."""

from pydantic import EmailStr, Field

from apismith import Access, Entity, Listing, Role, Secret, Timestamps, Unique, admin, anyone, you

clerk = Role("clerk")


class Customer(Entity, Timestamps):
    """Somebody who can log in: people who buy, and the clerks who serve them."""

    email: Unique[EmailStr]
    password: Secret[str] = Field(min_length=10, max_length=128)
    name: str = Field(min_length=1, max_length=80)

    access = Access(read=you | clerk, create=anyone, update=you, delete=admin)
    listing = Listing(allow=clerk | admin, order="name")
