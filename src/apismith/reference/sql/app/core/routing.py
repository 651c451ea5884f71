"""Routers that find their routes fast, and by path before method."""

from collections import defaultdict
from functools import cached_property
from typing import Final

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from app import defaults

ASKED: Final = "app.asked"
"""In the scope of a request: the path that it is for, and the methods of that path."""


class PathFirstRoute(APIRoute):
    """A route whose path decides before its method: the first path that fits is the one that is asked for.

    So `/articles/feed`, which can only be read, is never taken for `/articles/{slug}` because that can be deleted.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        if match is Match.NONE:
            return match, found
        path, methods = scope.setdefault(ASKED, (self.path, set[str]()))
        if path != self.path:
            return Match.NONE, {}
        methods.update(self.methods)
        return match, found


class Router(APIRouter):
    """The routes of one resource. It is included in the app itself, with the prefix of the API and no other."""

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths of its routes, behind the prefix of the API."""
        return frozenset(getattr(route, "path", "") for route in self.routes)

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        return tuple({defaults.API_PREFIX + path.partition("{")[0] for path in self.paths})

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches(scope) if asked_path(scope).startswith(self._beginnings) else (Match.NONE, {})


class Index(APIRouter):
    """The router of the app, which knows where the routes of a resource are.

    FastAPI asks one included router after the other: with many resources, that takes longer than the answer. This one
    asks those that have the first word of the path; where they do not have the route, it goes on as FastAPI does.
    """

    @cached_property
    def _resources(self) -> dict[str, list[BaseRoute]]:
        """Included routers by the first words of their paths."""
        found: dict[str, list[BaseRoute]] = defaultdict(list)
        for route in self.routes:
            router = getattr(route, "original_router", None)
            if isinstance(router, Router):
                for word in {first_word(path) for path in router.paths}:
                    found[word].append(route)
        # A path that begins with a parameter fits all words: then only the order of all routers says which it is.
        return {} if any("{" in word for word in found) else dict(found)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = asked_path(scope) if scope["type"] == "http" else ""
        if path.startswith(defaults.API_PREFIX):
            for route in self._resources.get(first_word(path.removeprefix(defaults.API_PREFIX)), ()):
                match, _ = route.matches(scope)
                if match is Match.FULL:
                    scope["router"] = self
                    await route.handle(scope, receive, send)
                    return
        await super().app(scope, receive, send)


def asked_path(scope: Scope) -> str:
    """The path of a request, below the path that the app is mounted at."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def first_word(path: str) -> str:
    """What stands between the first two slashes of a path."""
    return path[1:].partition("/")[0]


def methods_of_path(scope: Scope) -> set[str]:
    """All methods of the path that a request is for; the framework knows those of its first route only."""
    return set(scope[ASKED][1]) if ASKED in scope else set()
