"""Rules about milestones: who may do what, and what follows from it."""

from app.api.v1.schemas.milestones import MilestoneCreate, MilestoneQuery, MilestoneRead, MilestoneUpdate
from app.core.access import Caller, owner
from app.core.ids import Id
from app.core.pagination import Page
from app.exceptions import AppError, Forbidden, NotFound
from app.repositories.articles import ArticleRepository
from app.repositories.milestones import MilestoneRepository

CREATE = owner
UPDATE = owner
DELETE = owner


class MilestoneService:
    """What may be done with milestones."""

    def __init__(self, milestones: MilestoneRepository, articles: ArticleRepository) -> None:
        self._milestones = milestones
        self._articles = articles

    async def get(self, id: Id) -> MilestoneRead:
        milestone = await self._milestones.get(id)
        if milestone is None:
            raise NotFound("milestone", id=id)
        return milestone

    async def page(self, slug: str, query: MilestoneQuery) -> Page[MilestoneRead]:
        article_id = await self._parent_id(slug)
        return await self._milestones.page(query, article_id=article_id)

    async def create(self, slug: str, body: MilestoneCreate, me: Caller) -> MilestoneRead:
        article_id = await self._articles.find(slug, owner_id=CREATE.authorize(me))
        if article_id is None:
            await self._parent_id(slug)
            raise Forbidden
        return await self._stored(await self._milestones.create(body, article_id=article_id))

    async def bulk_create(self, slug: str, items: list[MilestoneCreate], me: Caller) -> list[MilestoneRead]:
        article_id = await self._articles.find(slug, owner_id=CREATE.authorize(me))
        if article_id is None:
            await self._parent_id(slug)
            raise Forbidden
        row_ids = await self._milestones.bulk_create(items, article_id=article_id)
        return await self._milestones.stored(row_ids)

    async def update(self, id: Id, body: MilestoneUpdate, me: Caller) -> MilestoneRead:
        row_id = await self._milestones.update(id, body, owner_id=UPDATE.authorize(me))
        if row_id is None:
            raise await self._refusal(id)
        return await self._stored(row_id)

    async def delete(self, id: Id, me: Caller) -> None:
        if not await self._milestones.delete(id, owner_id=DELETE.authorize(me)):
            raise await self._refusal(id)

    async def _stored(self, id: Id) -> MilestoneRead:
        milestone = await self._milestones.get(id)
        if milestone is None:
            raise NotFound("milestone", id=id)
        return milestone

    async def _parent_id(self, slug: str) -> Id:
        article_id = await self._articles.find(slug)
        if article_id is None:
            raise NotFound("article", slug=slug)
        return article_id

    async def _refusal(self, id: Id) -> AppError:
        """Why a row cannot be changed: it is not there for this caller, or it is not theirs."""
        readable = await self._milestones.find(id)
        return NotFound("milestone", id=id) if readable is None else Forbidden()
