"""A farm without accounts: everything that can be measured."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import EmailStr, Field, HttpUrl

from apismith import Backend, Entity, Indexed, Listing, Rules, SQLite, Timestamps, Unique


class Soil(Enum):
    """What a field consists of."""

    SANDY_LOAM = "sandy loam"
    CLAY = "clay"
    PEAT = "peat, wet"


class Plot(Entity):
    """A piece of land."""

    name: Unique[str] = Field(min_length=1, max_length=60)
    hectares: float = Field(gt=0, le=10_000)
    soil: Soil = Soil.CLAY
    other_soils: list[Soil] = Field(default_factory=list, max_length=3)
    corners: list[float] = Field(default_factory=list, max_length=20)
    survey: dict[str, Any] = Field(default_factory=dict)
    map_url: HttpUrl | None = None
    rests: bool = False
    listing = Listing(filters=["soil", "rests", "hectares"], order=["name", "-hectares"])


class Sowing(Entity, Timestamps):
    """Seed put into a field."""

    field: Plot
    crop: str = Field(min_length=1, max_length=40)
    sown: date
    harvest: date | None = None
    seen_at: datetime | None = None
    watered_at: time = time(6, 15)
    water_for: timedelta = timedelta(minutes=90)
    kilos: Decimal = Field(ge=0, max_digits=9, decimal_places=3)
    rows: int = Field(default=10, ge=2, le=500, multiple_of=2)
    lot: UUID | None = None
    grower: EmailStr | None = None
    helpers: list[EmailStr] = Field(default_factory=list, max_length=4)
    days: list[date] = Field(default_factory=list, max_length=7)
    prices: list[Decimal] = Field(default_factory=list, max_length=3)
    rules = Rules(
        unique=[("field", "sown", "crop")], check=[lambda self: self.harvest is None or self.harvest > self.sown]
    )
    listing = Listing(filters=["field.soil", "crop", "sown"], order=["-sown", "kilos"])


class Animal(Entity):
    """A cow, most often."""

    tag: Indexed[str] = Field(pattern=r"^[A-Z]{2} \d{2} \d{3}$")
    born: date = Field(default_factory=date.today)
    weight: float | None = Field(default=None, ge=0.5, lt=1500)
    mother: "Animal | None" = None
    pasture: Plot | None = None
    listing = Listing(filters=["mother", "pasture", "born"], order=["-born", "tag"])


backend = Backend("farm", database=SQLite(), auth=None)
