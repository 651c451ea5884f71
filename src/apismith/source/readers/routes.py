"""Applications, routers, their operations and dependencies, and how they are included in each other."""

import ast
from collections.abc import Iterator

from apismith.source.facts import Class, Dependency, Function, Inclusion, Module, Route, Router
from apismith.source.readers.code import Code

_APPS = {"fastapi.FastAPI", "fastapi.applications.FastAPI"}
_ROUTERS = {"fastapi.APIRouter", "fastapi.routing.APIRouter"}
METHODS = {"get", "post", "put", "patch", "delete", "head", "options", "trace"}
_DEPENDS = {"fastapi.Depends", "fastapi.param_functions.Depends", "fastapi.params.Depends"}
_SECURITY = {"fastapi.Security", "fastapi.param_functions.Security", "fastapi.params.Security"}
_DEEP = 12


class Routes:
    """The operations of a project."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.routers: dict[str, Router] = {}
        self.routes: list[Route] = []
        self.inclusions: list[Inclusion] = []
        scopes = list(self._scopes())
        for module, function, nodes in scopes:
            self._made(module, function, nodes)
        for module, function, nodes in scopes:
            self._included(module, function, nodes)
        for function in code.functions.values():
            self._decorated(function)
        for route in self.routes:
            self._placed(route)

    def dependencies(self, function: Function) -> Iterator[Dependency]:
        """What FastAPI calls for the parameters of a function, and for the class that it is a method of."""
        for parameter, default in function.parameters:
            yield from self._declared(parameter.annotation, default, function.module, function)
        if function.cls:
            yield from self.class_dependencies(function.cls)

    def class_dependencies(self, cls: Class, depth: int = 0) -> Iterator[Dependency]:
        """The dependencies among the attributes of a class and of what it inherits from, as class based views do."""
        for name in {**cls.annotations, **cls.values}:
            yield from self._declared(cls.annotations.get(name), cls.values.get(name), cls.module, None)
        for base in cls.bases if depth < _DEEP else ():
            if base in self.code.classes:
                yield from self.class_dependencies(self.code.classes[base], depth + 1)

    def _declared(
        self, annotation: ast.expr | None, default: ast.expr | None, module: Module, function: Function | None
    ) -> Iterator[Dependency]:
        for where, node in [*self._metadata(annotation, module), *([(module, default)] if default else [])]:
            if found := self.dependency(node, where, function if where is module else None, annotation):
                yield found

    def _metadata(self, node: ast.expr | None, module: Module, depth: int = 0) -> Iterator[tuple[Module, ast.expr]]:
        if node is None or depth > _DEEP:
            return
        if isinstance(node, ast.Subscript):
            if (self.code.names.full_name(node.value, module) or "").endswith("Annotated") and isinstance(
                node.slice, ast.Tuple
            ):
                yield from ((module, each) for each in node.slice.elts[1:])
                yield from self._metadata(node.slice.elts[0], module, depth + 1)
        elif isinstance(node, ast.BinOp):
            yield from self._metadata(node.left, module, depth + 1)
        elif isinstance(node, ast.Name | ast.Attribute):
            found = self.code.value(self.code.names.full_name(node, module))
            if found:
                yield from self._metadata(found[1], found[0], depth + 1)

    def dependency(
        self, node: ast.expr, module: Module, function: Function | None, annotation: ast.expr | None = None
    ) -> Dependency | None:
        """What an expression like `Depends(get_user)` depends on; None where it is no such expression."""
        if isinstance(node, ast.Name | ast.Attribute):
            found = self.code.value(self.code.names.full_name(node, module, function))
            return self.dependency(found[1], found[0], None) if found and isinstance(found[1], ast.Call) else None
        if not isinstance(node, ast.Call):
            return None
        name = self.code.names.full_name(node.func, module, function) or ""
        if name not in _DEPENDS | _SECURITY:
            return None
        arguments = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "dependency")]
        if not arguments:
            return Dependency(node, module, self.code.annotated(annotation, module, function), name in _SECURITY)
        return Dependency(node, module, self.code.target(arguments[0], function, module), name in _SECURITY)

    def _scopes(self) -> Iterator[tuple[Module, Function | None, list[ast.AST]]]:
        for module in self.code.names.modules.values():
            yield module, None, module.nodes
        for function in self.code.functions.values():
            yield function.module, function, function.nodes

    def _made(self, module: Module, function: Function | None, nodes: list[ast.AST]) -> None:
        for node in nodes:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                    pass
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as call):
                    pass
                case _:
                    continue
            made = self.code.names.full_name(call.func, module, function)
            kinds = [made] if made else []
            if made in self.code.classes:
                kinds = self._ancestors(made)
            is_app = bool(_APPS & set(kinds))
            if not is_app and not _ROUTERS & set(kinds):
                continue
            owner = function.name if function else module.name
            options = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
            opaque = made in self.code.classes or any(keyword.arg is None for keyword in call.keywords)
            prefix = self._text(options.get("prefix"), module, function)
            if is_app:
                prefix = ""
            given, unclear = self._listed(options.get("dependencies"), module, function)
            self.routers[f"{owner}.{name}"] = Router(
                f"{owner}.{name}", module, call, is_app, prefix, given, options, opaque or unclear
            )

    def _listed(
        self, node: ast.expr | None, module: Module, function: Function | None
    ) -> tuple[list[Dependency], bool]:
        """The dependencies of a list, and whether there may be others than those."""
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            return [], False
        if isinstance(node, ast.Name | ast.Attribute):
            found = self.code.value(self.code.names.full_name(node, module, function))
            return (
                self._listed(found[1], found[0], None)
                if found and isinstance(found[1], ast.List | ast.Tuple)
                else ([], True)
            )
        if not isinstance(node, ast.List | ast.Tuple):
            return [], True
        known = [self.dependency(each, module, function) for each in node.elts]
        return [each for each in known if each], None in known

    def _text(self, node: ast.expr | None, module: Module, function: Function | None) -> str:
        """A text of the program: constants and defaults of settings; what is not known stands in braces."""
        match node:
            case None:
                return ""
            case ast.Constant(value=str(text)):
                return text
            case ast.JoinedStr(values=values):
                return "".join(self._text(each, module, function) for each in values)
            case ast.FormattedValue(value=value):
                return self._text(value, module, function)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._text(left, module, function) + self._text(right, module, function)
            case ast.Name() | ast.Attribute():
                found = self.code.value(self.code.names.full_name(node, module, function))
                if found and isinstance(found[1], ast.Constant | ast.JoinedStr):
                    return self._text(found[1], found[0], None)
                owner = self.code.type_of(node.value, function, module) if isinstance(node, ast.Attribute) else None
                cls = self.code.classes.get(owner or "")
                default = cls.values.get(node.attr) if cls and isinstance(node, ast.Attribute) else None
                if cls and isinstance(default, ast.Constant | ast.JoinedStr):
                    return self._text(default, cls.module, None)
            case _:
                pass
        return "{" + ast.unparse(node) + "}"

    def _ancestors(self, name: str | None) -> list[str]:
        order: list[str] = []
        todo = [name] if name else []
        while todo:
            each = todo.pop(0)
            if each not in order:
                order.append(each)
                todo += self.code.classes[each].bases if each in self.code.classes else []
        return order

    def router(self, node: ast.expr, module: Module, function: Function | None) -> Router | None:
        """The application or router that an expression names."""
        outer = function
        while outer and isinstance(node, ast.Name):
            if f"{outer.name}.{node.id}" in self.routers:
                return self.routers[f"{outer.name}.{node.id}"]
            outer = outer.outer
        return self.routers.get(self.code.names.full_name(node, module, function) or "")

    def _included(self, module: Module, function: Function | None, nodes: list[ast.AST]) -> None:
        for node in nodes:
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr == "add_api_route":
                self._added(node, node.func, module, function)
            if node.func.attr != "include_router" or not (node.args or node.keywords):
                continue
            options = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
            child = node.args[0] if node.args else options.get("router")
            parent = self.router(node.func.value, module, function)
            known = self.router(child, module, function) if child is not None else None
            owner = function.name if function else module.name
            name = parent.name if parent else f"{owner}.?"
            given, unclear = self._listed(options.get("dependencies"), module, function)
            if unclear and known:
                known.opaque = True
            prefix = self._text(options.get("prefix"), module, function)
            self.inclusions.append(Inclusion(name, known.name if known else None, prefix, given, node))

    def _added(self, node: ast.Call, func: ast.Attribute, module: Module, function: Function | None) -> None:
        options = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        endpoint = node.args[1] if len(node.args) > 1 else options.get("endpoint")
        target = self.code.functions.get(self.code.target(endpoint, function, module) or "") if endpoint else None
        router = self.router(func.value, module, function)
        if router and target:
            self.routes.append(self._route(node, _methods(options), target, router, options))

    def _decorated(self, function: Function) -> None:
        for node in function.node.decorator_list:
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            method = node.func.attr
            if method not in METHODS | {"api_route", "websocket"}:
                continue
            router = self.router(node.func.value, function.module, function.outer)
            if router is None:
                continue
            options = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
            methods = _methods(options) if method == "api_route" else (method.upper(),)
            self.routes.append(self._route(node, methods, function, router, options))

    def _route(
        self, node: ast.Call, methods: tuple[str, ...], function: Function, router: Router, options: dict[str, ast.expr]
    ) -> Route:
        path = self._text(node.args[0] if node.args else options.get("path"), function.module, function.outer)
        given, unclear = self._listed(options.get("dependencies"), function.module, function.outer)
        route = Route(methods, path, function, router, node, options, [*given, *self.dependencies(function)])
        route.opaque = unclear or any(keyword.arg is None for keyword in node.keywords)
        return route

    def _placed(self, route: Route) -> None:
        """The whole paths of a route and the dependencies that each way to it adds."""
        todo: list[tuple[Router, str, list[Dependency], int]] = [(route.router, route.path, [], 0)]
        while todo:
            router, path, inherited, depth = todo.pop(0)
            path = router.prefix + path
            inherited = [*router.dependencies, *inherited]
            route.opaque = route.opaque or router.opaque
            ways = [each for each in self.inclusions if each.child == router.name]
            if router.is_app or not ways or depth > _DEEP:
                route.paths.append(path)
                route.inherited.append(inherited)
                route.opaque = route.opaque or not router.is_app
                continue
            for way in ways:
                parent = self.routers.get(way.parent)
                if parent is None:
                    route.opaque = True
                    route.inherited.append([*way.dependencies, *inherited])
                else:
                    todo.append((parent, way.prefix + path, [*way.dependencies, *inherited], depth + 1))


def _methods(options: dict[str, ast.expr]) -> tuple[str, ...]:
    given = options.get("methods")
    if not isinstance(given, ast.List | ast.Tuple | ast.Set):
        return ("GET",)
    return tuple(
        each.value.upper() for each in given.elts if isinstance(each, ast.Constant) and isinstance(each.value, str)
    )
