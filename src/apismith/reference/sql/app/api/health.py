"""Whether the backend lives, and whether it can work."""

from asyncio import timeout
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from app.dependencies import Data
from app.exceptions import ServiceUnavailable, errors

router = APIRouter(prefix="/health", tags=["health"])
log = structlog.stdlib.get_logger(__name__)


class Health(BaseModel):
    """All is well."""

    status: Literal["ok"] = "ok"


class Degraded(BaseModel):
    """Requests can be answered, but not all is as it should be."""

    status: Literal["degraded"] = "degraded"
    components: Annotated[list[str], Field(description="What does not answer.")]


@router.get("", summary="Tell that the process lives")
async def health() -> Health:
    return Health()


@router.get("/ready", summary="Tell whether requests can be answered", responses=errors(503))
async def ready(request: Request, database: Data) -> Health | Degraded:
    try:
        async with timeout(5):
            await database.ping()
    except Exception as error:  # whatever the driver raises means the same here
        log.warning("database.unavailable", exc_info=error)
        raise ServiceUnavailable("database") from error
    if not await request.app.state.limiter.is_complete():
        return Degraded(components=["rate_limits"])
    return Health()
