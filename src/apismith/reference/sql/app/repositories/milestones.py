"""Everything SQL about milestones. Statements are built once; each call only binds its parameters."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, insert, select, update

from app.api.v1.schemas.milestones import MilestoneCreate, MilestoneQuery, MilestoneRead, MilestoneUpdate
from app.api.v1.schemas.refs import ArticleRef
from app.core.ids import Id
from app.core.pagination import Order, Page
from app.models import Article, Milestone
from app.repositories.bulk import BulkRepository

MILESTONES = (
    select(
        Milestone.id,
        Milestone.title,
        Milestone.position,
        Milestone.done,
        Article.id.label("article_id"),
        Article.slug.label("article_slug"),
        Article.title.label("article_title"),
    )
    .join(Article, Milestone.article_id == Article.id)
    .where(Article.deleted_at.is_(None))
)
OWNED = Milestone.article_id.in_(select(Article.id).where(Article.author_id == bindparam("row_owner")))
GET = MILESTONES.where(Milestone.id == bindparam("id"))
OF_PARENT = MILESTONES.where(Milestone.article_id == bindparam("article_id"))
ORDERINGS = {
    "position": Order("position", Milestone.position, Milestone.id, int),
}
FIND = select(Milestone.id).where(Milestone.id == bindparam("id"))
INSERT = insert(Milestone).returning(Milestone.id)
UPDATE = update(Milestone).where(Milestone.id == bindparam("row_id"))
DELETE = delete(Milestone).where(Milestone.id == bindparam("row_id"))
INSERT_ALL = insert(Milestone).returning(Milestone.id, sort_by_parameter_order=True)
STORED = MILESTONES.where(Milestone.id.in_(bindparam("row_ids", expanding=True)))


class MilestoneRepository(BulkRepository[MilestoneRead]):
    """Reads and writes milestones."""

    rows = MILESTONES
    order = ORDERINGS["position"]
    owned = OWNED

    async def get(self, id: Id, *, owner_id: Id | None = None) -> MilestoneRead | None:
        return await self._one(GET, {"id": id}, owner_id)

    async def page(self, query: MilestoneQuery, *, article_id: Id, owner_id: Id | None = None) -> Page[MilestoneRead]:
        return await self._page(OF_PARENT, query, ORDERINGS[query.order], {"article_id": article_id}, owner_id)

    async def _read(self, rows: Sequence[RowMapping]) -> list[MilestoneRead]:
        return [to_milestone(row) for row in rows]

    async def find(self, id: Id, *, owner_id: Id | None = None) -> Id | None:
        """The id of the row, None where there is none."""
        return await self._id(FIND, {"id": id}, owner_id)

    async def create(self, body: MilestoneCreate, *, article_id: Id) -> Id:
        values = {**to_values(body), "article_id": article_id}
        row_id: Id = (await self._db.execute(INSERT, values)).scalar_one()
        return row_id

    async def update(self, id: Id, body: MilestoneUpdate, *, owner_id: Id | None = None) -> Id | None:
        """The id of the changed row, None where there is no such row."""
        row_id = await self.find(id, owner_id=owner_id)
        if row_id is None:
            return None
        changes = body.model_dump()
        if changes:
            await self._db.execute(UPDATE, {"row_id": row_id, **changes})
        return row_id

    async def delete(self, id: Id, *, owner_id: Id | None = None) -> bool:
        """Whether there was such a row."""
        return await self._changed(DELETE, {"row_id": id}, owner_id)

    async def bulk_create(self, items: Sequence[MilestoneCreate], *, article_id: Id) -> list[Id]:
        """The ids of the new rows, in the order of the items."""
        values = [{**to_values(item), "article_id": article_id} for item in items]
        return await self._insert_all(INSERT_ALL, values)

    async def stored(self, row_ids: Sequence[Id]) -> list[MilestoneRead]:
        """The rows with these ids, in their order."""
        return await self._stored(STORED, row_ids)


def to_milestone(row: RowMapping) -> MilestoneRead:
    return MilestoneRead(
        id=row["id"],
        title=row["title"],
        position=row["position"],
        done=row["done"],
        article=ArticleRef(id=row["article_id"], slug=row["article_slug"], title=row["article_title"]),
    )


def to_values(body: MilestoneCreate) -> dict[str, Any]:
    return {"title": body.title, "position": body.position, "done": body.done}
