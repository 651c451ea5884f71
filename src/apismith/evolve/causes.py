"""Why two changes contradict each other: which word of the contract has changed, and what the user wrote instead."""

import re
from collections.abc import Iterator
from typing import Any, cast

from apismith.contract.model import Contract
from apismith.evolve.statements import Contradiction


def causes(contradictions: tuple[Contradiction, ...], old: Contract | None, new: Contract) -> tuple[str, ...]:
    """One line for each: `contract: Article.title max_length 200 → 300, you: 255`.

    Args:
        contradictions: of one file.
        old: the contract that the base was rendered from; None where it is not known.
        new: the contract that was rendered now.
    """
    changed = list(_changes(old, new)) if old is not None else []
    return tuple(dict.fromkeys(_cause(one, changed) for one in contradictions))


def _cause(one: Contradiction, changed: list[tuple[str, str, str, str]]) -> str:
    you = _short(one.mine) or "deleted"
    for where, word, before, after in changed:
        if word == one.what and (before, after) == (one.base, one.theirs):
            return f"contract: {where} {word} {before} → {after}, you: {you}"
    spoken = " ".join(filter(None, [one.where, one.what]))
    for where, word, before, after in changed:
        if before != after and before in one.base and after in one.theirs and _speaks_of(one, where):
            return f"contract: {where} {word} {before} → {after}, you: {you}"
    generated = f"{_short(one.base) or 'nothing'} → {_short(one.theirs) or 'nothing'}"
    return f"generated: {f'{spoken}: ' if spoken else ''}{generated}, you: {you}"


def _speaks_of(one: Contradiction, where: str) -> bool:
    words = set(re.findall(r"[a-z]+", f"{one.where} {one.base}".lower()))
    return any(part.lower() in words for part in where.split("."))


def _short(text: str) -> str:
    """The first line of a text, or what it begins with."""
    lines = text.strip().splitlines()
    first = lines[0].strip() if lines else ""
    return first if len(lines) < 2 and len(first) <= 80 else f"{first[:77]}…"


def _changes(old: Contract, new: Contract) -> Iterator[tuple[str, str, str, str]]:
    """Each value that differs: of what, its name, before and after."""
    before, after = (dict(_values(one.model_dump(mode="json"), ())) for one in (old, new))
    for path in dict.fromkeys([*before, *after]):
        if before.get(path) != after.get(path):
            names = [part for part in path[:-1] if part and part[0] != "."]
            yield ".".join(names), path[-1].removeprefix("."), _said(before.get(path)), _said(after.get(path))


def _values(data: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values of a document by where they are; keys begin with a dot, names do not."""
    if isinstance(data, dict):
        for key, value in data.items():  # pyright: ignore[reportUnknownVariableType]
            yield from _values(value, (*path, f".{key}"))
    elif isinstance(data, list):
        for number, value in enumerate(data):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            yield from _values(value, (*path, _name(value) or f".{number}"))
    else:
        yield path, data


def _name(value: Any) -> str:
    return str(cast("dict[str, Any]", value).get("name") or "") if isinstance(value, dict) else ""


def _said(value: Any) -> str:
    return "nothing" if value is None else str(value)
