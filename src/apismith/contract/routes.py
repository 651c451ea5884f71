"""Every route of a backend, in the order in which its documentation lists them.

The generator writes the endpoints from these, `apismith contract` shows them, so that the two cannot differ.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from apismith.contract import naming
from apismith.contract.access import is_closed
from apismith.contract.model import Atom, Contract, Entity, HasRole, Operation, Relation, Rule, Scalar

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Kind = Literal[
    "list", "create", "bulk", "read", "update", "delete", "set", "link", "unlink", "action", "query", "auth", "health"
]

ANYONE: Final = Atom(rule="anyone")
MEMBER: Final = Atom(rule="member")
ADMIN: Final = HasRole(role="admin")

KEY_SET: Final = "/.well-known/jwks.json"

AUTH_WITH_BODY: Final = frozenset({"refresh", "forgot_password", "reset_password", "verify_email", "send_verification"})
"""Routes of logging in to which clients send JSON; the log-in itself is a form."""


@dataclass(frozen=True, slots=True)
class Route:
    """One route.

    Args:
        method: its HTTP method.
        path: its whole path, with `/api/v1`.
        name: its operation id, unique in the backend.
        kind: what it does. `bulk` creates several rows, all or none; `set` pages through the rows of a set, `link` and
            `unlink` add to it and take from it.
        rule: who may. Below a parent, the parent must be readable too; of a `set`, the rule is that of its rows, and
            the row whose set it is must be readable too.
        status: what it answers when all went well.
        entity: the entity that it is about.
        relation: the set of `set`, `link` and `unlink`.
        operation: the action or query behind it.
    """

    method: Method
    path: str
    name: str
    kind: Kind
    rule: Rule
    status: int = 200
    entity: str | None = None
    relation: str | None = None
    operation: Operation | None = None


def routes(contract: Contract) -> tuple[Route, ...]:
    """All routes of the backend: log-in, then entity by entity, then queries, then health."""
    return tuple(_with_unique_names(_candidates(contract)))


def prefix(contract: Contract) -> str:
    """What all paths but those of health begin with: `/api/v1`."""
    return f"/api/{contract.version}"


def collection_path(contract: Contract, entity: Entity) -> str:
    """Where rows of an entity are listed and created: `/api/v1/articles`, or below the parent."""
    own = naming.path_name(entity.name)
    if entity.parent is None:
        return f"{prefix(contract)}/{own}"
    parent = contract.by_name[entity.parent.target]
    return f"{prefix(contract)}/{naming.path_name(parent.name)}/{{{parent.key}}}/{own}"


def item_path(contract: Contract, entity: Entity) -> str:
    """Where one row is: `/api/v1/articles/{slug}`; never below a parent."""
    return f"{prefix(contract)}/{naming.path_name(entity.name)}/{{{entity.key}}}"


def fixed_segments(contract: Contract, entity: Entity) -> tuple[str, ...]:
    """What stands in fixed paths where those of its rows have their keys: `feed`, for `/articles/feed`.

    A row with such a key could not be reached.
    """
    below = f"{prefix(contract)}/{naming.path_name(entity.name)}/"
    found = (route.path.removeprefix(below) for route in routes(contract) if route.path.startswith(below))
    return tuple(sorted({segment for segment in found if not set("{/") & set(segment)}))


def list_rule(entity: Entity) -> Rule:
    """Who may list an entity: `listing.allow` where it is said, else whoever may read one."""
    return entity.listing.allow or entity.access.read


def listed_sets(entity: Entity) -> tuple[Relation, ...]:
    """Sets with routes of their own: those without a bound that answers do not leave out."""
    return tuple(r for r in entity.relations if r.many and r.max_items is None and not r.exclude)


def _candidates(contract: Contract) -> Iterator[Route]:
    if contract.auth is not None:
        yield from _auth(contract, contract.by_name[contract.auth.account])
        if contract.audited:
            yield Route("GET", f"{prefix(contract)}/audit-log", "list_audit_log", "list", ADMIN)
    for entity in contract.entities:
        yield from _basic(contract, entity)
        yield from _sets(contract, entity)
        for action in entity.actions:
            yield from _operation(contract, action, f"{action.name}_{naming.snake(entity.name)}", "action")
    for query in contract.queries:
        yield from _operation(contract, query, query.name, "query")
    if has_key_set(contract):
        yield Route("GET", KEY_SET, "key_set", "health", ANYONE)
    yield Route("GET", "/health", "health", "health", ANYONE)
    yield Route("GET", "/health/ready", "ready", "health", ANYONE)


def has_key_set(contract: Contract) -> bool:
    """Whether others can verify access tokens, with the keys that the backend publishes."""
    return contract.auth is not None and contract.auth.algorithm != "HS256"


def has_second_factor(contract: Contract) -> bool:
    """Whether accounts may ask for more than their password."""
    return contract.auth is not None and contract.auth.second_factor


def writes_mails(contract: Contract) -> bool:
    """Whether accounts log in with an e-mail address, so that they can be written to."""
    if contract.auth is None:
        return False
    login = contract.by_name[contract.auth.account].field(contract.auth.login)
    return login is not None and login.type.scalar is Scalar.EMAIL


def _auth(contract: Contract, account: Entity) -> Iterator[Route]:
    base, create = f"{prefix(contract)}/auth", account.access.create
    if not is_closed(create):
        yield Route("POST", f"{base}/register", "register", "create", create, 201, entity=account.name)
    yield Route("POST", f"{base}/token", "log_in", "auth", ANYONE)
    yield Route("POST", f"{base}/refresh", "refresh", "auth", ANYONE)
    yield Route("POST", f"{base}/logout", "log_out", "auth", MEMBER, 204)
    yield Route("POST", f"{base}/logout-all", "log_out_everywhere", "auth", MEMBER, 204)
    yield Route("GET", f"{base}/me", "read_me", "auth", MEMBER, entity=account.name)
    yield Route("GET", f"{base}/sessions", "my_sessions", "auth", MEMBER)
    yield Route("POST", f"{base}/browser/token", "log_in_browser", "auth", ANYONE)
    yield Route("POST", f"{base}/browser/refresh", "refresh_browser", "auth", ANYONE)
    yield Route("POST", f"{base}/browser/logout", "log_out_browser", "auth", ANYONE, 204)
    yield Route("POST", f"{base}/api-keys", "create_api_key", "auth", MEMBER, 201)
    yield Route("GET", f"{base}/api-keys", "my_api_keys", "auth", MEMBER)
    yield Route("DELETE", f"{base}/api-keys/{{id}}", "revoke_api_key", "auth", MEMBER, 204)
    if has_key_set(contract):
        yield Route("POST", f"{base}/service-token", "service_token", "auth", MEMBER)
    if has_second_factor(contract):
        factor = f"{base}/second-factor"
        yield Route("POST", f"{base}/token/code", "log_in_with_code", "auth", ANYONE)
        yield Route("POST", f"{base}/browser/token/code", "log_in_browser_with_code", "auth", ANYONE)
        yield Route("GET", factor, "my_second_factor", "auth", MEMBER)
        yield Route("POST", factor, "enrol_second_factor", "auth", MEMBER, 201)
        yield Route("POST", f"{factor}/confirm", "confirm_second_factor", "auth", MEMBER)
        yield Route("POST", f"{factor}/recovery-codes", "renew_recovery_codes", "auth", MEMBER)
        yield Route("POST", f"{factor}/disable", "disable_second_factor", "auth", MEMBER, 204)
    if writes_mails(contract):
        yield Route("POST", f"{base}/password/forgot", "forgot_password", "auth", ANYONE, 202)
        yield Route("POST", f"{base}/password/reset", "reset_password", "auth", ANYONE, 204)
        yield Route("POST", f"{base}/email/verify", "verify_email", "auth", ANYONE, 204)
        yield Route("POST", f"{base}/email/verify/send", "send_verification", "auth", ANYONE, 202)


def _basic(contract: Contract, entity: Entity) -> Iterator[Route]:
    one, several, name = naming.snake(entity.name), naming.module_name(entity.name), entity.name
    collection, item, access = collection_path(contract, entity), item_path(contract, entity), entity.access
    is_account = contract.auth is not None and contract.auth.account == name
    candidates = (
        Route("GET", collection, f"list_{several}", "list", list_rule(entity), entity=name),
        Route("POST", collection, f"create_{one}", "create", access.create, 201, entity=name),
        *(
            [Route("POST", f"{collection}/bulk", f"bulk_create_{several}", "bulk", access.create, 201, entity=name)]
            if entity.bulk
            else []
        ),
        Route("GET", item, f"read_{one}", "read", access.read, entity=name),
        Route("PATCH", item, f"update_{one}", "update", access.update, entity=name),
        Route("DELETE", item, f"delete_{one}", "delete", access.delete, 204, entity=name),
    )
    for route in candidates:
        if not (is_closed(route.rule) or (is_account and route.kind == "create")):
            yield route


def _sets(contract: Contract, entity: Entity) -> Iterator[Route]:
    one, item = naming.snake(entity.name), item_path(contract, entity)
    for relation in listed_sets(entity):
        target = contract.by_name[relation.target]
        if _is_children(target, relation):
            continue
        path, suffix = f"{item}/{relation.name.replace('_', '-')}", f"{one}_{relation.name}"
        if not (is_closed(entity.access.read) or is_closed(target.access.read)):
            yield Route(
                "GET", path, f"list_{suffix}", "set", target.access.read, entity=entity.name, relation=relation.name
            )
        if relation.reverse_of is None and not is_closed(entity.access.update):
            member = f"{path}/{{{relation.name}_{target.key}}}"
            rule = entity.access.update
            yield Route("PUT", member, f"link_{suffix}", "link", rule, 204, entity=entity.name, relation=relation.name)
            yield Route(
                "DELETE", member, f"unlink_{suffix}", "unlink", rule, 204, entity=entity.name, relation=relation.name
            )


def _is_children(target: Entity, relation: Relation) -> bool:
    """Whether a set holds the rows below this one, which their own list shows already."""
    stored = target.relation(relation.reverse_of) if relation.reverse_of else None
    return stored is not None and stored.parent


def _operation(
    contract: Contract, operation: Operation, name: str, kind: Literal["action", "query"]
) -> Iterator[Route]:
    if is_closed(operation.allow):
        return
    entity = operation.entity or operation.result.entity
    status = 204 if operation.result.shape == "nothing" else 200
    path = f"{prefix(contract)}{operation.path}"
    yield Route(operation.method, path, name, kind, operation.allow, status, entity=entity, operation=operation)


def _with_unique_names(found: Iterable[Route]) -> Iterator[Route]:
    taken: set[str] = set()
    for route in found:
        name = route.name
        while name in taken:
            name = f"{name}_{route.kind}"
        taken.add(name)
        yield route if name == route.name else replace(route, name=name)
