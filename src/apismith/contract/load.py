"""A contract in a file → `Contract`.

The file is run in a process of its own, with limits on time and memory: a contract that loops, prints, raises or wants
too much is reported, and never hangs or fools whoever reads it.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from apismith.contract import errors
from apismith.contract.errors import (
    ContractErrors,
    ContractExited,
    ContractNotFound,
    NotAContract,
    TookTooLong,
    TookTooMuchMemory,
)
from apismith.contract.model import Contract, Entity
from apismith.contract.places import Places
from apismith.contract.validate import validate
from apismith.errors import ApismithError, did_you_mean
from apismith.findings import Span

SECONDS: Final = 10.0
MEMORY: Final = 1024**3
_PATIENCE: Final = 5.0
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from apismith.contract.reading.child import main; "
    "main(*sys.argv[2:5], int(sys.argv[5]), float(sys.argv[6]), int(sys.argv[7]))"
)


def load(path: str | Path, *, seconds: float = SECONDS, memory: int = MEMORY) -> Contract:
    """Read a contract.

    Args:
        path: a Python file, a package (its folder or `__init__.py`), or a JSON file (`apismith contract --json`).
        seconds: how long the contract may run.
        memory: how many bytes its process may have.

    Raises:
        ContractError: it holds a mistake.
        ContractErrors: it holds several.
    """
    given = Path(path)
    file = given / "__init__.py" if given.is_dir() else given
    if not file.is_file():
        raise ContractNotFound(f"There is no contract at {given}.", hint=_beside(given))
    if file.suffix == ".json":
        contract, places = _from_json(file), Places()
    elif file.suffix == ".py":
        contract, places = _from_python(file, seconds, memory)
    else:
        raise NotAContract(
            f"{given} is no contract.", hint="A contract is a Python file, or JSON with the ending .json."
        )
    _raise(validate(contract, places))
    return contract


def _beside(path: Path) -> str | None:
    folder = path.parent
    near = sorted(p.name for p in folder.glob("*.py")) if folder.is_dir() else []
    return did_you_mean(path.name, near)


def _from_json(file: Path) -> Contract:
    try:
        return Contract.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        message = f"This is not the JSON of a contract: {where}: {first['msg']}."
        raise NotAContract(
            message, at=Span(str(file), 1, 1, 1, 2), hint="Write it with `apismith contract FILE --json`."
        ) from None


def _from_python(file: Path, seconds: float, memory: int) -> tuple[Contract, Places]:
    answer = _ask(file, seconds, memory)
    if "contract" not in answer:
        _raise([_mistake(data) for data in answer["mistakes"]])
    places = Places({tuple(key): Span(*span) for key, span in answer["places"]})
    return _with_spans(Contract.model_validate(answer["contract"]), places), places


def _ask(file: Path, seconds: float, memory: int) -> dict[str, Any]:
    absolute = file.resolve()
    root = absolute.parent
    shown = os.path.relpath(root) if not file.is_absolute() else str(root)
    reader, writer = os.pipe()
    source = str(Path(__file__).resolve().parents[2])
    arguments = [source, str(absolute), str(root), shown, str(writer), str(seconds), str(memory)]
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-c", _START, *arguments]
    start = Span(str(file), 1, 1, 1, 2)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(writer,),
        start_new_session=True,
    ) as process:
        os.close(writer)
        timed_out = False
        try:
            text = _read(reader, process, seconds + _PATIENCE)
        except TimeoutError:
            text, timed_out = "", True
        finally:
            _end(process)
    if timed_out:
        message = f"The contract did not come to its end within {seconds:g} seconds."
        raise TookTooLong(message, at=start, hint="A contract only declares: take out what waits or loops.")
    try:
        answer: dict[str, Any] = json.loads(text)
        return answer
    except ValueError:
        pass
    if process.returncode in (-signal.SIGKILL, -signal.SIGSEGV):
        message = "The contract wants more memory than it may have, or breaks its process."
        raise TookTooMuchMemory(message, at=start, hint="A contract only declares: take the large value out.")
    message = "The contract ended its process before it could be read."
    raise ContractExited(message, at=start, hint="Remove what ends the process, such as os._exit().")


def _read(reader: int, process: "subprocess.Popen[bytes]", seconds: float) -> str:
    deadline = time.monotonic() + seconds
    chunks: list[bytes] = []
    with selectors.DefaultSelector() as selector, os.fdopen(reader, "rb", buffering=0) as stream:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError
            chunk = stream.read(65536)
            if not chunk:
                return b"".join(chunks).decode()
            chunks.append(chunk)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process and whatever it has started."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=0.2)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _mistake(data: dict[str, Any]) -> ApismithError:
    kind: type[ApismithError] = getattr(errors, data["kind"], errors.ContractError)
    return kind(data["message"], at=Span(*data["at"]) if data["at"] else None, hint=data["hint"])


def _raise(mistakes: list[ApismithError]) -> None:
    if len(mistakes) == 1:
        raise mistakes[0]
    if mistakes:
        raise ContractErrors(sorted(mistakes, key=_position))


def _position(mistake: ApismithError) -> tuple[str, int, int]:
    return (mistake.at.file, mistake.at.line, mistake.at.column) if mistake.at else ("", 0, 0)


def _with_spans(contract: Contract, places: Places) -> Contract:
    """The contract with the places of its parts, which its JSON does not have."""

    def entity(one: Entity) -> Entity:
        key = ("entities", one.name)
        return one.model_copy(
            update={
                "span": places.at(*key),
                "fields": tuple(f.model_copy(update={"span": places.at(*key, "fields", f.name)}) for f in one.fields),
                "relations": tuple(
                    r.model_copy(update={"span": places.at(*key, "relations", r.name)}) for r in one.relations
                ),
                "actions": tuple(
                    a.model_copy(update={"span": places.at(*key, "actions", a.name)}) for a in one.actions
                ),
            }
        )

    queries = tuple(q.model_copy(update={"span": places.at("queries", q.name)}) for q in contract.queries)
    handlers = tuple(h.model_copy(update={"span": places.at("handlers", h.name)}) for h in contract.handlers)
    entities = tuple(entity(one) for one in contract.entities)
    return contract.model_copy(update={"entities": entities, "queries": queries, "handlers": handlers})
