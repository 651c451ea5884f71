"""Campaigns over HTTP. Rules live in `services.campaigns`, SQL in `repositories.campaigns`."""

from typing import Annotated

from fastapi import Query, Response, status

from app.api.idempotency import Once
from app.api.route import Route
from app.api.v1.providers import ReadCampaigns, WriteCampaigns
from app.api.v1.schemas.campaigns import CampaignCreate, CampaignQuery, CampaignRead, CampaignUpdate
from app.core.ids import PathId
from app.core.pagination import NextLink, Page
from app.core.preconditions import IfMatch, entity_tag
from app.core.routing import Router
from app.dependencies import Member
from app.exceptions import errors

router = Router(prefix="/campaigns", tags=["campaigns"], route_class=Route)


@router.get("", summary="List campaigns", responses=errors(401, 404, 422))
async def list_campaigns(
    query: Annotated[CampaignQuery, Query()], campaigns: ReadCampaigns, me: Member, next_link: NextLink
) -> Page[CampaignRead]:
    return next_link.of(await campaigns.page(query, me))


@router.post(
    "", summary="Create a campaign", status_code=status.HTTP_201_CREATED, responses=errors(401, 403, 409, 415, 422)
)
async def create_campaign(
    body: CampaignCreate, campaigns: WriteCampaigns, me: Member, response: Response, _: Once
) -> CampaignRead:
    campaign = await campaigns.create(body, me)
    response.headers["Location"] = f"/api/v1/campaigns/{campaign.id}"
    response.headers["ETag"] = entity_tag(campaign.version)
    return campaign


@router.get("/{id}", summary="Read a campaign", responses=errors(401, 404, 422))
async def read_campaign(id: PathId, campaigns: ReadCampaigns, me: Member, response: Response) -> CampaignRead:
    campaign = await campaigns.get(id, me)
    response.headers["ETag"] = entity_tag(campaign.version)
    return campaign


@router.patch("/{id}", summary="Change a campaign", responses=errors(401, 403, 404, 409, 412, 415, 422, 428))
async def update_campaign(
    id: PathId, body: CampaignUpdate, campaigns: WriteCampaigns, me: Member, if_match: IfMatch, response: Response
) -> CampaignRead:
    campaign = await campaigns.update(id, body, me, if_match)
    response.headers["ETag"] = entity_tag(campaign.version)
    return campaign


@router.delete(
    "/{id}",
    summary="Delete a campaign",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=errors(401, 403, 404, 412, 422, 428),
)
async def delete_campaign(id: PathId, campaigns: WriteCampaigns, me: Member, if_match: IfMatch) -> None:
    await campaigns.delete(id, me, if_match)
