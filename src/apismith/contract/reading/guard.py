"""What a contract may not do while it is read: it only declares.

This catches what happens by mistake or carelessness. It is no wall around hostile code.
"""

import os
import resource
import sys
from collections.abc import Callable
from typing import Any, Final

from apismith.contract.errors import ContractActs

_ACTS: Final = {
    "subprocess.Popen": "starts a process",
    "os.system": "starts a process",
    "os.exec": "starts a process",
    "os.fork": "starts a process",
    "os.forkpty": "starts a process",
    "os.posix_spawn": "starts a process",
    "os.spawn": "starts a process",
    "os.kill": "ends a process",
    "os.killpg": "ends a process",
    "socket.connect": "opens a connection",
    "socket.bind": "opens a connection",
    "socket.getaddrinfo": "opens a connection",
    "os.remove": "changes files",
    "os.rename": "changes files",
    "os.rmdir": "changes files",
    "os.mkdir": "changes files",
    "os.link": "changes files",
    "os.symlink": "changes files",
    "os.truncate": "changes files",
    "os.chmod": "changes files",
    "shutil.rmtree": "changes files",
}
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def limit_memory(size: int) -> None:
    """Let this process have no more than so many bytes, and leave no core file behind."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    size = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def refuse_acts(note: Callable[[ContractActs], None]) -> None:
    """Refuse, from now on, everything that reaches out of this process.

    Args:
        note: is told of each refusal before it is raised.
    """

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        act = _ACTS.get(event)
        if event == "open" and len(arguments) > 2 and isinstance(arguments[2], int) and arguments[2] & _WRITES:
            act = "writes a file"
        if act is not None:
            message = f"The contract {act}. It is run only to be read, so nothing may depend on that."
            refusal = ContractActs(message, hint="Remove it: a contract only declares.")
            note(refusal)
            raise refusal

    # A hook cannot be taken away again.
    sys.addaudithook(watch)
