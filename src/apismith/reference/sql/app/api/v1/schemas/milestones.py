"""What clients send and get about milestones."""

from typing import Annotated, Literal

from pydantic import MISSING, ConfigDict, Field

from app.api.v1.schemas.base import Input, Schema, Text
from app.api.v1.schemas.refs import ArticleRef
from app.core.ids import Id
from app.core.pagination import PageQuery

MilestoneTitle = Annotated[Text, Field(min_length=1, max_length=120)]
MilestoneDone = Annotated[bool, Field(strict=True)]
MilestonePosition = Annotated[int, Field(strict=True, ge=0, le=1000)]


class MilestoneCreate(Input):
    """What a client sends to create a milestone."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "Title", "done": True, "position": 1}]})

    title: MilestoneTitle
    done: MilestoneDone = False
    position: MilestonePosition = 0


class MilestoneUpdate(Input):
    """What a client sends to change a milestone: what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "Title", "done": True}]})

    title: MilestoneTitle | MISSING = MISSING
    done: MilestoneDone | MISSING = MISSING
    position: MilestonePosition | MISSING = MISSING


class MilestoneRead(Schema):
    """A milestone, as clients get it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 1,
                    "title": "Title",
                    "done": True,
                    "position": 1,
                    "article": {"id": 1, "slug": "a-title", "title": "Title"},
                }
            ]
        }
    )

    id: Id
    title: str
    done: bool
    position: int
    article: ArticleRef


class MilestoneQuery(PageQuery):
    """Which milestones to list, and in which order."""

    order: Literal["position"] = "position"
