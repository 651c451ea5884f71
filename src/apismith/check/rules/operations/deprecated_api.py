"""Ways to say things that FastAPI, Pydantic or Python take back."""

import ast
from collections.abc import Iterator

from apismith.check.analysis.calls import constant, last, sites
from apismith.check.app import App
from apismith.check.registry import Found, rule
from apismith.findings import Edit, Fix

_METHODS = {
    "dict": "model_dump",
    "json": "model_dump_json",
    "parse_obj": "model_validate",
    "from_orm": "model_validate",
}
_NAIVE = ("datetime.datetime.utcnow", "datetime.datetime.utcfromtimestamp")
_MODELS = ("pydantic.BaseModel", "pydantic.main.BaseModel", "sqlmodel.SQLModel")


@rule("FA504", severity="low", minutes=5)
def deprecated_api(app: App) -> Iterator[Found]:
    """In each module, the first use of each thing that is deprecated."""
    seen: set[tuple[str, str]] = set()
    for found, module, what in [*_events(app), *_moments(app), *_pydantic(app)]:
        if (module, what) not in seen:
            seen.add((module, what))
            yield found


def _events(app: App) -> Iterator[tuple[Found, str, str]]:
    for function in app.facts.functions.values():
        for node in function.node.decorator_list:
            if isinstance(node, ast.Call) and last(node) == "on_event" and not function.module.is_test:
                name = constant(node.args[0]) if node.args else None
                if name in ("startup", "shutdown"):
                    message = (
                        "`on_event` is deprecated, and is not called at all where the application has a `lifespan`. "
                        "Write an `@asynccontextmanager` and give it as `lifespan=`."
                    )
                    yield Found(function.module.file.span(node), message), function.module.name, "on_event"


def _moments(app: App) -> Iterator[tuple[Found, str, str]]:
    for site in sites(app):
        if site.target in _NAIVE and not site.module.is_test:
            message = (
                f"`{last(site.node)}()` is deprecated since Python 3.12: its moment has no time zone, so that it is "
                f"taken for local time wherever it is converted or compared. Write `datetime.now(UTC)`."
            )
            yield Found(site.at, message), site.module.name, "utcnow"


def _pydantic(app: App) -> Iterator[tuple[Found, str, str]]:
    """What Pydantic 2 has under another name; only where the project says that it has Pydantic 2."""
    if not _has_second(app):
        return
    for site in sites(app):
        owner, _, name = site.target.rpartition(".")
        if name not in _METHODS or owner not in app.facts.classes or site.module.is_test:
            continue
        if any(base in _MODELS for base in app.facts.ancestors(owner)) and app.facts.method(owner, name) is None:
            func = site.node.func
            fix = None
            if isinstance(func, ast.Attribute) and name in ("dict", "parse_obj") and not site.node.keywords:
                span = site.module.file.span(func)
                fix = Fix(f"Call `{_METHODS[name]}`", (Edit(span, f"{ast.unparse(func.value)}.{_METHODS[name]}"),))
            yield (
                Found(site.at, f"`{name}()` is deprecated since Pydantic 2: it is `{_METHODS[name]}()`.", fix=fix),
                site.module.name,
                name,
            )


def _has_second(app: App) -> bool:
    """Whether some module uses what only Pydantic 2 has."""
    new = ("ConfigDict", "field_validator", "model_validator", "pydantic_settings", "TypeAdapter")
    return any(
        imported.startswith("pydantic") and imported.endswith(new)
        for module in app.facts.modules.values()
        for imported in module.imports.values()
    )
