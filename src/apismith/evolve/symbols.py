"""What the names in a project mean: definitions found through imports, re-exports, annotations and base classes."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from apismith.evolve.syntax import Source

Symbol: TypeAlias = str
"""The dotted name of a module, or of what is defined in one: `app.models.books.Book.title`."""

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_PLAIN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def module_name(path: str) -> str:
    """The dotted name of the module in a file."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@dataclass(frozen=True)
class Module:
    """One module of a project."""

    name: str
    source: Source

    @cached_property
    def definitions(self) -> dict[str, ast.stmt]:
        """What it defines, by name."""
        return dict(_defined(self.source.tree.body))

    @cached_property
    def imported(self) -> dict[str, Symbol]:
        """What it imports, anywhere in it, by the name that it has here."""
        found: dict[str, Symbol] = {}
        for node in ast.walk(self.source.tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    found[alias.asname or alias.name.split(".")[0]] = (
                        alias.name if alias.asname else alias.name.split(".")[0]
                    )
        return found


def _defined(body: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    for node in body:
        if isinstance(node, _PLAIN):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            yield from ((target.id, node) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node
        elif isinstance(node, ast.If | ast.Try):
            yield from _defined(node.body)


class Project:
    """The modules of a tree, parsed when they are first asked for."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._paths = {module_name(path): path for path in files if path.endswith(".py")}
        self._files = files
        self._parsed: dict[str, Module | None] = {}

    def module(self, name: str) -> Module | None:
        """A module by its dotted name; None where there is none that can be read."""
        if name not in self._parsed:
            path = self._paths.get(name)
            try:
                self._parsed[name] = Module(name, Source(self._files[path].decode())) if path else None
            except (SyntaxError, UnicodeDecodeError, ValueError):
                self._parsed[name] = None
        return self._parsed[name]

    def has(self, name: str) -> bool:
        """Whether there is a module of this name, readable or not."""
        return name in self._paths

    def canonical(self, symbol: Symbol, *, depth: int = 12) -> Symbol:
        """Where a symbol is defined: `app.models.Book` → `app.models.books.Book`."""
        parent, _, name = symbol.rpartition(".")
        if not parent or depth == 0 or symbol in self._paths:
            return symbol
        home = self.canonical(parent, depth=depth - 1)
        module = self.module(home)
        if module is None:
            return f"{home}.{name}"
        if name not in module.definitions and name in module.imported:
            return self.canonical(module.imported[name], depth=depth - 1)
        return f"{home}.{name}"

    def named(self, module: Module, name: str) -> Symbol | None:
        """What a global name of a module means."""
        if name in module.definitions:
            return f"{module.name}.{name}"
        imported = module.imported.get(name)
        return self.canonical(imported) if imported else None

    def definition(self, symbol: Symbol) -> tuple[Module, ast.stmt] | None:
        """The statement that defines a symbol of a module."""
        parent, _, name = symbol.rpartition(".")
        module = self.module(parent)
        node = module.definitions.get(name) if module else None
        return (module, node) if module and node else None

    def _class(self, symbol: Symbol) -> tuple[Module, ast.ClassDef] | None:
        found = self.definition(symbol)
        return (found[0], found[1]) if found and isinstance(found[1], ast.ClassDef) else None

    def member(self, owner: Symbol, name: str, *, depth: int = 8) -> Symbol | None:
        """Where a member of a class is defined: in it, or in the nearest of its bases."""
        found = self._class(owner)
        if found is None or depth == 0:
            return None
        module, node = found
        if name in dict(_defined(node.body)) or name in _assigned_to_self(node):
            return f"{owner}.{name}"
        for base in node.bases:
            symbol = self.expression(module, base.value if isinstance(base, ast.Subscript) else base)
            if symbol is not None and (inherited := self.member(symbol, name, depth=depth - 1)):
                return inherited
        return None

    def expression(self, module: Module, node: ast.expr) -> Symbol | None:
        """What a name or a dotted name at the top of a module means."""
        if isinstance(node, ast.Name):
            return self.named(module, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.expression(module, node.value)
            if owner is None:
                return None
            return self.member(owner, node.attr) or self.canonical(f"{owner}.{node.attr}")
        return None

    def annotated(self, module: Module, node: ast.expr | None, *, depth: int = 6) -> Symbol | None:
        """The class that an annotation names, through `| None`, `Annotated[…]`, aliases and quotes."""
        if node is None or depth == 0:
            return None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value, mode="eval").body
            except SyntaxError:
                return None
        if isinstance(node, ast.BinOp):
            return self.annotated(module, node.left, depth=depth - 1)
        if isinstance(node, ast.Subscript):
            name = node.value.id if isinstance(node.value, ast.Name) else ""
            if name in ("Annotated", "Optional", "Mapped"):
                inner = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
                return self.annotated(module, inner, depth=depth - 1)
            return self.annotated(module, node.value, depth=depth - 1)
        symbol = self.expression(module, node)
        found = self.definition(symbol) if symbol else None
        if found is None or isinstance(found[1], ast.ClassDef):
            return symbol
        alias = found[1].value if isinstance(found[1], ast.Assign | ast.AnnAssign) else None
        return self.annotated(found[0], alias, depth=depth - 1)

    def attribute_type(self, owner: Symbol, name: str) -> Symbol | None:
        """The class of an attribute: of its annotation, or of the parameter that `__init__` sets it to."""
        member = self.member(owner, name)
        found = self._class(member.rpartition(".")[0]) if member else None
        if found is None:
            return None
        module, node = found
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                if statement.target.id == name:
                    return self.annotated(module, statement.annotation)
            elif isinstance(statement, _PLAIN) and statement.name == name and not isinstance(statement, ast.ClassDef):
                return self.annotated(module, statement.returns)
        return self._parameter_type(module, node, name)

    def _parameter_type(self, module: Module, node: ast.ClassDef, name: str) -> Symbol | None:
        value = _assigned_to_self(node).get(name)
        init = next((one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"), None)
        if init is None or not isinstance(value, ast.Name):
            return self.annotated(module, value.func) if isinstance(value, ast.Call) else None
        annotations = {arg.arg: arg.annotation for arg in [*init.args.args, *init.args.kwonlyargs]}
        return self.annotated(module, annotations.get(value.id))


def _assigned_to_self(node: ast.ClassDef) -> dict[str, ast.expr]:
    """What `__init__` sets attributes to."""
    found: dict[str, ast.expr] = {}
    for init in node.body:
        if isinstance(init, ast.FunctionDef) and init.name == "__init__":
            for statement in ast.walk(init):
                target = (
                    statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
                )
                value = getattr(statement, "value", None)
                if (
                    isinstance(target, ast.Attribute)
                    and isinstance(target.value, ast.Name)
                    and target.value.id == "self"
                ):
                    found[target.attr] = value or target
    return found
