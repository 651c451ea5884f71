"""What Python says when a contract cannot be run → mistakes, in words about contracts."""

import ast
import builtins
import re
import sys
import traceback
from collections.abc import Iterator
from inspect import signature
from pathlib import Path
from typing import Any, Final

from apismith.contract import language
from apismith.contract.errors import (
    ContractError,
    ContractExited,
    ContractRaised,
    InvalidSyntax,
    MissingModule,
    TookTooMuchMemory,
    UndefinedName,
    UnknownMixin,
    UnknownWord,
    UnsupportedAnnotation,
    WrongArguments,
)
from apismith.contract.language.said import place_of
from apismith.contract.reading.sources import Sources
from apismith.errors import ApismithError, did_you_mean
from apismith.findings import Span

WORDS: Final = tuple(language.__all__)
_LANGUAGE: Final = str(Path(language.__file__).parent)


def explain(error: BaseException, sources: Sources, file: Path) -> ApismithError:
    """The mistake behind an exception that left a contract.

    Args:
        error: what was raised.
        sources: the files of the contract.
        file: the one that was run.
    """
    at = _where(error, sources) or sources.start(file) or Span(str(file), 1, 1, 1, 2)
    match error:
        case ContractError():
            error.at = error.at or at
            return error
        case SyntaxError():
            return _syntax(error, sources, file)
        case MemoryError():
            message = "The contract wants more memory than it may have."
            return TookTooMuchMemory(message, at=at, hint="A contract only declares: take the large value out.")
        case SystemExit():
            return ContractExited(
                "The contract ends its process here, so nothing can be read.", at=at, hint="Remove it."
            )
        case ImportError():
            return _missing(error, at, sources)
        case AttributeError() if match := re.search(r"module 'apismith' has no attribute '(\w+)'", said_by(error)):
            return _unknown(match[1], at, sources)
        case NameError(name=str() as name):
            message = f"'{name}' is not defined here, so the contract cannot be run."
            if _is_defined_below(name, at, sources):
                return UndefinedName(message, at=at, hint=f'It comes further down: write it in quotes, "{name}".')
            known = [*_names_at(error, sources), *WORDS, *dir(builtins)]
            return UndefinedName(message, at=at, hint=did_you_mean(name, known))
        case TypeError() if "metaclass conflict" in said_by(error):
            message = "An entity cannot be made from a class with machinery of its own."
            return UnknownMixin(message, at=at, hint="Leave it out.")
        case TypeError() if re.search(r"for \|: ('str' and '\w+'|'\w+' and 'str')", said_by(error)):
            message = "Python cannot join a text in quotes with another type, so the contract cannot be run."
            return UnsupportedAnnotation(message, at=at, hint='Put the whole type into the quotes: "Book | None".')
        case TypeError() if _raised_in_language(error):
            word, argument = _unexpected(error)
            message = f"{said_by(error).replace('.__init__', '')}."
            return WrongArguments(message, at=_keyword(at, argument, sources), hint=_takes(word, argument))
        case _:
            text = f"Running the contract raised {type(error).__name__}: {said_by(error)}."
            return ContractRaised(text, at=at, hint="A contract is run to be read; it must not fail.")


def said_by(error: BaseException) -> str:
    """The first line of what an exception says."""
    try:
        text = str(error).strip()
    except Exception:  # an exception of the contract's own may be unable to say anything
        text = ""
    return text.split("\n")[0].rstrip(".") if text else "(no message)"


def _missing(error: ImportError, at: Span, sources: Sources) -> ApismithError:
    text = said_by(error)
    match = re.search(r"cannot import name '(\w+)'", text)
    if match is not None and error.name == "apismith":
        return _unknown(match[1], at, sources)
    if match is not None and "circular import" in text:
        message = f"'{match[1]}' cannot be imported here: the files import each other, and one has to come first."
        hint = f'Import it below `if TYPE_CHECKING:` and write it in quotes, "{match[1]}".'
        return MissingModule(message, at=at, hint=hint)
    if match is not None:
        message = f"There is no '{match[1]}' in '{error.name}', so the contract cannot be run."
        near = did_you_mean(match[1], vars(sys.modules.get(error.name or "", object)))
        return MissingModule(message, at=_word(at, match[1], sources), hint=near)
    if "relative import" in text:
        message = "This file imports others of its package, and is read without it here."
        return MissingModule(message, at=at, hint="Name the folder of the package instead of this file.")
    message = f"There is no module '{error.name}', so the contract cannot be run."
    hint = "Install it beside apismith, or import only apismith, pydantic and the standard library."
    return MissingModule(message, at=at, hint=hint)


def _unknown(word: str, at: Span, sources: Sources) -> UnknownWord:
    message = f"The contract language has no word '{word}', so the contract cannot be run."
    return UnknownWord(message, at=_word(at, word, sources), hint=did_you_mean(word, WORDS))


def _syntax(error: SyntaxError, sources: Sources, file: Path) -> InvalidSyntax:
    source = sources.file(error.filename or str(file))
    at = None
    if source is not None and error.lineno:
        column = error.offset or 1
        end = error.end_offset if error.end_lineno == error.lineno and error.end_offset else column + 1
        at = Span(source.shown, error.lineno, column, error.lineno, max(end, column + 1))
    hint = "Save the file as UTF-8." if re.search("null bytes|codec|encoding", error.msg) else None
    return InvalidSyntax(f"Python cannot read this: {error.msg}.", at=at or sources.start(file), hint=hint)


def _where(error: BaseException, sources: Sources) -> Span | None:
    """The innermost place of the contract in a traceback."""
    found = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if sources.file(frame.f_code.co_filename) is not None:
            found = frame
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        source = sources.file(frame.f_code.co_filename)
        if frame is found and source is not None:
            instruction = next(
                tb.tb_lasti for tb in _tracebacks(error) if tb.tb_frame is frame and tb.tb_lineno == line
            )
            return sources.span(place_of(frame, instruction))
    return None


def _tracebacks(error: BaseException) -> Iterator[Any]:
    tb = error.__traceback__
    while tb is not None:
        yield tb
        tb = tb.tb_next


def _word(at: Span, word: str, sources: Sources) -> Span:
    """The word within a statement, which may go over several lines."""
    lines = next((source.lines for source in sources.known if source.shown == at.file), list[str]())
    for number in range(at.line, min(at.end_line, len(lines)) + 1):
        match = re.search(rf"\b{re.escape(word)}\b", lines[number - 1])
        if match:
            return Span(at.file, number, match.start() + 1, number, match.end() + 1)
    return at


def _names_at(error: BaseException, sources: Sources) -> list[str]:
    names: list[str] = []
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if sources.file(frame.f_code.co_filename) is not None:
            names = [*frame.f_globals, *frame.f_locals]
    return [name for name in names if not name.startswith("_")]


def _raised_in_language(error: BaseException) -> bool:
    """Whether a call of one of our words failed: at the call itself, or just inside of it."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return "argument" in said_by(error) or (bool(frames) and frames[-1].f_code.co_filename.startswith(_LANGUAGE))


def _unexpected(error: TypeError) -> tuple[str, str]:
    """The word that was called, and the argument that it does not take."""
    match = re.search(r"(\w+)\(\) got an unexpected keyword argument '(\w+)'", said_by(error).replace(".__init__", ""))
    return (match[1], match[2]) if match else ("", "")


def _keyword(at: Span, argument: str, sources: Sources) -> Span:
    """Where an argument is said in the call at a place."""
    for source in sources.known:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.keyword) and node.arg == argument and source.shown == at.file:
                found = source.span(node)
                if (at.line, at.column) <= (found.line, found.column) and found.end_line <= at.end_line:
                    return found
    return at


def _is_defined_below(name: str, at: Span, sources: Sources) -> bool:
    return any(
        isinstance(node, ast.ClassDef) and node.name == name and node.lineno > at.line
        for source in sources.known
        if source.shown == at.file
        for node in source.tree.body
    )


def _takes(word: str, argument: str) -> str | None:
    called = getattr(language, word, None)
    if called is None:
        return "See the reference of the language for what it takes."
    return did_you_mean(argument, [name for name in signature(called).parameters if name != "self"])
