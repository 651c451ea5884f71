"""Whether the backend lives, and whether it can work."""

from asyncio import timeout
from typing import Literal

import structlog
from fastapi import APIRouter
from pydantic import BaseModel

from app.dependencies import Data
from app.exceptions import ServiceUnavailable, errors

router = APIRouter(prefix="/health", tags=["health"])
log = structlog.stdlib.get_logger(__name__)


class Health(BaseModel):
    """All is well."""

    status: Literal["ok"] = "ok"


@router.get("", summary="Tell that the process lives")
async def health() -> Health:
    return Health()


@router.get("/ready", summary="Tell whether requests can be answered", responses=errors(503))
async def ready(database: Data) -> Health:
    try:
        async with timeout(5):
            await database.ping()
    except Exception as error:  # whatever the driver raises means the same here
        log.warning("database.unavailable", exc_info=error)
        raise ServiceUnavailable("database") from error
    return Health()
