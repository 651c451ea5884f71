"""Rules about comments: who may do what, and what follows from it."""

from app.api.v1.schemas.comments import CommentCreate, CommentQuery, CommentRead
from app.core.access import Caller, member, owner, role
from app.core.ids import Id
from app.core.pagination import Page
from app.exceptions import AppError, Forbidden, NotFound
from app.repositories.articles import ArticleRepository
from app.repositories.comments import CommentRepository

CREATE = member
DELETE = owner | role("admin")


class CommentService:
    """What may be done with comments."""

    def __init__(self, comments: CommentRepository, articles: ArticleRepository) -> None:
        self._comments = comments
        self._articles = articles

    async def get(self, id: Id) -> CommentRead:
        comment = await self._comments.get(id)
        if comment is None:
            raise NotFound("comment", id=id)
        return comment

    async def page(self, slug: str, query: CommentQuery) -> Page[CommentRead]:
        article_id = await self._parent_id(slug)
        return await self._comments.page(query, article_id=article_id)

    async def create(self, slug: str, body: CommentCreate, me: Caller) -> CommentRead:
        CREATE.authorize(me)
        article_id = await self._parent_id(slug)
        return await self._stored(await self._comments.create(body, article_id=article_id, author_id=me.account_id))

    async def delete(self, id: Id, me: Caller) -> None:
        if not await self._comments.delete(id, owner_id=DELETE.authorize(me)):
            raise await self._refusal(id)

    async def _stored(self, id: Id) -> CommentRead:
        comment = await self._comments.get(id)
        if comment is None:
            raise NotFound("comment", id=id)
        return comment

    async def _parent_id(self, slug: str) -> Id:
        article_id = await self._articles.find(slug)
        if article_id is None:
            raise NotFound("article", slug=slug)
        return article_id

    async def _refusal(self, id: Id) -> AppError:
        """Why a row cannot be changed: it is not there for this caller, or it is not theirs."""
        readable = await self._comments.find(id)
        return NotFound("comment", id=id) if readable is None else Forbidden()
