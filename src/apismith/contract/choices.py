"""Choices: the infrastructure decisions of a contract, as values."""

from typing import Final, Literal, get_args

from apismith.contract.node import Node

Algorithm = Literal["HS256", "ES256", "EdDSA", "RS256"]
ALGORITHMS: Final[tuple[Algorithm, ...]] = get_args(Algorithm)


class Database(Node):
    """Where rows are kept, and what their `id` is: counted integers or UUIDv7."""

    kind: Literal["sqlite", "postgres", "mysql", "mongo"] = "sqlite"
    ids: Literal["int", "uuid"] = "int"


class Cache(Node):
    """Where answers are cached."""

    kind: Literal["memory", "redis"]


class Tasks(Node):
    """What runs durable background work, and through which broker."""

    kind: Literal["celery"]
    broker: Literal["redis", "rabbitmq"]


class Auth(Node):
    """How accounts log in: JWT access tokens and refresh tokens.

    Args:
        account: name of the account entity.
        login: its unique field that is typed into the log-in form.
        secret: its `Secret` field.
        access_minutes: life of an access token.
        refresh_days: life of a refresh token.
        algorithm: what signs access tokens. But for HS256, others verify them with the published half of the key.
        second_factor: whether accounts may ask for a code besides their password.
    """

    kind: Literal["jwt"] = "jwt"
    account: str
    login: str
    secret: str
    access_minutes: int = 15
    refresh_days: int = 30
    algorithm: Algorithm = "HS256"
    second_factor: bool = False


class Limits(Node):
    """Requests per period (`120/minute`) for everybody and for logging in, and the largest body in bytes."""

    default: str = "120/minute"
    login: str = "5/minute"
    body: int = 1_000_000


class Cors(Node):
    """Origins of browsers that may call."""

    origins: tuple[str, ...] = ()


class Deploy(Node):
    """Whether a workflow of GitHub tests the backend, and whether there are manifests for Kubernetes."""

    github: bool = False
    kubernetes: bool = False
