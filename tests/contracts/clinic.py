"""A clinic: who may see what depends on the role."""

from datetime import datetime

from pydantic import EmailStr, Field

from apismith import (
    JWT,
    Access,
    Audited,
    Backend,
    Entity,
    Limits,
    Listing,
    Owner,
    Parent,
    Postgres,
    Role,
    Secret,
    Timestamps,
    Unique,
    action,
    admin,
    anyone,
    member,
    nobody,
    owner,
    query,
    you,
)

doctor = Role("doctor")
nurse = Role("nurse")


class Patient(Entity, Timestamps):
    """Somebody who is treated."""

    email: Unique[EmailStr]
    password: Secret[str] = Field(min_length=14)
    allergies: list[str] = Field(default_factory=list, max_length=30)
    access = Access(read=you | doctor | nurse, create=anyone, update=you, delete=admin & doctor)
    listing = Listing(allow=doctor | nurse)


class Ward(Entity):
    """Beds together."""

    name: Unique[str] = Field(min_length=1, max_length=40)
    beds: int = Field(default=1, ge=1, le=100)
    access = Access(read=member, create=admin, update=admin | nurse, delete=admin)


class Appointment(Entity, Timestamps, Audited):
    """A time with a doctor."""

    at: datetime
    reason: str = Field(min_length=1, max_length=500)
    confirmed: bool = False
    patient: Owner[Patient]
    ward: Ward | None = None
    access = Access(read=owner | doctor | nurse, create=member, update=owner | doctor, delete=owner | (nurse & member))
    listing = Listing(filters=["confirmed", "ward"], order=["at", "-created_at"])

    @action("POST /appointments/{id}/confirm", allow=doctor | nurse)
    def confirm(self) -> "Appointment":
        """Confirm an appointment."""
        self.confirmed = True
        return self


class Finding(Entity, Timestamps):
    """What a doctor writes down; the patient may read it."""

    text: str = Field(min_length=1, max_length=5000)
    appointment: Parent[Appointment]
    access = Access(read=owner | doctor, create=doctor, update=doctor & member, delete=nobody)


@query("GET /wards/{ward}/free", allow=(doctor | nurse) & member)
def free_beds(ward: Ward) -> int:
    """How many beds are free."""
    ...


backend = Backend(
    "clinic",
    database=Postgres(),
    auth=JWT(login="email", access_minutes=10, refresh_days=1, second_factor=True),
    limits=Limits("600/hour", login="3/minute", body="64KB"),
)
