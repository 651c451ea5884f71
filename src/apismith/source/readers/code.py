"""Classes, functions, the types of their names, and whom they call."""

import ast
from collections.abc import Iterable, Iterator

from apismith.source.facts import Call, Class, Function, Module
from apismith.source.readers.names import Names

# Calls whose result is what the arguments or the object were made for: name → full name of the type of the result.
RESULTS = {
    "sqlalchemy.orm.sessionmaker": "sqlalchemy.orm.Session()",
    "sqlalchemy.orm.scoped_session": "sqlalchemy.orm.Session()",
    "sqlalchemy.ext.asyncio.async_sessionmaker": "sqlalchemy.ext.asyncio.AsyncSession()",
}
_WRAPPERS = {"Annotated", "Optional", "ClassVar", "Final", "Mapped", "Awaitable"}
_YIELDING = {"Generator", "Iterator", "Iterable", "AsyncGenerator", "AsyncIterator", "AsyncIterable"}


class Code:
    """The classes and functions of a project."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.classes: dict[str, Class] = {}
        self.functions: dict[str, Function] = {}
        self._asked: set[ast.expr] = set()
        for module in names.modules.values():
            self._define(module, module.file.tree.body, module.name, None, None)
        for cls in self.classes.values():
            self._bases(cls)
        for function in self.functions.values():
            self._parameters(function)
        for cls in self.classes.values():
            self._attributes(cls)
        for function in self.functions.values():
            self._locals(function)
        for function in self.functions.values():
            self._calls(function)

    def annotated(self, node: ast.expr | None, module: Module, function: Function | None = None) -> str | None:
        """The class that an annotation names: through `Annotated`, `Optional`, `X | None` and aliases of them."""
        match node:
            case None:
                return None
            case ast.Constant(value=str(text)):
                try:
                    return self.annotated(ast.parse(text, mode="eval").body, module, function)
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    return None
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self.annotated(left if not _is_none(left) else right, module, function)
            case ast.Subscript(value=value, slice=inner):
                first = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
                last = (self.names.full_name(value, module, function) or "").rpartition(".")[2]
                if last in _WRAPPERS or last in _YIELDING:
                    return self.annotated(first, module, function)
                return self.names.full_name(value, module, function)
            case ast.Name() | ast.Attribute():
                name = self.names.full_name(node, module, function)
                if alias := self.value(name):
                    where, value = alias
                    return self.annotated(value, where) if isinstance(value, ast.Subscript | ast.BinOp) else name
                return name
            case _:
                return None

    def value(self, name: str | None) -> tuple[Module, ast.expr] | None:
        """The expression that a module binds to a full name."""
        owner, _, last = (name or "").rpartition(".")
        module = self.names.modules.get(owner)
        return (module, module.values[last]) if module and last in module.values else None

    def type_of(self, node: ast.expr, function: Function | None, module: Module) -> str | None:
        """The class of what an expression gives."""
        match node:
            case ast.Await(value=value):
                return self.type_of(value, function, module)
            case ast.Name(id=name):
                outer = function
                while outer:
                    if name in outer.types:
                        return outer.types[name]
                    if name in outer.stored and name not in outer.imports:
                        return None
                    outer = outer.outer
                if found := self.value(self.names.full_name(node, module, function)):
                    return self._made(*found)
                return None
            case ast.Attribute(value=value, attr=name):
                owner = self.type_of(value, function, module)
                if owner:
                    return self._attribute(owner, name)
                if _is_local(node, function):
                    return None
                if found := self.value(self.names.full_name(node, module, function)):
                    return self._made(*found)
                return None
            case ast.Call(func=func):
                return self._result(self.target(func, function, module))
            case _:
                return None

    def target(self, node: ast.expr, function: Function | None, module: Module) -> str | None:
        """The full name of what a call with this function part calls."""
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Call) and self._is_super(node.value) and function and function.cls:
                return f"{function.cls.bases[0]}.{node.attr}" if function.cls.bases else None
            if owner := self.type_of(node.value, function, module):
                return f"{owner}.{node.attr}"
            return None if _is_local(node, function) else self.names.full_name(node, module, function)
        if isinstance(node, ast.Name):
            outer = function
            while outer:
                if f"{outer.name}.{node.id}" in self.functions:
                    return f"{outer.name}.{node.id}"
                if node.id in outer.types:
                    return self._call_of(outer.types[node.id])
                if node.id in outer.stored and node.id not in outer.imports:
                    return None
                outer = outer.outer
            name = self.names.full_name(node, module, function)
            if (found := self.value(name)) and isinstance(found[1], ast.Call):
                return self._call_of(self._made(*found))
            return name
        if isinstance(node, ast.Call):
            return self._call_of(self.type_of(node, function, module))
        return None

    def _made(self, module: Module, value: ast.expr) -> str | None:
        """The type of what a module binds a name to by a call; names may be bound to what they are made of."""
        if not isinstance(value, ast.Call) or value in self._asked:
            return None
        self._asked.add(value)
        try:
            return self.type_of(value, None, module)
        finally:
            self._asked.discard(value)

    def _call_of(self, type_name: str | None) -> str | None:
        """What is called when an object of a type is."""
        return f"{type_name}.__call__" if type_name else None

    def _is_super(self, node: ast.Call) -> bool:
        return isinstance(node.func, ast.Name) and node.func.id == "super"

    def _result(self, target: str | None) -> str | None:
        if target is None:
            return None
        if target in self.classes:
            return target
        if target in RESULTS:
            return RESULTS[target]
        called = target.removesuffix(".__call__")
        if called != target and called.endswith("()"):
            return called[:-2]
        function = self.functions.get(target) or self._method(target)
        if function:
            if function.is_generator and not function.node.returns:
                return None
            return self.annotated(function.node.returns, function.module, function)
        last = target.rpartition(".")[2]
        return target if last[:1].isupper() else _OBJECTS.get(target)

    def _lineage(self, name: str) -> Iterator[Class]:
        """A class and those that it is derived from, as far as the project has them; the nearest first."""
        seen: set[str] = set()
        todo = [name]
        while todo:
            each = todo.pop(0)
            if each not in seen and (cls := self.classes.get(each)) is not None:
                yield cls
                todo += cls.bases
            seen.add(each)

    def _method(self, target: str) -> Function | None:
        owner, _, name = target.rpartition(".")
        return next((cls.methods[name] for cls in self._lineage(owner) if name in cls.methods), None)

    def _attribute(self, owner: str, name: str) -> str | None:
        for cls in self._lineage(owner):
            if name in cls.attributes:
                return cls.attributes[name]
            if (method := cls.methods.get(name)) and any(
                _last(d) in ("property", "cached_property") for d in method.node.decorator_list
            ):
                return self.annotated(method.node.returns, method.module, method)
        return None

    def _define(
        self, module: Module, body: Iterable[ast.AST], prefix: str, cls: Class | None, outer: Function | None
    ) -> None:
        todo = list(reversed(list(body)))
        while todo:
            node = todo.pop()
            if isinstance(node, ast.ClassDef):
                inner = Class(f"{prefix}.{node.name}", module, node)
                self.classes[inner.name] = inner
                self._define(module, node.body, inner.name, inner, outer)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{prefix}.{node.name}"
                if name in self.functions:
                    name = f"{name}@{node.lineno}"  # overloads, properties, branches
                function = Function(name, module, node, cls, outer)
                self.functions[name] = function
                if cls:
                    cls.methods.setdefault(node.name, function)
                self._define(module, node.body, name, None, function)
            elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
                todo += reversed(list(ast.iter_child_nodes(node)))

    def _bases(self, cls: Class) -> None:
        for base in cls.node.bases:
            name = self.names.full_name(base.value if isinstance(base, ast.Subscript) else base, cls.module)
            if name:
                cls.bases.append(name)
        for node in cls.node.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                cls.annotations[node.target.id] = node.annotation
                if node.value:
                    cls.values[node.target.id] = node.value
            elif isinstance(node, ast.Assign):
                cls.values |= {target.id: node.value for target in node.targets if isinstance(target, ast.Name)}

    def _parameters(self, function: Function) -> None:
        function.imports = self.names.imports(function.nodes, function.module)[0]
        if function.cls and function.node.args.args:
            function.types[function.node.args.args[0].arg] = function.cls.name
        for parameter, default in function.parameters:
            name = self.annotated(parameter.annotation, function.module, function)
            if name is None and isinstance(default, ast.Call) and _last(default.func) == "Depends" and default.args:
                name = self._result(self.names.full_name(default.args[0], function.module, function))
            if name:
                function.types[parameter.arg] = name

    def _attributes(self, cls: Class) -> None:
        for name, annotation in cls.annotations.items():
            if known := self.annotated(annotation, cls.module):
                cls.attributes[name] = known
        for method in cls.methods.values():
            for node in method.nodes:
                target = (
                    node.targets[0]
                    if isinstance(node, ast.Assign)
                    else node.target
                    if isinstance(node, ast.AnnAssign)
                    else None
                )
                if not (
                    isinstance(target, ast.Attribute)
                    and isinstance(target.value, ast.Name)
                    and target.value.id == "self"
                ):
                    continue
                known = self.annotated(node.annotation, cls.module, method) if isinstance(node, ast.AnnAssign) else None
                value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
                known = known or (self.type_of(value, method, cls.module) if value else None)
                if known:
                    cls.attributes.setdefault(target.attr, known)

    def _locals(self, function: Function) -> None:
        for node in function.nodes:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    known = self.type_of(value, function, function.module)
                case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                    known = self.annotated(annotation, function.module, function)
                case ast.withitem(context_expr=value, optional_vars=ast.Name(id=name)):
                    known = self.type_of(value, function, function.module)
                case _:
                    continue
            if known:
                function.types[name] = known
            elif isinstance(node, ast.Assign):
                function.types.pop(name, None)

    def _calls(self, function: Function) -> None:
        awaited = {id(node.value) for node in function.nodes if isinstance(node, ast.Await)}
        for node in function.nodes:
            if isinstance(node, ast.Call):
                target = self.target(node.func, function, function.module)
                function.calls.append(Call(node, target, id(node) in awaited))


def _is_local(node: ast.expr, function: Function | None) -> bool:
    """Whether a dotted expression begins with a name that the function binds itself."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return function is not None and isinstance(node, ast.Name) and node.id in function.stored


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _last(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


# What functions of libraries return.
_OBJECTS = {
    "boto3.client": "boto3.client()",
    "boto3.resource": "boto3.resource()",
    "requests.session": "requests.Session",
    "sqlite3.connect": "sqlite3.Connection",
    "psycopg2.connect": "psycopg2.connection",
    "redis.from_url": "redis.Redis",
    "redis.Redis.from_url": "redis.Redis",
    "redis.asyncio.from_url": "redis.asyncio.Redis",
    "logging.getLogger": "logging.Logger",
    "asyncio.get_event_loop": "asyncio.Loop",
    "asyncio.get_running_loop": "asyncio.Loop",
}
