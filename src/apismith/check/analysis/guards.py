"""Who may call a route: what its dependencies, its body and the middleware demand of a caller."""

import ast
import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

from apismith.check.analysis.calls import constant, last, names_in, texts_in
from apismith.check.analysis.words import says, vocabulary
from apismith.check.app import App, shared
from apismith.source.facts import Dependency, Function, Route

Guard: TypeAlias = Literal["required", "optional", "none"]

_DEEP = 5
_STRENGTH: dict[Guard, int] = {"none": 0, "optional": 1, "required": 2}

ASKING = vocabulary("asking")
_DEMANDING = vocabulary("demanding")
_THINGS = vocabulary("things")
_KEYS = vocabulary("credentials")
_CALLERS = vocabulary("callers")
_FASTAPI = frozenset("Depends Query Path Body Header Cookie File Form Field Security".split())
_MAYBE = vocabulary("lenient")
_REFUSING = re.compile(
    r"unauth|forbidden|credential|permission|denied|not_?auth|invalid_?token|notallowed|access", re.I
)


@shared
def guards(app: App) -> "Guards":
    """The guards of an application, computed once."""
    return Guards(app)


class Guards:
    """Says what a route demands of its caller."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.facts = app.facts
        self._known: dict[str, Guard] = {}

    def route(self, route: Route) -> Guard:
        """What a request must bring to be answered by a route, on the weakest of the ways to it."""
        own: list[Guard] = [*map(self.dependency, route.dependencies), self.function(route.function, body=True)]
        ways: list[list[Guard]] = [[self.dependency(each) for each in way] for way in route.inherited] or [[]]
        return min((_strongest([*own, *way]) for way in ways), key=_STRENGTH.__getitem__)

    def dependency(self, given: Dependency) -> Guard:
        """What one dependency demands."""
        if given.is_security:
            return "required"
        chosen = _chosen(given.node)
        if self.app.libraries.knows("auth-scheme", self._scheme(given)):
            return "optional" if _lenient(self._made(given)) else "required"
        if self.app.libraries.knows("auth", given.target):
            return "required"
        if function := self.facts.callee(given.target):
            return self.function(function)
        owner = (given.target or "").removesuffix(".__call__")
        if call := self.facts.method(owner, "__call__"):
            return _strongest([self.function(call), _named(owner.rpartition(".")[2])])
        if isinstance(chosen, ast.Call):
            if (factory := self._factory(given, chosen)) is not None:
                return factory
            return "optional" if says(ast.unparse(chosen), _MAYBE) else _named(ast.unparse(chosen))
        return _named(ast.unparse(chosen)) if chosen is not None else _named(given.target or "")

    def function(self, function: Function, *, body: bool = False, depth: int = 0) -> Guard:
        """What a function demands by its dependencies, by what it raises, and by what it calls.

        Args:
            function: a dependency or an endpoint.
            body: its name tells nothing, because it is an endpoint.
            depth: how many calls led there.
        """
        key = f"{function.name}{body}"
        if key in self._known:
            return self._known[key]
        if depth > _DEEP:
            return "none"
        self._known[key] = "none"
        found: list[Guard] = []
        found.extend(self.dependency(each) for each in self.facts.dependencies(function))
        found.extend(
            self._parameter(each.arg, each.annotation, default, function) for each, default in function.parameters
        )
        if not body:
            found.append(_named(function.node.name))
        if refuses(function) or _reads_identity(function):
            found.append("required")
        found.extend(_named(last(node)) for node in function.node.decorator_list)
        if body:
            found.extend("required" for call in function.calls if says(last(call.node), _DEMANDING))
        for call in function.calls:
            if self.app.libraries.knows("auth", call.target):
                found.append("required")
            elif (callee := self.facts.callee(call.target)) and "required" not in found:
                found.append(self.function(callee, body=True, depth=depth + 1))
        guard = _strongest(found)
        if guard == "required" and not body and _is_lenient(function):
            guard = "optional"
        self._known[key] = guard
        return guard

    def _parameter(self, name: str, annotation: ast.expr | None, default: ast.expr | None, function: Function) -> Guard:
        """What a parameter says that is no plain dependency: an alias of who calls, or a header with a key."""
        if last(default) in ("Header", "Cookie") and says(name, _KEYS):
            return "optional"
        if isinstance(annotation, ast.Name | ast.Attribute):
            found = self.facts.value(self.facts.full_name(annotation, function.module, function))
            if found and isinstance(found[1], ast.Subscript) and last(found[1].value) == "Annotated":
                made = [each for each in ast.walk(found[1].slice) if isinstance(each, ast.Call)]
                unknown = made and not any(last(each) in _FASTAPI for each in made)
                return "required" if unknown and says(last(annotation), _CALLERS) else "none"
        return "none"

    def _scheme(self, given: Dependency) -> str | None:
        target = (given.target or "").removesuffix(".__call__")
        for name in self.facts.ancestors(target):
            if self.app.libraries.knows("auth-scheme", name):
                return name
        return None

    def _made(self, given: Dependency) -> ast.expr | None:
        chosen = _chosen(given.node)
        if isinstance(chosen, ast.Name | ast.Attribute):
            found = self.facts.value(self.facts.full_name(chosen, given.module, None))
            return found[1] if found else None
        return chosen

    def _factory(self, given: Dependency, chosen: ast.Call) -> Guard | None:
        """What is demanded by a function that another one makes: `Depends(require_role("admin"))`."""
        name = self.facts.full_name(chosen.func, given.module, None)
        if self.app.libraries.knows("auth", name):
            return "optional" if constant(_keyword(chosen, "optional")) is True else "required"
        factory = self.facts.callee(name)
        if factory is None:
            return None
        inner = [each for each in self.facts.functions.values() if each.outer is factory]
        return _strongest([self.function(each) for each in [factory, *inner]])


def root_of(app: App, route: Route) -> str:
    """The name of the application that serves a route, as far as the text tells."""
    name = route.router.name
    parents = {each.child: each.parent for each in app.facts.inclusions if each.child}
    seen = {name}
    while (parent := parents.get(name)) and parent not in seen:
        seen.add(parent)
        name = parent
    return name


@shared
def gatekeepers(app: App) -> list[Function]:
    """The middleware of a project that turns callers away: functions and `dispatch` or `__call__` methods."""
    found: list[Function] = []
    for function in app.facts.functions.values():
        if function.module.is_test:
            continue
        by_decorator = any(last(node) == "middleware" for node in function.node.decorator_list)
        bases = app.facts.ancestors(function.cls.name) if function.cls else []
        by_class = function.node.name == "dispatch" and any("Middleware" in base for base in bases)
        plain = function.node.name == "__call__" and {"scope", "receive", "send"} <= {
            each.arg for each, _ in function.parameters
        }
        if (by_decorator or by_class or plain) and _turns_away(app, function):
            found.append(function)
    return found


def _turns_away(app: App, function: Function) -> bool:
    near = [function, *(callee for call in function.calls if (callee := app.facts.callee(call.target)))]
    asking = any(
        _reads_header(each)
        or says(each.node.name, ASKING)
        or any(app.libraries.knows("auth", c.target) for c in each.calls)
        for each in near
    ) or (function.cls is not None and says(function.cls.node.name, ASKING))
    return asking and any(map(refuses, near))


def refuses(function: Function) -> bool:
    """Whether a function answers 401 or 403, or raises an error that says so."""
    for node in function.nodes:
        if isinstance(node, ast.Raise) and node.exc is not None and _REFUSING.search(last(node.exc)):
            return True
        if isinstance(node, ast.Call) and any(_is_refusal(each) for each in _arguments(node)):
            return True
    return False


def _is_refusal(node: ast.expr) -> bool:
    return constant(node) in (401, 403) or bool(re.search(r"HTTP_?40[13]|UNAUTHORIZED|FORBIDDEN", last(node)))


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (each.value for each in call.keywords)


def _reads_identity(function: Function) -> bool:
    """It uses what an authenticating middleware left in the request."""
    for node in function.nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            if last(node.value) == "state" and says(node.attr, ("user", "auth", "user id", "token", "principal")):
                return True
            if node.attr in ("user", "session") and last(node.value) in ("request", "req", "conn", "connection"):
                return True
    return False


def _reads_header(function: Function) -> bool:
    return any(
        text.lower() in ("authorization", "x-api-key", "x-token")
        for node in function.node.body
        for text in texts_in(node)
    )


def _is_lenient(function: Function) -> bool:
    if says(function.node.name, _MAYBE):
        return True
    returns = function.node.returns
    if returns is None or (isinstance(returns, ast.Constant) and returns.value is None):
        return False
    return ("None" in ast.unparse(returns) or "Optional" in names_in(returns)) and not refuses(function)


def _named(name: str) -> Guard:
    name = name.rpartition(".")[2] if "(" not in name else name
    if says(name, _THINGS) and not says(name, ("require", "requires", "current user")):
        return "none"
    if says(name, ASKING):
        return "optional" if says(name, _MAYBE) else "required"
    return "none"


def _lenient(made: ast.expr | None) -> bool:
    return isinstance(made, ast.Call) and constant(_keyword(made, "auto_error")) is False


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)


def _chosen(node: ast.expr) -> ast.expr | None:
    if not isinstance(node, ast.Call):
        return node
    return node.args[0] if node.args else _keyword(node, "dependency")


def _strongest(found: list[Guard]) -> Guard:
    none: Guard = "none"
    return max([none, *found], key=_STRENGTH.__getitem__)
