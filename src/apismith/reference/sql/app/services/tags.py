"""Rules about tags: who may do what, and what follows from it."""

from app.api.v1.schemas.tags import TagCreate, TagQuery, TagRead, TagUpdate
from app.core.access import Caller, member, role
from app.core.ids import Id
from app.core.pagination import Page
from app.exceptions import NotFound
from app.repositories.tags import TagRepository

CREATE = member
UPDATE = role("admin")
DELETE = role("admin")


class TagService:
    """What may be done with tags."""

    def __init__(self, tags: TagRepository) -> None:
        self._tags = tags

    async def get(self, name: str) -> TagRead:
        tag = await self._tags.get(name)
        if tag is None:
            raise NotFound("tag", name=name)
        return tag

    async def page(self, query: TagQuery) -> Page[TagRead]:
        return await self._tags.page(query)

    async def create(self, body: TagCreate, me: Caller) -> TagRead:
        CREATE.authorize(me)
        return await self._stored(await self._tags.create(body))

    async def bulk_create(self, items: list[TagCreate], me: Caller) -> list[TagRead]:
        CREATE.authorize(me)
        row_ids = await self._tags.bulk_create(items)
        return await self._tags.stored(row_ids)

    async def update(self, name: str, body: TagUpdate, me: Caller) -> TagRead:
        UPDATE.authorize(me)
        row_id = await self._tags.update(name, body)
        if row_id is None:
            raise NotFound("tag", name=name)
        return await self._stored(row_id)

    async def delete(self, name: str, me: Caller) -> None:
        DELETE.authorize(me)
        if not await self._tags.delete(name):
            raise NotFound("tag", name=name)

    async def _stored(self, id: Id) -> TagRead:
        tag = await self._tags.get_by_id(id)
        if tag is None:
            raise NotFound("tag", id=id)
        return tag
