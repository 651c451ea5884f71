"""A university: thirty entities."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID, uuid4

from pydantic import EmailStr, Field, HttpUrl

from apismith import (
    JWT,
    Access,
    Backend,
    Entity,
    Listing,
    Owner,
    Parent,
    Postgres,
    Redis,
    Rules,
    Secret,
    SoftDelete,
    Timestamps,
    Unique,
    Versioned,
    admin,
    anyone,
    member,
    nobody,
    owner,
    slugify,
    you,
)

STAFF = Access(read=member, create=admin, update=admin, delete=admin)


class TicketState(StrEnum):
    """How far the repair is."""

    new = "new"
    waiting = "waiting"
    done = "done"


class Diet(StrEnum):
    """Who can eat it."""

    vegan = "vegan"
    halal = "halal"
    nut_free = "nut free"


class Employee(Entity, Timestamps):
    """Somebody who works for the university."""

    email: Unique[EmailStr]
    password: Secret[str] = Field(min_length=12)
    name: str = Field(min_length=1, max_length=80)
    access = Access(read=member, create=anyone, update=you | admin, delete=admin)
    listing = Listing(filters=["name"], order="name")


class Campus(Entity):
    """Buildings together."""

    name: Unique[str] = Field(min_length=1, max_length=60)
    city: str = Field(max_length=60)
    access = STAFF
    listing = Listing(order="name")


class Building(Entity, key="code"):
    """A house with an address."""

    code: Unique[str] = Field(pattern=r"^[A-Z]\d{1,2}$")
    campus: Campus
    built: date | None = None
    access = STAFF
    listing = Listing(filters=["campus"], order="code")


class Room(Entity):
    """Where people sit."""

    number: str = Field(pattern=r"^\d{3}[a-z]?$")
    seats: int = Field(default=20, ge=1, le=1000)
    building: Parent[Building]
    access = STAFF
    listing = Listing(filters=["seats"], order="number")
    rules = Rules(unique=[("building", "number")])


class Faculty(Entity):
    """Departments together."""

    name: Unique[str] = Field(min_length=1, max_length=80)
    dean: Employee | None = None
    access = STAFF
    listing = Listing(order="name")


class Department(Entity, Timestamps):
    """Where a subject is at home."""

    name: Unique[str] = Field(min_length=1, max_length=80)
    faculty: Faculty
    rooms: set[Room] = Field(max_length=30)
    access = STAFF
    listing = Listing(filters=["faculty"], order="name")


class Degree(Entity):
    """What one studies for."""

    title: str = Field(min_length=1, max_length=80)
    level: Literal["bachelor", "master", "doctor"] = "bachelor"
    department: Department
    access = STAFF
    listing = Listing(filters=["level", "department"], order=["title", "-level"])


class Module(Entity, key="code"):
    """A part of a degree."""

    code: Unique[str] = Field(pattern=r"^[A-Z]{3}\d{3}$")
    title: str = Field(min_length=1, max_length=120)
    points: Decimal = Field(ge=0, le=30, max_digits=3, decimal_places=1)
    degrees: set[Degree] = Field(max_length=6)
    requires: set["Module"] = Field(max_length=5)
    access = STAFF
    listing = Listing(filters=["degrees", "points"], order="code")


class Term(Entity):
    """Half a year."""

    name: Unique[str] = Field(pattern=r"^(spring|autumn) \d{4}$")
    starts: date
    ends: date
    access = STAFF
    listing = Listing(order="-starts")
    rules = Rules(check=[lambda self: self.ends > self.starts])


class Course(Entity, Timestamps, Versioned):
    """A module as taught in one term."""

    module: Module
    term: Term
    places: int = Field(default=30, ge=1, le=900)
    tutors: set[Employee] = Field(max_length=5)
    access = STAFF
    listing = Listing(filters=["term", "module.points"], order="-id")
    rules = Rules(unique=[("module", "term")])


class Lecture(Entity):
    """One meeting of a course."""

    topic: str = Field(min_length=1, max_length=200)
    at: datetime
    minutes: timedelta = timedelta(minutes=90)
    room: Room | None = None
    course: Parent[Course]
    access = STAFF
    listing = Listing(filters=["room"], order="at")


class Student(Entity, Timestamps, SoftDelete, key="number"):
    """Somebody who studies."""

    number: Unique[int] = Field(ge=1, le=9_999_999)
    name: str = Field(min_length=1, max_length=120)
    born: date
    degree: Degree | None = None
    friends: set["Student"]
    access = Access(read=member, create=admin, update=admin, delete=admin)
    listing = Listing(filters=["degree", "born"], order=["name", "number"])


class Enrolment(Entity, Timestamps):
    """A student in a course."""

    course: Course
    student: Student
    waiting: bool = False
    access = STAFF
    listing = Listing(filters=["course", "student", "waiting"], order="-created_at")
    rules = Rules(unique=[("course", "student")])


class Exam(Entity):
    """What a course ends with."""

    kind: Literal["written", "oral", "essay"] = "written"
    on: date
    course: Parent[Course]
    room: Room | None = None
    access = STAFF
    listing = Listing(order="on")


class Grade(Entity, Timestamps, Versioned):
    """What came of an exam."""

    mark: Decimal = Field(ge=1, le=5, max_digits=2, decimal_places=1)
    exam: Exam
    student: Student
    access = Access(read=admin, create=admin, update=admin, delete=nobody)
    listing = Listing(filters=["exam", "student", "mark"], order="-created_at")
    rules = Rules(unique=[("exam", "student")])


class Project(Entity, Timestamps, SoftDelete, key="slug"):
    """What people find out."""

    title: str = Field(min_length=1, max_length=200)
    slug: str = slugify("title")
    budget: Decimal = Field(default=Decimal(0), ge=0, max_digits=12, decimal_places=2)
    lead: Owner[Employee]
    people: set[Employee]
    access = Access(read=member, create=member, update=owner, delete=owner | admin)
    listing = Listing(filters=["lead", "budget"], order=["-created_at", "title"])


class Grant(Entity):
    """Money for a project."""

    funder: str = Field(min_length=1, max_length=100)
    amount: Decimal = Field(gt=0, max_digits=12, decimal_places=2)
    until: date | None = None
    project: Parent[Project]
    access = Access(read=owner | admin, create=owner, update=admin, delete=admin)
    listing = Listing(order="-amount")


class Paper(Entity, Timestamps):
    """What came of a project."""

    title: str = Field(min_length=1, max_length=300)
    doi: str | None = Field(default=None, pattern=r"^10\.\d{4,9}/\S+$")
    authors: set[Employee] = Field(max_length=40)
    project: Project | None = None
    submitter: Owner[Employee]
    access = Access(read=anyone, create=member, update=owner, delete=owner | admin)
    listing = Listing(filters=["authors", "project"], order=["-created_at", "title"])


class Journal(Entity):
    """Where papers appear."""

    name: Unique[str] = Field(min_length=1, max_length=120)
    site: HttpUrl | None = None
    access = STAFF
    listing = Listing(order="name")


class Review(Entity, Timestamps):
    """What somebody thinks of a paper."""

    verdict: Literal["accept", "revise", "reject"]
    text: str = Field(default="", max_length=5000)
    paper: Parent[Paper]
    reviewer: Owner[Employee]
    access = Access(read=owner | admin, create=member, update=owner, delete=owner)
    listing = Listing(filters=["verdict"], order="-created_at")


class Device(Entity):
    """Something that measures."""

    name: str = Field(min_length=1, max_length=80)
    serial: Unique[UUID] = Field(default_factory=uuid4)
    room: Room | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    access = STAFF
    listing = Listing(filters=["room"], order="name")


class Booking(Entity, Timestamps):
    """A device for somebody."""

    device: Device
    since: datetime
    until: datetime
    booker: Owner[Employee]
    access = Access(read=member, create=member, update=owner, delete=owner | admin)
    listing = Listing(filters=["device", "booker.name"], order="since")
    rules = Rules(index=[("device", "since")], check=[lambda self: self.until > self.since])


class Ticket(Entity, Timestamps):
    """Something that is broken."""

    title: str = Field(min_length=1, max_length=120)
    state: TicketState = TicketState.new
    device: Device | None = None
    reporter: Owner[Employee]
    access = Access(read=member, create=member, update=owner | admin, delete=admin)
    listing = Listing(filters=["state", "device"], order="-created_at")


class Answer(Entity, Timestamps):
    """What was said about a ticket."""

    text: str = Field(min_length=1, max_length=2000)
    ticket: Parent[Ticket]
    author: Owner[Employee]
    access = Access(read=member, create=member, update=owner, delete=owner)
    listing = Listing(order="created_at")


class Club(Entity):
    """Students with a hobby."""

    name: Unique[str] = Field(min_length=1, max_length=80)
    members: set[Student]
    weekday: int = Field(default=1, ge=1, le=7)
    access = STAFF
    listing = Listing(filters=["weekday"], order="name")


class Canteen(Entity):
    """Where one eats."""

    name: Unique[str] = Field(min_length=1, max_length=60)
    campus: Campus
    opens: time = time(11, 30)
    access = STAFF
    listing = Listing(order="name")


class Dish(Entity):
    """What one eats."""

    name: str = Field(min_length=1, max_length=80)
    price: Decimal = Field(gt=0, lt=100, max_digits=4, decimal_places=2)
    diets: list[Diet] = Field(default_factory=list, max_length=3)
    canteen: Parent[Canteen]
    access = STAFF
    listing = Listing(filters=["price"], order=["name", "-price"])


class Notice(Entity, Timestamps):
    """What everybody should know."""

    text: str = Field(min_length=1, max_length=2000)
    pinned: bool = False
    department: Department | None = None
    author: Owner[Employee]
    access = Access(read=anyone, create=member, update=owner, delete=owner | admin)
    listing = Listing(filters=["pinned", "department.faculty"], order="-created_at")


class Key(Entity):
    """Opens rooms."""

    label: Unique[str] = Field(min_length=1, max_length=20)
    opens: set[Room] = Field(max_length=100)
    holder: Employee | None = None
    access = Access(read=admin, create=admin, update=admin, delete=admin)
    listing = Listing(filters=["holder"], order="label")


class ParkingSpace(Entity):
    """A place for a car."""

    number: Unique[int] = Field(ge=1)
    campus: Campus
    user: Unique[Employee] | None = None
    access = STAFF
    listing = Listing(filters=["campus"], order="number")


backend = Backend(
    "university",
    entities=[
        Employee,
        Campus,
        Building,
        Room,
        Faculty,
        Department,
        Degree,
        Module,
        Term,
        Course,
        Lecture,
        Student,
        Enrolment,
        Exam,
        Grade,
        Project,
        Grant,
        Paper,
        Journal,
        Review,
        Device,
        Booking,
        Ticket,
        Answer,
        Club,
        Canteen,
        Dish,
        Notice,
        Key,
        ParkingSpace,
    ],
    database=Postgres(ids="uuid"),
    cache=Redis(),
    auth=JWT(refresh_days=7),
)
