"""One module for each way to write a report down; each registers itself by `@output`."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from apismith.check.result import Report
from apismith.errors import ApismithError, did_you_mean

Writer: TypeAlias = Callable[[Report], str]

_WRITERS: dict[str, Writer] = {}


class UnknownFormat(ApismithError):
    """A format that no report has."""


def output(name: str) -> Callable[[Writer], Writer]:
    """Register a function that writes a report down as text."""

    def register(writer: Writer) -> Writer:
        _WRITERS[name] = writer
        return writer

    return register


@cache
def formats() -> dict[str, Writer]:
    """The ways to write a report down, by name."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return dict(sorted(_WRITERS.items()))


def written(report: Report, format: str) -> str:
    """A report in a format.

    Raises:
        UnknownFormat: there is no such format.
    """
    if format not in formats():
        raise UnknownFormat(f"There is no format '{format}'.", hint=did_you_mean(format, formats()))
    return formats()[format](report)
