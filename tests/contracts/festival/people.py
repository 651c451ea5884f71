"""Who comes."""

from pydantic import EmailStr, Field

from apismith import Access, Entity, Role, Secret, Timestamps, Unique, admin, anyone, you

crew = Role("crew")


class Guest(Entity, Timestamps):
    """Somebody who comes."""

    email: Unique[EmailStr]
    password: Secret[str] = Field(min_length=10)
    name: str = Field(min_length=1, max_length=80)
    access = Access(read=you | crew | admin, create=anyone, update=you, delete=you | admin)
