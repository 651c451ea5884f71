"""A laboratory whose operations are still to be written: every shape of a stub."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from apismith import (
    Access,
    Backend,
    Celery,
    Cors,
    Deprecated,
    Entity,
    Limits,
    Memory,
    Owner,
    Page,
    RabbitMQ,
    Secret,
    SQLite,
    Unique,
    action,
    admin,
    anyone,
    created,
    deleted,
    member,
    on,
    owner,
    query,
    updated,
)


class Unit(StrEnum):
    """What is measured in."""

    gram = "g"
    litre = "l"


class Scientist(Entity):
    """Somebody who works here."""

    email: Unique[str] = Field(max_length=200)
    password: Secret[str] = Field(min_length=10)


class Sample(Entity, key="code"):
    """Something in a glass."""

    code: Unique[str] = Field(pattern=r"^S\d{6}$")
    unit: Unit = Unit.gram
    taken_by: Owner[Scientist]
    access = Access(read=member, create=member, update=owner | admin, delete=owner)

    @action("POST /samples/{code}/analyse", allow=owner)
    def analyse(self, me: Scientist, method: str, unit: Unit = Unit.gram, days: list[date] = []) -> float: ...  # noqa: B006

    @action(
        "PATCH /samples/{code}/split",
        allow=owner,
        deprecated=Deprecated(since="2026-02-03", link="https://lab.example"),
    )
    def split(self, parts: int = Field(ge=2, le=9)) -> "list[Sample]": ...

    @action("DELETE /samples/{code}/residue", allow=owner | admin)
    def clear(self) -> None: ...

    @action("GET /samples/{code}/like", allow=member)
    def similar(self, limit_to: int = 5) -> Page["Sample"]: ...

    @action("PUT /samples/{code}/merge", allow=admin)
    def merge(self, other: "Sample", note: str | None = None) -> "Sample": ...


@query("GET /samples/search", allow=anyone)
def search(text: str, unit: Unit | None = None, since: date | None = None, exact: bool = False) -> Page[Sample]: ...


@query("POST /samples/import", allow=admin)
def import_samples(codes: list[str] = Field(min_length=1, max_length=100)) -> list[Sample]: ...  # noqa: B008


@query("GET /units", allow=anyone)
def units() -> list[Unit]: ...


@query("GET /today", allow=member)
def today(me: Scientist) -> date: ...


@on(created(Sample))
def label(sample: Sample) -> None: ...


@on(updated(Sample), background=True)
def recheck(sample: Sample) -> None: ...


@on(deleted(Sample), background=True, publish="samples.deleted")
def dispose(sample: Sample) -> None: ...


backend = Backend(
    "lab",
    database=SQLite(),
    cache=Memory(),
    tasks=Celery(broker=RabbitMQ()),
    limits=Limits("5/second", body="200KB"),
    cors=Cors("https://lab.example"),
)
