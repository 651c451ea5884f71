"""Everything SQL about campaigns. Statements are built once; each call only binds its parameters."""

from collections.abc import Sequence
from datetime import date

from pydantic import MISSING
from sqlalchemy import RowMapping, bindparam, delete, insert, select, update

from app.api.v1.schemas.campaigns import CampaignCreate, CampaignQuery, CampaignRead, CampaignUpdate
from app.api.v1.schemas.refs import ArticleRef
from app.core.ids import Id
from app.core.pagination import Order, Page
from app.core.preconditions import Precondition
from app.exceptions import UnknownReference
from app.models import Article, Campaign
from app.repositories.base import Repository

CAMPAIGNS = select(
    Campaign.id,
    Campaign.name,
    Campaign.code,
    Campaign.budget,
    Campaign.starts,
    Campaign.ends,
    Campaign.mailed_at,
    Campaign.cooldown,
    Campaign.share,
    Campaign.reach,
    Campaign.active,
    Campaign.channels,
    Campaign.settings,
    Campaign.created_at,
    Campaign.updated_at,
    Campaign.version,
    Article.id.label("article_id"),
    Article.slug.label("article_slug"),
    Article.title.label("article_title"),
).outerjoin(Article, Campaign.article_id == Article.id)
GET = CAMPAIGNS.where(Campaign.id == bindparam("id"))
ORDERINGS = {
    "-starts": Order("-starts", Campaign.starts, Campaign.id, date, descending=True),
    "name": Order("name", Campaign.name, Campaign.id, str),
}
FILTERING = {
    "active": Campaign.active == bindparam("active"),
    "article_slug": Campaign.article_id.in_(select(Article.id).where(Article.slug == bindparam("article_slug"))),
}
FIND = select(Campaign.id).where(Campaign.id == bindparam("id"))
FIND_ARTICLE = select(Article.id).where(Article.slug == bindparam("article"), Article.deleted_at.is_(None))
INSERT = insert(Campaign).returning(Campaign.id)
VERSION = select(Campaign.version).where(Campaign.id == bindparam("row_id")).with_for_update()
UPDATE = update(Campaign).where(Campaign.id == bindparam("row_id"))
DELETE = delete(Campaign).where(Campaign.id == bindparam("row_id"))


class CampaignRepository(Repository[CampaignRead]):
    """Reads and writes campaigns."""

    rows = CAMPAIGNS
    order = ORDERINGS["-starts"]
    filters = FILTERING

    async def get(self, id: Id) -> CampaignRead | None:
        return await self._one(GET, {"id": id})

    async def page(self, query: CampaignQuery) -> Page[CampaignRead]:
        return await self._page(CAMPAIGNS, query, ORDERINGS[query.order], {})

    async def _read(self, rows: Sequence[RowMapping]) -> list[CampaignRead]:
        return [to_campaign(row) for row in rows]

    async def find(self, id: Id) -> Id | None:
        """The id of the row, None where there is none."""
        return await self._id(FIND, {"id": id})

    async def create(self, body: CampaignCreate) -> Id:
        values = {
            "name": body.name,
            "code": body.code,
            "budget": body.budget,
            "starts": body.starts,
            "ends": body.ends,
            "mailed_at": body.mailed_at,
            "cooldown": body.cooldown,
            "share": body.share,
            "reach": body.reach,
            "active": body.active,
            "channels": body.channels,
            "settings": body.settings,
            "article_id": await self._article_id(body.article_slug),
        }
        row_id: Id = (await self._db.execute(INSERT, values)).scalar_one()
        return row_id

    async def update(self, id: Id, body: CampaignUpdate, if_match: Precondition) -> Id | None:
        """The id of the changed row, None where there is no such row."""
        row_id = await self.find(id)
        if row_id is None:
            return None
        await self._check(VERSION, row_id, if_match)
        changes = body.model_dump(exclude={"article_slug"})
        if body.article_slug is not MISSING:
            changes["article_id"] = await self._article_id(body.article_slug)
        await self._db.execute(UPDATE, {"row_id": row_id, **changes})
        return row_id

    async def delete(self, id: Id, if_match: Precondition) -> bool:
        """Whether there was such a row."""
        row_id = await self.find(id)
        if row_id is None:
            return False
        await self._check(VERSION, row_id, if_match)
        return await self._changed(DELETE, {"row_id": id})

    async def _article_id(self, slug: str | None) -> Id | None:
        if slug is None:
            return None
        found = await self._id(FIND_ARTICLE, {"article": slug})
        if found is None:
            raise UnknownReference("article_slug")
        return found


def to_campaign(row: RowMapping) -> CampaignRead:
    return CampaignRead(
        id=row["id"],
        name=row["name"],
        code=row["code"],
        budget=row["budget"],
        starts=row["starts"],
        ends=row["ends"],
        mailed_at=row["mailed_at"],
        cooldown=row["cooldown"],
        share=row["share"],
        reach=row["reach"],
        active=row["active"],
        channels=row["channels"],
        settings=row["settings"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
        article=ArticleRef(id=row["article_id"], slug=row["article_slug"], title=row["article_title"])
        if row["article_id"] is not None
        else None,
    )
