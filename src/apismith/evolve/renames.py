"""What the user calls generated things: definitions that are gone, and others of the same make in their place."""

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from apismith.evolve.symbols import Symbol, module_name
from apismith.evolve.syntax import Source

_ALIKE = 0.6

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition: its place among the others, and its text with its own name left out."""

    name: str
    node: Definition
    at: int
    lines: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Definitions of one kind only are compared."""
        if isinstance(self.node, ast.Assign | ast.AnnAssign):
            return "name"
        return "class" if isinstance(self.node, ast.ClassDef) else "function"


def learn_renames(base: Mapping[str, bytes], mine: Mapping[str, bytes], known: Mapping[str, str]) -> dict[Symbol, str]:
    """The new name of each renamed class, function, method, attribute and constant, by its dotted name.

    Args:
        base: what was generated, at the paths that the user has given the files.
        mine: the user's project.
        known: renames that were found earlier; they hold as long as the new name is there and the old one is not.
    """
    found: dict[Symbol, str] = {}
    for path, content in base.items():
        if path.endswith(".py") and path in mine and mine[path] != content:
            try:
                sides = [Source(side.decode()) for side in (content, mine[path])]
            except (SyntaxError, UnicodeDecodeError, ValueError):
                continue
            found |= _renamed(module_name(path), sides[0], sides[0].tree.body, sides[1], sides[1].tree.body, known)
    return found


def _renamed(
    owner: Symbol,
    base: Source,
    base_body: list[ast.stmt],
    mine: Source,
    mine_body: list[ast.stmt],
    known: Mapping[str, str],
) -> dict[Symbol, str]:
    before, after = (definitions(source, body) for source, body in ((base, base_body), (mine, mine_body)))
    names = _pairs(owner, before, after, known)
    found = {f"{owner}.{old}": new for old, new in names.items() if old != new}
    for old, new in names.items():
        one, other = before[old].node, after[new].node
        if isinstance(one, ast.ClassDef) and isinstance(other, ast.ClassDef):
            found |= _renamed(f"{owner}.{old}", base, one.body, mine, other.body, known)
    return found


def _pairs(
    owner: Symbol, before: Mapping[str, Defined], after: Mapping[str, Defined], known: Mapping[str, str]
) -> dict[str, str]:
    """The name on the user's side of each definition of the base that is still there."""
    pairs = {name: name for name in before if name in after}
    for name in before:
        new = known.get(f"{owner}.{name}")
        if name not in pairs and new is not None and new in after and new not in before:
            pairs[name] = new
    gone = [one for name, one in before.items() if name not in pairs]
    fresh = [one for name, one in after.items() if name not in pairs.values()]
    scored = sorted(
        (
            (_likeness(one, other, before, after), -abs(one.at - other.at), one.name, other.name)
            for one in gone
            for other in fresh
            if one.kind == other.kind
        ),
        reverse=True,
    )
    for score, _, old, new in scored:
        if score >= _ALIKE and old not in pairs and new not in pairs.values():
            pairs[old] = new
    return pairs


def _likeness(one: Defined, other: Defined, before: Mapping[str, Defined], after: Mapping[str, Defined]) -> float:
    if one.kind == "name":
        # So short that only the same text in the same place makes them one and the same.
        return float(one.lines == other.lines and _neighbours(one, before) & _neighbours(other, after) != set())
    return SequenceMatcher(None, one.lines, other.lines, autojunk=False).ratio()


def _neighbours(one: Defined, among: Mapping[str, Defined]) -> set[tuple[int, str]]:
    beside = [(other.at - one.at, name) for name, other in among.items() if abs(other.at - one.at) == 1]
    edge = [(-1, "")] if one.at == 0 else []
    return {*beside, *edge}


def definitions(source: Source, body: Iterable[ast.stmt]) -> dict[str, Defined]:
    """What the statements of a module or class define, by name."""
    found: dict[str, Defined] = {}
    for node in body:
        name = _name(node)
        if name is None or not isinstance(node, Definition):
            continue
        text = re.sub(rf"\b{re.escape(name)}\b", "_", source.of(node))
        lines = tuple(line.strip() for line in text.splitlines() if line.strip())
        found[name] = Defined(name, node, len(found), lines)
    return found


def _name(node: ast.stmt) -> str | None:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case _:
            return None
