"""Renames of symbols and modules, put into the code of a tree wherever the symbol is meant."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from apismith.evolve.names import quoted_annotations
from apismith.evolve.symbols import Function, Module, Project, Symbol, module_name
from apismith.evolve.syntax import Edit, Source, replaced


@dataclass(frozen=True, slots=True)
class Renaming:
    """What is called otherwise.

    Args:
        symbols: the new name of each renamed definition, by the dotted name that it was rendered with.
        modules: the dotted name of each moved module, and of moved definitions, by the one it was rendered with.
    """

    symbols: Mapping[Symbol, str] = field(default_factory=dict[Symbol, str])
    modules: Mapping[str, str] = field(default_factory=dict[str, str])

    def __bool__(self) -> bool:
        return bool(self.symbols or self.modules)

    @property
    def words(self) -> frozenset[str]:
        """Words that a file must contain to be concerned."""
        return frozenset([name.rpartition(".")[2] for name in (*self.symbols, *self.modules)])


def renamed(files: Mapping[str, bytes], renaming: Renaming) -> dict[str, bytes]:
    """The tree with everything called by its new name; paths stay as they are."""
    if not renaming:
        return dict(files)
    project = Project(files)
    concerned = re.compile(rf"\b({'|'.join(sorted(map(re.escape, renaming.words)))})\b".encode())
    result = dict(files)
    for path, content in files.items():
        if path.endswith(".py") and concerned.search(content):
            module = project.module(module_name(path))
            if module is not None:
                result[path] = _Rewriter(project, module, renaming).text().encode()
    return result


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a name is looked up: names of the functions around, and the class around."""

    owner: Symbol | None = None
    local: Mapping[str, Symbol | None] = field(default_factory=dict[str, Symbol | None])


class _Rewriter:
    """Finds the places in one module where something is meant that has another name now."""

    def __init__(self, project: Project, module: Module, renaming: Renaming) -> None:
        self._project, self._module, self._renaming = project, module, renaming
        self._source: Source = module.source
        self._edits: list[Edit] = []

    def text(self) -> str:
        for statement in self._source.tree.body:
            self._visit(statement, _Scope())
        self._exports()
        self._quoted()
        return replaced(self._source.text, list(dict.fromkeys(self._edits)))

    # Places -----------------------------------------------------------------------------------------------------------

    def _visit(self, node: ast.AST, scope: _Scope) -> None:
        if isinstance(node, ast.ImportFrom):
            return self._import_from(node)
        if isinstance(node, ast.Import):
            return self._import(node)
        inner = scope
        if isinstance(node, ast.ClassDef):
            symbol = f"{scope.owner or self._module.name}.{node.name}"
            self._definition(node, symbol)
            inner = _Scope(symbol, scope.local)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._definition(node, f"{scope.owner or self._module.name}.{node.name}")
            inner = _Scope(scope.owner, {**scope.local, **self._locals(node, scope)})
        elif isinstance(node, ast.Name):
            self._name(node, scope)
        elif isinstance(node, ast.Attribute):
            self._attribute(node, scope)
        elif isinstance(node, ast.Call):
            self._keywords(node, scope)
        elif isinstance(node, ast.Lambda):
            inner = _Scope(scope.owner, {**scope.local, **{arg.arg: None for arg in node.args.args}})
        for child in ast.iter_child_nodes(node):
            self._visit(child, inner)

    def _locals(self, node: Function, scope: _Scope) -> dict[str, Symbol | None]:
        """Parameters and variables of a function, with their classes where these are known."""
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        found: dict[str, Symbol | None] = {}
        for argument in arguments:
            found[argument.arg] = self._project.annotated(self._module, argument.annotation)
        if scope.owner and arguments and arguments[0].arg in ("self", "cls"):
            found[arguments[0].arg] = scope.owner
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                found.setdefault(part.id, None)
        for part in ast.walk(node):
            if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name) and not found[part.targets[0].id]:
                found[part.targets[0].id] = self._class_of(part.value, _Scope(scope.owner, {**scope.local, **found}))
            elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                found[part.target.id] = self._project.annotated(self._module, part.annotation)
        return found

    def _class_of(self, node: ast.expr, scope: _Scope) -> Symbol | None:
        """The class of which the value of an expression is."""
        if isinstance(node, ast.Await):
            return self._class_of(node.value, scope)
        if isinstance(node, ast.Name):
            return scope.local.get(node.id)
        if isinstance(node, ast.Attribute):
            owner = self._class_of(node.value, scope)
            return self._project.attribute_type(owner, node.attr) if owner else None
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and (owner := self._class_of(node.func.value, scope)):
                return self._project.attribute_type(owner, node.func.attr)
            symbol = self._meant(node.func, scope)
            found = self._project.definition(symbol) if symbol else None
            if found and isinstance(found[1], ast.ClassDef):
                return symbol
            if found and isinstance(found[1], ast.FunctionDef | ast.AsyncFunctionDef):
                return self._project.annotated(found[0], found[1].returns)
        return None

    def _meant(self, node: ast.expr, scope: _Scope) -> Symbol | None:
        """The definition that an expression names."""
        if isinstance(node, ast.Name):
            if node.id in scope.local:
                return None
            return self._project.named(self._module, node.id)
        if isinstance(node, ast.Attribute):
            owner = self._class_of(node.value, scope) or self._meant(node.value, scope)
            if owner is None:
                return None
            return self._project.member(owner, node.attr) or self._project.canonical(f"{owner}.{node.attr}")
        return None

    def _definition(self, node: ast.ClassDef | Function, symbol: Symbol) -> None:
        if (new := self._new(symbol)) is not None:
            start = self._source.text.index(node.name, self._source.span(node)[0] + len("def "))
            self._edits.append((start, start + len(node.name), new))

    def _name(self, node: ast.Name, scope: _Scope) -> None:
        if scope.owner and isinstance(node.ctx, ast.Store) and node.id not in scope.local:
            symbol: Symbol | None = f"{scope.owner}.{node.id}"
        else:
            symbol = self._meant(node, scope)
        new = self._new(symbol) if symbol else None
        if new is not None and self._module.imported.get(node.id) != "" and not self._aliased(node.id):
            self._edits.append((*self._source.span(node), new))

    def _aliased(self, name: str) -> bool:
        """Whether a name is one that this module has given to what it imported."""
        imported = self._module.imported.get(name)
        return imported is not None and imported.rpartition(".")[2] != name

    def _attribute(self, node: ast.Attribute, scope: _Scope) -> None:
        symbol = self._meant(node, scope)
        if symbol is not None and (new := self._new(symbol)) is not None:
            end = self._source.span(node)[1]
            self._edits.append((end - len(node.attr), end, new))

    def _keywords(self, node: ast.Call, scope: _Scope) -> None:
        symbol = self._meant(node.func, scope)
        if symbol is None:
            return
        for word in node.keywords:
            member = self._project.member(symbol, word.arg) if word.arg else None
            if word.arg and member and (new := self._new(member)) is not None:
                start = self._source.span(word)[0]
                self._edits.append((start, start + len(word.arg), new))

    def _new(self, symbol: Symbol) -> str | None:
        """The new last part of a dotted name, if it has one."""
        if symbol in self._renaming.symbols:
            return self._renaming.symbols[symbol]
        moved = self._renaming.modules.get(symbol)
        new = moved.rpartition(".")[2] if moved else None
        return new if new is not None and new != symbol.rpartition(".")[2] else None

    # Imports, exports, quotes -----------------------------------------------------------------------------------------

    def _import_from(self, node: ast.ImportFrom) -> None:
        """Each name from where it is now: one statement, or one for each module."""
        if not node.module or node.level:
            return
        wanted: dict[str, list[str]] = {}
        changed = False
        for alias in node.names:
            home, name = self._home(node.module, alias.name)
            changed |= (home, name) != (node.module, alias.name)
            wanted.setdefault(home, []).append(f"{name} as {alias.asname}" if alias.asname else name)
        if not changed:
            return
        indent = "\n" + " " * node.col_offset
        text = self._source.of(node)
        if len(wanted) == 1 and "(" in text:
            self._edits += self._in_place(node, next(iter(wanted)))
            return
        lines = [f"from {home} import {', '.join(names)}" for home, names in wanted.items()]
        self._edits.append((*self._source.span(node), indent.join(lines)))

    def _in_place(self, node: ast.ImportFrom, home: str) -> list[Edit]:
        start, _ = self._source.span(node)
        module = node.module or ""
        at = self._source.text.index(module, start + len("from"))
        edits: list[Edit] = [(at, at + len(module), home)]
        for alias in node.names:
            name = self._home(module, alias.name)[1]
            first = self._source.span(alias)[0]
            edits.append((first, first + len(alias.name), name))
        return edits

    def _home(self, module: str, name: str) -> tuple[str, str]:
        """The module and the name under which something is imported now."""
        direct = f"{module}.{name}"
        symbol = self._project.canonical(direct)
        moved = self._renaming.modules
        if direct in moved:
            home, _, last = moved[direct].rpartition(".")
            return home, self._renaming.symbols.get(direct, last)
        if symbol in moved and symbol == direct:
            home, _, last = moved[symbol].rpartition(".")
            return home, last
        return moved.get(module, module), self._renaming.symbols.get(symbol, name)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name in self._renaming.modules:
                start = self._source.span(alias)[0]
                self._edits.append((start, start + len(alias.name), self._renaming.modules[alias.name]))

    def _exports(self) -> None:
        node = self._module.definitions.get("__all__")
        for part in ast.walk(node) if node else ():
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                symbol = self._project.named(self._module, part.value)
                if symbol and (new := self._new(symbol)) is not None:
                    self._edits.append((*self._source.span(part), f'"{new}"'))

    def _quoted(self) -> None:
        for string in quoted_annotations(self._source.tree):
            text = self._source.of(string)

            def new(found: "re.Match[str]") -> str:
                symbol = self._project.named(self._module, found[0])
                return (self._new(symbol) if symbol else None) or found[0]

            rewritten = re.sub(r"(?<![.\w])[A-Za-z_]\w*", new, text)
            if rewritten != text:
                self._edits.append((*self._source.span(string), rewritten))
