"""Renames that the contract declares with `was`: what is generated under another name keeps the edits that it has."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from apismith.contract import naming
from apismith.contract.former import former_entity
from apismith.contract.model import Contract
from apismith.evolve.refactoring import Refactoring
from apismith.evolve.renames import definitions
from apismith.evolve.symbols import Symbol, module_name
from apismith.evolve.syntax import Source

Words: TypeAlias = list[tuple[str, str]]
"""Forms of names, before and after."""


def declared(old: Contract, new: Contract) -> Words:
    """The forms of each name that `was` says to have been another, and that the older contract has."""
    words: Words = []
    for entity in new.entities:
        before = former_entity(old, entity)
        if before is None:
            continue
        if before.name != entity.name:
            words += _forms_of_entity(before.name, entity.name)
        known = {*(one.name for one in before.fields), *(one.name for one in before.relations)}
        named = [*((one.was, one.name) for one in entity.fields), *((one.was, one.name) for one in entity.relations)]
        for was, name in named:
            if was is not None and was in known and name not in known:
                words += _forms_of_field(was, name)
    return words


def _forms_of_entity(old: str, new: str) -> Words:
    forms: list[Callable[[str], str]] = [naming.module_name, naming.table_name, naming.snake, naming.variable_name]
    found = [(form(old), form(new)) for form in forms]
    plurals = (naming.plural(old), naming.plural(new))
    return [*found, (old, new), plurals, *((one.upper(), other.upper()) for one, other in found[:3])]


def _forms_of_field(old: str, new: str) -> Words:
    pascal = tuple("".join(part.title() for part in name.split("_")) for name in (old, new))
    return [(old, new), (pascal[0], pascal[1]), (old.upper(), new.upper())]


def renamed_by_contract(words: Words, base: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> Refactoring:
    """What the contract's renames have done to the render: files, and definitions in them."""
    if not words:
        return Refactoring()
    moves: dict[str, str] = {}
    for path in base:
        new = next((other for other in _replaced(path, words) if other in theirs and other not in base), None)
        if path not in theirs and new is not None:
            moves[path] = new
    moved = Refactoring(moves).replay(base)
    symbols: dict[Symbol, str] = {}
    for path, content in moved.items():
        if path.endswith(".py") and path in theirs and theirs[path] != content:
            symbols |= _renamed(module_name(path), _read(content), _read(theirs[path]), words)
    return Refactoring(moves, symbols=symbols)


def placed(renaming: Refactoring, moves: Mapping[str, str]) -> dict[str, str]:
    """Where the user has files whose rendered path the contract has changed: beside where they were."""
    found = dict(moves)
    for old, new in renaming.moves.items():
        if (now := moves.get(old)) is not None:
            name = new if now.rpartition("/")[2] == old.rpartition("/")[2] else now
            found[new] = f"{now.rpartition('/')[0]}/{name.rpartition('/')[2]}"
    return found


def _read(content: bytes) -> dict[Symbol, None]:
    """The dotted names of what a module defines."""
    try:
        source = Source(content.decode())
    except (SyntaxError, ValueError):
        return {}
    found: dict[Symbol, None] = {}
    for name, one in definitions(source, source.tree.body).items():
        found[name] = None
        body = getattr(one.node, "body", []) if one.kind == "class" else []
        found |= dict.fromkeys(f"{name}.{member}" for member in definitions(source, body))
    return found


def _renamed(
    module: str, before: Mapping[Symbol, None], after: Mapping[Symbol, None], words: Words
) -> dict[Symbol, str]:
    found: dict[Symbol, str] = {}
    for symbol in before:
        owner, _, name = symbol.rpartition(".")
        owners = [owner, *_replaced(owner, words)] if owner else [""]
        if any(f"{one}.{name}".strip(".") in after for one in owners):
            continue
        for new in _replaced(name, words):
            if any(f"{one}.{new}".strip(".") in after for one in owners):
                found[f"{module}.{symbol}"] = new
                break
    return found


def _replaced(text: str, words: Words) -> Iterator[str]:
    """The text with one or more of its words replaced."""
    for old, new in words:
        if old in text and old != new:
            yield text.replace(old, new)
