"""Actions, queries and handlers: paths, parameters, answers."""

import re
from collections.abc import Iterator

from apismith.contract.errors import (
    InvalidResult,
    InvalidRoute,
    MissingPathParameter,
    RuleNeedsAccounts,
    UnknownPathParameter,
)
from apismith.contract.failures import writes
from apismith.contract.model import Contract, Count, Entity, Operation, Path, Return, Select
from apismith.contract.places import Key, Places
from apismith.contract.validation.names import paths
from apismith.errors import ApismithError, did_you_mean

_PATH = re.compile(r"(/([a-z0-9][a-z0-9_.-]*|\{[a-z_][a-z0-9_]*\}))+")


def check(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """Every operation can be called, and answers what it says."""
    for key, operation in operations(contract):
        found = [*_path(contract, operation, places, key)]
        yield from found
        yield from _parameters(operation, places, key)
        if operation.uses_me and contract.auth is None:
            yield RuleNeedsAccounts(
                f"'{operation.name}' takes 'me', but this backend has no accounts.",
                at=places.at(*key),
                hint="Leave 'me' out, or leave `auth=None` out.",
            )
        if operation.method == "GET" and operation.body is not None and writes(operation):
            yield InvalidRoute(
                f"'{operation.name}' is a GET and changes rows, but browsers and caches repeat GETs at will.",
                at=places.at(*key, "path"),
                hint="Use POST.",
            )
        yield from _result(contract, operation, places, key)
    yield from paths(contract, places)


def operations(contract: Contract) -> Iterator[tuple[Key, Operation]]:
    """All actions and queries, with the keys of their places."""
    for entity in contract.entities:
        for action in entity.actions:
            yield ("entities", entity.name, "actions", action.name), action
    for query in contract.queries:
        yield ("queries", query.name), query


def _path(contract: Contract, operation: Operation, places: Places, key: Key) -> Iterator[ApismithError]:
    at = places.at(*key, "path")
    if not _PATH.fullmatch(operation.path):
        yield InvalidRoute(
            f"'{operation.path}' is no path: it has lower-case words and {{parameters}} between slashes.",
            at=at,
            hint="For example '/articles/{slug}/publish', without '/api/v1' in front.",
        )
        return
    words = re.findall(r"\{(\w+)\}", operation.path)
    entity = contract.by_name.get(operation.entity or "")
    keys = ["id", *(f.name for f in entity.fields if f.unique and not f.secret)] if entity else []
    given = [parameter.name for parameter in operation.parameters]
    for word in words:
        if words.count(word) > 1:
            yield UnknownPathParameter(f"'{{{word}}}' is in the path twice.", at=at, hint="Rename one of them.")
            return
        if word not in given and word != operation.key:
            yield _unknown(operation, entity, word, [*keys, *given], places, key)
    if entity is not None and (operation.key is None or operation.key not in words):
        example = f"'/{'/'.join(operation.path.strip('/').split('/')[:1])}/{{{entity.key}}}/{operation.name}'"
        yield MissingPathParameter(
            f"The path of '{operation.name}' does not say on which {entity.name} it acts.",
            at=at,
            hint=f"Put a key of {entity.name} into it, e.g. {example}.",
        )
    elif entity is not None and operation.key not in keys:
        yield _unknown(operation, entity, operation.key or "", keys, places, key)


def _unknown(
    operation: Operation, entity: Entity | None, word: str, known: list[str], places: Places, key: Key
) -> UnknownPathParameter:
    what = f"no key of {entity.name} and no parameter" if entity else "no parameter"
    hint = did_you_mean(word, known)
    if hint is None and entity is None:
        hint = f"Add a parameter `{word}: str` to the function."
    return UnknownPathParameter(
        f"'{{{word}}}' in the path is {what} of '{operation.name}', so it would find nothing.",
        at=places.at(*key, "path"),
        hint=hint,
    )


def _parameters(operation: Operation, places: Places, key: Key) -> Iterator[ApismithError]:
    words = re.findall(r"\{(\w+)\}", operation.path)
    for parameter in operation.parameters:
        at = places.at(*key, "parameters", parameter.name)
        if (parameter.place == "path") != (parameter.name in words):
            yield UnknownPathParameter(
                f"'{parameter.name}' of '{operation.name}' is sent in the {parameter.place}; the path says otherwise.",
                at=at,
            )
        elif parameter.place == "path" and parameter.default is not None:
            yield UnknownPathParameter(
                f"'{parameter.name}' is in the path of '{operation.name}', so it is always sent.",
                at=at,
                hint="Leave its default out.",
            )
        elif parameter.place == "path" and parameter.type is not None and parameter.type.many:
            yield UnknownPathParameter(
                f"'{parameter.name}' is in the path of '{operation.name}', which holds one value.",
                at=at,
                hint="Take it out of the path.",
            )


def _result(contract: Contract, operation: Operation, places: Places, key: Key) -> Iterator[ApismithError]:
    if operation.body is None:
        return
    at, result = places.at(*key), operation.result
    returned = operation.body[-1] if operation.body and isinstance(operation.body[-1], Return) else None
    if returned is None:
        if result.shape != "nothing":
            message = f"'{operation.name}' is said to answer something, but its body returns nothing."
            yield InvalidResult(message, at=at, hint="Add a `return`, or write `-> None`.")
        return
    if result.shape == "nothing":
        message = f"'{operation.name}' is said to answer nothing, but its body returns something."
        yield InvalidResult(message, at=at, hint="Say what with `-> …`, or leave the `return` out.")
        return
    value = returned.value
    if isinstance(value, Select):
        fits = result.shape in ("page", "list") and result.entity == value.entity
    elif result.shape == "entity":
        fits = isinstance(value, Path) and _entity_of(contract, operation, value) == result.entity
    elif result.shape == "value":
        fits = not isinstance(value, Path) or _entity_of(contract, operation, value) is None
        fits = fits and not (isinstance(value, Count) and result.type is not None and result.type.scalar != "int")
    else:
        fits = False
    if not fits:
        words = {"entity": "one", "page": "a page of", "list": "a list of"}.get(result.shape, "a value,")
        yield InvalidResult(
            f"'{operation.name}' is said to answer {words} {result.entity or 'no row'}, but its body returns another.",
            at=at,
            hint="Make the return type and the body agree.",
        )


def _entity_of(contract: Contract, operation: Operation, path: Path) -> str | None:
    """The entity of the row that a path ends at; None for a value."""
    roots = {p.name: p.entity for p in operation.parameters} | {"self": operation.entity}
    roots["me"] = contract.auth.account if contract.auth else None
    name = roots.get(path.root)
    for step in path.steps:
        relation = contract.by_name[name].relation(step) if name in contract.by_name else None
        name = relation.target if relation else None
    return name
