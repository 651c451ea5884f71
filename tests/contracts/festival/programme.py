"""Who plays where and when."""

from datetime import datetime

from pydantic import Field, HttpUrl

from apismith import Access, Entity, Listing, Page, Rules, Unique, admin, anyone, query, slugify

from .people import crew

PUBLIC = Access(read=anyone, create=crew | admin, update=crew | admin, delete=admin)


class Genre(Entity, key="name", bulk=30):
    """A kind of music."""

    name: Unique[str] = Field(pattern=r"^[a-z][a-z -]*$", max_length=30)
    access = PUBLIC


class Band(Entity, key="slug", bulk=30):
    """Who plays."""

    name: str = Field(min_length=1, max_length=100)
    slug: str = slugify("name")
    site: HttpUrl | None = None
    genres: set[Genre] = Field(max_length=3)
    access = PUBLIC
    listing = Listing(filters=["genres"], order="name")


class Stage(Entity):
    """Where they play."""

    name: Unique[str] = Field(min_length=1, max_length=40)
    access = PUBLIC


class Slot(Entity, bulk=50):
    """A band on a stage."""

    band: Band
    stage: Stage
    starts: datetime
    ends: datetime
    access = PUBLIC
    listing = Listing(filters=["band", "stage", "band.name"], order="starts")
    rules = Rules(unique=[("stage", "starts")], check=[lambda self: self.ends > self.starts])


@query("GET /stages/{stage}/slots", allow=anyone)
def playing_at(stage: Stage) -> Page[Slot]:
    """What a stage has to offer."""
    return Page(s for s in Slot if s.stage == stage)
