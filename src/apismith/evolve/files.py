"""Merge of one file: untouched ones are taken whole, edited ones are merged in the way of their kind."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from apismith.evolve.diff3 import merge_lines
from apismith.evolve.keyed import merge_toml, merge_yaml
from apismith.evolve.python import merge_module
from apismith.evolve.statements import Contradiction
from apismith.evolve.store import LARGEST
from apismith.evolve.syntax import parses

Content: TypeAlias = bytes | None
MergedText: TypeAlias = tuple[str, tuple[Contradiction, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class MergedFile:
    """What becomes of a file.

    Args:
        content: None where there is to be no file.
        contradictions: what both sides have changed differently; it stands between markers in a text.
        notices: what was decided silently otherwise.
    """

    content: Content
    contradictions: tuple[Contradiction, ...] = ()
    notices: list[str] = field(default_factory=list[str])


def merge_file(path: str, base: Content, mine: Content, theirs: Content) -> MergedFile:
    """Merge one file; None stands for a file that is not there."""
    if theirs in (base, mine):
        return MergedFile(mine)
    if mine == base:
        return MergedFile(theirs)
    if mine is None:
        return MergedFile(None, notices=[f"{path} stays deleted, though it would be generated differently now."])
    if theirs is None:
        return MergedFile(mine, notices=[f"{path} is generated no more, but stays: you have changed it."])
    texts = [_text(side) for side in (base, mine, theirs)]
    if any(text is None for text in texts):
        return MergedFile(mine, (Contradiction("", "", "as generated", "as it is", "as it would be generated"),))
    old, own, new = (text or "" for text in texts)
    ends = "\r\n" if "\r\n" in own else "\n"
    merged, contradictions, notices = _merge(path)(*(side.replace("\r\n", "\n") for side in (old, own, new)))
    named = [f"{path}: {notice}" for notice in notices]
    return MergedFile(merged.replace("\n", ends).encode(), contradictions, named)


def _text(content: Content) -> str | None:
    if content is None:
        return ""
    if len(content) > LARGEST or b"\0" in content:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _merge(path: str) -> Callable[[str, str, str], MergedText]:
    return _KINDS.get(path[path.rfind(".") :], _lines)


def _lines(base: str, mine: str, theirs: str) -> MergedText:
    merged = merge_lines(base, mine, theirs)
    return merged.text, tuple(Contradiction("", "", *(text.strip() for text in clash)) for clash in merged.clashes), ()


def _python(base: str, mine: str, theirs: str) -> MergedText:
    try:
        merged = merge_module(base, mine, theirs)
    except SyntaxError:
        return _lines(base, mine, theirs)
    if not merged.contradictions and not parses(merged.text):
        # Parts that fit together in no way: the lines are left to the user.
        return _lines(base, mine, theirs)
    return merged.text, merged.contradictions, merged.notices


def _toml(base: str, mine: str, theirs: str) -> MergedText:
    return merge_toml(base, mine, theirs) or _lines(base, mine, theirs)


def _yaml(base: str, mine: str, theirs: str) -> MergedText:
    return merge_yaml(base, mine, theirs) or _lines(base, mine, theirs)


_KINDS: Final = {".py": _python, ".toml": _toml, ".yaml": _yaml, ".yml": _yaml}
