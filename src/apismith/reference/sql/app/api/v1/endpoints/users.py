"""Users over HTTP. Rules live in `services.users`, SQL in `repositories.users`."""

from typing import Annotated

from fastapi import BackgroundTasks, Path, Query, Response, status
from pydantic import MISSING

from app.api.idempotency import Once
from app.api.route import Route
from app.api.v1.providers import ReadUsers, Recovery, WriteUsers
from app.api.v1.schemas.base import Text
from app.api.v1.schemas.users import UserCreate, UserQuery, UserRead, UserUpdate
from app.core.ids import PathId
from app.core.pagination import NextLink, Page, PageQuery
from app.core.routing import Router
from app.dependencies import Member
from app.exceptions import errors

router = Router(prefix="/users", tags=["users"], route_class=Route)
root = Router(tags=["users"], route_class=Route)  # paths outside of the prefix


@root.post("/profiles/{username}/follow", summary="Follow an author", responses=errors(401, 403, 404, 409, 422))
async def follow_user(
    username: Annotated[Text, Path(max_length=30)], users: WriteUsers, me: Member, _: Once
) -> UserRead:
    """Follow an author."""
    return await users.follow(username, me)


@root.delete(
    "/profiles/{username}/follow", summary="Stop following an author", responses=errors(401, 403, 404, 409, 422)
)
async def unfollow_user(username: Annotated[Text, Path(max_length=30)], users: WriteUsers, me: Member) -> UserRead:
    """Stop following an author."""
    return await users.unfollow(username, me)


@router.get("", summary="List users", responses=errors(401, 403, 404, 422))
async def list_users(
    query: Annotated[UserQuery, Query()], users: ReadUsers, me: Member, next_link: NextLink
) -> Page[UserRead]:
    return next_link.of(await users.page(query, me))


@root.post(
    "/auth/register", summary="Create a user", status_code=status.HTTP_201_CREATED, responses=errors(409, 415, 422)
)
async def register(
    body: UserCreate, users: WriteUsers, response: Response, recovery: Recovery, tasks: BackgroundTasks, _: Once
) -> UserRead:
    user = await users.create(body)
    response.headers["Location"] = f"/api/v1/users/{user.id}"
    tasks.add_task(recovery.ask_to_verify, body.email)
    return user


@router.get("/{id}", summary="Read a user", responses=errors(404, 422))
async def read_user(id: PathId, users: ReadUsers) -> UserRead:
    return await users.get(id)


@router.patch("/{id}", summary="Change a user", responses=errors(401, 403, 404, 409, 415, 422))
async def update_user(
    id: PathId, body: UserUpdate, users: WriteUsers, me: Member, recovery: Recovery, tasks: BackgroundTasks
) -> UserRead:
    user = await users.update(id, body, me)
    if body.email is not MISSING:
        tasks.add_task(recovery.ask_to_verify, body.email)
    return user


@router.delete(
    "/{id}", summary="Delete a user", status_code=status.HTTP_204_NO_CONTENT, responses=errors(401, 403, 404, 422)
)
async def delete_user(id: PathId, users: WriteUsers, me: Member) -> None:
    await users.delete(id, me)


@router.get("/{id}/following", summary="List following of a user", responses=errors(404, 422))
async def list_user_following(
    id: PathId, query: Annotated[PageQuery, Query()], users: ReadUsers, next_link: NextLink
) -> Page[UserRead]:
    return next_link.of(await users.page_following(id, query))


@router.put(
    "/{id}/following/{following_id}",
    summary="Add to following of a user",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=errors(401, 403, 404, 422),
)
async def link_user_following(id: PathId, following_id: PathId, users: WriteUsers, me: Member) -> None:
    await users.link_following(id, following_id, me)


@router.delete(
    "/{id}/following/{following_id}",
    summary="Remove from following of a user",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=errors(401, 403, 404, 422),
)
async def unlink_user_following(id: PathId, following_id: PathId, users: WriteUsers, me: Member) -> None:
    await users.unlink_following(id, following_id, me)


@router.get("/{id}/followers", summary="List followers of a user", responses=errors(404, 422))
async def list_user_followers(
    id: PathId, query: Annotated[PageQuery, Query()], users: ReadUsers, next_link: NextLink
) -> Page[UserRead]:
    return next_link.of(await users.page_followers(id, query))
