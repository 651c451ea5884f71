"""Objects that are fetched by an id from the request, whoever they belong to."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from apismith.check.analysis.calls import last, names_in
from apismith.check.analysis.guards import guards
from apismith.check.analysis.owners import OWNER, Owned, owned, tables
from apismith.check.analysis.reach import reach
from apismith.check.analysis.words import says, vocabulary, words
from apismith.check.app import App, shared
from apismith.check.registry import Found, rule
from apismith.findings import Step
from apismith.source.facts import Class, Dependency, Function, Route

_CALLER = re.compile(
    r"user|principal|account|auth|identity|claims|caller|viewer|token|member|subject|actor|^me$|owner|role|tenant", re.I
)
_CALLER_EXACT = re.compile(
    r"^_?(current_?)?(active_?)?(user|principal|account|auth|identity|claims|caller|viewer|token|member|subject|actor|me)(_id|_data|_info|_payload|name)?$|current_user|login_user|auth_user|^_+$",
    re.I,
)
_PERSONAL = re.compile(
    r"^(user|owner|author|creator|created_by|account|customer|member|seller|buyer|patient|student|employee|uploader|sender|uploaded_by|owned_by)",
    re.I,
)
_ENOUGH = 3
_SHARE = 0.6
_ROLES = vocabulary("roles")
_ANYBODY = vocabulary("anybody")
_RIGHTS = vocabulary("rights")
_FETCHING = frozenset(
    "get get_one scalar scalars execute exec first one one_or_none query filter filter_by find_one fetch_one "
    "fetchrow get_or_none get_or_404".split()
)


@rule("FA402", severity="critical", confidence="medium", minutes=30)
def object_authorization(app: App) -> Iterator[Found]:
    """Routes that know who calls, fetch somebody's row by what the request says, and never compare the two."""
    rows = owned(app)
    people = {
        name: cls
        for name, cls in tables(app).items()
        if words(cls.node.name)[-1:] in (["user"], ["account"], ["customer"])
    }
    for route in app.facts.routes:
        if route.function.module.is_test or route.methods == ("WEBSOCKET",):
            continue
        if guards(app).route(route) == "required" and not by_rights(app, route):
            found = _of_others(app, route, rows, people)
            if found:
                yield found
    yield from _less_than_siblings(app)


def _identifiers(app: App, route: Route) -> Iterator[str]:
    """What says which object is meant: parameters of the path, and texts like `body.username`."""
    named = re.findall(r"{(\w+)(?::\w+)?}", (route.paths or [route.path])[0])
    given = {parameter.arg for parameter, _ in route.function.parameters}
    for name in reversed(named):
        said = words(name)[-1:]
        if name in given and (len(named) == 1 or said in (["id"], ["uuid"], ["pk"], ["slug"], ["key"])):
            yield name
            return
    if route.changes_state and not named:
        for node in route.function.nodes:
            match node:
                case ast.Attribute(value=ast.Name(id=body), attr=name) if body in given and re.fullmatch(
                    r"(\w+_)?id|username|email", name
                ):
                    if not _is_given(app, route.function, body) and isinstance(node.ctx, ast.Load):
                        yield f"{body}.{name}"
                case _:
                    continue


def by_rights(app: App, route: Route) -> bool:
    """Whether a route asks for more than a log-in: a role, a permission, membership."""
    todo = [*route.dependencies, *(each for way in route.inherited for each in way)]
    seen: set[str] = set()
    while todo:
        each = todo.pop()
        if _is_right(f"{ast.unparse(each.node)} {(each.target or '').rpartition('.')[2]}"):
            return True
        function = app.facts.callee(each.target) or app.facts.method(
            (each.target or "").removesuffix(".__call__"), "__call__"
        )
        if function and function.name not in seen:
            seen.add(function.name)
            todo += app.facts.dependencies(function)
    said = [ast.unparse(node) for node in route.function.node.decorator_list if node is not route.node]
    said += [ast.unparse(each.annotation) for each, _ in route.function.parameters if each.annotation]
    return any(_is_right(each) for each in said)


def _is_right(text: str) -> bool:
    return says(text, _RIGHTS) or (says(text, _ROLES) and not says(text, _ANYBODY))


def _of_others(app: App, route: Route, rows: dict[str, Owned], people: dict[str, Class]) -> Found | None:
    function = route.function
    callers = [
        parameter.arg
        for parameter, _ in function.parameters
        if (
            _CALLER_EXACT.search(parameter.arg)
            or _CALLER.search(function.types.get(parameter.arg, "").rpartition(".")[2])
        )
        and _is_given(app, function, parameter.arg)
    ]
    if _mentions(function, set(callers)):
        return None
    named = [name for name in callers if not name.startswith("_")]
    if not named and any(_carries(app, each) for each in app.facts.dependencies(function)):
        return None
    for identifier in _identifiers(app, route):
        near = reach(app, function)
        near += [
            known
            for each in app.facts.dependencies(function)
            if (known := app.facts.callee(each.target)) and _uses(known, identifier)
        ]
        found = _fetched(app, near, {*rows, *people})
        if not found or ("." in identifier and not named):
            continue
        where, node, row = found
        if row in people and route.changes_state and not any(_asks(each) for each in near):
            fits = bool(
                {"user", "account", "customer", "username", "email", "id"} & set(words(identifier.rpartition(".")[2]))
            )
            column = "id"
        elif row in rows and not any(_compares(each) or _asks(each) for each in near):
            fits = _fits(identifier.rpartition(".")[2], rows[row], route)
            column = next((each for each in rows[row].owners if _is_compared(app, row, each)), "")
        else:
            continue
        if not fits or not column:
            continue
        thing = row.rpartition(".")[2]
        unused = f"`{named[0]}` is never used" if named else "nothing of the caller reaches it"
        return Found(
            function.module.file.span(route.node),
            f"{route.label} fetches `{thing}` by `{identifier}` and never looks whose it is ({unused}): everybody "
            f"who is "
            f"logged in can {'change' if route.changes_state else 'read'} those of others by trying ids. Compare "
            f"`{thing}.{column}` with the caller in the query, and answer 404.",
            severity="critical" if route.changes_state else "high",
            confidence="high" if named else "medium",
            chain=(Step(where.module.file.span(node), f"`{where.node.name}` fetches `{thing}`"),),
        )
    return None


def _carries(app: App, given: Dependency) -> bool:
    """Whether a dependency makes something of the caller, like a service that knows for whom it works."""
    function = app.facts.callee(given.target)
    if function is None:
        return False
    names = {
        each.arg
        for each, _ in function.parameters
        if _CALLER.search(each.arg) or _CALLER.search(function.types.get(each.arg, "").rpartition(".")[2])
    }
    used = any(names & names_in(each) for each in function.nodes if isinstance(each, ast.Call))
    return used or any(_carries(app, each) for each in app.facts.dependencies(function))


def _is_given(app: App, function: Function, name: str) -> bool:
    """A parameter that a dependency fills, as far as its text tells."""
    for parameter, default in function.parameters:
        if parameter.arg == name:
            if last(default) in ("Depends", "Security"):
                return True
            if isinstance(parameter.annotation, ast.Name | ast.Attribute):
                return app.facts.value(app.facts.full_name(parameter.annotation, function.module, function)) is not None
            return parameter.annotation is not None and bool({"Depends", "Security"} & names_in(parameter.annotation))
    return False


@shared
def _compared(app: App) -> set[str]:
    """The columns that some query or condition of the project compares."""
    found: set[str] = set()
    for function in app.facts.functions.values():
        for node in function.nodes:
            if isinstance(node, ast.Compare):
                found |= {name for name in names_in(node) if OWNER.match(name)}
            elif isinstance(node, ast.Call) and last(node) == "filter_by":
                found |= {each.arg for each in node.keywords if each.arg and OWNER.match(each.arg)}
    return found


def _is_compared(app: App, row: str, column: str) -> bool:
    """A user owns what is theirs; whether tenants and groups separate rows, only a comparison somewhere tells."""
    return bool(_PERSONAL.match(column)) or (column in _compared(app) and not says(column, ("tenant",)))


def _less_than_siblings(app: App) -> Iterator[Found]:
    """Routes that ask for a log-in only, where the others that change the same things ask for a right."""
    families: dict[str, list[Route]] = defaultdict(list)
    for route in app.facts.routes:
        if route.changes_state and "{" in route.path and not route.function.module.is_test and not route.opaque:
            families[route.router.name].append(route)
    for routes in families.values():
        strict = [route for route in routes if by_rights(app, route)]
        loose = [route for route in routes if route not in strict]
        if len(strict) < _ENOUGH or len(strict) < _SHARE * len(routes):
            continue
        for route in loose:
            near = reach(app, route.function)
            if guards(app).route(route) != "required" or any(_compares(each) or _asks(each) for each in near):
                continue
            given = {each.arg for each, _ in route.function.parameters if _CALLER_EXACT.search(each.arg)}
            if _mentions(route.function, given):
                continue
            yield Found(
                route.function.module.file.span(route.node),
                f"{route.label} asks for a log-in only, while {len(strict)} of {len(routes)} routes that change "
                f"these objects ask "
                f"for a right, like {strict[0].label}: every user can do this to any of them. Ask for it, too.",
                confidence="medium",
            )


def _uses(function: Function, name: str) -> bool:
    return any(parameter.arg == name for parameter, _ in function.parameters)


def _mentions(function: Function, names: set[str]) -> bool:
    """Whether a function does anything with what it knows of the caller."""
    returned = {id(node.value) for node in function.nodes if isinstance(node, ast.Return)}
    return any(isinstance(node, ast.Name) and node.id in names and id(node) not in returned for node in function.nodes)


def _compares(function: Function) -> bool:
    """Whether a function compares an owner, or hands one to a query."""
    for node in function.nodes:
        match node:
            case ast.Compare() if any(map(OWNER.match, names_in(node))):
                return True
            case ast.Call(keywords=keywords) if last(node)[:1].islower() and any(
                OWNER.match(each.arg or "") for each in keywords
            ):
                return True
            case _:
                continue
    return False


def _asks(function: Function) -> bool:
    """Whether a function asks for rights or for who calls."""
    for node in function.nodes:
        match node:
            case ast.Call() if says(last(node), _RIGHTS | _ROLES | {"current user"}):
                return True
            case ast.Attribute(attr=name, value=value) if name == "user" and last(value) in (
                "request",
                "info",
                "context",
                "self",
            ):
                return True
            case ast.Attribute(attr="state", value=ast.Name(id="request")):
                return True
            case _:
                continue
    return False


def _fetched(app: App, near: list[Function], rows: set[str]) -> tuple[Function, ast.Call, str] | None:
    for function in near:
        for call in function.calls:
            if last(call.node) not in _FETCHING:
                continue
            for node in ast.walk(call.node):
                if isinstance(node, ast.Name | ast.Attribute):
                    name = app.facts.full_name(node, function.module, function)
                    if name and name in rows:
                        return function, call.node, name
        for node in function.nodes:
            if isinstance(node, ast.Call) and last(node) in ("select", "delete", "update") and node.args:
                name = app.facts.full_name(node.args[0], function.module, function)
                if name and name in rows:
                    return function, node, name
    return None


def _fits(identifier: str, row: Owned, route: Route) -> bool:
    """Whether the identifier is that of the row, and not of its owner."""
    if OWNER.match(identifier):
        return False
    thing = words(row.cls.node.name)
    if identifier in ("id", "pk", "uuid", "slug", "key"):
        return (
            any(part.rstrip("s") in thing for part in words(route.path))
            or any(part.rstrip("s") in thing for part in words((route.paths or [""])[0]))
            or any(part.rstrip("s") in thing for part in words(route.function.node.name))
        )
    return bool(set(words(identifier)) & set(thing)) or "".join(words(identifier)).startswith("".join(thing))
