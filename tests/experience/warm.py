"""Runs commands in forks of one process that has imported everything: the same as a new process, minus the imports.

Each line on stdin is a request: words, folder, environment, and the files that take stdout and stderr. The answer is
the exit code.
"""

import contextlib
import io
import json
import os
import sys
from typing import Any

from apismith.cli import main
from apismith.cli.run import run as run_here


def run(request: dict[str, Any]) -> None:
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    for number, place in enumerate([os.devnull, request["out"], request["err"]]):
        os.dup2(os.open(place, os.O_RDONLY if number == 0 else os.O_WRONLY), number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    sys.argv = ["apismith", *request["words"]]
    main()


with contextlib.redirect_stdout(io.StringIO()):
    run_here(["doctor"])  # imports what is only imported by a command

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        code = 70
        try:
            run(json.loads(line))
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
    sys.stdout.flush()
