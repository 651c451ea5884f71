"""Names: of entities, fields, operations, roles; what they may be, and that they differ."""

import keyword
import re
from collections.abc import Iterable, Iterator
from typing import Final

from pydantic import BaseModel

from apismith.contract import naming
from apismith.contract.errors import InvalidEnum, InvalidName, NameTaken, PathTaken, ReservedName
from apismith.contract.model import Contract, Entity, EnumType, Operation
from apismith.contract.places import Key, Places
from apismith.contract.routes import Route, has_second_factor, routes
from apismith.errors import ApismithError

LONGEST: Final = 48
_OF_MODELS: Final = frozenset({"metadata", "registry"})
# What its classes have, and what classes have: a field called so would shadow it.
OF_SCHEMAS: Final = frozenset(
    name for name in (*dir(BaseModel), "kwargs", "mro", "register") if not name.startswith("_")
)
_OF_ENTITIES: Final = frozenset({"ApiKey", "AuditEntry", "Base", "Entity", "Me", "RefreshToken"})
# Modules that every backend has beside those of its entities.
MODULES_OF_SECOND_FACTORS: Final = frozenset({"second_factors", "recovery_codes"})
MODULES: Final = frozenset(
    "api_keys audit_entries audit_trails auth base credentials enums errors handlers migrations queries recovery"
    " refresh_tokens refs reset".split()
)
_ROLES: Final = frozenset({"anyone", "member", "nobody", "owner", "you", "admin"})
_OF_ACCOUNTS: Final = {
    "role": "the role of accounts",
    "current_password": "what proves who changes a password",
    "email_verified_at": "the time at which an address was verified",
}
_SERVER: Final = (
    ("timestamps", ("created_at", "updated_at"), "Timestamps"),
    ("soft_delete", ("deleted_at",), "SoftDelete"),
    ("versioned", ("version",), "Versioned"),
)


def check(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """Names are possible, free, and told apart."""
    yield from _backend(contract, places)
    yield from _entities(contract, places)
    for entity in contract.entities:
        yield from _members(contract, entity, places)
    for query in contract.queries:
        yield from plain_name(query.name, "a query", places, ("queries", query.name))
        yield from _parameters(query, places, ("queries", query.name))
    for handler in contract.handlers:
        yield from plain_name(handler.name, "a handler", places, ("handlers", handler.name))
    yield from _twice((h.name for h in contract.handlers), "handlers", places, ("handlers",))
    yield from _twice((q.name for q in contract.queries), "queries", places, ("queries",))
    yield from _enums(contract, places)
    yield from _roles(contract, places)


def paths(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """No two routes are called by the same method and path, whatever their parameters are named."""
    taken: dict[tuple[str, str], str] = {}
    for route in routes(contract):
        shape = (route.method, re.sub(r"{\w+}", "{}", route.path))
        if shape in taken:
            yield PathTaken(
                f"{route.method} {route.path} is taken by '{taken[shape]}', so '{_called(route)}' could not be called.",
                at=places.at(*_key(route)),
                hint="Give it a path of its own." if route.operation else "Rename one of them.",
            )
        taken.setdefault(shape, _called(route))


def _called(route: Route) -> str:
    return route.operation.name if route.operation else route.name


def _key(route: Route) -> Key:
    """Where it was said that there is such a route."""
    if route.operation is None:
        return ("entities", route.entity or "", "relations", route.relation or "")
    of: Key = ("entities", route.operation.entity, "actions") if route.operation.entity else ("queries",)
    return (*of, route.operation.name, "path")


def _backend(contract: Contract, places: Places) -> Iterator[ApismithError]:
    if not re.fullmatch(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*", contract.name) or len(contract.name) > 63:
        near = re.sub(r"[^a-z0-9]+", "-", naming.kebab(contract.name)).strip("-0123456789")
        yield InvalidName(
            f"'{contract.name}' cannot name a backend: folders and packages take lower-case letters, digits and '-'.",
            at=places.at("name"),
            hint=f"Did you mean '{near}'?" if near else "For example 'shop'.",
        )
    if not re.fullmatch(r"v[1-9]\d{0,3}", contract.version):
        yield InvalidName(
            f"'{contract.version}' is no version of an API, and every path begins with it.",
            at=places.at("version"),
            hint="Write 'v1', 'v2' …",
        )


def _entities(contract: Contract, places: Places) -> Iterator[ApismithError]:
    modules: dict[str, str] = {}
    for entity in contract.entities:
        at = places.at("entities", entity.name)
        if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", entity.name) or len(entity.name) > LONGEST:
            near = "".join(part[:1].upper() + part[1:] for part in re.findall(r"[A-Za-z0-9]+", entity.name))
            yield InvalidName(
                f"'{entity.name}' cannot name an entity: classes, tables and paths are named after it.",
                at=at,
                hint=f"Did you mean '{near[:LONGEST]}'?" if re.match("[A-Z]", near) else "For example 'OrderItem'.",
            )
        elif keyword.iskeyword(entity.name):
            yield ReservedName(f"'{entity.name}' is a word of Python's own, so no entity can be called that.", at=at)
        elif entity.name in _OF_ENTITIES or naming.module_name(entity.name) in _modules(contract):
            yield ReservedName(
                f"Every backend has a part called '{entity.name}', so no entity can be called that.",
                at=at,
                hint=f"For example '{entity.name}Record'.",
            )
        module = naming.module_name(entity.name)
        if module in modules and modules[module] == entity.name:
            yield NameTaken(
                f"There are two entities '{entity.name}', and only one can have it.", at=at, hint="Rename one."
            )
        elif module in modules:
            yield NameTaken(
                f"'{entity.name}' and '{modules[module]}' both have the table and path '{module}'.",
                at=at,
                hint="Rename one of them.",
            )
        modules.setdefault(module, entity.name)


def _modules(contract: Contract) -> frozenset[str]:
    """Modules and tables that the backend has beside those of its entities."""
    return MODULES | MODULES_OF_SECOND_FACTORS if has_second_factor(contract) else MODULES


def _members(contract: Contract, entity: Entity, places: Places) -> Iterator[ApismithError]:
    """Fields, relations, computed values and actions of one entity."""
    key: Key = ("entities", entity.name)
    columns = dict(_OF_ACCOUNTS) if entity.is_account and contract.auth else dict[str, str]()
    for kind, members in (("fields", entity.fields), ("relations", entity.relations), ("computed", entity.computed)):
        for member in members:
            at = (*key, kind, member.name)
            yield from plain_name(member.name, f"a field of {entity.name}", places, at)
            yield from _reserved(entity, member.name, places, at)
            for column in _columns(contract, entity, member.name):
                if column in columns:
                    yield NameTaken(
                        f"'{member.name}' of {entity.name} needs the name '{column}', which {columns[column]} has.",
                        at=places.at(*at),
                        hint="Rename it.",
                    )
                columns.setdefault(column, f"'{member.name}'")
    yield from _twice(
        (action.name for action in entity.actions), f"actions of {entity.name}", places, (*key, "actions")
    )
    yield from _former(entity, places)
    yield from _twice(
        (check.name for check in entity.rules.check), f"rules of {entity.name}", places, (*key, "rules", "check")
    )
    for check in entity.rules.check:
        yield from plain_name(check.name, f"a rule of {entity.name}", places, (*key, "rules", "check", check.name))
    for action in entity.actions:
        yield from plain_name(action.name, f"an action of {entity.name}", places, (*key, "actions", action.name))
        yield from _parameters(action, places, (*key, "actions", action.name))
        if action.name in columns:
            yield NameTaken(
                f"{entity.name} has both a field and an action '{action.name}'.",
                at=places.at(*key, "actions", action.name),
                hint="Rename the action.",
            )


def _parameters(operation: Operation, places: Places, key: Key) -> Iterator[ApismithError]:
    for parameter in operation.parameters:
        at = (*key, "parameters", parameter.name)
        if parameter.name in ("self", "me"):
            message = f"'{parameter.name}' of '{operation.name}' is no parameter: it stands for the row or the caller."
            yield ReservedName(message, at=places.at(*at), hint="Rename it.")
        else:
            yield from plain_name(parameter.name, f"a parameter of {operation.name}", places, at)
    yield from _twice((p.name for p in operation.parameters), "parameters", places, (*key, "parameters"))


def _former(entity: Entity, places: Places) -> Iterator[ApismithError]:
    """What things were called before is a name, and not one of today."""
    known = {member.name for group in (entity.fields, entity.relations) for member in group}
    for kind, members in (("fields", entity.fields), ("relations", entity.relations)):
        for member in members:
            at = places.at("entities", entity.name, kind, member.name)
            if member.was in known:
                yield NameTaken(
                    f"'{member.name}' of {entity.name} was '{member.was}', but there still is a '{member.was}'.",
                    at=at,
                    hint="Take one of them out.",
                )
            elif member.was is not None and not re.fullmatch(r"[A-Za-z_]\w*", member.was, re.ASCII):
                yield InvalidName(f"'{member.was}' cannot have named a field of {entity.name}.", at=at)


def _columns(contract: Contract, entity: Entity, name: str) -> list[str]:
    """The names that a member takes in the table and in the schemas."""
    relation = entity.relation(name)
    if relation is None or relation.reverse_of is not None:
        return [name]
    target = contract.by_name.get(relation.target)
    key = target.key if target else "id"
    if relation.many:
        return [name] if relation.max_items is None else [name, f"{naming.singular(name)}_{naming.plural(key)}"]
    return list(dict.fromkeys((name, f"{name}_id", f"{name}_{key}")))


def _reserved(entity: Entity, name: str, places: Places, key: Key) -> Iterator[ApismithError]:
    at = places.at(*key)
    if name == "id":
        yield ReservedName(
            f"Every entity has an 'id' of its own, so {entity.name} cannot declare one.",
            at=at,
            hint='Leave it out; a natural key is said with `key="…"` behind the class.',
        )
    for mixin, names, word in _SERVER:
        if name in names and getattr(entity, mixin):
            yield ReservedName(
                f"'{name}' of {entity.name} is kept by the mixin {word}, so it cannot be declared.",
                at=at,
                hint="Leave it out.",
            )
        elif name == "deleted_at" and name in names:
            yield ReservedName(
                f"'{name}' means that a row is deleted, and {entity.name} keeps no deleted rows.",
                at=at,
                hint=f"Write `class {entity.name}(Entity, SoftDelete)`.",
            )
    if name in _OF_MODELS or name in OF_SCHEMAS or name.startswith("model_"):
        of = "SQLAlchemy" if name in _OF_MODELS else "Pydantic"
        yield ReservedName(
            f"'{name}' is a name of {of}'s own, so no class could have it as a field.",
            at=at,
            hint=f"For example '{naming.snake(entity.name)}_{name}'.",
        )


def plain_name(name: str, what: str, places: Places, key: Key) -> Iterator[ApismithError]:
    """The mistake in a name that becomes one of a variable, function or column."""
    at = places.at(*key)
    if keyword.iskeyword(name):
        yield ReservedName(f"'{name}' is a word of Python's own, so it cannot name {what}.", at=at, hint="Rename it.")
    elif not re.fullmatch(r"[a-z][a-z0-9_]*", name) or len(name) > LONGEST:
        near = re.sub(r"[^a-z0-9_]+", "", naming.snake(name)).strip("_")[:LONGEST].rstrip("_")
        yield InvalidName(
            f"'{name}' cannot name {what}: use lower-case letters, digits and '_', {LONGEST} at most.",
            at=at,
            hint=f"Did you mean '{near}'?" if re.match("[a-z]", near) and near != name else "For example 'due_date'.",
        )


def _twice(names: Iterable[str], of: str, places: Places, key: Key) -> Iterator[ApismithError]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield NameTaken(f"There are two {of} named '{name}'.", at=places.at(*key, name), hint="Rename one.")
        seen.add(name)


def _enums(contract: Contract, places: Places) -> Iterator[ApismithError]:
    entities = set(contract.by_name)
    yield from _twice((enum.name for enum in contract.enums), "enums", places, ("enums",))
    for enum in contract.enums:
        at = places.at("enums", enum.name)
        values = [member.value for member in enum.members]
        if not values:
            yield InvalidEnum(f"{enum.name} has no members, so no value would be allowed.", at=at, hint="Add one.")
        elif len(set(values)) < len(values):
            yield InvalidEnum(f"{enum.name} has a value twice, so members could not be told apart.", at=at)
        if enum.name in entities:
            yield NameTaken(f"{enum.name} is both an enum and an entity.", at=at, hint="Rename one of them.")
        if not re.fullmatch(r"[A-Za-z]\w*", enum.name, re.ASCII) or keyword.iskeyword(enum.name):
            yield InvalidName(f"'{enum.name}' cannot name an enum.", at=at, hint="For example 'OrderStatus'.")
        yield from _enum_members(enum, places)


def _enum_members(enum: EnumType, places: Places) -> Iterator[ApismithError]:
    key: Key = ("enums", enum.name, "members")
    yield from _twice((member.name for member in enum.members), f"members of {enum.name}", places, key)
    for member in enum.members:
        if not re.fullmatch(r"[A-Za-z]\w*", member.name, re.ASCII) or keyword.iskeyword(member.name):
            message = f"'{member.name}' cannot name a member of {enum.name}."
            yield InvalidName(message, at=places.at(*key, member.name), hint="Use letters, digits and '_'.")
        elif hasattr(str, member.name) and any(other.name == f"{member.name}_" for other in enum.members):
            message = f"'{member.name}' of {enum.name} hides a method of every text, so it becomes '{member.name}_'."
            yield NameTaken(message, at=places.at(*key, member.name), hint="Rename one of the two; values can stay.")
        elif member.name == "mro":
            message = f"'mro' is a name of Python's own, so {enum.name} cannot have a member of it."
            yield ReservedName(message, at=places.at(*key, member.name), hint="Rename it; its value can stay.")


def _roles(contract: Contract, places: Places) -> Iterator[ApismithError]:
    for role in contract.roles:
        if role in _ROLES or not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", role):
            yield ReservedName(
                f"'{role}' cannot name a role: it is taken, or not in lower-case letters, digits and '_'.",
                at=places.at("roles", role),
                hint="For example Role('editor').",
            )
