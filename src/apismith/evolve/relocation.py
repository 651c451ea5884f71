"""Definitions that the user has put into another file: a module that was split, or several that became one."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from apismith.evolve.imports import imports, with_import
from apismith.evolve.names import unresolved
from apismith.evolve.renames import Defined, definitions
from apismith.evolve.symbols import module_name
from apismith.evolve.syntax import Source, first_line, last_line

_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Relocation:
    """A definition that is in another module than the one that it is rendered into; paths are the user's."""

    name: str
    source: str
    target: str

    @property
    def modules(self) -> tuple[str, str]:
        """Its dotted name before and after."""
        return f"{module_name(self.source)}.{self.name}", f"{module_name(self.target)}.{self.name}"


def learn_relocations(base: Mapping[str, bytes], mine: Mapping[str, bytes]) -> list[Relocation]:
    """Definitions that are missing where they were generated and stand in another module of the user's."""
    read: dict[str, dict[str, Defined]] = {}
    gone: list[tuple[str, Defined]] = []
    for path, content in base.items():
        if path.endswith(".py") and mine.get(path) != content:
            before, after = _definitions(content), _definitions(mine.get(path, b""))
            gone += [(path, one) for name, one in before.items() if name not in after]
    if not gone:
        return []
    for path, content in mine.items():
        if path.endswith(".py") and base.get(path) != content:
            known = _definitions(base.get(path, b""))
            read[path] = {name: one for name, one in _definitions(content).items() if name not in known}
    found: list[Relocation] = []
    for path, one in gone:
        homes = [other for other, names in read.items() if other != path and one.name in names]
        alike = [other for other in homes if _same_kind(one, read[other][one.name])]
        if len(alike) == 1:
            found.append(Relocation(one.name, path, alike[0]))
    return found


def _same_kind(one: Defined, other: Defined) -> bool:
    if one.kind != other.kind:
        return False
    if one.kind == "name":
        return one.lines == other.lines
    shared = len(set(one.lines) & set(other.lines))
    return shared >= _ALIKE * len(set(one.lines))


def _definitions(content: bytes) -> dict[str, Defined]:
    try:
        source = Source(content.decode())
    except (SyntaxError, UnicodeDecodeError, ValueError):
        return {}
    return definitions(source, source.tree.body)


def relocated(files: Mapping[str, bytes], moved: list[Relocation]) -> dict[str, bytes]:
    """The tree with definitions where the user has put them; who imports them is left to renaming.

    A module of which nothing but imports remains, though it had definitions, is gone.
    """
    result = dict(files)
    for one in moved:
        if one.source not in result:
            continue
        text = result[one.source].decode()
        source = Source(text)
        found = definitions(source, source.tree.body).get(one.name)
        if found is None:
            continue
        cut, rest = _cut(source, found.node)
        target = result.get(one.target, b"").decode()
        merged = f"{target.rstrip()}\n\n\n{cut.strip()}\n" if target.strip() else f"{cut.strip()}\n"
        result[one.target] = _with_imports_of(merged, source, one.target).encode()
        result[one.source] = rest.encode()
    for path in {one.source for one in moved} & set(result):
        source = Source(result[path].decode())
        if not definitions(source, source.tree.body):
            del result[path]
    return result


def _cut(source: Source, node: ast.stmt) -> tuple[str, str]:
    """The lines of a definition with the comments above it, and the module without them."""
    first, last = first_line(node) - 1, last_line(node)
    while first > 0 and source.lines[first - 1].lstrip().startswith("#"):
        first -= 1
    rest = source.lines[:first] + source.lines[last:]
    return "".join(source.lines[first:last]), "".join(rest).rstrip() + "\n"


def _with_imports_of(text: str, origin: Source, target: str) -> str:
    """A module with the imports that what was put into it had where it came from."""
    try:
        missing = unresolved(text)
    except SyntaxError:
        return text
    for one, _ in imports(origin.tree):
        if one.bound in missing and one.module != module_name(target):
            text = with_import(text, one)
            missing.discard(one.bound)
    return text
