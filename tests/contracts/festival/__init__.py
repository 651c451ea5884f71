"""A festival, in several files."""

from apismith import JWT, Backend, Celery, Cors, Deploy, Limits, Redis, SQLite

from .people import Guest
from .programme import Band, Genre, Slot, Stage, playing_at
from .tickets import Scan, Ticket, thank

backend = Backend(
    "festival",
    version="v2",
    entities=[Guest, Genre, Band, Stage, Slot, Ticket, Scan],
    also=[playing_at, thank],
    database=SQLite(ids="uuid"),
    cache=Redis(),
    tasks=Celery(broker=Redis()),
    auth=JWT(login="email", access_minutes=60),
    limits=Limits("10/second", login="20/hour", body="2MB"),
    cors=Cors("https://festival.example", "https://tickets.example:8443"),
    deploy=Deploy(github=True),
)
