"""The emitters: functions that write one kind of generated file each, and register themselves.

    @emits("app/models/{module}.py", each="entity")
    def model(view: View) -> Module: ...

An emitter that answers None leaves its file out. Adding one is adding a function to a module of `generate/emit/`.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeVar

from apismith.contract.model import Contract
from apismith.generate import emit
from apismith.generate.code import Module
from apismith.generate.view import views

Written = Module | str | None
Write = TypeVar("Write", bound=Callable[..., Written])

_registered: list["Emitter"] = []


@dataclass(frozen=True, slots=True)
class Emitter:
    """One kind of generated file.

    Args:
        pattern: path in the backend; `{module}` stands for the entity's module.
        each: `entity` when there is a file for each, None for a single one.
        write: takes a `View` or the `Contract`.
    """

    pattern: str
    each: Literal["entity"] | None
    write: Callable[[Any], Written]

    @property
    def name(self) -> str:
        """Where to edit it: `apismith/generate/emit/models.py: model`."""
        return f"{self.write.__module__.replace('.', '/')}.py: {self.write.__name__}"

    def paths(self, modules: Iterator[str]) -> set[str]:
        """The paths that it claims in a backend with these entity modules."""
        return {self.pattern} if self.each is None else {self.pattern.format(module=module) for module in modules}

    def files(self, contract: Contract) -> Iterator[tuple[str, str]]:
        """Path and text of every file that it writes for a contract."""
        if self.each is None:
            found = [(self.pattern, self.write(contract))]
        else:
            found = [(self.pattern.format(module=view.module), self.write(view)) for view in views(contract)]
        for path, written in found:
            if written is not None:
                yield path, written.text() if isinstance(written, Module) else written


def emits(pattern: str, *, each: Literal["entity"] | None = None) -> Callable[[Write], Write]:
    """Register a function as the emitter of the files of this pattern."""

    def register(write: Write) -> Write:
        _registered.append(Emitter(pattern, each, write))
        return write

    return register


@cache
def all_emitters() -> tuple[Emitter, ...]:
    """All emitters there are, by their patterns."""
    for module in pkgutil.iter_modules(emit.__path__, f"{emit.__name__}."):
        importlib.import_module(module.name)
    return tuple(sorted(_registered, key=lambda emitter: emitter.pattern))
