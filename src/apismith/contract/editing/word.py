"""The words of `apismith add`: what each takes and does. They are read without any library that edits text."""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from apismith.contract.editing import words as package
from apismith.contract.editing.errors import UnknownAddition, WrongValue, WrongWords
from apismith.errors import did_you_mean

if TYPE_CHECKING:
    from apismith.contract.editing.editor import Editor

Value = str | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a word.

    Args:
        name: as it is written behind `--`.
        help: what it says.
        metavar: what its value is; empty for a switch.
        choices: its values, where there are only these.
        several: whether it may be given more than once.
        negative: whether a switch can also be said with `--no-`.
    """

    name: str
    help: str
    metavar: str = ""
    choices: tuple[str, ...] = ()
    several: bool = False
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What the user wrote behind a word; options that were not given are not in it."""

    words: tuple[str, ...]
    options: Mapping[str, Value] = field(default_factory=dict[str, Value])

    def text(self, name: str) -> str | None:
        """The text of an option, or None."""
        value = self.options.get(name)
        return value if isinstance(value, str) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of an option that may be given more than once."""
        value = self.options.get(name, ())
        return value if isinstance(value, tuple) else ()


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that can be added.

    Args:
        name: the word behind `apismith add`.
        usage: what follows it.
        help: what it does; the first line stands for all of it in lists.
        examples: command lines about a contract with an entity `Book` that has a `title`.
        edit: edits the contract.
        options: what it takes besides.
        least: how many words must follow.
        most: how many may; None for any number.
        group: the heading that help lists it under.
    """

    name: str
    usage: str
    help: str
    examples: tuple[str, ...]
    edit: "Callable[[Editor, Given], None]"
    options: tuple[Option, ...] = ()
    least: int = 1
    most: int | None = None
    group: str = "What it is about"

    def check(self, given: Given) -> None:
        """Refuse what it does not take.

        Raises:
            WrongWords: there are too few or too many words, or an option that it does not have.
            WrongValue: an option has a value that is none of its choices.
        """
        see = f"It is written 'apismith add {self.name} {self.usage}'."
        if len(given.words) < self.least:
            raise WrongWords(f"'add {self.name}' needs more words to know what to add.", hint=see)
        if self.most is not None and len(given.words) > self.most:
            extra = given.words[self.most]
            raise WrongWords(f"'{extra}' is a word too many for 'add {self.name}'.", hint=see)
        known = {option.name: option for option in self.options}
        for name, value in given.options.items():
            if name not in known:
                hint = did_you_mean(name, known)
                raise WrongWords(f"'add {self.name}' has no option '{name}'.", hint=hint)
            choices = known[name].choices
            for one in value if isinstance(value, tuple) else (value,):
                if choices and one not in choices:
                    raise WrongValue(f"--{name} cannot be '{one}'.", hint=did_you_mean(str(one), choices))


@cache
def words() -> Mapping[str, Word]:
    """All that can be added, by name."""
    found: dict[str, Word] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")):
        found |= {word.name: word for word in import_module(module).WORDS}
    return found


def word_named(name: str) -> Word:
    """One thing that can be added.

    Raises:
        UnknownAddition: there is none of this name.
    """
    if name not in words():
        raise UnknownAddition(f"Nothing called '{name}' can be added to a contract.", hint=did_you_mean(name, words()))
    return words()[name]
