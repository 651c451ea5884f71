"""Dependencies and middleware that ought to turn callers away and let them pass."""

import ast
import re
from collections.abc import Iterator

from apismith.check.analysis.calls import constant, last, names_in
from apismith.check.analysis.guards import gatekeepers, guards, refuses
from apismith.check.analysis.words import says, vocabulary
from apismith.check.app import App, shared
from apismith.check.registry import Found
from apismith.findings import Confidence
from apismith.source.facts import Function, own_nodes

_SECRETS = vocabulary("secrets")
_LOOKING_UP = frozenset("first one_or_none scalar_one_or_none get_or_none find_one".split())
_ANSWERS = re.compile(r"Response$")


@shared
def depended_on(app: App) -> dict[str, list[Function]]:
    """The functions that routes and dependencies depend on: full name → the endpoints and dependencies that do."""
    users: dict[str, list[Function]] = {}
    for function in app.facts.functions.values():
        for each in app.facts.dependencies(function):
            if known := app.facts.callee(each.target):
                users.setdefault(known.name, []).append(function)
    for route in app.facts.routes:
        for each in [*route.dependencies, *(one for way in route.inherited for one in way)]:
            if (known := app.facts.callee(each.target)) and known.name not in users:
                users[known.name] = []
    for router in app.facts.routers.values():
        for each in router.dependencies:
            if known := app.facts.callee(each.target):
                users.setdefault(known.name, [])
    return users


def failing_open(app: App) -> Iterator[Found]:
    """Each place where a guard lets a caller pass who proved nothing."""
    users = depended_on(app)
    for name in users:
        function = app.facts.functions[name]
        if function.module.is_test:
            continue
        yield from _uncalled_factory(app, function)
        if guards(app).function(function) == "required":
            yield from _returned(function)
            yield from _swallowed(app, function, users[name], passes_on=False)
            yield from _unset(function)
            yield from _nobody(app, function, users[name])
    for function in gatekeepers(app):
        yield from _swallowed(app, function, [], passes_on=True)
        yield from _unset(function)


def _uncalled_factory(app: App, function: Function) -> Iterator[Found]:
    """`Depends(require_role)` where `require_role("admin")` would make the dependency."""
    returned = [
        last(node.value) for node in function.nodes if isinstance(node, ast.Return) and isinstance(node.value, ast.Name)
    ]
    inner = [app.facts.functions.get(f"{function.name}.{name}") for name in returned]
    if not inner or not all(inner) or not any(refuses(each) for each in inner if each):
        return
    for route in app.facts.routes:
        for each in route.dependencies:
            if each.target == function.name and isinstance(each.node, ast.Call):
                yield Found(
                    each.module.file.span(each.node),
                    f"`{function.node.name}` makes a dependency and is none itself: what it returns is never called, "
                    f"so {route.label} lets everybody pass. Call it: `Depends({function.node.name}(…))`.",
                    confidence="high",
                )


def _returned(function: Function) -> Iterator[Found]:
    """`return HTTPException(401)`, which FastAPI hands to the endpoint like any other value."""
    for node in function.nodes:
        if not (isinstance(node, ast.Return) and isinstance(node.value, ast.Call)):
            continue
        name = last(node.value)
        refusing = any(_refusal(each) for each in ast.walk(node.value))
        if name == "HTTPException" or (_ANSWERS.search(name) and refusing):
            yield Found(
                function.module.file.span(node),
                f"The dependency `{function.node.name}` returns `{name}` instead of raising it: its value goes to the "
                f"endpoint, which runs as if the caller had been let in. Raise `HTTPException`.",
                confidence="high",
            )


def _refusal(node: ast.AST) -> bool:
    return constant(node) in (401, 403) or (
        isinstance(node, ast.Attribute) and bool(re.search(r"40[13]|UNAUTH|FORBID", node.attr))
    )


def _swallowed(app: App, function: Function, users: list[Function], *, passes_on: bool) -> Iterator[Found]:
    """A check whose failure is caught and forgotten."""
    for node in function.nodes:
        if not isinstance(node, ast.Try) or not any(_checks(app, function, each) for each in own_nodes(node.body)):
            continue
        for handler in node.handlers:
            inside = list(own_nodes(handler.body))
            if any(isinstance(each, ast.Raise) or _refusal(each) for each in inside) or _answers(inside):
                continue
            after = [each for each in function.nodes if getattr(each, "lineno", 0) > (node.end_lineno or 0)]
            if any(isinstance(each, ast.Raise | ast.If | ast.Assert) for each in after):
                continue
            returns = [each for each in inside if isinstance(each, ast.Return)]
            if passes_on or (returns and constant(returns[0].value) is True):
                confidence: Confidence = "high" if passes_on or returns else "medium"
            elif _is_optional(function) or any(_tests(each) for each in users):
                continue
            else:
                confidence = "medium"
            if passes_on and _has_user_default(inside):
                continue
            yield Found(
                function.module.file.span(handler),
                f"`{function.node.name}` catches that the credentials are wrong and goes on: the endpoint runs for a "
                f"caller who proved nothing. Raise `HTTPException(401)` here.",
                confidence=confidence,
            )


def _answers(nodes: list[ast.AST]) -> bool:
    return any(
        isinstance(each, ast.Call)
        and (_ANSWERS.search(last(each)) or says(last(each), ("error", "unauthorized", "deny", "abort", "redirect")))
        for each in nodes
    )


def _has_user_default(nodes: list[ast.AST]) -> bool:
    """It says that nobody is logged in: `request.state.user = None`; endpoints decide what that means."""
    return any(isinstance(each, ast.Assign) for each in nodes)


def _checks(app: App, function: Function, node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    target = next((call.target for call in function.calls if call.node is node), None)
    if app.libraries.knows("auth", target):
        return True
    callee = app.facts.callee(target)
    return callee is not None and any(app.libraries.knows("auth", call.target) for call in callee.calls)


def _is_optional(function: Function) -> bool:
    returns = function.node.returns
    said = ast.unparse(returns) if returns is not None else ""
    return (
        says(function.node.name, ("optional", "maybe", "or none", "anonymous", "guest", "try"))
        or "None" in said
        or "Optional" in said
        or "bool" in said
    )


def _tests(user: Function) -> bool:
    """Whether a function looks at what the guard gives before it goes on."""
    given = {parameter.arg for parameter, _ in user.parameters}
    return any(names_in(node.test) & given for node in user.nodes if isinstance(node, ast.If | ast.IfExp | ast.Assert))


def _unset(function: Function) -> Iterator[Found]:
    """`if not API_KEY: return`: nobody is asked where a setting is missing."""
    given = {parameter.arg for parameter, _ in function.parameters}
    for node in function.nodes:
        if not (isinstance(node, ast.If) and isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)):
            continue
        tested = node.test.operand
        if isinstance(tested, ast.Name) and (tested.id in given or tested.id in function.stored):
            continue
        setting = last(tested) if not isinstance(tested, ast.Call) else ""
        root = tested
        while isinstance(root, ast.Attribute):
            root = root.value
        configured = isinstance(tested, ast.Name) or (
            isinstance(root, ast.Name) and says(root.id, ("settings", "config", "conf", "env", "cfg", "self"))
        )
        bare = isinstance(node.body[-1], ast.Return) and (
            node.body[-1].value is None or constant(node.body[-1].value) is True
        )
        if setting and configured and says(setting, _SECRETS) and refuses(function) and bare:
            yield Found(
                function.module.file.span(node),
                f"`{function.node.name}` lets everybody pass where `{setting}` is not set: a missing variable in one "
                f"deployment opens all that it guards. Refuse then, and make the setting required.",
                confidence="medium",
            )


def _nobody(app: App, function: Function, users: list[Function]) -> Iterator[Found]:
    """A user who is looked up, returned without a look, and may be nobody."""
    if _is_optional(function) or not any(_checks(app, function, node) for node in function.nodes):
        return
    for node in function.nodes:
        if not (isinstance(node, ast.Return) and node.value is not None):
            continue
        value = node.value.value if isinstance(node.value, ast.Await) else node.value
        name = value.id if isinstance(value, ast.Name) else None
        if name:
            made = function.assigned(name)
            tested = any(
                name in names_in(each.test)
                for each in function.nodes
                if isinstance(each, ast.If | ast.IfExp | ast.Assert)
            )
            if tested or not made:
                continue
            value = made[-1].value if isinstance(made[-1], ast.Await) else made[-1]
        if isinstance(value, ast.Call) and _may_be_none(app, function, value):
            if any(_tests(each) for each in users):
                continue
            yield Found(
                function.module.file.span(node),
                f"`{function.node.name}` returns what it looked up without a look at it: a valid token of somebody who "
                f"was deleted gives `None`, and endpoints that only depend on it let them in. Raise "
                f"`HTTPException(401)` for `None`.",
                confidence="medium",
            )


def _may_be_none(app: App, function: Function, call: ast.Call) -> bool:
    if last(call) in _LOOKING_UP:
        return True
    callee = app.facts.callee(next((each.target for each in function.calls if each.node is call), None))
    returns = callee.node.returns if callee else None
    return (
        returns is not None
        and not (isinstance(returns, ast.Constant) and returns.value is None)
        and "None" in ast.unparse(returns)
    )
