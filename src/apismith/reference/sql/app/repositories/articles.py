"""Everything SQL about articles. Statements are built once; each call only binds its parameters."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import MISSING
from sqlalchemy import RowMapping, bindparam, delete, func, insert, select, update

from app.api.v1.schemas.articles import ArticleCreate, ArticleQuery, ArticleRead, ArticleUpdate
from app.api.v1.schemas.refs import TagRef, UserRef
from app.core.clock import utcnow
from app.core.ids import Id
from app.core.pagination import Order, Page, PageQuery
from app.core.slugs import another_slug, slugify
from app.core.statements import insert_if_absent
from app.exceptions import UnknownReference
from app.models import Article, Tag, User, article_favorited_by, article_tags, user_following
from app.models.enums import ArticleStatus
from app.repositories.bulk import BulkRepository

FAVORITES_COUNT = (
    select(func.count())
    .select_from(article_favorited_by)
    .where(article_favorited_by.c.article_id == Article.id)
    .scalar_subquery()
)
ARTICLES = (
    select(
        Article.id,
        Article.title,
        Article.slug,
        Article.body,
        Article.status,
        Article.created_at,
        Article.updated_at,
        User.id.label("author_id"),
        User.username.label("author_username"),
        FAVORITES_COUNT.label("favorites_count"),
    )
    .join(User, Article.author_id == User.id)
    .where(Article.deleted_at.is_(None))
)
OWNED = Article.author_id == bindparam("row_owner")
GET = ARTICLES.where(Article.slug == bindparam("slug"))
GET_BY_ID = ARTICLES.where(Article.id == bindparam("id"))
EMBEDDED_TAGS = (
    select(article_tags.c.article_id.label("row_id"), Tag.id, Tag.name)
    .join(Tag, Tag.id == article_tags.c.tag_id)
    .where(article_tags.c.article_id.in_(bindparam("row_ids", expanding=True)))
    .order_by(Tag.id)
)
ORDERINGS = {
    "-created_at": Order("-created_at", Article.created_at, Article.id, datetime, descending=True),
    "title": Order("title", Article.title, Article.id, str),
}
FILTERING = {
    "author_username": Article.author_id.in_(select(User.id).where(User.username == bindparam("author_username"))),
    "tag_name": Article.id.in_(
        select(article_tags.c.article_id)
        .join(Tag, Tag.id == article_tags.c.tag_id)
        .where(Tag.name == bindparam("tag_name"))
    ),
    "status": Article.status == bindparam("status"),
}
FIND = select(Article.id).where(Article.slug == bindparam("slug"), Article.deleted_at.is_(None))
RESERVED = ("bulk", "feed", "trending")
INSERT = insert(Article).returning(Article.id)
INSERT_IF_ABSENT = insert_if_absent(Article).returning(Article.id)
UPDATE = update(Article).where(Article.id == bindparam("row_id"))
DELETE = (
    update(Article)
    .where(Article.slug == bindparam("row_slug"), Article.deleted_at.is_(None))
    .values(deleted_at=bindparam("now"))
)
ADD_TAGS = insert(article_tags).from_select(
    ["article_id", "tag_id"],
    select(bindparam("row_id", type_=Article.id.type), Tag.id).where(Tag.name.in_(bindparam("keys", expanding=True))),
)
CLEAR_TAGS = delete(article_tags).where(article_tags.c.article_id == bindparam("row_id"))
LINK_FAVORITED_BY = insert_if_absent(article_favorited_by)
UNLINK_FAVORITED_BY = delete(article_favorited_by).where(
    article_favorited_by.c.article_id == bindparam("article_id"), article_favorited_by.c.user_id == bindparam("user_id")
)
INSERT_ALL = insert(Article).returning(Article.id, sort_by_parameter_order=True)
STORED = ARTICLES.where(Article.id.in_(bindparam("row_ids", expanding=True)))
TAKEN_SLUG = select(Article.slug).where(Article.slug.in_(bindparam("slugs", expanding=True)))
LOOK_UP_TAGS = select(Tag.id, Tag.name.label("key")).where(Tag.name.in_(bindparam("keys", expanding=True)))
PUT_TAGS = insert(article_tags)
PUBLISH = update(Article).where(Article.id == bindparam("row_id")).values(status=ArticleStatus.published)
FEED = ARTICLES.where(
    Article.author_id.in_(
        select(user_following.c.following_id).where(user_following.c.user_id == bindparam("arg_me_id"))
    )
)


class ArticleRepository(BulkRepository[ArticleRead]):
    """Reads and writes articles."""

    rows = ARTICLES
    order = ORDERINGS["-created_at"]
    filters = FILTERING
    owned = OWNED

    async def get(self, slug: str, *, owner_id: Id | None = None) -> ArticleRead | None:
        return await self._one(GET, {"slug": slug}, owner_id)

    async def get_by_id(self, id: Id) -> ArticleRead | None:
        return await self._one(GET_BY_ID, {"id": id})

    async def page(self, query: ArticleQuery, *, owner_id: Id | None = None) -> Page[ArticleRead]:
        return await self._page(ARTICLES, query, ORDERINGS[query.order], {}, owner_id)

    async def _tags_of(self, row_ids: list[Id]) -> dict[Id, list[TagRef]]:
        tags: dict[Id, list[TagRef]] = defaultdict(list)
        rows = await self._db.execute(EMBEDDED_TAGS, {"row_ids": row_ids})
        for row in rows.mappings():
            tags[row["row_id"]].append(TagRef(id=row["id"], name=row["name"]))
        return tags

    async def _read(self, rows: Sequence[RowMapping]) -> list[ArticleRead]:
        if not rows:
            return []
        row_ids = [row["id"] for row in rows]
        tags = await self._tags_of(row_ids)
        return [to_article(row, tags[row["id"]]) for row in rows]

    async def find(self, slug: str, *, owner_id: Id | None = None) -> Id | None:
        """The id of the row, None where there is none."""
        return await self._id(FIND, {"slug": slug}, owner_id)

    async def create(self, body: ArticleCreate, *, author_id: Id) -> Id:
        values = {**to_values(body), "slug": slugify(body.title, RESERVED), "author_id": author_id}
        row = (await self._db.execute(INSERT_IF_ABSENT, values)).one_or_none()
        if row is None:  # the slug is taken; where it is something else, this fails and says so
            row = (await self._db.execute(INSERT, {**values, "slug": another_slug(body.title)})).one()
        row_id: Id = row.id
        await self._add_tags(row_id, body.tag_names)
        return row_id

    async def update(self, slug: str, body: ArticleUpdate, *, owner_id: Id | None = None) -> Id | None:
        """The id of the changed row, None where there is no such row."""
        row_id = await self.find(slug, owner_id=owner_id)
        if row_id is None:
            return None
        changes = body.model_dump(exclude={"tag_names"})
        if changes:
            await self._db.execute(UPDATE, {"row_id": row_id, **changes})
        if body.tag_names is not MISSING:
            await self._db.execute(CLEAR_TAGS, {"row_id": row_id})
            await self._add_tags(row_id, body.tag_names)
        return row_id

    async def delete(self, slug: str, *, owner_id: Id | None = None) -> bool:
        """Whether there was such a row."""
        return await self._changed(DELETE, {"row_slug": slug, "now": utcnow()}, owner_id)

    async def _add_tags(self, row_id: Id, keys: list[str]) -> None:
        wanted = list(dict.fromkeys(keys))
        if not wanted:
            return
        added = await self._db.execute(ADD_TAGS, {"row_id": row_id, "keys": wanted})
        if added.rowcount != len(wanted):
            raise UnknownReference("tag_names")

    async def link_favorited_by(self, article_id: Id, user_id: Id) -> None:
        """Add a row to favorited_by; nothing happens where it is there already."""
        await self._db.execute(LINK_FAVORITED_BY, {"article_id": article_id, "user_id": user_id})

    async def unlink_favorited_by(self, article_id: Id, user_id: Id) -> None:
        """Take a row out of favorited_by; nothing happens where it is not there."""
        await self._db.execute(UNLINK_FAVORITED_BY, {"article_id": article_id, "user_id": user_id})

    async def bulk_create(self, items: Sequence[ArticleCreate], *, author_id: Id) -> list[Id]:
        """The ids of the new rows, in the order of the items."""
        new_slugs = await self._free_slugs(TAKEN_SLUG, [slugify(item.title, RESERVED) for item in items])
        tags_ids = await self._ids_of_each(LOOK_UP_TAGS, "tag_names", [item.tag_names for item in items])
        values = [
            {**to_values(item), "slug": new_slug, "author_id": author_id}
            for item, new_slug in zip(items, new_slugs, strict=True)
        ]
        new_ids = await self._insert_all(INSERT_ALL, values, slugs=("slug",))
        tags_links = [
            {"article_id": new_id, "tag_id": other}
            for new_id, others in zip(new_ids, tags_ids, strict=True)
            for other in others
        ]
        if tags_links:
            await self._db.execute(PUT_TAGS, tags_links)
        return new_ids

    async def stored(self, row_ids: Sequence[Id]) -> list[ArticleRead]:
        """The rows with these ids, in their order."""
        return await self._stored(STORED, row_ids)

    async def publish(self, row_id: Id) -> None:
        await self._db.execute(PUBLISH, {"row_id": row_id})

    async def feed(self, query: PageQuery, *, me_id: Id) -> Page[ArticleRead]:
        return await self._page(FEED, query, ORDERINGS["-created_at"], {"arg_me_id": me_id})


def to_article(row: RowMapping, tags: list[TagRef]) -> ArticleRead:
    return ArticleRead(
        id=row["id"],
        title=row["title"],
        slug=row["slug"],
        body=row["body"],
        status=row["status"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        author=UserRef(id=row["author_id"], username=row["author_username"]),
        tags=tags,
        favorites_count=row["favorites_count"],
    )


def to_values(body: ArticleCreate) -> dict[str, Any]:
    return {"title": body.title, "body": body.body, "status": body.status}
