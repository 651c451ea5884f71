"""Queries over HTTP that answer with a plain value. Rules live in `services.queries`."""

from typing import Annotated

from fastapi import Depends

from app.api.route import Route
from app.core.routing import Router
from app.dependencies import Member, Reads
from app.exceptions import errors
from app.repositories.queries import QueryRepository
from app.services.queries import QueryService

router = Router(tags=["queries"], route_class=Route)


async def get_queries(db: Reads) -> QueryService:
    return QueryService(QueryRepository(db))


Queries = Annotated[QueryService, Depends(get_queries)]


@router.get("/profiles/following/count", summary="How many authors one follows", responses=errors(401, 422))
async def following_count(queries: Queries, me: Member) -> int:
    """How many authors one follows."""
    return await queries.following_count(me)
