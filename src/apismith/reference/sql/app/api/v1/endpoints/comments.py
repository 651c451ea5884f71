"""Comments over HTTP. Rules live in `services.comments`, SQL in `repositories.comments`."""

from typing import Annotated

from fastapi import BackgroundTasks, Path, Query, Response, status

from app.api.idempotency import Once
from app.api.route import Route
from app.api.v1.providers import ReadComments, WriteComments
from app.api.v1.schemas.base import Text
from app.api.v1.schemas.comments import CommentCreate, CommentQuery, CommentRead
from app.core.ids import PathId
from app.core.pagination import NextLink, Page
from app.core.routing import Router
from app.dependencies import Member
from app.exceptions import errors
from app.services.handlers import notify_author

router = Router(prefix="/comments", tags=["comments"], route_class=Route)
root = Router(tags=["comments"], route_class=Route)  # paths outside of the prefix


@root.get("/articles/{slug}/comments", summary="List comments", responses=errors(404, 422))
async def list_comments(
    slug: Annotated[Text, Path(max_length=200)],
    query: Annotated[CommentQuery, Query()],
    comments: ReadComments,
    next_link: NextLink,
) -> Page[CommentRead]:
    return next_link.of(await comments.page(slug, query))


@root.post(
    "/articles/{slug}/comments",
    summary="Create a comment",
    status_code=status.HTTP_201_CREATED,
    responses=errors(401, 403, 404, 409, 415, 422),
)
async def create_comment(
    slug: Annotated[Text, Path(max_length=200)],
    body: CommentCreate,
    comments: WriteComments,
    me: Member,
    response: Response,
    tasks: BackgroundTasks,
    _: Once,
) -> CommentRead:
    comment = await comments.create(slug, body, me)
    response.headers["Location"] = f"/api/v1/comments/{comment.id}"
    tasks.add_task(notify_author, comment)
    return comment


@router.get("/{id}", summary="Read a comment", responses=errors(404, 422))
async def read_comment(id: PathId, comments: ReadComments) -> CommentRead:
    return await comments.get(id)


@router.delete(
    "/{id}", summary="Delete a comment", status_code=status.HTTP_204_NO_CONTENT, responses=errors(401, 403, 404, 422)
)
async def delete_comment(id: PathId, comments: WriteComments, me: Member) -> None:
    await comments.delete(id, me)
