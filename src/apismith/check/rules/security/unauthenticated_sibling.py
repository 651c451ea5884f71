"""Routes that anybody may call beside routes that ask who calls, and guards that let callers pass."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from apismith.check.analysis.calls import last
from apismith.check.analysis.failing_open import failing_open
from apismith.check.analysis.guards import gatekeepers, guards, root_of
from apismith.check.analysis.words import says, vocabulary
from apismith.check.app import App
from apismith.check.registry import Found, rule
from apismith.findings import Confidence
from apismith.source.facts import Route

_ENOUGH = 3
_SHARE = 0.7
_SHARE_OF_ALL = 0.85

# What is open to the public in most applications.
_PUBLIC = vocabulary("public")


@rule("FA401", severity="critical", minutes=20)
def unauthenticated_sibling(app: App) -> Iterator[Found]:
    """Routes without authentication where their siblings have it, and authentication that fails open."""
    yield from failing_open(app)
    if not gatekeepers(app):
        yield from _siblings(app)


def _siblings(app: App) -> Iterator[Found]:
    routes = [each for each in app.facts.routes if not each.function.module.is_test and each.methods != ("WEBSOCKET",)]
    sizes = Counter(route.router.name for route in routes)
    families: dict[str, list[Route]] = defaultdict(list)
    for route in routes:
        families[route.router.name if sizes[route.router.name] > _ENOUGH else _subject(route)].append(route)
    changing: dict[str, list[Route]] = defaultdict(list)
    for route in routes:
        if route.changes_state and not any(last(each.annotation) == "Request" for each, _ in route.function.parameters):
            changing[root_of(app, route)].append(route)
    seen: set[int] = set()
    for is_whole, several in ((False, families), (True, changing)):
        for family in several.values():
            for found, route in _among(family, app, is_whole=is_whole):
                if id(route) not in seen:
                    seen.add(id(route))
                    yield found


def _subject(route: Route) -> str:
    """The first part of a path that names a thing."""
    parts = [part for part in (route.paths or [route.path])[0].split("/") if part and "{" not in part]
    return "/" + next((part for part in parts if not re.fullmatch(r"api|v\d+|rest", part)), "")


def _among(routes: list[Route], app: App, *, is_whole: bool) -> Iterator[tuple[Found, Route]]:
    asked = guards(app)
    guarded = [route for route in routes if asked.route(route) == "required" and not _is_public(route)]
    open_ = [
        route for route in routes if asked.route(route) == "none" and not _is_unclear(route) and not _is_public(route)
    ]
    if len(guarded) < (3 * _ENOUGH if is_whole else _ENOUGH):
        return
    if len(guarded) < (_SHARE_OF_ALL if is_whole else _SHARE) * (len(guarded) + len(open_)):
        return
    for route in open_:
        alike = [each for each in guarded if each.changes_state == route.changes_state]
        if not route.changes_state and len(alike) < _ENOUGH:
            continue  # what everybody may read and only members may change is the most common rule of all
        likely = route.changes_state and not is_whole and not route.opaque
        confidence: Confidence = "high" if likely else "medium" if len(alike) >= _ENOUGH else "low"
        where = "that change something" if is_whole else "beside it"
        yield (
            Found(
                route.function.module.file.span(route.node),
                f"{route.label} asks nobody who they are, while {len(guarded)} routes {where} do, like "
                f"{(alike or guarded)[0].label}: anybody can {'change' if route.changes_state else 'read'} what it "
                f"serves. "
                f"Give it the dependency that its siblings have, or the whole router by `dependencies=`.",
                severity="critical" if route.changes_state else "high",
                confidence=confidence,
            ),
            route,
        )


def _is_unclear(route: Route) -> bool:
    """Its own dependencies are not written down where they can be read."""
    given = route.options.get("dependencies")
    literal = given is None or isinstance(given, ast.List | ast.Tuple)
    return not literal or any(keyword.arg is None for keyword in route.node.keywords)


def _is_public(route: Route) -> bool:
    if route.methods == ("POST",) and re.search(r"/(users?|accounts?|customers?)/?$", (route.paths or [route.path])[0]):
        return True
    names = [route.path, *(route.paths or []), route.function.node.name]
    return any(says(name, _PUBLIC) for name in names)
