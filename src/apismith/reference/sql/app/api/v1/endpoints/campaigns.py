"""Campaigns over HTTP. Rules live in `services.campaigns`, SQL in `repositories.campaigns`."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from app.api.v1.providers import ReadCampaigns, WriteCampaigns
from app.api.v1.schemas.campaigns import CampaignCreate, CampaignQuery, CampaignRead, CampaignUpdate
from app.core.ids import PathId
from app.core.pagination import Page
from app.dependencies import Member
from app.exceptions import errors

router = APIRouter(prefix="/campaigns", tags=["campaigns"])


@router.get("", summary="List campaigns", responses=errors(401, 404, 422))
async def list_campaigns(
    query: Annotated[CampaignQuery, Query()], campaigns: ReadCampaigns, me: Member
) -> Page[CampaignRead]:
    return await campaigns.page(query, me)


@router.post("", summary="Create a campaign", status_code=status.HTTP_201_CREATED, responses=errors(401, 403, 409, 422))
async def create_campaign(
    body: CampaignCreate, campaigns: WriteCampaigns, me: Member, response: Response
) -> CampaignRead:
    campaign = await campaigns.create(body, me)
    response.headers["Location"] = f"/api/v1/campaigns/{campaign.id}"
    return campaign


@router.get("/{id}", summary="Read a campaign", responses=errors(401, 404, 422))
async def read_campaign(id: PathId, campaigns: ReadCampaigns, me: Member) -> CampaignRead:
    return await campaigns.get(id, me)


@router.patch("/{id}", summary="Change a campaign", responses=errors(401, 403, 404, 409, 422))
async def update_campaign(id: PathId, body: CampaignUpdate, campaigns: WriteCampaigns, me: Member) -> CampaignRead:
    return await campaigns.update(id, body, me)


@router.delete(
    "/{id}", summary="Delete a campaign", status_code=status.HTTP_204_NO_CONTENT, responses=errors(401, 403, 404, 422)
)
async def delete_campaign(id: PathId, campaigns: WriteCampaigns, me: Member) -> None:
    await campaigns.delete(id, me)
