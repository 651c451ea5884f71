"""Facts: what the code of a project is, as far as its text tells; partial, with positions.

A thing is known by its *full name*: the dotted path of its module from the root of the project plus its own name
(`backend.app.db.get_session`), or the name that its library gives it (`sqlalchemy.orm.Session`).
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from apismith.source.files import SourceFile, Unread, is_test

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(eq=False)
class Module:
    """A module: its names with what they are bound to.

    Args:
        name: full name.
        file: its text and tree.
        is_package: it is an `__init__.py`.
        imports: name → full name of what is imported, not yet followed through re-exports.
        stars: modules all of whose names are imported.
        values: name → the expression that it is bound to.
    """

    name: str
    file: SourceFile
    is_package: bool
    imports: dict[str, str] = field(default_factory=dict[str, str])
    stars: list[str] = field(default_factory=list[str])
    values: dict[str, ast.expr] = field(default_factory=dict[str, ast.expr])

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All that an import of it executes, in the order of the text."""
        return list(own_nodes(self.file.tree.body))

    @property
    def is_test(self) -> bool:
        """It belongs to the tests, where what would hurt in production does not."""
        return is_test(self.file.path)


@dataclass(eq=False)
class Class:
    """A class: its bases as full names, its methods, and the types of its attributes and of `self.x`."""

    name: str
    module: Module
    node: ast.ClassDef
    bases: list[str] = field(default_factory=list[str])
    methods: "dict[str, Function]" = field(default_factory=lambda: dict[str, Function]())
    annotations: dict[str, ast.expr] = field(default_factory=dict[str, ast.expr])
    values: dict[str, ast.expr] = field(default_factory=dict[str, ast.expr])
    attributes: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call inside a function: `target` is the full name of what is called, where it is known."""

    node: ast.Call
    target: str | None
    awaited: bool


@dataclass(eq=False)
class Function:
    """A function or method; what is defined inside of it is a function of its own."""

    name: str
    module: Module
    node: FunctionNode
    cls: Class | None
    outer: "Function | None"
    imports: dict[str, str] = field(default_factory=dict[str, str])
    types: dict[str, str] = field(default_factory=dict[str, str])
    calls: list[Call] = field(default_factory=list[Call])

    @property
    def is_async(self) -> bool:
        return isinstance(self.node, ast.AsyncFunctionDef)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All that it executes itself, in the order of the text: no inner functions, lambdas and classes."""
        return list(own_nodes(self.node.body))

    @cached_property
    def stored(self) -> set[str]:
        """The names that it binds: its parameters and what it assigns."""
        bound = {node.id for node in self.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        return bound | {parameter.arg for parameter, _ in self.parameters}

    def assigned(self, name: str) -> list[ast.expr]:
        """The expressions that it binds a name to by `=`, in the order of the text."""
        return [
            node.value
            for node in self.nodes
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
        ]

    @cached_property
    def is_generator(self) -> bool:
        return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in self.nodes)

    @property
    def parameters(self) -> Iterator[tuple[ast.arg, ast.expr | None]]:
        """Its parameters with their defaults, without `self`."""
        given = self.node.args
        positional = [*given.posonlyargs, *given.args]
        missing: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults))
        pairs = list(zip(positional, [*missing, *given.defaults], strict=True))
        yield from pairs[1:] if self.cls and pairs and pairs[0][0].arg in ("self", "cls") else pairs
        yield from zip(given.kwonlyargs, given.kw_defaults, strict=True)


@dataclass(frozen=True, slots=True, eq=False)
class Dependency:
    """One `Depends`: `target` is the full name of what is called, where it is known."""

    node: ast.expr
    module: Module
    target: str | None
    is_security: bool


@dataclass(eq=False)
class Inclusion:
    """`parent.include_router(child, …)`."""

    parent: str
    child: str | None
    prefix: str
    dependencies: list[Dependency]
    node: ast.Call


@dataclass(eq=False)
class Router:
    """An application or a router; `opaque` where its text does not tell what it adds to its routes."""

    name: str
    module: Module
    node: ast.Call
    is_app: bool
    prefix: str
    dependencies: list[Dependency]
    options: dict[str, ast.expr]
    opaque: bool = False


@dataclass(eq=False)
class Route:
    """An operation as its decorator declares it; `paths` are its whole paths, one for each way it is included."""

    methods: tuple[str, ...]
    path: str
    function: Function
    router: Router
    node: ast.Call
    options: dict[str, ast.expr]
    dependencies: list[Dependency]
    paths: list[str] = field(default_factory=list[str])
    inherited: list[list[Dependency]] = field(default_factory=list[list[Dependency]])
    opaque: bool = False

    @property
    def label(self) -> str:
        """How people call it: `GET /users/{id}`."""
        return f"{'/'.join(self.methods)} {(self.paths or [self.path])[0]}"

    @property
    def changes_state(self) -> bool:
        return bool({"POST", "PUT", "PATCH", "DELETE"} & set(self.methods))


@dataclass(eq=False)
class Facts:
    """All facts of a project."""

    files: list[SourceFile]
    unread: list[Unread]
    modules: dict[str, Module]
    functions: dict[str, Function]
    classes: dict[str, Class]
    routers: dict[str, Router]
    routes: list[Route]
    inclusions: list[Inclusion]
    full_name: Callable[[ast.expr, Module, Function | None], str | None]
    value: Callable[[str | None], tuple[Module, ast.expr] | None]
    dependencies: Callable[[Function], list[Dependency]]

    def ancestors(self, name: str) -> list[str]:
        """A class's full name and those of all it inherits from, itself first."""
        order, todo = [name], [name]
        while todo:
            known = self.classes.get(todo.pop(0))
            for base in known.bases if known else ():
                if base not in order:
                    order.append(base)
                    todo.append(base)
        return order

    def method(self, cls: str, name: str) -> Function | None:
        """A method of a class or of what it inherits from."""
        for each in self.ancestors(cls):
            if (known := self.classes.get(each)) and name in known.methods:
                return known.methods[name]
        return None

    def callee(self, target: str | None) -> Function | None:
        """The project's function that a call enters: a function, a method, or the `__init__` of a class."""
        if target is None:
            return None
        if target in self.functions:
            return self.functions[target]
        if target in self.classes:
            return self.method(target, "__init__")
        owner, _, name = target.rpartition(".")
        return self.method(owner, name) if owner in self.classes else None


def own_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """What a body executes itself, in the order of the text."""
    todo: list[ast.AST] = list(reversed(body))
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        todo += reversed(list(ast.iter_child_nodes(node)))
