"""What clients send and get about milestones."""

from typing import Annotated, Literal

from pydantic import MISSING, ConfigDict, Field

from app.api.v1.schemas.base import Input, Schema, Text
from app.api.v1.schemas.refs import ArticleRef
from app.core.ids import Id
from app.core.pagination import PageQuery
from app.core.values import Whole

MilestoneTitle = Annotated[Text, Field(min_length=1, max_length=120)]
MilestonePosition = Annotated[int, Field(strict=True, ge=0, le=1000), Whole]
MilestoneDone = Annotated[bool, Field(strict=True)]


class MilestoneCreate(Input):
    """What a client sends to create a milestone."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "Title", "position": 1, "done": True}]})

    title: MilestoneTitle
    position: MilestonePosition
    done: MilestoneDone = False


class MilestoneBulkCreate(Input):
    """What a client sends to create several milestones: all of them or none."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [{"title": "Title", "position": 1, "done": True}]}]}
    )

    items: Annotated[list[MilestoneCreate], Field(min_length=1, max_length=50)]


class MilestoneUpdate(Input):
    """What a client sends to change a milestone: what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "Title", "position": 1}]})

    title: MilestoneTitle | MISSING = MISSING
    position: MilestonePosition | MISSING = MISSING
    done: MilestoneDone | MISSING = MISSING


class MilestoneRead(Schema):
    """A step on the way to a finished article; its author's business."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 1,
                    "title": "Title",
                    "position": 1,
                    "done": True,
                    "article": {"id": 1, "slug": "a-title", "title": "Title"},
                }
            ]
        }
    )

    id: Id
    title: str
    position: int
    done: bool
    article: ArticleRef


class MilestoneQuery(PageQuery):
    """Which milestones to list, and in which order."""

    order: Literal["position"] = "position"
