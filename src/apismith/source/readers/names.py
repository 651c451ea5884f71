"""Modules and what their names mean: imports followed through the project, its re-exports and stars."""

import ast
from collections.abc import Iterable
from pathlib import PurePosixPath

from apismith.source.facts import Function, Module
from apismith.source.files import SourceFile

_DEEP = 30


class Names:
    """The modules of a project; says what a name in one of them means."""

    def __init__(self, files: list[SourceFile]) -> None:
        self.modules = {name: module for file in files for name, module in [_module(file)]}
        self._folders = {name.rpartition(".")[0] for name in self.modules}
        self._packages = {module.name for module in self.modules.values() if module.is_package}
        self._followed: dict[str, str] = {}
        for module in self.modules.values():
            self._read(module)

    def imports(self, nodes: Iterable[ast.AST], module: Module) -> tuple[dict[str, str], list[str]]:
        """What the import statements among nodes bind, and the modules that they import wholly."""
        bound: dict[str, str] = {}
        stars: list[str] = []
        for node in nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.asname:
                        bound[alias.asname] = self._absolute(alias.name, module)
                    else:
                        first = alias.name.split(".")[0]
                        whole = self._absolute(alias.name, module)
                        bound[first] = whole.removesuffix(alias.name[len(first) :])
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node, module)
                for alias in node.names:
                    if alias.name == "*":
                        stars.append(base)
                    else:
                        bound[alias.asname or alias.name] = f"{base}.{alias.name}" if base else alias.name
        return bound, stars

    def full_name(self, node: ast.expr, module: Module, function: Function | None = None) -> str | None:
        """The full name that a dotted expression has in a module or function; None where it is no such thing."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not parts:
            return self._quoted(node.value, module, function)
        if not isinstance(node, ast.Name):
            return None
        while function:
            if node.id in function.imports:
                return self.follow(".".join([function.imports[node.id], *reversed(parts)]))
            function = function.outer
        return self.follow(".".join([module.name, node.id, *reversed(parts)]))

    def follow(self, name: str, depth: int = 0) -> str:
        """A name followed through the modules that only pass it on; names of builtins and libraries are kept."""
        if name not in self._followed:
            self._followed[name] = name  # what leads back to itself stays where it is
            self._followed[name] = self._follow(name, depth)
        return self._followed[name]

    def _follow(self, name: str, depth: int) -> str:
        if depth > _DEEP or name in self.modules:
            return name
        parts = name.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            module = self.modules.get(".".join(parts[:cut]))
            if module is None:
                continue
            first, rest = parts[cut], parts[cut + 1 :]
            if first in module.imports:
                return self.follow(".".join([module.imports[first], *rest]), depth + 1)
            if first in module.values:
                value = module.values[first]
                if isinstance(value, ast.Name | ast.Attribute) and (known := self.full_name(value, module)):
                    return self.follow(".".join([known, *rest]), depth + 1)
                return name
            if not self._defines(module, first):
                for star in module.stars:
                    if star in self.modules and self._defines(self.modules[star], first):
                        return self.follow(".".join([star, *parts[cut:]]), depth + 1)
                if first in _BUILTINS:
                    return ".".join(["builtins", *parts[cut:]])
            return name
        return name

    def _defines(self, module: Module, name: str) -> bool:
        if name in module.values or name in module.imports:
            return True
        return any(getattr(node, "name", None) == name for node in module.file.tree.body)

    def _quoted(self, text: str, module: Module, function: Function | None) -> str | None:
        try:
            parsed = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        return self.full_name(parsed, module, function) if isinstance(parsed, ast.Name | ast.Attribute) else None

    def _read(self, module: Module) -> None:
        module.imports, module.stars = self.imports(module.nodes, module)
        for node in module.nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        module.values[target.id] = node.value
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                module.values[node.target.id] = node.value

    def _base(self, node: ast.ImportFrom, module: Module) -> str:
        if not node.level:
            return self._absolute(node.module or "", module)
        parts = module.name.split(".")
        kept = parts[: len(parts) - node.level + module.is_package]
        return ".".join([*kept, *([node.module] if node.module else [])])

    def _absolute(self, name: str, module: Module) -> str:
        """The module that an absolute import finds from here: the nearest folder above that is a root and has it."""
        parts = module.name.split(".")
        first = name.split(".")[0]
        above = [".".join(parts[:cut]) for cut in range(len(parts), -1, -1)]
        for candidates in ([f for f in above if f not in self._packages], [f for f in above if f in self._packages]):
            for folder in candidates:
                for root in (folder, f"{folder}.src" if folder else "src"):
                    whole = f"{root}.{name}" if root else name
                    start = f"{root}.{first}" if root else first
                    if whole in self.modules or (start in self._packages and whole.rpartition(".")[0] in self.modules):
                        return whole
                    if whole in self._folders and root not in self._packages:
                        return whole
            if "." not in name:
                break  # inside a package, `import redis` is the library and not its neighbour
        return name


def _module(file: SourceFile) -> tuple[str, Module]:
    path = PurePosixPath(file.path)
    is_package = path.name == "__init__.py"
    parts = path.parent.parts if is_package else (*path.parent.parts, path.stem)
    name = ".".join(parts) or "__init__"
    return name, Module(name, file, is_package)


_BUILTINS = frozenset(
    "abs bool breakpoint bytes dict eval exec float input int list object open print set str super tuple type "
    "Exception BaseException ValueError KeyError".split()
)
