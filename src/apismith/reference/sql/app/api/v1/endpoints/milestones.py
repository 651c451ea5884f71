"""Milestones over HTTP. Rules live in `services.milestones`, SQL in `repositories.milestones`."""

from typing import Annotated

from fastapi import Path, Query, Response, status

from app.api.idempotency import Once
from app.api.route import Route
from app.api.v1.providers import ReadMilestones, WriteMilestones
from app.api.v1.schemas.base import Text
from app.api.v1.schemas.bulk import Items
from app.api.v1.schemas.milestones import (
    MilestoneBulkCreate,
    MilestoneCreate,
    MilestoneQuery,
    MilestoneRead,
    MilestoneUpdate,
)
from app.core.ids import PathId
from app.core.pagination import NextLink, Page
from app.core.routing import Router
from app.dependencies import Member
from app.exceptions import errors

router = Router(prefix="/milestones", tags=["milestones"], route_class=Route)
root = Router(tags=["milestones"], route_class=Route)  # paths outside of the prefix


@root.get("/articles/{slug}/milestones", summary="List milestones", responses=errors(404, 422))
async def list_milestones(
    slug: Annotated[Text, Path(max_length=200)],
    query: Annotated[MilestoneQuery, Query()],
    milestones: ReadMilestones,
    next_link: NextLink,
) -> Page[MilestoneRead]:
    return next_link.of(await milestones.page(slug, query))


@root.post(
    "/articles/{slug}/milestones",
    summary="Create a milestone",
    status_code=status.HTTP_201_CREATED,
    responses=errors(401, 403, 404, 409, 415, 422),
)
async def create_milestone(
    slug: Annotated[Text, Path(max_length=200)],
    body: MilestoneCreate,
    milestones: WriteMilestones,
    me: Member,
    response: Response,
    _: Once,
) -> MilestoneRead:
    milestone = await milestones.create(slug, body, me)
    response.headers["Location"] = f"/api/v1/milestones/{milestone.id}"
    return milestone


@root.post(
    "/articles/{slug}/milestones/bulk",
    summary="Create several milestones, all of them or none",
    status_code=status.HTTP_201_CREATED,
    responses=errors(401, 403, 404, 409, 415, 422),
)
async def bulk_create_milestones(
    slug: Annotated[Text, Path(max_length=200)],
    body: MilestoneBulkCreate,
    milestones: WriteMilestones,
    me: Member,
    _: Once,
) -> Items[MilestoneRead]:
    return Items(items=await milestones.bulk_create(slug, body.items, me))


@router.get("/{id}", summary="Read a milestone", responses=errors(404, 422))
async def read_milestone(id: PathId, milestones: ReadMilestones) -> MilestoneRead:
    return await milestones.get(id)


@router.patch("/{id}", summary="Change a milestone", responses=errors(401, 403, 404, 409, 415, 422))
async def update_milestone(id: PathId, body: MilestoneUpdate, milestones: WriteMilestones, me: Member) -> MilestoneRead:
    return await milestones.update(id, body, me)


@router.delete(
    "/{id}", summary="Delete a milestone", status_code=status.HTTP_204_NO_CONTENT, responses=errors(401, 403, 404, 422)
)
async def delete_milestone(id: PathId, milestones: WriteMilestones, me: Member) -> None:
    await milestones.delete(id, me)
