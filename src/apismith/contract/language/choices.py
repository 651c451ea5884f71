"""The backend as a whole: what it consists of and what it runs on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from apismith.contract.language.entities import Deprecated, Entity
from apismith.contract.language.said import REGISTRY, Said

Ids = Literal["int", "uuid"]


@dataclass(frozen=True)
class Database(Said):
    """Where rows are kept.

    Args:
        ids: what the `id` of a row is: counted integers, or UUIDv7, which cannot be guessed.
    """

    ids: Ids = "int"


class SQLite(Database):
    """One file, nothing to install, one writer at a time."""


class Postgres(Database):
    """A PostgreSQL server."""


class MySQL(Database):
    """A MySQL or MariaDB server."""


class Mongo(Database):
    """A MongoDB server."""


class Cache(Said):
    """Where answers are cached."""


class Memory(Cache):
    """In the memory of each process."""


class Broker(Said):
    """What carries background work to its workers."""


class Redis(Cache, Broker):
    """A Redis or Valkey server."""


class RabbitMQ(Broker):
    """A RabbitMQ server."""


@dataclass(frozen=True)
class Tasks(Said):
    """What runs durable background work.

    Args:
        broker: what carries it to the workers.
    """

    broker: Broker


class Celery(Tasks):
    """Celery workers."""


@dataclass(frozen=True)
class JWT(Said):
    """Accounts that log in with a password and get JWT access tokens and refresh tokens.

    Args:
        login: the unique field of the account that is typed into the log-in form; by default `email`.
        access_minutes: life of an access token.
        refresh_days: life of a refresh token.
        algorithm: what signs access tokens: `"HS256"` with a secret that only this backend has; `"ES256"`, `"EdDSA"`
            and `"RS256"` with a private key, so that other services can verify them with its published half.
        second_factor: whether accounts may ask for more than their password: a code that an app on a phone shows
            (TOTP), or one of ten recovery codes.
    """

    login: str | None = None
    access_minutes: int = 15
    refresh_days: int = 30
    algorithm: str = "HS256"
    second_factor: bool = False


@dataclass(frozen=True)
class Limits(Said):
    """How much a client may ask for.

    Args:
        default: requests per `second`, `minute`, `hour` or `day`: `"120/minute"`.
        login: attempts to log in.
        body: the largest body: `"1MB"`, `"500KB"`, or bytes.
    """

    default: str = "120/minute"
    login: str = "5/minute"
    body: str | int = "1MB"


class Cors(Said):
    """Browsers on pages of these origins may call: `Cors("https://shop.example")`."""

    origins: Sequence[str]

    def __init__(self, *origins: str) -> None:
        self.origins = origins


@dataclass(frozen=True)
class Deploy(Said):
    """What of deploying is written besides the Dockerfile and the compose file.

    Args:
        github: whether a workflow checks and tests each push at GitHub.
        kubernetes: whether there are manifests: a deployment that migrates first, a service, a budget of disruptions.
    """

    github: bool = False
    kubernetes: bool = False


# Not said by the user: compared by identity.
AUTOMATIC = JWT()
_SQLITE = SQLite()
_LIMITS = Limits()
_CORS = Cors()
_DEPLOY = Deploy()


@dataclass(frozen=True)
class Backend(Said):
    """The whole backend; may be left out: then everything is in it, on SQLite, with JWT and sane limits.

    Args:
        name: lower-case letters, digits and `-`.
        version: of the API; in every path.
        entities: what it keeps; by default all that the contract declares.
        also: queries and handlers; by default all that the contract declares.
        database: where rows are kept.
        cache: where answers are cached.
        tasks: what runs durable background work.
        auth: how accounts log in; None means that there are no accounts and anyone may do everything.
        limits: how much a client may ask for.
        cors: which web pages may call.
        deprecated: tells clients that this version will go.
        deploy: what tests and runs it elsewhere.
    """

    name: str
    version: str = "v1"
    entities: Sequence[type[Entity]] | None = None
    also: Sequence[Callable[..., Any]] | None = None
    database: Database = _SQLITE
    cache: Cache | None = None
    tasks: Tasks | None = None
    auth: JWT | None = AUTOMATIC
    limits: Limits = _LIMITS
    cors: Cors = _CORS
    deprecated: Deprecated | None = None
    deploy: Deploy = _DEPLOY

    def __post_init__(self) -> None:
        REGISTRY.backends.append(self)
