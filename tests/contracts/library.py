"""A library: natural keys, slugs, and nothing that is ever quite gone."""

from datetime import date

from pydantic import Field

from apismith import (
    Access,
    Audited,
    Backend,
    Entity,
    Indexed,
    Listing,
    Owner,
    Parent,
    Reverse,
    Rules,
    Secret,
    SoftDelete,
    SQLite,
    Timestamps,
    Unique,
    Versioned,
    admin,
    anyone,
    computed,
    count,
    member,
    owner,
    slugify,
)


class Reader(Entity, Timestamps, SoftDelete, Versioned, Audited):
    """Somebody with a card."""

    email: Unique[str] = Field(max_length=200)
    password: Secret[str] = Field(min_length=10, max_length=100)


class Book(Entity, Timestamps, SoftDelete, Versioned, Audited, key="isbn", bulk=20):
    """A book by its number."""

    isbn: Unique[str] = Field(pattern=r"^97[89]\d{10}$")
    title: str = Field(min_length=1, max_length=300)
    published: date | None = None
    subjects: set["Subject"] = Field(max_length=8)
    copies: Reverse[set["Copy"]]
    access = Access(read=anyone, create=admin, update=admin, delete=admin)
    listing = Listing(filters=["subjects", "published"], order=["title", "-published"])

    @computed
    def copies_count(self) -> int:
        """How many there are."""
        return count(self.copies)


class Subject(Entity, SoftDelete, Versioned, key="slug", bulk=1000):
    """What books are about."""

    name: str = Field(min_length=1, max_length=60)
    slug: str = slugify("name")
    books: Reverse[set[Book]]
    access = Access(read=anyone, create=admin, update=admin, delete=admin)
    listing = Listing(order="name")


class Copy(Entity, SoftDelete, Versioned, Audited, key="shelfmark", bulk=3):
    """One book on a shelf."""

    shelfmark: Unique[str] = Field(pattern=r"^[a-z]{1,3}[0-9]{1,5}$")
    worn: bool = False
    book: Parent[Book]
    access = Access(read=anyone, create=admin, update=admin, delete=admin)


class Loan(Entity, Timestamps, SoftDelete, Versioned, bulk=2):
    """A copy at somebody's home."""

    copy_of: Copy
    reader: Owner[Reader]
    until: Indexed[date]
    back: bool = False
    access = Access(read=owner | admin, create=member, update=admin, delete=admin)
    rules = Rules(unique=[("copy_of", "until")])
    listing = Listing(filters=["back", "copy_of.worn"], order="-until")


backend = Backend("library", database=SQLite())
