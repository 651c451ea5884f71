"""All routes of `/api/v1`."""

from typing import Any

from fastapi import FastAPI

from app import defaults
from app.api.v1.endpoints import (
    api_keys,
    articles,
    auth,
    browser,
    campaigns,
    comments,
    login,
    milestones,
    queries,
    recovery,
    tags,
    users,
)

ROUTERS = (
    login.router,
    auth.router,
    browser.router,
    api_keys.router,
    recovery.router,
    queries.router,
    users.root,
    comments.root,
    milestones.root,
    users.router,
    tags.router,
    articles.router,
    comments.router,
    milestones.router,
    campaigns.router,
)


def include_routers(app: FastAPI, *, responses: dict[int | str, dict[str, Any]]) -> None:
    """Include all routers in the app itself: each level of routers is looked through once more."""
    for router in ROUTERS:
        app.include_router(router, prefix=defaults.API_PREFIX, responses=responses)
