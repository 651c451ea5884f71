"""Everything SQL about tags. Statements are built once; each call only binds its parameters."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, insert, select, update

from app.api.v1.schemas.tags import TagCreate, TagQuery, TagRead, TagUpdate
from app.core.ids import Id
from app.core.pagination import Order, Page
from app.models import Tag
from app.repositories.bulk import BulkRepository

TAGS = select(Tag.id, Tag.name)
GET = TAGS.where(Tag.name == bindparam("name"))
GET_BY_ID = TAGS.where(Tag.id == bindparam("id"))
ORDERINGS = {
    "name": Order("name", Tag.name, Tag.id, str),
}
FIND = select(Tag.id).where(Tag.name == bindparam("name"))
INSERT = insert(Tag).returning(Tag.id)
UPDATE = update(Tag).where(Tag.id == bindparam("row_id"))
DELETE = delete(Tag).where(Tag.name == bindparam("row_name"))
INSERT_ALL = insert(Tag).returning(Tag.id, sort_by_parameter_order=True)
STORED = TAGS.where(Tag.id.in_(bindparam("row_ids", expanding=True)))


class TagRepository(BulkRepository[TagRead]):
    """Reads and writes tags."""

    rows = TAGS
    order = ORDERINGS["name"]

    async def get(self, name: str) -> TagRead | None:
        return await self._one(GET, {"name": name})

    async def get_by_id(self, id: Id) -> TagRead | None:
        return await self._one(GET_BY_ID, {"id": id})

    async def page(self, query: TagQuery) -> Page[TagRead]:
        return await self._page(TAGS, query, ORDERINGS[query.order], {})

    async def _read(self, rows: Sequence[RowMapping]) -> list[TagRead]:
        return [to_tag(row) for row in rows]

    async def find(self, name: str) -> Id | None:
        """The id of the row, None where there is none."""
        return await self._id(FIND, {"name": name})

    async def create(self, body: TagCreate) -> Id:
        values = to_values(body)
        row_id: Id = (await self._db.execute(INSERT, values)).scalar_one()
        return row_id

    async def update(self, name: str, body: TagUpdate) -> Id | None:
        """The id of the changed row, None where there is no such row."""
        row_id = await self.find(name)
        if row_id is None:
            return None
        changes = body.model_dump()
        if changes:
            await self._db.execute(UPDATE, {"row_id": row_id, **changes})
        return row_id

    async def delete(self, name: str) -> bool:
        """Whether there was such a row."""
        return await self._changed(DELETE, {"row_name": name})

    async def bulk_create(self, items: Sequence[TagCreate]) -> list[Id]:
        """The ids of the new rows, in the order of the items."""
        values = [to_values(item) for item in items]
        return await self._insert_all(INSERT_ALL, values)

    async def stored(self, row_ids: Sequence[Id]) -> list[TagRead]:
        """The rows with these ids, in their order."""
        return await self._stored(STORED, row_ids)


def to_tag(row: RowMapping) -> TagRead:
    return TagRead(
        id=row["id"],
        name=row["name"],
    )


def to_values(body: TagCreate) -> dict[str, Any]:
    return {"name": body.name}
