"""What a contract can say and the generator does not write yet."""

from apismith.contract.model import Contract, Entity
from apismith.errors import ApismithError


class NotSupportedYet(ApismithError):
    """The contract asks for something that is not generated yet and that would be unsafe to leave out."""


class NameOfEveryBackend(ApismithError):
    """An entity has the name of something that every backend has."""


_TAKEN = {
    "Base": "the base of all models",
    "RefreshToken": "the model of sessions",
    "ApiKey": "the model of API keys",
    "AuditEntry": "the model of the audit log",
}


def require_supported(contract: Contract) -> None:
    """Refuse contracts whose backend would be unsafe or would not work.

    Raises:
        NotSupportedYet: it needs tenancy, or a database that there are no emitters for.
        NameOfEveryBackend: an entity has a name that the backend uses itself.
    """
    if contract.database.kind not in ("sqlite", "postgres"):
        raise NotSupportedYet(
            f"Backends for {contract.database.kind} are not generated yet, so nothing was written.",
            hint="Use SQLite() or Postgres().",
        )
    for entity in contract.entities:
        if entity.name in _TAKEN:
            raise NameOfEveryBackend(
                f"{entity.name} is {_TAKEN[entity.name]} in every backend, so no entity can be called that.",
                at=entity.span,
                hint="Give the entity another name.",
            )
        _require_supported_secret(entity)
        for relation in entity.relations:
            if relation.tenant:
                raise NotSupportedYet(
                    f"{entity.name}.{relation.name} separates tenants, which is not generated yet: "
                    "without it every tenant would see the rows of all.",
                    at=relation.span,
                    hint="Leave the tenant out, or give each tenant a backend of its own.",
                )


def _require_supported_secret(entity: Entity) -> None:
    for field in entity.fields:
        if field.secret and field.constraints.pattern is not None:
            raise NotSupportedYet(
                f"{entity.name}.{field.name} has a pattern, which secrets are not checked against yet.",
                at=field.span,
                hint="Use min_length and max_length: long passwords are safer than odd ones.",
            )


def notes(contract: Contract) -> list[str]:
    """Sentences about what the contract asks for and the backend does not do yet; empty when it does everything."""
    found: list[str] = []
    if contract.cache is not None:
        found.append(f"Answers are not cached yet: cache={contract.cache.kind} has no effect.")
    if contract.tasks is not None:
        found.append("Background handlers run in the server's process, not in Celery: work may be lost on a crash.")
    found += [
        f"{handler.name} is called, but nothing is published to {handler.publish} yet."
        for handler in contract.handlers
        if handler.publish is not None
    ]
    if contract.database.kind == "sqlite":
        found += [
            f"{entity.name}.{field.name} allows {field.constraints.max_digits} digits; SQLite is exact to 15."
            for entity in contract.entities
            for field in entity.fields
            if (field.constraints.max_digits or 0) > 15
        ]
    return found
