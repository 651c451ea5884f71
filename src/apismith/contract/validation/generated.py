"""Names that the generated code has for itself, where the contract's names become those of functions and columns."""

from collections.abc import Iterator, Mapping
from typing import Final

from apismith.contract import naming
from apismith.contract.errors import InvalidName, NameTaken, ReservedName
from apismith.contract.model import Contract, Entity, Operation, Relation
from apismith.contract.places import Key, Places
from apismith.contract.routes import listed_sets, routes
from apismith.contract.validation.names import OF_SCHEMAS
from apismith.contract.validation.operations import operations
from apismith.errors import ApismithError

LONGEST_TABLE: Final = 63
"""What PostgreSQL keeps of a name."""

_OF_CLASSES: Final = frozenset(
    (
        "get get_by_id page page_where create bulk_create stored update delete find rows order filters owned "
        "bool dict float int list set str"
    ).split()
)
"""Methods and attributes of services and repositories, and the types that their annotations name."""

_STATEMENTS: Final = frozenset(
    (
        "get get_by_id find insert insert_all stored reserved update delete owned orderings filtering of_parent missing"
    ).split()
)
"""Constants of repositories, as whose neighbours those of computed values are written."""

_OF_ENDPOINTS: Final = frozenset("router root errors status get_queries".split())
_OF_HANDLERS: Final = frozenset("log structlog router root errors status str body me response tasks".split())
_BESIDE_KEYS: Final = frozenset(
    "self me body items created query response tasks owner_id row_id other_id readable changes row now".split()
)
_OF_SETS: Final = frozenset("row other".split())
_OF_WRITTEN_SETS: Final = frozenset("rows row_ids".split())


def check(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """No name of the contract stands in the way of one that the backend's code needs."""
    for entity in contract.entities:
        yield from _computed(entity, places)
        yield from _keys(contract, entity, places)
        for relation in entity.relations:
            yield from _set(contract, entity, relation, places)
    for key, operation in operations(contract):
        yield from _operation(contract, operation, places, key)
        yield from _parameters(contract, operation, places, key)
    yield from _functions(contract, places)
    yield from _inputs(contract, places)
    yield from _tables(contract, places)


def _taken(name: str, what: str, places: Places, key: Key) -> ReservedName:
    near = "do" if key[-2:-1] == ("actions",) else "my"
    return ReservedName(
        f"'{name}' is a name that the generated code has for itself, so it cannot name {what}.",
        at=places.at(*key),
        hint=f"For example '{near}_{name}'.",
    )


def _of_sets(entity: Entity, verbs: Mapping[str, str]) -> set[str]:
    """Names that the code has for each relation of an entity.

    Args:
        entity: whose relations.
        verbs: what stands before the relation's name, by the kind of the relation.
    """
    found: set[str] = set()
    for relation in entity.relations:
        kinds = ["one"] if not relation.many else []
        kinds += ["written"] if relation.many and relation.max_items is not None else []
        kinds += ["stored"] if relation.many and relation.reverse_of is None else []
        kinds += ["listed"] if relation in listed_sets(entity) else []
        found |= {f"{verb}_{relation.name}" for kind in kinds for verb in verbs[kind].split()}
    return found


_METHODS: Final = {"one": "", "written": "", "stored": "link unlink", "listed": "page read in"}
_CONSTANTS: Final = {
    "one": "find look_up",
    "written": "embedded add clear look_up put",
    "stored": "link unlink",
    "listed": "in",
}


def _computed(entity: Entity, places: Places) -> Iterator[ApismithError]:
    taken = _STATEMENTS | _of_sets(entity, _CONSTANTS) | {naming.plural(naming.snake(entity.name))}
    taken |= {f"taken_{field.name}" for field in entity.fields if field.slug_of}
    for computed in entity.computed:
        if computed.name in taken:
            key: Key = ("entities", entity.name, "computed", computed.name)
            yield _taken(computed.name, f"a computed value of {entity.name}", places, key)


def _operation(contract: Contract, operation: Operation, places: Places, key: Key) -> Iterator[ApismithError]:
    what = "an action" if operation.entity else "a query"
    entity = contract.by_name.get(operation.entity or operation.result.entity or "")
    taken = _OF_CLASSES if operation.entity else _OF_CLASSES | _OF_ENDPOINTS
    if entity is not None:
        taken |= _of_sets(entity, _METHODS) | {f"find_by_{action.key}" for action in entity.actions}
    if operation.name in taken:
        yield _taken(operation.name, what, places, key)
    elif entity is not None and operation.entity is None:
        members = [*(computed.name for computed in entity.computed), *(action.name for action in entity.actions)]
        if operation.name in members:
            yield NameTaken(
                f"{entity.name} has an action or a computed value '{operation.name}' as well as a query.",
                at=places.at(*key),
                hint="Rename the query.",
            )


def _parameters(contract: Contract, operation: Operation, places: Places, key: Key) -> Iterator[ApismithError]:
    entity = contract.by_name.get(operation.entity or operation.result.entity or "")
    is_page, in_body = operation.result.shape == "page", any(p.place == "body" for p in operation.parameters)
    taken = {naming.module_name(entity.name)} if entity else {"queries"}
    taken |= {"row_id"} if operation.entity else set()
    taken |= {"query", "limit", "cursor", "with_total", "next_link"} if is_page else set()
    sent: dict[str, str] = {operation.key: "the row"} if operation.key else {}
    for parameter in operation.parameters:
        name, at = parameter.name, (*key, "parameters", parameter.name)
        in_schema = parameter.place == "body" or (is_page and parameter.place == "query")
        if (
            name in taken
            or (in_schema and (name in OF_SCHEMAS or name.startswith("model_")))
            or (name == "body" and in_body and parameter.place != "body")
        ):
            yield _taken(name, f"a parameter of {operation.name}", places, at)
            continue
        called = name
        if parameter.entity is not None and parameter.place != "path":
            called = f"{name}_{contract.by_name[parameter.entity].key}"
        if called in sent:
            yield NameTaken(
                f"'{name}' of '{operation.name}' is sent as '{called}', and so is {sent[called]}.",
                at=places.at(*at),
                hint="Rename it.",
            )
        sent.setdefault(called, f"'{name}'")


def _keys(contract: Contract, entity: Entity, places: Places) -> Iterator[ApismithError]:
    """Keys are parameters of endpoints, services and repositories, beside others."""
    taken = set(_BESIDE_KEYS) | {f"{r.name}_{contract.by_name[r.target].key}" for r in listed_sets(entity)}
    for other in contract.entities:
        below = other.parent is not None and other.parent.target == entity.name
        if below or other is entity:
            taken |= {naming.module_name(other.name), naming.variable_name(other.name)}
        if below and other.parent is not None:
            taken.add(f"{other.parent.name}_id")
    for name in dict.fromkeys([entity.key, *(action.key for action in entity.actions if action.key)]):
        if name in taken:
            yield _taken(name, f"a key of {entity.name}", places, ("entities", entity.name, "fields", name))


def _set(contract: Contract, entity: Entity, relation: Relation, places: Places) -> Iterator[ApismithError]:
    key: Key = ("entities", entity.name, "relations", relation.name)
    written = relation.many and relation.max_items is not None
    if (relation.many and relation.name in _OF_SETS) or (written and relation.name in _OF_WRITTEN_SETS):
        yield _taken(relation.name, "a set", places, key)


def _functions(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """Operations and handlers are functions of modules that have others."""
    bare = contract.model_copy(
        update={
            "entities": tuple(entity.model_copy(update={"actions": ()}) for entity in contract.entities),
            "queries": (),
        }
    )
    taken = {route.name: "a function that the backend has anyway" for route in routes(bare)}
    for handler in contract.handlers:
        key: Key = ("handlers", handler.name)
        own = {naming.module_name(handler.entity), naming.variable_name(handler.entity)}
        if handler.name in taken or handler.name in _OF_HANDLERS | own:
            yield _taken(handler.name, "a handler", places, key)
    taken |= {handler.name: f"the handler '{handler.name}'" for handler in contract.handlers}
    for key, operation in operations(contract):
        name = f"{operation.name}_{naming.snake(operation.entity)}" if operation.entity else operation.name
        if name in taken:
            yield NameTaken(
                f"'{operation.name}' would be the function '{name}', and so is {taken[name]}.",
                at=places.at(*key),
                hint="Rename it.",
            )
        taken.setdefault(name, f"'{operation.name}'")


def _inputs(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """What is sent to an operation is a class, named after it without the underscores."""
    taken: dict[tuple[str, str], str] = {}
    for key, operation in operations(contract):
        is_page = operation.result.shape == "page"
        if not any(p.place == "body" or (is_page and p.place == "query") for p in operation.parameters):
            continue
        words = "".join(part.capitalize() for part in operation.name.split("_"))
        module = operation.entity or operation.result.entity or ""
        called = f"{operation.entity or ''}{words}"
        if (module, called) in taken:
            yield NameTaken(
                f"What is sent to '{operation.name}' and to '{taken[module, called]}' would be '{called}Input'.",
                at=places.at(*key),
                hint="Rename one of them.",
            )
        taken.setdefault((module, called), operation.name)


def _tables(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """Sets have tables of their own."""
    tables = {naming.module_name(entity.name): entity.name for entity in contract.entities}
    for entity in contract.entities:
        for relation in entity.relations:
            if not relation.many or relation.reverse_of is not None:
                continue
            at = places.at("entities", entity.name, "relations", relation.name)
            one = naming.snake(entity.name)
            table = f"{one}_{relation.name}"
            if table in tables:
                yield NameTaken(
                    f"'{relation.name}' of {entity.name} is kept in the table '{table}', and so is {tables[table]}.",
                    at=at,
                    hint="Rename one of them.",
                )
            elif len(table) > LONGEST_TABLE:
                yield InvalidName(
                    f"The table '{table}' has {len(table)} characters, and PostgreSQL keeps {LONGEST_TABLE} of a name.",
                    at=at,
                    hint="Shorten the name of the set or of the entity.",
                )
            elif relation.target == entity.name and naming.singular(relation.name) == one:
                yield NameTaken(
                    f"'{relation.name}' of {entity.name} would be kept as pairs of '{one}' and '{one}'.",
                    at=at,
                    hint=f"Say what they are to each other, for example 'related_{relation.name}'.",
                )
            tables.setdefault(table, f"'{relation.name}' of {entity.name}")
