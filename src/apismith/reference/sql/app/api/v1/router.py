"""All routes of `/api/v1`."""

from fastapi import APIRouter

from app.api.v1.endpoints import (
    api_keys,
    articles,
    auth,
    browser,
    campaigns,
    comments,
    milestones,
    queries,
    recovery,
    tags,
    users,
)

router = APIRouter(prefix="/api/v1")
router.include_router(auth.router)
router.include_router(browser.router)
router.include_router(api_keys.router)
router.include_router(recovery.router)
router.include_router(queries.router)
router.include_router(users.root)
router.include_router(comments.root)
router.include_router(milestones.root)
router.include_router(users.router)
router.include_router(tags.router)
router.include_router(articles.router)
router.include_router(comments.router)
router.include_router(milestones.router)
router.include_router(campaigns.router)
