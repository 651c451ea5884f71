"""How generated code says that something will go."""

from datetime import date

from apismith.contract.model import Deprecated
from apismith.generate.code import Module, literal


def announced(module: Module, deprecated: Deprecated | None, *dependencies: str) -> list[str]:
    """The arguments of a router or route for something deprecated, and with these dependencies; else none."""
    if deprecated is None:
        return [f"dependencies=[{', '.join(dependencies)}]"] if dependencies else []
    given = [f"since={_day(module, deprecated.since)}"]
    if deprecated.sunset is not None:
        given.append(f"sunset={_day(module, deprecated.sunset)}")
    if deprecated.link is not None:
        given.append(f"link={literal(deprecated.link)}")
    depends, function = module.use("fastapi", "Depends"), module.use("app.core.deprecation", "deprecation")
    told = f"{depends}({function}({', '.join(given)}))"
    return ["deprecated=True", f"dependencies=[{', '.join([told, *dependencies])}]"]


def _day(module: Module, text: str) -> str:
    day = date.fromisoformat(text[:10])
    return f"{module.use('datetime', 'date')}({day.year}, {day.month}, {day.day})"
