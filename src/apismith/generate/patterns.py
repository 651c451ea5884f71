"""Texts that match a regular expression: a small generator for the patterns that people write in contracts."""

import importlib
import re
import string
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

parser: Any = importlib.import_module("re._parser")
codes: Any = importlib.import_module("re._constants")

_LETTERS: Final = string.ascii_lowercase
_ANY: Final = string.ascii_letters + string.digits + " -_.,:;!?/+*()[]@#$%&'\"<>=~^|\\{}`" + "äöüéßñ"
_CATEGORIES: Final[dict[object, Callable[[str], bool]]] = {
    codes.CATEGORY_DIGIT: str.isdigit,
    codes.CATEGORY_NOT_DIGIT: lambda c: not c.isdigit(),
    codes.CATEGORY_WORD: lambda c: c.isalnum() or c == "_",
    codes.CATEGORY_NOT_WORD: lambda c: not (c.isalnum() or c == "_"),
    codes.CATEGORY_SPACE: str.isspace,
    codes.CATEGORY_NOT_SPACE: lambda c: not c.isspace(),
}
_EXTRA: Final = 8
"""How often a repetition without a bound is repeated at most, beyond its minimum."""


def matching(pattern: str, n: int = 0, *, shortest: int = 0, longest: int | None = None) -> str | None:
    """A text that the pattern finds, or None where none was made.

    Args:
        pattern: as Pydantic takes it: it may match anywhere unless it is anchored.
        n: different numbers give different texts, as far as the pattern allows.
        shortest: least number of characters.
        longest: most characters.
    """
    try:
        tree = parser.parse(pattern)
        compiled = re.compile(pattern)
    except re.error:
        return None
    for extra in (*range(_EXTRA, -1, -1), *range(_EXTRA + 1, 65)):
        choices = _Choices(n, extra)
        text = "".join(_written(tree, choices))
        for whole in (text + choices.rest(shortest - len(text)), text):
            if compiled.search(whole) and len(whole) >= shortest and (longest is None or len(whole) <= longest):
                return whole
    return None


class _Choices:
    """Draws from the digits of a number, so that different numbers choose differently."""

    def __init__(self, n: int, extra: int) -> None:
        self._rest = n
        self.extra = extra

    def of(self, options: str) -> str:
        self._rest, index = divmod(self._rest, len(options))
        return options[index]

    def rest(self, least: int) -> str:
        """What no choice has used up, in letters, at least so many."""
        letters = ""
        while self._rest or len(letters) < least:
            letters += self.of(_LETTERS)
        return letters

    def branch(self, count: int) -> int:
        self._rest, index = divmod(self._rest, count)
        return index


def _written(tree: Any, choices: _Choices) -> Iterator[str]:
    for code, argument in tree:
        if code is codes.LITERAL:
            yield chr(argument)
        elif code is codes.NOT_LITERAL:
            yield choices.of(_pool(((codes.NEGATE, None), (codes.LITERAL, argument))))
        elif code is codes.ANY:
            yield choices.of(_LETTERS)
        elif code is codes.IN:
            yield choices.of(_pool(tuple(argument)))
        elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            low, high, body = argument
            for _ in range(min(high, low + choices.extra)):
                yield from _written(body, choices)
        elif code is codes.SUBPATTERN:
            yield from _written(argument[3], choices)
        elif code is codes.ATOMIC_GROUP:
            yield from _written(argument, choices)
        elif code is codes.BRANCH:
            options = argument[1]
            yield from _written(options[choices.branch(len(options))], choices)


@cache
def _pool(items: tuple[Any, ...]) -> str:
    """The characters of a set, plain letters and digits first."""
    for candidates in (_LETTERS, string.digits, string.ascii_uppercase, _ANY):
        if found := "".join(c for c in candidates if _is_in(c, items)):
            return found
    return next((chr(code) for code in range(0x20, 0x3000) if _is_in(chr(code), items)), "a")


def _is_in(character: str, items: Any) -> bool:
    negated = items[0][0] is codes.NEGATE
    return negated != any(_has(character, code, argument) for code, argument in items)


def _has(character: str, code: Any, argument: Any) -> bool:
    if code is codes.LITERAL:
        return ord(character) == int(argument)
    if code is codes.RANGE:
        return int(argument[0]) <= ord(character) <= int(argument[1])
    return code is codes.CATEGORY and _CATEGORIES[argument](character)
