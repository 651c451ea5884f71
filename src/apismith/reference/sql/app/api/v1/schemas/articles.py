"""What clients send and get about articles."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import MISSING, ConfigDict, Field

from app.api.v1.schemas.base import Input, Schema, Text
from app.api.v1.schemas.refs import TagRef, UserRef
from app.core.ids import Id
from app.core.pagination import PageQuery
from app.models.enums import ArticleStatus

ArticleTitle = Annotated[Text, Field(min_length=1, max_length=200)]
ArticleBody = Annotated[Text, Field(min_length=1, max_length=100000)]


class ArticleCreate(Input):
    """What a client sends to create an article."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "Title", "body": "Body", "status": "draft", "tag_names": ["name"]}]}
    )

    title: ArticleTitle
    body: ArticleBody
    status: ArticleStatus = ArticleStatus.draft
    tag_names: Annotated[list[Annotated[Text, Field(max_length=40)]], Field(max_length=10)] = []


class ArticleBulkCreate(Input):
    """What a client sends to create several articles: all of them or none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"items": [{"title": "Title", "body": "Body", "status": "draft", "tag_names": ["name"]}]}]
        }
    )

    items: Annotated[list[ArticleCreate], Field(min_length=1, max_length=20)]


class ArticleUpdate(Input):
    """What a client sends to change an article: what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "Title", "body": "Body"}]})

    title: ArticleTitle | MISSING = MISSING
    body: ArticleBody | MISSING = MISSING
    status: ArticleStatus | MISSING = MISSING
    tag_names: Annotated[list[Annotated[Text, Field(max_length=40)]], Field(max_length=10)] | MISSING = MISSING


class ArticleRead(Schema):
    """A text that its author publishes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 1,
                    "title": "Title",
                    "slug": "a-title",
                    "body": "Body",
                    "status": "draft",
                    "author": {"id": 1, "username": "username"},
                    "tags": [{"id": 1, "name": "name"}],
                    "favorites_count": 1,
                    "created_at": "2026-01-01T12:00:00Z",
                    "updated_at": "2026-01-01T12:00:00Z",
                }
            ]
        }
    )

    id: Id
    title: str
    slug: str
    body: str
    status: ArticleStatus
    author: UserRef
    tags: list[TagRef]
    favorites_count: Annotated[int, Field(description="How many favorited it.")]
    created_at: datetime
    updated_at: datetime


class ArticleQuery(PageQuery):
    """Which articles to list, and in which order."""

    order: Literal["-created_at", "title"] = "-created_at"
    author_username: Annotated[Text, Field(max_length=30)] | None = None
    tag_name: Annotated[Text, Field(max_length=40)] | None = None
    status: ArticleStatus | None = None


class ArticleReportInput(Input):
    """What a client sends to `report` with an article."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Reason"}]})

    reason: Annotated[Text, Field(min_length=1, max_length=500)]
