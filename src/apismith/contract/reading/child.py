"""Runs a contract in a process of its own, and writes what it means to a pipe.

The process has little time and memory, no input, and nowhere to print to. It answers with one JSON document: the
contract and the places of its parts, or the mistakes.
"""

import ast
import builtins
import contextlib
import faulthandler
import importlib.util
import json
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable, Generator, Iterator
from inspect import currentframe, signature
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, Final

from apismith.contract import language
from apismith.contract.errors import (
    ContractError,
    ContractExited,
    ContractPrinted,
    ContractRaised,
    InvalidSyntax,
    MissingModule,
    TookTooLong,
    TookTooMuchMemory,
    UndefinedName,
    UnknownMixin,
    UnknownWord,
    Unreadable,
    WrongArguments,
)
from apismith.contract.language.said import REGISTRY, Place, place_of
from apismith.contract.reading.backend import read_backend
from apismith.contract.reading.guard import limit_memory, only_declaring
from apismith.contract.reading.reading import Reading
from apismith.contract.reading.sources import Sources
from apismith.errors import ApismithError, did_you_mean
from apismith.findings import Span

WORDS: Final = tuple(language.__all__)


def main(file: str, folder: str, shown: str, pipe: int, seconds: float, memory: int) -> None:
    """Read one contract and answer on the pipe.

    Args:
        file: the file, or the `__init__.py` of a package.
        folder: all files of the contract are below it.
        shown: that folder as the user knows it.
        pipe: descriptor to answer on.
        seconds: how long the contract may run.
        memory: how many bytes this process may have.
    """
    limit_memory(memory)
    sources = Sources(folder, shown)
    with os.fdopen(pipe, "w", encoding="utf-8") as stream:

        def time_is_up(at: Span | None) -> None:
            # Nothing that the contract does may keep this from being said: it could catch any exception.
            json.dump(_only(too_long(at, seconds)), stream)
            stream.flush()
            os._exit(0)

        # A loop inside of Python itself is only seen from another thread, which writes what it sees as a text.
        faulthandler.dump_traceback_later(seconds + 1, exit=True, file=stream.fileno())
        answer = _answer(Path(file), sources, _Deadline(seconds, sources, time_is_up))
        faulthandler.cancel_dump_traceback_later()
        json.dump(answer, stream)


def too_long(at: Span | None, seconds: float) -> TookTooLong:
    """The mistake of a contract that does not come to its end."""
    message = f"The contract did not come to its end within {seconds:g} seconds; it was running this."
    return TookTooLong(message, at=at, hint="A contract only declares: take out what waits or loops.")


def _answer(file: Path, sources: Sources, deadline: "_Deadline") -> dict[str, Any]:
    printed: list[Place | None] = []
    try:
        with deadline, _silence(printed, sources), only_declaring():
            module = _run(file)
    except BaseException as error:
        return _only(_explain(error, sources, file))
    reading = Reading(sources, _modules(sources))
    if printed:
        message = "This prints something. A contract only declares: its output would be lost."
        hint = "Remove the call."
        reading.mistakes.append(ContractPrinted(message, at=sources.span(printed[0]), hint=hint))
    try:
        contract = read_backend(reading, module, file)
    except Exception as error:
        contract = None
        reading.mistakes.append(_unreadable(error, sources, file))
    return {
        "mistakes": [_as_data(mistake) for mistake in reading.mistakes],
        "contract": contract.model_dump(mode="json") if contract else None,
        "places": [[list(key), _span(span)] for key, span in reading.places],
    }


def _only(mistake: ApismithError) -> dict[str, Any]:
    return {"mistakes": [_as_data(mistake)], "contract": None, "places": []}


def _unreadable(error: Exception, sources: Sources, file: Path) -> Unreadable:
    """Something in the contract is of a kind that the types of the language rule out."""
    backend = REGISTRY.backends[-1].said_at if REGISTRY.backends else None
    message = f"A value in the contract is of the wrong kind: {_first(str(error))}."
    hint = "A type checker (pyright, mypy) on the contract finds the very word."
    return Unreadable(message, at=sources.span(backend) or sources.start(file), hint=hint)


def _run(file: Path) -> ModuleType:
    package = file.name == "__init__.py"
    root = file.parent.parent if package else file.parent
    name = file.parent.name if package else file.stem
    if not name.isidentifier() or name in sys.modules or name in sys.stdlib_module_names:
        name = "contract"
    # Last, so that a file beside the contract cannot stand in for one of Python's own modules.
    sys.path.append(str(root))
    found = [str(file.parent)] if package else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=found)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _modules(sources: Sources) -> dict[str, dict[str, Any]]:
    """The modules that belong to the contract, by their files."""
    found: dict[str, dict[str, Any]] = {}
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if path and sources.file(path) is not None:
            found[path] = vars(module)
    return found


class _Deadline(contextlib.AbstractContextManager[None]):
    """Says where a contract is when its time is up."""

    def __init__(self, seconds: float, sources: Sources, then: Callable[[Span | None], None]) -> None:
        self._seconds = seconds
        self._sources = sources
        self._then = then

    def __enter__(self) -> None:
        signal.signal(signal.SIGALRM, self._interrupt)
        signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _interrupt(self, _: int, frame: FrameType | None) -> None:
        self._then(self._sources.span(_nearest(frame, self._sources)))


def _nearest(frame: FrameType | None, sources: Sources) -> Place | None:
    """Where the contract is, seen from a frame that it may have called."""
    while frame is not None and sources.file(frame.f_code.co_filename) is None:
        frame = frame.f_back
    return place_of(frame, frame.f_lasti) if frame else None


class _Nowhere:
    """Stands in for standard output and error; remembers who wrote first."""

    encoding = "utf-8"

    def __init__(self, printed: list[Place | None], sources: Sources) -> None:
        self._printed = printed
        self._sources = sources

    def write(self, text: str) -> int:
        if not self._printed:
            self._printed.append(_nearest(currentframe(), self._sources))
        return len(text)

    def flush(self) -> None:
        """Nothing is kept."""

    def isatty(self) -> bool:
        return False


@contextlib.contextmanager
def _silence(printed: list[Place | None], sources: Sources) -> Generator[None]:
    nowhere: Any = _Nowhere(printed, sources)
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = nowhere
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


def _explain(error: BaseException, sources: Sources, file: Path) -> ApismithError:
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
        case ModuleNotFoundError(name=name):
            message = f"There is no module '{name}', so the contract cannot be run."
            hint = "Install it beside apismith, or import only apismith, pydantic and the standard library."
            return MissingModule(message, at=at, hint=hint)
        case ImportError(name="apismith") if word := getattr(error, "name_from", None) or _imported(error):
            message = f"The contract language has no word '{word}'."
            return UnknownWord(message, at=_word(at, word, sources), hint=did_you_mean(word, WORDS))
        case NameError(name=str() as name):
            message = f"'{name}' is not defined here, so the contract cannot be run."
            if _is_defined_below(name, at, sources):
                return UndefinedName(message, at=at, hint=f'It comes further down: write it in quotes, "{name}".')
            known = [*_names_at(error, sources), *WORDS, *dir(builtins)]
            return UndefinedName(message, at=at, hint=did_you_mean(name, known))
        case TypeError() if "metaclass conflict" in str(error):
            message = "An entity cannot be made from a class with machinery of its own."
            return UnknownMixin(message, at=at, hint="Leave it out.")
        case TypeError() if _raised_in_language(error):
            word, argument = _unexpected(error)
            message = f"{_first(str(error)).replace('.__init__', '')}."
            return WrongArguments(message, at=_keyword(at, argument, sources), hint=_takes(word, argument))
        case _:
            text = f"Running the contract raised {type(error).__name__}: {_first(str(error))}."
            return ContractRaised(text, at=at, hint="A contract is run to be read; it must not fail.")


def _syntax(error: SyntaxError, sources: Sources, file: Path) -> InvalidSyntax:
    source = sources.file(error.filename or str(file))
    at = None
    if source is not None and error.lineno:
        column = error.offset or 1
        end = error.end_offset if error.end_lineno == error.lineno and error.end_offset else column + 1
        at = Span(source.shown, error.lineno, column, error.lineno, max(end, column + 1))
    return InvalidSyntax(f"Python cannot read this: {error.msg}.", at=at or sources.start(file))


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


def _imported(error: ImportError) -> str | None:
    """The word that could not be imported; before Python 3.12 only the message tells."""
    match = re.search(r"cannot import name '(\w+)'", str(error))
    return match[1] if match else None


def _word(at: Span, word: str, sources: Sources) -> Span:
    """The word within an import statement, which may go over several lines."""
    lines = Path(at.file).read_text(encoding="utf-8").split("\n") if Path(at.file).is_file() else []
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
    return "argument" in str(error) or (bool(frames) and "apismith/contract/language" in frames[-1].f_code.co_filename)


def _unexpected(error: TypeError) -> tuple[str, str]:
    """The word that was called, and the argument that it does not take."""
    match = re.search(r"(\w+)\(\) got an unexpected keyword argument '(\w+)'", str(error).replace(".__init__", ""))
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


def _first(text: str) -> str:
    return text.strip().split("\n")[0].rstrip(".") if text.strip() else "(no message)"


def _span(span: Span | None) -> list[Any] | None:
    return [span.file, span.line, span.column, span.end_line, span.end_column] if span else None


def _as_data(mistake: ApismithError) -> dict[str, Any]:
    return {
        "kind": type(mistake).__name__,
        "message": mistake.message,
        "at": _span(mistake.at),
        "hint": mistake.hint,
    }
