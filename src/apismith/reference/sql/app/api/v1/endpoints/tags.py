"""Tags over HTTP. Rules live in `services.tags`, SQL in `repositories.tags`."""

from typing import Annotated

from fastapi import Path, Query, Response, status

from app.api.idempotency import Once
from app.api.route import Route
from app.api.v1.providers import ReadTags, WriteTags
from app.api.v1.schemas.base import Text
from app.api.v1.schemas.bulk import Items
from app.api.v1.schemas.tags import TagBulkCreate, TagCreate, TagQuery, TagRead, TagUpdate
from app.core.pagination import NextLink, Page
from app.core.routing import Router
from app.dependencies import Member
from app.exceptions import errors

router = Router(prefix="/tags", tags=["tags"], route_class=Route)


@router.get("", summary="List tags", responses=errors(404, 422))
async def list_tags(query: Annotated[TagQuery, Query()], tags: ReadTags, next_link: NextLink) -> Page[TagRead]:
    return next_link.of(await tags.page(query))


@router.post("", summary="Create a tag", status_code=status.HTTP_201_CREATED, responses=errors(401, 403, 409, 415, 422))
async def create_tag(body: TagCreate, tags: WriteTags, me: Member, response: Response, _: Once) -> TagRead:
    tag = await tags.create(body, me)
    response.headers["Location"] = f"/api/v1/tags/{tag.name}"
    return tag


@router.post(
    "/bulk",
    summary="Create several tags, all of them or none",
    status_code=status.HTTP_201_CREATED,
    responses=errors(401, 403, 409, 415, 422),
)
async def bulk_create_tags(body: TagBulkCreate, tags: WriteTags, me: Member, _: Once) -> Items[TagRead]:
    return Items(items=await tags.bulk_create(body.items, me))


@router.get("/{name}", summary="Read a tag", responses=errors(404, 422))
async def read_tag(name: Annotated[Text, Path(max_length=40)], tags: ReadTags) -> TagRead:
    return await tags.get(name)


@router.patch("/{name}", summary="Change a tag", responses=errors(401, 403, 404, 409, 415, 422))
async def update_tag(
    name: Annotated[Text, Path(max_length=40)], body: TagUpdate, tags: WriteTags, me: Member
) -> TagRead:
    return await tags.update(name, body, me)


@router.delete(
    "/{name}", summary="Delete a tag", status_code=status.HTTP_204_NO_CONTENT, responses=errors(401, 403, 404, 422)
)
async def delete_tag(name: Annotated[Text, Path(max_length=40)], tags: WriteTags, me: Member) -> None:
    await tags.delete(name, me)
