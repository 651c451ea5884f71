"""Starts a generated backend in a fork of this process, in which the libraries it needs are imported already."""

import contextlib
import importlib
import json
import os
import pkgutil
import sys
import tempfile
import traceback
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from tests.backends.projects import environment

_LIBRARIES = (
    "aiosmtplib email_validator fastapi fastapi.security jwt limits.aio pwdlib pydantic_settings "
    "sqlalchemy.ext.asyncio sqlalchemy.orm starlette.middleware structlog"
).split()


def document(folder: Path) -> dict[str, Any]:
    """The OpenAPI document of the backend in a folder, after every module of it was imported.

    Raises:
        AssertionError: a module cannot be imported, or there is no document.
    """
    _imported()
    with tempfile.TemporaryDirectory(prefix="apismith-started-") as name:
        answer = Path(name) / "answer"
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                answer.write_text(json.dumps(_started(folder)))
            os._exit(0)
        os.waitpid(child, 0)
        started: dict[str, Any] = json.loads(answer.read_text())
    assert "error" not in started, f"{folder} does not start:\n{started['error']}"
    return started


@cache
def _imported() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for library in _LIBRARIES:
            importlib.import_module(library)


def _started(folder: Path) -> dict[str, Any]:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment())
    warnings.simplefilter("default")
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(folder))
    try:
        package = importlib.import_module("app")
        for module in pkgutil.walk_packages(package.__path__, "app."):
            importlib.import_module(module.name)
        result: dict[str, Any] = importlib.import_module("app.main").app.openapi()
    except BaseException:
        return {"error": traceback.format_exc()}
    return result
