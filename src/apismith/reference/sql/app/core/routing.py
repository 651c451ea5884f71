"""Routers that find their routes fast, and by path before method."""

from functools import cached_property
from typing import Any, Final

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

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
    """The routes of one resource. It is included in the app itself, with the prefix of the API and no other.

    FastAPI asks one router after the other, and each tries all of its routes: with many resources, that takes longer
    than the answer. This one first looks whether the path begins like one of its own.
    """

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        paths: set[Any] = {getattr(route, "path", "") for route in self.routes}
        return tuple({defaults.API_PREFIX + path.partition("{")[0] for path in paths})

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        return super().matches(scope) if path.startswith(self._beginnings) else (Match.NONE, {})


def methods_of_path(scope: Scope) -> set[str]:
    """All methods of the path that a request is for; the framework knows those of its first route only."""
    return set(scope[ASKED][1]) if ASKED in scope else set()
