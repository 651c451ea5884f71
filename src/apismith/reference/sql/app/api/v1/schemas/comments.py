"""What clients send and get about comments."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.api.v1.schemas.base import Input, Schema, Text
from app.api.v1.schemas.refs import ArticleRef, UserRef
from app.core.ids import Id
from app.core.pagination import PageQuery

CommentBody = Annotated[Text, Field(min_length=1, max_length=1000)]


class CommentCreate(Input):
    """What a client sends to create a comment."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"body": "Body"}]})

    body: CommentBody


class CommentRead(Schema):
    """What somebody says about an article."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 1,
                    "body": "Body",
                    "article": {"id": 1, "slug": "a-title", "title": "Title"},
                    "author": {"id": 1, "username": "username"},
                    "created_at": "2026-01-01T12:00:00Z",
                    "updated_at": "2026-01-01T12:00:00Z",
                }
            ]
        }
    )

    id: Id
    body: str
    article: ArticleRef
    author: UserRef
    created_at: datetime
    updated_at: datetime


class CommentQuery(PageQuery):
    """Which comments to list, and in which order."""

    order: Literal["created_at"] = "created_at"
