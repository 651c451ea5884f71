"""apismith: one typed contract becomes a complete, tested FastAPI backend that is yours.

The words that a contract is written in are imported from here. They are loaded on first use, so that the command line
starts without them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apismith.contract.language import (
        JWT,
        Access,
        Audited,
        Backend,
        Celery,
        Cors,
        Deploy,
        Deprecated,
        Entity,
        External,
        Indexed,
        Limits,
        Listing,
        Memory,
        Mongo,
        MySQL,
        Owner,
        Page,
        Parent,
        Postgres,
        RabbitMQ,
        Redis,
        Reverse,
        Role,
        Rule,
        Rules,
        Secret,
        SoftDelete,
        SQLite,
        Tenant,
        Timestamps,
        Unique,
        Versioned,
        action,
        admin,
        anyone,
        computed,
        count,
        created,
        deleted,
        member,
        nobody,
        now,
        on,
        owner,
        query,
        reverse_of,
        slugify,
        updated,
        was,
        you,
    )

__all__ = [
    "JWT",
    "Access",
    "Audited",
    "Backend",
    "Celery",
    "Cors",
    "Deploy",
    "Deprecated",
    "Entity",
    "External",
    "Indexed",
    "Limits",
    "Listing",
    "Memory",
    "Mongo",
    "MySQL",
    "Owner",
    "Page",
    "Parent",
    "Postgres",
    "RabbitMQ",
    "Redis",
    "Reverse",
    "Role",
    "Rule",
    "Rules",
    "SQLite",
    "Secret",
    "SoftDelete",
    "Tenant",
    "Timestamps",
    "Unique",
    "Versioned",
    "action",
    "admin",
    "anyone",
    "computed",
    "count",
    "created",
    "deleted",
    "member",
    "nobody",
    "now",
    "on",
    "owner",
    "query",
    "reverse_of",
    "slugify",
    "updated",
    "was",
    "you",
]


if not TYPE_CHECKING:
    # To a type checker it would mean that every name may be imported.
    def __getattr__(name: str) -> object:
        if name in __all__:
            return getattr(import_module("apismith.contract.language"), name)
        raise AttributeError(f"module 'apismith' has no attribute '{name}'", name=name, obj=__name__)


def __dir__() -> list[str]:
    return __all__
