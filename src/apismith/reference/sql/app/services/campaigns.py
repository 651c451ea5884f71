"""Rules about campaigns: who may do what, and what follows from it."""

from app.api.v1.schemas.campaigns import CampaignCreate, CampaignQuery, CampaignRead, CampaignUpdate
from app.core.access import Caller, member, role
from app.core.ids import Id
from app.core.pagination import Page
from app.core.preconditions import Precondition
from app.exceptions import NotFound
from app.repositories.campaigns import CampaignRepository

READ = member
CREATE = role("editor") | role("admin")
UPDATE = role("editor") | role("admin")
DELETE = role("admin")


class CampaignService:
    """What may be done with campaigns."""

    def __init__(self, campaigns: CampaignRepository) -> None:
        self._campaigns = campaigns

    async def get(self, id: Id, me: Caller) -> CampaignRead:
        READ.authorize(me)
        campaign = await self._campaigns.get(id)
        if campaign is None:
            raise NotFound("campaign", id=id)
        return campaign

    async def page(self, query: CampaignQuery, me: Caller) -> Page[CampaignRead]:
        READ.authorize(me)
        return await self._campaigns.page(query)

    async def create(self, body: CampaignCreate, me: Caller) -> CampaignRead:
        CREATE.authorize(me)
        return await self._stored(await self._campaigns.create(body))

    async def update(self, id: Id, body: CampaignUpdate, me: Caller, if_match: Precondition) -> CampaignRead:
        UPDATE.authorize(me)
        row_id = await self._campaigns.update(id, body, if_match)
        if row_id is None:
            raise NotFound("campaign", id=id)
        return await self._stored(row_id)

    async def delete(self, id: Id, me: Caller, if_match: Precondition) -> None:
        DELETE.authorize(me)
        if not await self._campaigns.delete(id, if_match):
            raise NotFound("campaign", id=id)

    async def _stored(self, id: Id) -> CampaignRead:
        campaign = await self._campaigns.get(id)
        if campaign is None:
            raise NotFound("campaign", id=id)
        return campaign
