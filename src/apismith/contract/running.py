"""Runs a contract in a process of its own, and gets back what it said."""

import contextlib
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from apismith.contract import errors
from apismith.contract.errors import ContractExited, TookTooLong, TookTooMuchMemory
from apismith.contract.model import Contract
from apismith.contract.places import Places
from apismith.contract.reading.sources import Sources
from apismith.errors import ApismithError
from apismith.findings import Span

LARGEST_ANSWER: Final = 64 * 1024**2
# Besides the time that the contract has: to start Python, and to read what was said.
_PATIENCE: Final = 5.0
_START: Final = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from apismith.contract.reading.child import main; "
    "main(*sys.argv[2:5], int(sys.argv[5]), float(sys.argv[6]), int(sys.argv[7]))"
)


def run(
    file: Path, seconds: float, memory: int, shown: Path | None = None
) -> tuple[Contract | None, Places, list[ApismithError]]:
    """Run a contract.

    Args:
        file: a Python file; the `__init__.py` of a package.
        seconds: how long it may run.
        memory: how many bytes its process may have.
        shown: its folder as the user knows it; by default where it is.

    Returns:
        The contract (None when nothing could be made of it), the places of its parts, and the mistakes in its text.
    """
    answer = _ask(file, seconds, memory, shown or file.parent)
    mistakes = [_mistake(data) for data in answer["mistakes"]]
    if answer["contract"] is None:
        return None, Places(), mistakes
    places = Places({tuple(key): Span(*span) for key, span in answer["places"]})
    return Contract.model_validate(answer["contract"]), places, mistakes


def _ask(file: Path, seconds: float, memory: int, folder: Path) -> dict[str, Any]:
    absolute = file.absolute()
    shown = str(folder)
    reader, writer = os.pipe()
    arguments = [_paths(), str(absolute), str(absolute.parent), shown, str(writer), str(seconds), str(memory)]
    with subprocess.Popen(
        [sys.executable, "-I", "-B", "-W", "ignore", "-X", "utf8", "-c", _START, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        pass_fds=(writer,),
        start_new_session=True,
    ) as process:
        os.close(writer)
        try:
            text = _read(reader, seconds + _PATIENCE)
        finally:
            _end(process)
    return _answer(text, process.returncode, folder / file.name, file, seconds)


def _answer(text: str | None, code: int, shown: Path, file: Path, seconds: float) -> dict[str, Any]:
    start = Span(str(shown), 1, 1, 1, 2)
    if text is None or text.startswith("Timeout ("):
        message = f"The contract did not come to its end within {seconds:g} seconds."
        hint = "A contract only declares: take out what waits or loops."
        raise TookTooLong(message, at=_stuck(text or "", file, shown) or start, hint=hint)
    with contextlib.suppress(ValueError, TypeError):
        answer: dict[str, Any] = json.loads(text)
        # The contract has the same pipe, and could have written to it.
        if {"contract", "mistakes", "places"} == set(answer) and (answer["contract"] or answer["mistakes"]):
            return answer
    if code in (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS):
        message = "The contract wants more memory than it may have, or breaks its process."
        raise TookTooMuchMemory(message, at=start, hint="A contract only declares: take the large value out.")
    message = "The contract ended its process before it could be read."
    raise ContractExited(message, at=start, hint="Remove what ends the process, such as os._exit().")


def _stuck(traceback: str, file: Path, shown: Path) -> Span | None:
    """The line of the contract in the traceback that Python writes when it was stuck inside of itself."""
    sources = Sources(str(file.absolute().parent), str(shown.parent))
    for path, line in re.findall(r'File "(.*)", line (\d+)', traceback):
        source = sources.file(path)
        if source is not None:
            return source.line(int(line))
    return None


def _environment() -> dict[str, str]:
    """Nothing of the environment but where Python itself may need it: what a contract says depends on its text only."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TZ") if name in os.environ}
    return {"PYDANTIC_DISABLE_PLUGINS": "1", **kept}


def _paths() -> str:
    """Where this process finds its modules: the child gets them as they are, and nothing from the environment."""
    return json.dumps([str(Path(path).absolute()) for path in sys.path if path])


def _read(reader: int, seconds: float) -> str | None:
    """What the process writes until it closes the pipe; None when that takes too long or is too much."""
    deadline = time.monotonic() + seconds
    chunks: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as selector, os.fdopen(reader, "rb", buffering=0) as stream:
        selector.register(stream, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            chunk = stream.read(65536)
            if not chunk:
                return b"".join(chunks).decode()
            chunks.append(chunk)
            size += len(chunk)
            if size > LARGEST_ANSWER:
                break
    return None


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
