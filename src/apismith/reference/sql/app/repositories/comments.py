"""Everything SQL about comments. Statements are built once; each call only binds its parameters."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, delete, insert, select

from app.api.v1.schemas.comments import CommentCreate, CommentQuery, CommentRead
from app.api.v1.schemas.refs import ArticleRef, UserRef
from app.core.ids import Id
from app.core.pagination import Order, Page
from app.models import Article, Comment, User
from app.repositories.base import Repository

COMMENTS = (
    select(
        Comment.id,
        Comment.body,
        Comment.created_at,
        Comment.updated_at,
        Article.id.label("article_id"),
        Article.slug.label("article_slug"),
        Article.title.label("article_title"),
        User.id.label("author_id"),
        User.username.label("author_username"),
    )
    .join(Article, Comment.article_id == Article.id)
    .join(User, Comment.author_id == User.id)
    .where(Article.deleted_at.is_(None))
)
OWNED = Comment.author_id == bindparam("row_owner")
GET = COMMENTS.where(Comment.id == bindparam("id"))
OF_PARENT = COMMENTS.where(Comment.article_id == bindparam("article_id"))
ORDERINGS = {
    "created_at": Order("created_at", Comment.created_at, Comment.id, datetime),
}
FIND = select(Comment.id).where(Comment.id == bindparam("id"))
INSERT = insert(Comment).returning(Comment.id)
DELETE = delete(Comment).where(Comment.id == bindparam("row_id"))


class CommentRepository(Repository[CommentRead]):
    """Reads and writes comments."""

    rows = COMMENTS
    order = ORDERINGS["created_at"]
    owned = OWNED

    async def get(self, id: Id, *, owner_id: Id | None = None) -> CommentRead | None:
        return await self._one(GET, {"id": id}, owner_id)

    async def page(self, query: CommentQuery, *, article_id: Id, owner_id: Id | None = None) -> Page[CommentRead]:
        return await self._page(OF_PARENT, query, ORDERINGS[query.order], {"article_id": article_id}, owner_id)

    async def _read(self, rows: Sequence[RowMapping]) -> list[CommentRead]:
        return [to_comment(row) for row in rows]

    async def find(self, id: Id, *, owner_id: Id | None = None) -> Id | None:
        """The id of the row, None where there is none."""
        return await self._id(FIND, {"id": id}, owner_id)

    async def create(self, body: CommentCreate, *, article_id: Id, author_id: Id) -> Id:
        values = {"body": body.body, "article_id": article_id, "author_id": author_id}
        row_id: Id = (await self._db.execute(INSERT, values)).scalar_one()
        return row_id

    async def delete(self, id: Id, *, owner_id: Id | None = None) -> bool:
        """Whether there was such a row."""
        return await self._changed(DELETE, {"row_id": id}, owner_id)


def to_comment(row: RowMapping) -> CommentRead:
    return CommentRead(
        id=row["id"],
        body=row["body"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        article=ArticleRef(id=row["article_id"], slug=row["article_slug"], title=row["article_title"]),
        author=UserRef(id=row["author_id"], username=row["author_username"]),
    )
