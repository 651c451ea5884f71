"""The failures that a route declares, besides those that any route can answer (400, 408, 413, 429, 500, 503)."""

from apismith.contract.access import holds_for_anonymous
from apismith.contract.model import AllOf, AnyOf, Atom, Contract, Entity, Operation, Return, Rule
from apismith.contract.routes import AUTH_WITH_BODY, Route

OWN = {
    "log_in": (401, 403, 422),
    "log_in_browser": (401, 403, 422),
    "refresh_browser": (401, 403),
    "log_out_browser": (401, 403),
    "create_api_key": (401, 409, 415, 422),
    "revoke_api_key": (401, 404, 422),
    "service_token": (401, 403, 415, 422),
    "log_in_with_code": (401, 415, 422),
    "log_in_browser_with_code": (401, 403, 415, 422),
    "enrol_second_factor": (401, 403, 409, 415, 422),
    "confirm_second_factor": (401, 403, 409, 415, 422),
    "renew_recovery_codes": (401, 403, 409, 415, 422),
    "disable_second_factor": (401, 403, 409, 415, 422),
}
"""Routes of logging in that fail in ways of their own."""
ASKS_FOR_MAIL = ("forgot_password", "send_verification")
"""Routes that answer alike whether there is such an account or not."""


def failures(contract: Contract, route: Route) -> tuple[int, ...]:
    """Statuses of the failures that the route's own work can end in, ascending."""
    entity = contract.by_name[route.entity] if route.entity else None
    if route.kind == "health":
        return (503,) if route.name == "ready" else ()
    if route.kind == "auth":
        if route.name in OWN:
            return OWN[route.name]
        found = {401, 422} if holds_for_anonymous(route.rule) else {401}
        found -= {401} if route.name in ASKS_FOR_MAIL else set()
        return tuple(sorted(found | {415} if _has_body(route) else found))
    found = {422} | _of_rules(contract, route, entity)
    if ("{" in route.path and route.kind not in ("action", "query")) or _is_paged(route):
        found.add(404)
    if route.kind in ("create", "bulk", "update") or (route.kind == "delete" and entity and _is_held(contract, entity)):
        found.add(409)
    if _has_body(route):
        found.add(415)
    if route.kind in ("update", "delete") and entity is not None and entity.versioned:
        found |= {412, 428}
    if route.operation is not None:
        found |= _of_operation(route.operation)
    return tuple(sorted(found))


def _has_body(route: Route) -> bool:
    """Whether a client sends JSON."""
    if route.kind == "auth":
        return route.name in AUTH_WITH_BODY
    operation = route.operation
    return route.kind in ("create", "bulk", "update") or (
        operation is not None and any(parameter.place == "body" for parameter in operation.parameters)
    )


def _is_paged(route: Route) -> bool:
    """Whether a cursor can name a page that does not exist."""
    return route.kind in ("list", "set") or (route.operation is not None and route.operation.result.shape == "page")


def writes(operation: Operation) -> bool:
    """Whether an action or query changes rows; one that is still to be written may, unless it is a GET."""
    if operation.body is None:
        return operation.method != "GET"
    return any(not isinstance(statement, Return) for statement in operation.body)


def _of_rules(contract: Contract, route: Route, entity: Entity | None) -> set[int]:
    rules = [route.rule]
    if entity is not None and entity.parent and route.kind in ("list", "create", "bulk"):
        rules.append(contract.by_name[entity.parent.target].access.read)
    if entity is not None and route.kind == "set":
        rules.append(entity.access.read)
    told = route.kind in ("create", "bulk") and entity is not None and entity.owner is not None
    told = told or (route.operation is not None and route.operation.uses_me)
    found: set[int] = {401} if told or not all(holds_for_anonymous(rule) for rule in rules) else set()
    # A key that is only for reading, or somebody who changes a login without the current password.
    read_only = 401 in found and route.method != "GET"
    return found | ({403} if read_only or any(_refuses(rule) for rule in rules) else set())


def _refuses(rule: Rule) -> bool:
    """Whether being logged in may not be enough."""
    if isinstance(rule, AnyOf | AllOf):
        return not holds_for_anonymous(rule) and any(_refuses(part) for part in rule.of)
    return not (isinstance(rule, Atom) and rule.rule in ("anyone", "member"))


def _is_held(contract: Contract, entity: Entity) -> bool:
    """Whether rows of other entities can keep a row from being deleted: it, or one that would go with it."""
    if entity.soft_delete:
        return False
    going = [entity.name]
    for name in going:
        for other in contract.entities:
            for relation in other.relations:
                if relation.target != name or relation.many:
                    continue
                if not (relation.nullable or relation.owner or relation.parent):
                    return True
                if (relation.owner or relation.parent) and other.name not in going:
                    going.append(other.name)
    return False


def _of_operation(operation: Operation) -> set[int]:
    found = {404} if operation.key else set[int]()
    named = any(parameter.entity is not None for parameter in operation.parameters)
    found |= {409} if writes(operation) or named else set()
    return found | ({501} if operation.body is None else set())
