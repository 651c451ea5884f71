"""Merge of TOML and YAML by key: tables key by key, lists by element, everything else as a value."""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import tomlkit
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from tomlkit.exceptions import TOMLKitError

from apismith.evolve.diff3 import marked
from apismith.evolve.statements import Contradiction
from apismith.evolve.weave import weave

MergedText: TypeAlias = tuple[str, tuple[Contradiction, ...], tuple[str, ...]]
"""The text, what contradicts, and notices."""

_REQUIREMENT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]]*\])?\s*([<>=!~;@ ].*)?$")
"""A dependency: two of them are one and the same when they are of one distribution."""


def merge_toml(base: str, mine: str, theirs: str) -> MergedText | None:
    """Merge TOML, with the layout and the comments of the user; None where a side is none."""
    try:
        sides = [tomlkit.parse(text) for text in (base, mine, theirs)]
    except TOMLKitError:
        return None
    return _merged(sides, mine, theirs, tomlkit.dumps)  # pyright: ignore[reportUnknownMemberType]


def merge_yaml(base: str, mine: str, theirs: str) -> MergedText | None:
    """Merge YAML, with the layout and the comments of the user; None where a side is no mapping."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    if _sequences_are_indented(mine):
        yaml.indent(mapping=2, sequence=4, offset=2)
    try:
        sides: list[Any] = [yaml.load(text) for text in (base, mine, theirs)]  # pyright: ignore[reportUnknownMemberType]
    except YAMLError:
        return None
    if not all(isinstance(side, dict) for side in sides):
        return None

    def dump(document: Any) -> str:
        stream = io.StringIO()
        yaml.dump(document, stream)  # pyright: ignore[reportUnknownMemberType]
        return stream.getvalue()

    # What the user wrote must come back as it is before anything is merged into it.
    return _merged(sides, mine, theirs, dump) if dump(sides[1]) == mine else None


def _merged(sides: Sequence[Any], mine: str, theirs: str, dump: Callable[[Any], str]) -> MergedText | None:
    merging = _Keys()
    merging.tables("", sides[0], sides[1], sides[2])
    text = dump(sides[1])
    if merging.clashes:
        # Markers stand around the line of the user that contradicts.
        for clash in merging.clashes:
            text = _with_markers(text, clash)
    return text, tuple(clash.contradiction for clash in merging.clashes), ()


@dataclass(frozen=True, slots=True)
class _Clash:
    path: str
    key: str
    base: Any
    mine: Any
    theirs: Any

    @property
    def contradiction(self) -> Contradiction:
        return Contradiction(self.path, self.key, _shown(self.base), _shown(self.mine), _shown(self.theirs))


@dataclass(slots=True)
class _Keys:
    clashes: list[_Clash] = field(default_factory=list[_Clash])

    def tables(self, where: str, base: Any, mine: Any, theirs: Any) -> None:
        """Put what the new render has changed into the user's table."""
        for key in list(dict.fromkeys([*base, *theirs])):
            b, m, t = (side.get(key) for side in (base, mine, theirs))
            if _plain(t) == _plain(b) or _plain(m) == _plain(t):
                continue
            if isinstance(m, dict) and isinstance(t, dict):
                self.tables(f"{where}.{key}".strip("."), b if isinstance(b, dict) else {}, m, t)
            elif isinstance(m, list) and isinstance(t, list) and (b is None or isinstance(b, list)):
                self._lists(where, key, b or [], m, t)
            elif _plain(m) == _plain(b):
                if t is None:
                    del mine[key]
                elif key in mine:
                    mine[key] = t
                else:
                    _insert(mine, key, t, list(theirs))
            elif m is not None and t is not None:
                self.clashes.append(_Clash(where, str(key), b, m, t))

    def _lists(self, where: str, key: str, base: Any, mine: Any, theirs: Any) -> None:
        sides = [{_identity(one): one for one in side} for side in (base, mine, theirs)]
        if any(len(found) != len(side) for found, side in zip(sides, (base, mine, theirs), strict=True)):
            self.clashes.append(_Clash(where, key, base, mine, theirs))
            return
        b, m, t = sides
        kept: dict[Any, Any] = {}
        for name in dict.fromkeys([*m, *t]):
            values = [_plain(side.get(name)) for side in sides]
            if values[0] == values[2] or values[1] == values[2]:
                chosen = m.get(name)
            elif values[0] == values[1]:
                chosen = t.get(name)
            else:
                self.clashes.append(_Clash(where, key, b.get(name), m.get(name), t.get(name)))
                chosen = m.get(name)
            if chosen is not None:
                kept[name] = chosen
        order = weave(list(b), list(m), list(t), kept)
        for name in [name for name in m if name not in kept]:
            mine.pop(next(at for at, one in enumerate(mine) if _identity(one) == name))
        for at, name in enumerate(order):
            now = next((place for place, one in enumerate(mine) if _identity(one) == name), None)
            if now == at and _plain(mine[at]) == _plain(kept[name]):
                continue
            if now is not None:
                mine.pop(now)
            mine.insert(at, kept[name])


def _identity(value: Any) -> Any:
    plain = _plain(value)
    if isinstance(plain, str) and (found := _REQUIREMENT.fullmatch(plain)) and (found[3] or found[2]):
        return re.sub(r"[-_.]+", "-", found[1]).lower()
    if isinstance(plain, str) and re.fullmatch(r"[A-Z][A-Z0-9_]*=.*", plain):
        return plain.partition("=")[0]
    return repr(plain)


def _plain(value: Any) -> Any:
    unwrap = getattr(value, "unwrap", None)
    if unwrap is not None:
        return unwrap()
    if isinstance(value, dict):
        items: list[tuple[Any, Any]] = list(value.items())  # pyright: ignore[reportUnknownArgumentType]
        return {str(key): _plain(part) for key, part in items}
    if isinstance(value, list):
        return [_plain(part) for part in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def _insert(table: Any, key: str, value: Any, order: Iterable[str]) -> None:
    """Put a key behind the one that it follows in the new render."""
    insert = getattr(table, "insert", None)
    before = [known for known in list(order)[: list(order).index(key)] if known in table]
    if insert is None or not before:
        table[key] = value
    else:
        insert(list(table).index(before[-1]) + 1, key, value)


def _sequences_are_indented(text: str) -> bool:
    return re.search(r"^( *)[\w\"'-]+:[^\n]*\n\1 +- ", text, re.MULTILINE) is not None


def _shown(value: Any) -> str:
    return "" if value is None else str(_plain(value))


def _with_markers(text: str, clash: _Clash) -> str:
    lines = text.splitlines(keepends=True)
    own = re.compile(rf"\s*[\"']?{re.escape(clash.key)}[\"']?\s*[=:]")
    for at, line in enumerate(lines):
        if own.match(line) and _shown(clash.mine) in line.replace('"', "").replace("'", ""):
            new, old = (line.replace(_shown(clash.mine), _shown(side), 1) for side in (clash.theirs, clash.base))
            lines[at] = marked(old if clash.base is not None else "", line, new)
            return "".join(lines)
    return text
