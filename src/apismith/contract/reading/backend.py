"""Everything that was declared → one `Contract`."""

import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from apismith.contract import naming
from apismith.contract.choices import ALGORITHMS, Algorithm
from apismith.contract.errors import (
    InvalidLimit,
    LeftOut,
    MeIsNoAccount,
    NameTaken,
    NothingDeclared,
    NotInBackend,
    PlainMethod,
    SeveralBackends,
    UnknownAlgorithm,
)
from apismith.contract.language import admin as said_admin, choices as said_choices
from apismith.contract.language.entities import EntityType
from apismith.contract.language.said import REGISTRY
from apismith.contract.model import (
    Auth,
    Cache,
    Constraints,
    Contract,
    Cors,
    Database,
    Deploy,
    Entity,
    Field,
    Limits,
    Listing,
    Operation,
    Rules,
    Scalar,
    Tasks,
    Type,
)
from apismith.contract.reading.access import ADMIN, MEMBER, read_access, read_rule, safe_access
from apismith.contract.reading.bodies import Shapes
from apismith.contract.reading.classes import class_source
from apismith.contract.reading.entities import Draft, connect_reverses, read_entity, server_fields
from apismith.contract.reading.kinds import check_words
from apismith.contract.reading.operations import (
    function_source,
    read_checks,
    read_computed,
    read_deprecated,
    read_handler,
    read_operation,
)
from apismith.contract.reading.reading import Reading
from apismith.errors import did_you_mean

_DATABASES: Final[dict[type[said_choices.Database], str]] = {
    said_choices.SQLite: "sqlite",
    said_choices.Postgres: "postgres",
    said_choices.MySQL: "mysql",
    said_choices.Mongo: "mongo",
}
_UNITS: Final = {"B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "KIB": 1024, "MIB": 1024**2, "GIB": 1024**3}


def read_backend(reading: Reading, module: ModuleType, path: Path) -> Contract | None:
    """The whole contract; None where a mistake leaves nothing to go on with."""
    check_words(reading)
    backends = REGISTRY.backends
    if len(backends) > 1:
        at = reading.sources.span(backends[1].said_at)
        message = "There are two backends in this contract, and only one can be generated from it."
        reading.mistakes.append(SeveralBackends(message, at=at, hint="Keep one `Backend(...)`."))
    backend = backends[-1] if backends else said_choices.Backend(naming.default_backend_name(path))
    drafts = _drafts(reading, backend)
    if not drafts and not any(said.kind == "query" for said in REGISTRY.operations):
        message = "There is no entity and no query in this file, so there is nothing to generate."
        hint = "Write a class: `class Note(Entity):` with a field such as `text: str`."
        reading.mistakes.append(NothingDeclared(message, at=reading.sources.start(path), hint=hint))
        return None
    connect_reverses(reading, drafts)
    _place_backend(reading, backend)
    algorithm = _algorithm(reading, backend.auth)
    shapes = {name: draft.shape() for name, draft in drafts.items()}
    has_auth = backend.auth is not None
    entities = [_entity(reading, draft, drafts, shapes, has_auth=has_auth) for draft in drafts.values()]
    account = next((entity for entity in entities if entity.is_account), None)
    if has_auth and account is None:
        account = default_account()
        if account.name not in drafts:
            entities.insert(0, account)
    chosen: list[Any] | None = None if backend.also is None else list(backend.also)
    _check_also(reading, backend)
    queries = _queries(reading, shapes, chosen, has_auth=has_auth)
    _check_actions(reading, drafts)
    if account is not None:
        _check_callers(reading, account.name)
    return Contract(
        name=backend.name,
        description=inspect.cleandoc(module.__doc__) if module.__doc__ else None,
        version=backend.version,
        entities=tuple(entities),
        enums=tuple(reading.enums.values()),
        queries=queries,
        handlers=tuple(
            handler
            for said in REGISTRY.handlers
            if (chosen is None or said.function in chosen) and (handler := read_handler(reading, said))
        ),
        roles=tuple(dict.fromkeys(role.name for role in REGISTRY.roles if role is not said_admin)),
        database=_database(backend.database),
        cache=_cache(backend.cache),
        tasks=_tasks(backend.tasks),
        auth=_auth(backend.auth, account, algorithm),
        limits=_limits(reading, backend.limits),
        cors=Cors(origins=tuple(backend.cors.origins)),
        deprecated=read_deprecated(reading, backend.deprecated, ()),
        deploy=Deploy(github=backend.deploy.github, kubernetes=backend.deploy.kubernetes),
    )


def _check_also(reading: Reading, backend: said_choices.Backend) -> None:
    """Everything that is listed is a query or a handler, and all of them are listed."""
    if backend.also is None:
        return
    listed: list[Any] = list(backend.also)
    declared = [said for said in REGISTRY.operations if said.kind == "query"] + list(REGISTRY.handlers)
    for number, function in enumerate(listed):
        if not any(said.function is function for said in declared):
            name = getattr(function, "__name__", repr(function))
            message = f"{name} is neither a query nor a handler, so the backend can do nothing with it."
            at = reading.argument(backend, "also", 3, number)
            hint = "Write `@query(...)` or `@on(...)` above it; actions belong to their entities."
            reading.mistakes.append(NotInBackend(message, at=at, hint=hint))
    for said in declared:
        if said.function not in listed:
            name = said.function.__name__
            written = function_source(reading, said.function)
            message = f"'{name}' is declared but not listed in `also`, so the backend would not have it."
            at = written.source.word(written.node) if written else None
            reading.mistakes.append(LeftOut(message, at=at, hint=f"Add {name} to `also=[…]`, or leave `also` out."))


def _check_actions(reading: Reading, drafts: dict[str, Draft]) -> None:
    """Every action belongs to an entity."""
    for said in REGISTRY.operations:
        name = said.function.__name__
        homes = [*REGISTRY.entities, *(base for draft in drafts.values() for base in draft.cls.__mro__)]
        if said.kind == "action" and not any(vars(home).get(name) is said.function for home in homes):
            message = f"'{name}' is an action of no entity, so it acts on nothing."
            written = function_source(reading, said.function)
            at = written.source.word(written.node) if written else reading.sources.span(said.said_at)
            reading.mistakes.append(PlainMethod(message, at=at, hint="Move it into its entity, or use `@query(...)`."))


def _check_callers(reading: Reading, account: str) -> None:
    for entity, at in reading.callers:
        if entity != account:
            message = f"'me' is whoever calls, a row of {account}, and not {entity or 'a value'}."
            reading.mistakes.append(MeIsNoAccount(message, at=at, hint=f"Write `me: {account}`."))


def default_account() -> Entity:
    """The account of a contract that has none and wants people to log in."""
    return Entity(
        name="User",
        description="Somebody who can log in.",
        fields=(
            Field(name="email", type=Type(scalar=Scalar.EMAIL), unique=True),
            Field(name="password", type=Type(scalar=Scalar.STR), secret=True, constraints=Constraints(min_length=10)),
        ),
        access=safe_access(auth=True, account=True, owned=True),
        listing=Listing(allow=ADMIN, order=("-created_at",)),
        timestamps=True,
    )


def _drafts(reading: Reading, backend: said_choices.Backend) -> dict[str, Draft]:
    listed = REGISTRY.entities if backend.entities is None else list(backend.entities)
    found: dict[str, Draft] = {}
    for number, cls in enumerate(listed):
        if not isinstance(cls, EntityType):
            message = f"{getattr(cls, '__name__', repr(cls))} is no entity, so the backend cannot keep it."
            at = reading.argument(backend, "entities", 2, number)
            reading.mistakes.append(NotInBackend(message, at=at, hint="List classes that are made from Entity."))
            continue
        draft = read_entity(reading, cls)
        if draft is not None and draft.name in found:
            message = f"There are two entities '{draft.name}', and only one can have the name."
            at = draft.source.source.word(draft.source.node)
            reading.mistakes.append(NameTaken(message, at=at, hint="Rename one."))
        if draft is not None:
            found[draft.name] = draft
    if backend.entities is not None:
        _check_listed(reading, listed, found)
    for said in REGISTRY.handlers:
        name = said.event.entity.__name__
        if name not in found and (backend.also is None or said.function in backend.also):
            message = f"{name} is not among the entities of the backend, so nothing happens to its rows."
            at = reading.argument(said.event, "entity", 0)
            reading.mistakes.append(NotInBackend(message, at=at, hint=did_you_mean(name, found)))
    return found


def _check_listed(reading: Reading, listed: list[Any], drafts: dict[str, Draft]) -> None:
    """Every entity of the contract is listed, or missed by one that is, which says so itself."""
    missed = {relation.target for draft in drafts.values() for relation in draft.relations}
    missed |= {said.event.entity.__name__ for said in REGISTRY.handlers}
    for cls in REGISTRY.entities:
        written = class_source(reading, cls)
        if written is not None and cls not in listed and cls.__name__ not in missed:
            message = f"{cls.__name__} is declared but not listed in `entities`, so the backend would not have it."
            hint = f"Add {cls.__name__} to `entities=[...]`, or leave `entities` out."
            reading.mistakes.append(LeftOut(message, at=written.source.word(written.node), hint=hint))


def _entity(reading: Reading, draft: Draft, drafts: dict[str, Draft], shapes: Shapes, *, has_auth: bool) -> Entity:
    cls = draft.cls
    is_account = any(field.secret for field in draft.fields)
    safe = safe_access(auth=has_auth, account=is_account, owned=_is_owned(draft, drafts))
    access = read_access(reading, cls.__dict__.get("access", getattr(cls, "access", None)), safe, draft.name)
    listing, rules = getattr(cls, "listing", None), getattr(cls, "rules", None)
    server = server_fields(cls)
    actions = [
        action
        for said in REGISTRY.operations
        if said.kind == "action" and inspect.getattr_static(cls, said.function.__name__, None) is said.function
        if (action := read_operation(reading, shapes, said, access.update, draft))
    ]
    return Entity(
        name=draft.name,
        description=_docstring(cls),
        key=draft.key,
        fields=tuple(draft.fields),
        relations=tuple(draft.relations),
        computed=tuple(read_computed(reading, shapes, draft)),
        actions=tuple(actions),
        access=access,
        listing=_listing(reading, draft.name, listing, "-created_at" if "created_at" in server else "-id"),
        rules=Rules(
            unique=tuple(tuple(names) for names in rules.unique),
            index=tuple(tuple(names) for names in rules.index),
            check=tuple(read_checks(reading, shapes, draft, rules.check)),
        )
        if rules is not None
        else Rules(),
        timestamps="created_at" in server,
        soft_delete="deleted_at" in server,
        audited=any(base.__name__ == "Audited" and base.__module__.startswith("apismith.") for base in cls.__mro__),
        versioned="version" in server,
        bulk=draft.bulk,
        was=cls.options.get("was"),
        deprecated=read_deprecated(reading, cls.options.get("deprecated"), ("entities", draft.name)),
        span=reading.places.at("entities", draft.name),
    )


def _docstring(cls: type[Any]) -> str | None:
    text = vars(cls).get("__doc__")
    return inspect.cleandoc(text) if isinstance(text, str) and text.strip() else None


def _is_owned(draft: Draft, drafts: dict[str, Draft], seen: frozenset[str] = frozenset()) -> bool:
    if any(r.owner for r in draft.relations) or any(f.secret for f in draft.fields):
        return True
    parents = (drafts.get(r.target) for r in draft.relations if r.parent and r.target not in seen)
    return any(_is_owned(parent, drafts, seen | {draft.name}) for parent in parents if parent and parent is not draft)


def _listing(reading: Reading, entity: str, said: Any, default_order: str) -> Listing:
    if said is None:
        return Listing(order=(default_order,))
    order = (said.order,) if isinstance(said.order, str) else tuple(said.order)
    allow = read_rule(reading, said.allow, ("entities", entity, "listing", "allow")) if said.allow is not None else None
    filters = (said.filters,) if isinstance(said.filters, str) else tuple(said.filters)
    return Listing(allow=allow, filters=filters, order=tuple(o for o in order if o) or (default_order,))


def _queries(reading: Reading, shapes: Shapes, chosen: list[Any] | None, *, has_auth: bool) -> tuple[Operation, ...]:
    default = MEMBER if has_auth else safe_access(auth=False, account=False, owned=False).read
    return tuple(
        operation
        for said in REGISTRY.operations
        if said.kind == "query" and (chosen is None or said.function in chosen)
        if (operation := read_operation(reading, shapes, said, default, None))
    )


def _place_backend(reading: Reading, backend: said_choices.Backend) -> None:
    for position, name in enumerate(("name", "version")):
        reading.places.put((name,), reading.argument(backend, name, position))
    for part, words in ((backend.auth, ("login", "access_minutes", "refresh_days", "algorithm", "second_factor")),):
        for position, word in enumerate(words):
            reading.places.put(("auth", word), reading.argument(part, word, position) if part else None)
    for position, word in enumerate(("default", "login", "body")):
        reading.places.put(("limits", word), reading.argument(backend.limits, word, position))
    for position, word in enumerate(("github", "kubernetes")):
        reading.places.put(("deploy", word), reading.argument(backend.deploy, word, position))
    for role in REGISTRY.roles:
        reading.places.put(("roles", role.name), reading.argument(role, "name", 0))
    for position in range(len(backend.cors.origins)):
        reading.places.put(("cors", "origins", position), reading.argument(backend.cors, "", position))


def _database(said: said_choices.Database) -> Database:
    kind: Any = _DATABASES[type(said)]
    return Database(kind=kind, ids=said.ids)


def _cache(said: said_choices.Cache | None) -> Cache | None:
    if said is None:
        return None
    return Cache(kind="redis" if isinstance(said, said_choices.Redis) else "memory")


def _tasks(said: said_choices.Tasks | None) -> Tasks | None:
    if said is None:
        return None
    return Tasks(kind="celery", broker="redis" if isinstance(said.broker, said_choices.Redis) else "rabbitmq")


def _algorithm(reading: Reading, said: said_choices.JWT | None) -> Algorithm:
    """What signs access tokens."""
    known: dict[str, Algorithm] = {algorithm: algorithm for algorithm in ALGORITHMS}
    found = known.get(said.algorithm) if said is not None else None
    if said is not None and found is None:
        message = f"'{said.algorithm}' signs no access tokens, so nobody could log in."
        hint = did_you_mean(said.algorithm, ALGORITHMS)
        reading.mistakes.append(UnknownAlgorithm(message, at=reading.argument(said, "algorithm", 3), hint=hint))
    return found or "HS256"


def _auth(said: said_choices.JWT | None, account: Entity | None, algorithm: Algorithm) -> Auth | None:
    if said is None or account is None:
        return None
    secret = next((field.name for field in account.fields if field.secret), "password")
    unique = [field.name for field in account.fields if field.unique]
    login = said.login or ("email" if "email" in unique or not unique else unique[0])
    return Auth(
        account=account.name,
        login=login,
        secret=secret,
        access_minutes=said.access_minutes,
        refresh_days=said.refresh_days,
        algorithm=algorithm,
        second_factor=said.second_factor,
    )


def _limits(reading: Reading, said: said_choices.Limits) -> Limits:
    body = said.body
    if isinstance(body, str):
        match = re.fullmatch(r"\s*(\d+)\s*([A-Za-z]+)?\s*", body)
        unit = (match[2] or "B").upper() if match else ""
        if match is None or unit not in _UNITS:
            message = f"'{body}' is no size, so bodies could not be limited."
            at = reading.argument(said, "body", 2)
            reading.mistakes.append(InvalidLimit(message, at=at, hint='Write "1MB", "500KB" or a number of bytes.'))
            return Limits(default=said.default, login=said.login)
        body = int(match[1]) * _UNITS[unit]
    return Limits(default=said.default, login=said.login, body=body)
