"""What `Backend(...)` takes: `add database postgres`, `add limits --body 2MB`. All of it is read from the language."""

import dataclasses
import inspect
import json
import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin, get_type_hints

from apismith.contract import language
from apismith.contract.editing.errors import WrongValue, WrongWords
from apismith.contract.editing.word import Given, Option, Word
from apismith.contract.language.choices import Backend
from apismith.contract.language.said import Said
from apismith.errors import did_you_mean

if TYPE_CHECKING:
    import libcst as cst

    from apismith.contract.editing.editor import Editor
    from apismith.contract.editing.module import Module

_EXAMPLES: Final = {
    "database": "postgres",
    "auth": "jwt --access-minutes 30",
    "cache": "memory",
    "tasks": "celery --broker redis",
}


@dataclasses.dataclass(frozen=True)
class Parameter:
    """One argument of a choice."""

    name: str
    hint: Any
    help: str
    required: bool
    several: bool

    @property
    def choices(self) -> dict[str, str]:
        """Its values as they are typed → as they are written; empty where any will do."""
        if get_origin(self.hint) is Literal:
            return {str(value): json.dumps(value) for value in get_args(self.hint)}
        if isinstance(self.hint, type) and issubclass(self.hint, Said):
            return {kind.__name__.lower(): f"{kind.__name__}()" for kind in kinds_of(self.hint)}
        return {}

    def written(self, value: object) -> str:
        """A value as the contract says it."""
        kinds = get_args(self.hint) or (self.hint,)
        if isinstance(value, bool):
            return str(value)
        text = str(value)
        if self.choices:
            if text not in self.choices:
                raise WrongValue(f"--{_dashed(self.name)} cannot be '{text}'.", hint=did_you_mean(text, self.choices))
            return self.choices[text]
        if int in kinds and re.fullmatch(r"-?\d+", text):
            return text
        if int in kinds and str not in kinds:
            raise WrongValue(f"--{_dashed(self.name)} is a whole number, and not '{text}'.", hint="For example 30.")
        return json.dumps(text, ensure_ascii=False)


@dataclasses.dataclass(frozen=True)
class Choice:
    """One argument of `Backend(...)`, and what it may be."""

    keyword: str
    kinds: tuple[type[Said], ...]
    optional: bool
    usual: type[Said] | None

    @property
    def values(self) -> dict[str, type[Said]]:
        """Its kinds by the words that are typed."""
        return {kind.__name__.lower(): kind for kind in self.kinds}

    @property
    def several(self) -> Parameter | None:
        """The argument that takes any number of values, as the origins of `Cors` are."""
        return next((one for kind in self.kinds for one in parameters(kind) if one.several), None)

    @property
    def options(self) -> tuple[Option, ...]:
        """The arguments of all of its kinds."""
        named = {one.name: one for kind in self.kinds for one in parameters(kind) if not one.several}
        return tuple(
            Option(
                _dashed(one.name),
                one.help,
                "" if one.hint is bool else "VALUE",
                tuple(one.choices),
                negative=one.hint is bool,
            )
            for one in named.values()
        )


def kinds_of(base: type[Said]) -> tuple[type[Said], ...]:
    """What a contract can say where the language wants a `base`."""
    known = [getattr(language, name) for name in language.__all__]
    found = [kind for kind in known if isinstance(kind, type) and issubclass(kind, base)]
    return tuple(sorted(found, key=lambda kind: inspect.getsourcelines(kind)[1]))


def parameters(kind: type[Said]) -> tuple[Parameter, ...]:
    """The arguments of a kind."""
    if kind.__init__ is object.__init__:
        return ()
    hints = get_type_hints(kind.__init__)
    helps = {name: text for base in reversed(kind.__mro__) for name, text in _described(base)}
    return tuple(
        Parameter(
            name,
            hints.get(name),
            f"{said[:1].upper()}{said[1:]}" if (said := helps.get(name)) else "What it is made with.",
            one.default is one.empty and one.kind is not one.VAR_POSITIONAL,
            one.kind is one.VAR_POSITIONAL,
        )
        for name, one in list(inspect.signature(kind.__init__).parameters.items())[1:]
    )


def choices() -> Iterator[Choice]:
    """The choices of a backend."""
    hints = get_type_hints(Backend)
    for field in dataclasses.fields(Backend):
        hint = hints[field.name]
        bases = [part for part in (hint, *get_args(hint)) if isinstance(part, type) and issubclass(part, Said)]
        if bases:
            usual = type(field.default) if isinstance(field.default, Said) else None
            yield Choice(field.name, kinds_of(bases[0]), type(None) in get_args(hint), usual)


def _described(kind: type) -> Iterator[tuple[str, str]]:
    """The arguments in the docstring of a class, with the first sentence about each."""
    text = inspect.cleandoc(kind.__doc__ or "").partition("Args:\n")[2]
    for name, said in re.findall(r"^ {4}(\w+): (.*(?:\n {8,}.*)*)", text, re.MULTILINE):
        words = " ".join(said.replace("`", "").split())
        yield name, words


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _edit(choice: Choice, editor: "Editor", given: Given) -> None:
    words = list(given.words)
    known = [*choice.values, *(["none"] if choice.optional else [])]
    named = words.pop(0) if words and len(known) > 1 and choice.several is None else None
    if named is not None and named not in known:
        raise WrongValue(f"'{named}' is no {choice.keyword}.", hint=did_you_mean(named, known))
    if words and choice.several is None:
        raise WrongWords(f"'{words[0]}' is a word too many for 'add {choice.keyword}'.")
    if named == "none":
        if given.options:
            raise WrongWords(f"'add {choice.keyword} none' takes no options.")
        editor.set_choice(choice.keyword, lambda said, module: "None")
        return
    kind = choice.values[named] if named else None
    editor.set_choice(choice.keyword, lambda said, module: _call(choice, kind, words, given, editor, said, module))


def _call(
    choice: Choice,
    kind: type[Said] | None,
    words: list[str],
    given: Given,
    editor: "Editor",
    said: "cst.BaseExpression | None",
    module: "Module",
) -> "str | cst.Call":
    """What is said then: what was said, as far as it still fits, with what is given."""
    from apismith.contract.editing.calls import changed_call, kind_called

    former = kind_called(said, {name: module.known("apismith", name) for name in language.__all__})
    kind = kind or next((one for one in choice.kinds if one.__name__ == former), None)
    kind = kind or choice.usual or (choice.kinds[0] if len(choice.kinds) == 1 else None)
    if kind is None:
        raise WrongWords(f"'add {choice.keyword}' must say which.", hint=f"Known: {', '.join(choice.values)}.")
    fitting = {one.name: one for one in parameters(kind)}
    values: dict[str, str] = {}
    for name, value in given.options.items():
        one = fitting.get(name.replace("-", "_"))
        if one is None:
            hint = did_you_mean(name, [_dashed(other) for other in fitting])
            raise WrongWords(f"{kind.__name__} takes no --{name}.", hint=hint)
        values[one.name] = one.written(value)
    texts = [json.dumps(word, ensure_ascii=False) for word in words]
    kept = [one for one in choice.kinds if one.__name__ == former]
    order = tuple(one.name for one in parameters(kept[0]) if not one.several) if kept else ()
    call = changed_call(said if kept else None, kind.__name__, order, tuple(fitting), texts, values, editor, module)
    missing = [one for one in fitting.values() if one.required and one.name not in call.said]
    if missing:
        option = _dashed(missing[0].name)
        hint = f"Known: {', '.join(missing[0].choices)}." if missing[0].choices else f"Say --{option} VALUE."
        raise WrongWords(f"{kind.__name__} needs --{option}.", hint=hint)
    return call.made


def _word(choice: Choice) -> Word:
    several = choice.several
    known = [*choice.values, *(["none"] if choice.optional else [])]
    shown = [one for one in known if one != choice.keyword]
    usage = f"{several.name.upper().rstrip('S')}..." if several else f"[{'|'.join(shown)}]" if len(known) > 1 else ""
    sentence = f"Set '{choice.keyword}' of the backend: {dict(_described(Backend))[choice.keyword].rstrip('.')}."
    return Word(
        choice.keyword,
        usage,
        sentence,
        (f"apismith add {choice.keyword} {_example(choice)}",),
        partial(_edit, choice),
        choice.options,
        least=int(several is not None),
        most=None if several else int(len(known) > 1),
        group="The backend as a whole",
    )


def _example(choice: Choice) -> str:
    """What can be written behind the word."""
    kind = next((one for one in choice.kinds if one is not choice.usual), choice.kinds[0])
    said = re.search(rf'{kind.__name__}\("(.+?)"\)', kind.__doc__ or "")
    if choice.several is not None and said:
        return said[1]
    word = kind.__name__.lower()
    named = [word] if word != choice.keyword and (len(choice.kinds) > 1 or choice.optional) else []
    first = parameters(kind)[:1] if not named else ()
    asked = [one for one in parameters(kind) if one.required] or first
    return " ".join([*named, *(f"--{_dashed(one.name)} {_value(kind, one)}".rstrip() for one in asked)])


def _value(kind: type[Said], one: Parameter) -> str:
    default = inspect.signature(kind.__init__).parameters[one.name].default
    if one.hint is bool:
        return ""
    if default is not inspect.Parameter.empty:
        return str(default)
    return next(iter(one.choices), "2030-01-01" if date in get_args(one.hint) else "1")


WORDS = tuple(map(_word, choices()))
