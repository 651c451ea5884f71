"""Rules about articles: who may do what, and what follows from it."""

from app.api.v1.schemas.articles import ArticleCreate, ArticleQuery, ArticleRead, ArticleReportInput, ArticleUpdate
from app.core.access import Caller, member, owner, role
from app.core.ids import Id
from app.core.pagination import Page, PageQuery
from app.exceptions import AppError, Forbidden, NotFound, NotImplementedYet
from app.repositories.articles import ArticleRepository
from app.services.handlers import keep_history

CREATE = member
UPDATE = owner
DELETE = owner | role("admin")
FAVORITE = member
UNFAVORITE = member
PUBLISH = owner
REPORT = member
FEED = member


class ArticleService:
    """What may be done with articles."""

    def __init__(self, articles: ArticleRepository) -> None:
        self._articles = articles

    async def get(self, slug: str) -> ArticleRead:
        article = await self._articles.get(slug)
        if article is None:
            raise NotFound("article", slug=slug)
        return article

    async def page(self, query: ArticleQuery) -> Page[ArticleRead]:
        return await self._articles.page(query)

    async def create(self, body: ArticleCreate, me: Caller) -> ArticleRead:
        CREATE.authorize(me)
        return await self._stored(await self._articles.create(body, author_id=me.account_id))

    async def bulk_create(self, items: list[ArticleCreate], me: Caller) -> list[ArticleRead]:
        CREATE.authorize(me)
        row_ids = await self._articles.bulk_create(items, author_id=me.account_id)
        return await self._articles.stored(row_ids)

    async def update(self, slug: str, body: ArticleUpdate, me: Caller) -> ArticleRead:
        row_id = await self._articles.update(slug, body, owner_id=UPDATE.authorize(me))
        if row_id is None:
            raise await self._refusal(slug)
        article = await self._stored(row_id)
        await keep_history(article)
        return article

    async def delete(self, slug: str, me: Caller) -> None:
        if not await self._articles.delete(slug, owner_id=DELETE.authorize(me)):
            raise await self._refusal(slug)

    async def favorite(self, slug: str, me: Caller) -> ArticleRead:
        """Favorite an article."""
        FAVORITE.authorize(me)
        row_id = await self._articles.find(slug)
        if row_id is None:
            raise NotFound("article", slug=slug)
        await self._articles.link_favorited_by(row_id, me.account_id)
        return await self._stored(row_id)

    async def unfavorite(self, slug: str, me: Caller) -> ArticleRead:
        """Take an article out of one's favorites."""
        UNFAVORITE.authorize(me)
        row_id = await self._articles.find(slug)
        if row_id is None:
            raise NotFound("article", slug=slug)
        await self._articles.unlink_favorited_by(row_id, me.account_id)
        return await self._stored(row_id)

    async def publish(self, slug: str, me: Caller) -> ArticleRead:
        """Show an article to everybody."""
        row_id = await self._articles.find(slug, owner_id=PUBLISH.authorize(me))
        if row_id is None:
            raise await self._refusal(slug)
        await self._articles.publish(row_id)
        return await self._stored(row_id)

    async def report(self, slug: str, body: ArticleReportInput, me: Caller) -> None:
        """Tell the editors what is wrong with an article."""
        REPORT.authorize(me)
        if await self._articles.find(slug) is None:
            raise NotFound("article", slug=slug)
        raise NotImplementedYet("report")

    async def feed(self, query: PageQuery, me: Caller) -> Page[ArticleRead]:
        """Articles by the authors that one follows."""
        FEED.authorize(me)
        return await self._articles.feed(query, me_id=me.account_id)

    async def trending(self, days: int) -> list[ArticleRead]:
        """Articles that many read these days."""
        raise NotImplementedYet("trending")

    async def _stored(self, id: Id) -> ArticleRead:
        article = await self._articles.get_by_id(id)
        if article is None:
            raise NotFound("article", id=id)
        return article

    async def _refusal(self, slug: str) -> AppError:
        """Why a row cannot be changed: it is not there for this caller, or it is not theirs."""
        readable = await self._articles.find(slug)
        return NotFound("article", slug=slug) if readable is None else Forbidden()
