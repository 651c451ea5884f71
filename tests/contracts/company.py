"""A company: everything refers to its own kind."""

from datetime import date

from pydantic import EmailStr, Field

from apismith import (
    Access,
    Backend,
    Entity,
    Listing,
    Reverse,
    Secret,
    SQLite,
    Timestamps,
    Unique,
    action,
    admin,
    computed,
    count,
    member,
    reverse_of,
    you,
)


class Employee(Entity, Timestamps):
    """Somebody who works here."""

    email: Unique[EmailStr]
    password: Secret[str] = Field(min_length=12, max_length=100)
    name: str = Field(min_length=1, max_length=80)
    hired: date | None = None
    manager: "Employee | None" = None
    reports: Reverse[set["Employee"]] = reverse_of("manager")
    friends: set["Employee"]
    befriended_by: Reverse[set["Employee"]] = reverse_of("friends")
    access = Access(read=member, create=admin, update=you | admin, delete=admin)
    listing = Listing(filters=["manager", "manager.name"], order=["name", "-hired"])

    @computed
    def team_size(self) -> int:
        """How many report to them."""
        return count(self.reports)

    @action("PUT /employees/{id}/friendship", allow=member)
    def befriend(self, me: "Employee") -> "Employee":
        """Become friends."""
        me.friends.add(self)
        return self


class Department(Entity):
    """A part of the company, inside of another one or at the top."""

    name: Unique[str] = Field(min_length=2, max_length=60)
    inside: "Department | None" = None
    parts: Reverse[set["Department"]] = reverse_of("inside")
    head: Unique[Employee] | None = None
    works_with: set["Department"] = Field(max_length=5)
    access = Access(read=member, create=admin, update=admin, delete=admin)
    listing = Listing(filters=["inside", "works_with"], order="name")


class Task(Entity, Timestamps):
    """Something to do, after other things."""

    title: str = Field(min_length=1, max_length=120)
    assignee: Employee | None = None
    after: set["Task"] = Field(max_length=10)
    blocks: Reverse[set["Task"]]
    by: "Employee"
    access = Access(read=member, create=member, update=member, delete=admin)
    listing = Listing(filters=["assignee", "by.email"], order="-created_at")


backend = Backend("company", entities=[Employee, Department, Task], database=SQLite(ids="uuid"))
