"""Runs a contract in a process of its own, and writes what it means to a pipe.

The process has little time and memory, no input, and nowhere to print to. It answers with one JSON document: the
contract and the places of its parts, or the mistakes.
"""

import contextlib
import faulthandler
import importlib.util
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Generator
from inspect import currentframe
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, cast

from apismith.contract.errors import ContractError, ContractPrinted, TookTooLong, Unreadable, WrongArguments
from apismith.contract.language.said import REGISTRY, Place, place_of
from apismith.contract.reading.backend import read_backend
from apismith.contract.reading.explain import explain, said_by
from apismith.contract.reading.guard import limit_memory, refuse_acts
from apismith.contract.reading.reading import Reading
from apismith.contract.reading.sources import Sources
from apismith.errors import ApismithError
from apismith.findings import Span


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
    acts: list[ApismithError] = []

    def note(act: ApismithError) -> None:
        # The first is kept, because a contract could catch what is raised.
        if not acts:
            act.at = sources.span(_nearest(currentframe(), sources))
            acts.append(act)

    refuse_acts(note)
    try:
        with deadline, _silence(printed, sources):
            module = _run(file)
    except BaseException as error:
        return _only(acts[0] if acts else explain(error, sources, file))
    reading = Reading(sources, _modules(sources))
    if printed:
        message = "This prints something. A contract only declares: its output would be lost."
        hint = "Remove the call."
        reading.mistakes.append(ContractPrinted(message, at=sources.span(printed[0]), hint=hint))
    contract = None
    try:
        contract = read_backend(reading, module, file)
    except (ContractError, MemoryError) as error:
        reading.mistakes.append(explain(error, sources, file))
    except Exception as error:
        # A word with a wrong argument has been noted already, and is all there is to say.
        if not any(isinstance(mistake, WrongArguments) for mistake in reading.mistakes):
            reading.mistakes.append(_unreadable(error, sources, file))
    except BaseException as error:
        reading.mistakes.append(explain(error, sources, file))
    return {
        "mistakes": [_as_data(mistake) for mistake in dict.fromkeys([*reading.mistakes, *acts])],
        "contract": contract.model_dump(mode="json") if contract else None,
        "places": [[list(key), _span(span)] for key, span in reading.places],
    }


def _only(mistake: ApismithError) -> dict[str, Any]:
    return {"mistakes": [_as_data(mistake)], "contract": None, "places": []}


def _unreadable(error: Exception, sources: Sources, file: Path) -> Unreadable:
    """Something in the contract is of a kind that the types of the language rule out."""
    backend = REGISTRY.backends[-1].said_at if REGISTRY.backends else None
    message = f"A value in the contract is of the wrong kind: {said_by(error)}."
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


class _Nowhere(io.RawIOBase):
    """Stands behind standard output and error; remembers who wrote first."""

    def __init__(self, printed: list[Place | None], sources: Sources) -> None:
        self._printed = printed
        self._sources = sources

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if not self._printed:
            self._printed.append(_nearest(currentframe(), self._sources))
        return len(data)


@contextlib.contextmanager
def _silence(printed: list[Place | None], sources: Sources) -> Generator[None]:
    streams = sys.stdout, sys.stderr
    nowhere: Any = io.TextIOWrapper(cast(Any, _Nowhere(printed, sources)), encoding="utf-8", write_through=True)
    # Those with underscores go to the null device anyway; a contract that writes there prints all the same.
    sys.__dict__.update(stdout=nowhere, stderr=nowhere, __stdout__=nowhere, __stderr__=nowhere)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


def _span(span: Span | None) -> list[Any] | None:
    return [span.file, span.line, span.column, span.end_line, span.end_column] if span else None


def _as_data(mistake: ApismithError) -> dict[str, Any]:
    return {
        "kind": type(mistake).__name__,
        "message": mistake.message,
        "at": _span(mistake.at),
        "hint": mistake.hint,
    }
