"""What runs on the event loop, and what is reached from a request."""

from apismith.check.analysis.calls import Site, last
from apismith.check.app import App, shared
from apismith.source.facts import Function, Route

_STARTING = {"startup", "shutdown"}


@shared
def serving(app: App) -> dict[str, Route]:
    """The functions that a request reaches through any calls and dependencies: full name → the first such route."""
    facts = app.facts
    reached: dict[str, Route] = {}
    for route in facts.routes:
        todo = [route.function]
        given = [*route.dependencies, *(each for way in route.inherited for each in way)]
        todo += [known for each in given if (known := facts.callee(each.target))]
        while todo:
            function = todo.pop()
            if function.name in reached:
                continue
            reached[function.name] = route
            todo += [known for call in function.calls if (known := facts.callee(call.target))]
            todo += [known for each in facts.dependencies(function) if (known := facts.callee(each.target))]
    return reached


@shared
def starting(app: App) -> set[str]:
    """The functions that run before the first request or after the last one, where nobody waits."""
    names: set[str] = set()
    for function in app.facts.functions.values():
        for node in function.node.decorator_list:
            if last(node) == "on_event":
                names.add(function.name)
            if last(node) == "asynccontextmanager" and "lifespan" in function.node.name:
                names.add(function.name)
    for router in app.facts.routers.values():
        if (given := router.options.get("lifespan")) is not None:
            names.add(app.facts.full_name(given, router.module, None) or "")
    return names


def serves(app: App, function: Function | None) -> bool:
    """Whether a request reaches a function."""
    return function is not None and function.name in serving(app)


def is_aside(site: Site) -> bool:
    """Whether a call belongs to tests, or to what is run by hand."""
    return site.module.is_test or (site.function is not None and is_script(site.function))


def is_remembered(function: Function) -> bool:
    """Whether a function keeps its result, so that only the first call does its work."""
    return any(
        last(node) in ("cache", "lru_cache", "cached", "cached_property") for node in function.node.decorator_list
    )


def is_script(function: Function) -> bool:
    """Whether a function belongs to something that is run by hand: no request waits for it."""
    parts = function.module.file.path.split("/")
    return any(part in _BY_HAND for part in parts[:-1]) or parts[-1] in (
        "manage.py",
        "cli.py",
        "setup.py",
        "noxfile.py",
    )


_BY_HAND = {"scripts", "script", "bin", "tools", "examples", "example", "benchmarks", "alembic", "migrations", "docs"}
