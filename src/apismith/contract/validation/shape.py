"""What a contract in Python cannot get wrong, and one in JSON can: parts that do not belong together."""

from collections.abc import Iterator

from apismith.contract.errors import InvalidDocument, InvalidResult, RuleIsNoRule, UnknownTarget, UnsupportedBody
from apismith.contract.model import (
    AllOf,
    AnyOf,
    Arithmetic,
    Compare,
    Contract,
    Count,
    Expression,
    Logic,
    Operation,
    Return,
    Rule,
    Scalar,
    Select,
    Type,
)
from apismith.contract.places import Key, Places
from apismith.contract.validation.operations import operations
from apismith.errors import ApismithError, did_you_mean

_WITHOUT_BODY = ("GET", "DELETE")


def check(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """Every part has the parts that it needs."""
    for key, type in _types(contract):
        yield from _enum(contract, type, places, key)
    for key, rule in _rules(contract):
        if _is_empty(rule):
            message = "A rule joins nothing, so nobody could say whom it lets in."
            yield RuleIsNoRule(message, at=places.at(*key), hint="Join at least one rule, or use nobody.")
    for entity in contract.entities:
        for relation in entity.relations:
            if relation.reverse_of is not None and not relation.many:
                message = f"'{relation.name}' of {entity.name} is the other side of a relation, which is a set."
                yield _refuse(message, places, ("entities", entity.name, "relations", relation.name))
        if not entity.listing.order:
            message = f"{entity.name} is listed in no order, so its pages would overlap."
            yield _refuse(message, places, ("entities", entity.name, "listing", "order"))
        for action in entity.actions:
            if action.entity != entity.name:
                message = f"'{action.name}' is an action of {entity.name} and says that it is one of '{action.entity}'."
                yield _refuse(message, places, ("entities", entity.name, "actions", action.name))
    for query in contract.queries:
        if query.entity is not None or query.key is not None:
            yield _refuse(f"'{query.name}' is a query, which is about no single row.", places, ("queries", query.name))
    for key, operation in operations(contract):
        yield from _operation(operation, places, key)
    for key, expression in _expressions(contract):
        if not all(map(_is_whole, _inside(expression))):
            message = "An 'and', 'or' or 'not' joins the wrong number of conditions, so it cannot become SQL."
            yield UnsupportedBody(message, at=places.at(*key), hint="'not' takes one, the others at least two.")
    account = contract.by_name.get(contract.auth.account) if contract.auth else None
    secret = account.field(contract.auth.secret) if contract.auth and account else None
    if contract.auth and account and account.is_account and (secret is None or not secret.secret):
        message = f"'{contract.auth.secret}' is not the secret of {account.name}, so nobody could log in with it."
        yield _refuse(message, places, ("auth", "secret"))


def _refuse(message: str, places: Places, key: Key) -> InvalidDocument:
    return InvalidDocument(message, at=places.at(*key), hint="Write it with `apismith contract FILE --json`.")


def _enum(contract: Contract, type: Type, places: Places, key: Key) -> Iterator[ApismithError]:
    if type.scalar is Scalar.ENUM:
        names = [enum.name for enum in contract.enums]
        if type.enum not in names:
            yield UnknownTarget(
                f"There is no enum '{type.enum}', so no value would be allowed.",
                at=places.at(*key),
                hint=did_you_mean(type.enum or "", names),
            )
    elif type.enum is not None:
        yield _refuse(f"A {type.scalar} is no enum, so it has no '{type.enum}'.", places, key)


def _operation(operation: Operation, places: Places, key: Key) -> Iterator[ApismithError]:
    result, name = operation.result, operation.name
    if (result.entity is not None) != (result.shape in ("entity", "list", "page")):
        yield InvalidResult(f"'{name}' does not say of which entity its answer is.", at=places.at(*key))
    elif (result.type is not None) != (result.shape == "value"):
        yield InvalidResult(f"'{name}' does not say which type its answer has.", at=places.at(*key))
    for parameter in operation.parameters:
        if parameter.place == "body" and operation.method in _WITHOUT_BODY:
            message = f"'{parameter.name}' of '{name}' is sent in the body, and a {operation.method} has none."
            yield _refuse(message, places, (*key, "parameters", parameter.name))
        if (parameter.type is None) == (parameter.entity is None):
            message = f"'{parameter.name}' of '{name}' is neither a value nor a row, or both."
            yield _refuse(message, places, (*key, "parameters", parameter.name))
    if any(isinstance(statement, Return) for statement in (operation.body or ())[:-1]):
        message = f"'{name}' goes on after its 'return', which nothing would do."
        yield UnsupportedBody(message, at=places.at(*key), hint="Put the 'return' last.")


def _types(contract: Contract) -> Iterator[tuple[Key, Type]]:
    """All types of values, with the keys of their places."""
    for entity in contract.entities:
        for field in entity.fields:
            yield ("entities", entity.name, "fields", field.name), field.type
        for computed in entity.computed:
            yield ("entities", entity.name, "computed", computed.name), computed.type
    for key, operation in operations(contract):
        for parameter in operation.parameters:
            if parameter.type is not None:
                yield (*key, "parameters", parameter.name), parameter.type
        if operation.result.type is not None:
            yield key, operation.result.type


def _rules(contract: Contract) -> Iterator[tuple[Key, Rule]]:
    for entity in contract.entities:
        key: Key = ("entities", entity.name)
        access = entity.access
        rules = {"read": access.read, "create": access.create, "update": access.update, "delete": access.delete}
        for name, rule in rules.items():
            yield (*key, "access", name), rule
        if entity.listing.allow is not None:
            yield (*key, "listing", "allow"), entity.listing.allow
    for key, operation in operations(contract):
        yield (*key, "allow"), operation.allow


def _is_empty(rule: Rule) -> bool:
    return isinstance(rule, AnyOf | AllOf) and (not rule.of or any(map(_is_empty, rule.of)))


def _expressions(contract: Contract) -> Iterator[tuple[Key, Expression]]:
    for entity in contract.entities:
        for computed in entity.computed:
            yield ("entities", entity.name, "computed", computed.name), computed.value
        for check in entity.rules.check:
            yield ("entities", entity.name, "rules", "check", check.name), check.where
    for key, operation in operations(contract):
        for statement in operation.body or ():
            yield key, statement.value


def _inside(node: Expression) -> Iterator[Expression]:
    """An expression and everything in it."""
    yield node
    match node:
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            yield from _inside(left)
            yield from _inside(right)
        case Logic(operands=operands):
            for operand in operands:
                yield from _inside(operand)
        case Count(where=where) | Select(where=where) if where is not None:
            yield from _inside(where)
        case _:
            pass


def _is_whole(node: Expression) -> bool:
    if not isinstance(node, Logic):
        return True
    return len(node.operands) == 1 if node.op == "not" else len(node.operands) >= 2
