"""What a rule is given: the facts of a project, and what apismith knows about the libraries that it uses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from apismith.check.libraries import Libraries
from apismith.source.facts import Facts

T = TypeVar("T")


@dataclass(eq=False)
class App:
    """A project under audit.

    Args:
        facts: what its code is.
        libraries: what is known about the libraries that it calls.
        memory: results of analyses that several rules share, see `shared`.
    """

    facts: Facts
    libraries: Libraries
    memory: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)


def shared(analysis: Callable[[App], T]) -> Callable[[App], T]:
    """Make an analysis that is computed once for an application, whichever rule asks for it first."""
    name = f"{analysis.__module__}.{analysis.__qualname__}"

    def remembered(app: App) -> T:
        if name not in app.memory:
            app.memory[name] = analysis(app)
        result: T = app.memory[name]
        return result

    remembered.__doc__ = analysis.__doc__
    remembered.__name__ = analysis.__name__
    return remembered


def app_of(facts: Facts, more: Mapping[str, tuple[str, ...]]) -> App:
    """An application with the knowledge that its settings add to ours."""
    return App(facts, Libraries.known(more))
