"""Whether the words of a contract were given what their types promise, for contracts that no type checker has seen."""

from collections.abc import Callable as AbstractCallable, Iterator, Sequence
from types import UnionType
from typing import Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from apismith.contract.errors import RuleIsNoRule, WrongArguments
from apismith.contract.language.access import Access, Rule
from apismith.contract.language.entities import Deprecated, Listing, Rules
from apismith.contract.language.operations import Event, SaidHandler, SaidOperation
from apismith.contract.language.said import REGISTRY, Said
from apismith.contract.reading.reading import Reading
from apismith.findings import Span

WORDS: Final[dict[str, type[Said]]] = {"access": Access, "listing": Listing, "rules": Rules}
_CALLED: Final = {str: "a text", int: "a whole number", bool: "True or False", type(None): "None"}


def check_words(reading: Reading) -> None:
    """Note every argument of a word that is of another kind than the word takes."""
    for entity in REGISTRY.entities:
        for name in WORDS:
            if isinstance(said := vars(entity).get(name), Said):
                _check(reading, said)
        if isinstance(deprecated := entity.options.get("deprecated"), Said):
            _check(reading, deprecated)
    for said in (*REGISTRY.backends, *REGISTRY.roles, *REGISTRY.operations, *REGISTRY.handlers):
        _check(reading, said)


def check_part(reading: Reading, entity: str, name: str, value: object, at: Span | None) -> None:
    """Note what is set as `access`, `listing`, `rules` or `deprecated` of an entity and is nothing of the kind."""
    wanted = WORDS.get(name, Deprecated)
    if isinstance(value, wanted):
        return
    kind = RuleIsNoRule if name == "access" else WrongArguments
    message = f"'{name}' of {entity} is {_given(value)} and no {wanted.__name__}(...), so it would have no effect."
    example = "read=anyone" if name == "access" else "..."
    reading.mistakes.append(kind(message, at=at, hint=f"Write `{name} = {wanted.__name__}({example})`."))


def _check(reading: Reading, said: Said) -> None:
    hints = {name: hint for name, hint in get_type_hints(type(said)).items() if name != "said_at"}
    for position, (name, hint) in enumerate(hints.items()):
        value = getattr(said, name)
        # Rules and routes have mistakes of their own.
        if Rule in (hint, *get_args(hint)) or name in ("route", "kind", "function"):
            continue
        if isinstance(value, Said) and _fits(value, hint):
            _check(reading, value)
        elif not _fits(value, hint):
            # The kind is the word itself, no argument of it.
            at = reading.argument(said, name, position - ("kind" in hints))
            message = f"'{name}' of {_word(said)}(...) cannot {_wrong(value, hint)}, so no backend can be made of it."
            reading.mistakes.append(WrongArguments(message, at=at, hint=_instead(value, hint)))


def _fits(value: object, hint: Any) -> bool:
    origin, arguments = get_origin(hint), get_args(hint)
    if isinstance(hint, TypeVar):
        return _fits(value, hint.__bound__)
    if hint is Any:
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in arguments)
    if origin is Literal:
        return value in arguments
    if origin is Sequence:
        items = _items(value)
        return items is not None and all(_fits_in(item, arguments) for item in items)
    if origin is type:
        bound: type = getattr(arguments[0], "__bound__", arguments[0])
        return isinstance(value, type) and issubclass(value, bound)
    if origin is AbstractCallable:
        return callable(value)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, cast(type, origin or hint))


def _items(value: object) -> Sequence[object] | None:
    """The items of a list or tuple; a text is neither."""
    return cast(Sequence[object], value) if isinstance(value, Sequence) and not isinstance(value, str) else None


def _fits_in(value: object, arguments: tuple[Any, ...]) -> bool:
    """Whether an item fits; entities and functions that are none have mistakes of their own, at their places."""
    return get_origin(arguments[0]) in (type, AbstractCallable) or _fits(value, arguments[0])


def _instead(value: object, hint: Any) -> str:
    if isinstance(value, type) and issubclass(value, Said) and _fits(object.__new__(value), hint):
        return f"Write `{value.__name__}()`."
    return f"Use {' or '.join(dict.fromkeys(_words(hint)))}."


def _words(hint: Any) -> Iterator[str]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        for part in arguments:
            yield from _words(part)
    elif origin is Literal:
        yield from (repr(argument) for argument in arguments)
    elif origin is Sequence:
        yield "a list of tuples" if get_origin(arguments[0]) is Sequence else "a list"
    elif origin is type:
        yield "an entity"
    elif origin is Event:
        yield "created(...), updated(...) or deleted(...)"
    elif hint in _CALLED or origin is not None:
        yield _CALLED.get(hint, "a function")
    elif issubclass(hint, Said):
        kinds: list[type[Said]] = [kind for kind in hint.__subclasses__() if kind.__module__.startswith("apismith.")]
        yield from (f"{kind.__name__}(...)" for kind in kinds or [hint])
    else:
        yield f"a {hint.__name__}"


def _word(said: Said) -> str:
    match said:
        case SaidHandler():
            return "@on"
        case SaidOperation(kind=kind):
            return f"@{kind}"
        case Event(kind=kind):
            return kind
        case _:
            return type(said).__name__


def _wrong(value: object, hint: Any) -> str:
    inner = next((get_args(part) for part in (hint, *get_args(hint)) if get_origin(part) is Sequence), (Any,))
    wrong = [item for item in _items(value) or () if not _fits_in(item, inner)]
    return f"hold {_given(wrong[0])}" if wrong else f"be {_given(value)}"


def _given(value: object) -> str:
    if isinstance(value, Rule):
        return "a rule"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, str | int | float | None):
        return repr(value)
    return f"a {type(value).__name__}"
