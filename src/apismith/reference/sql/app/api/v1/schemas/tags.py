"""What clients send and get about tags."""

from typing import Annotated, Literal

from pydantic import MISSING, ConfigDict, Field

from app.api.v1.schemas.base import Input, NoneOf, Schema, Storable
from app.core.ids import Id
from app.core.pagination import PageQuery

TagName = Annotated[
    str, Field(min_length=1, max_length=40, pattern="^[a-z0-9-]+$", examples=["python"]), Storable, NoneOf("bulk")
]


class TagCreate(Input):
    """What a client sends to create a tag."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "name"}]})

    name: TagName


class TagBulkCreate(Input):
    """What a client sends to create several tags: all of them or none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [{"name": "name"}]}]})

    items: Annotated[list[TagCreate], Field(min_length=1, max_length=100)]


class TagUpdate(Input):
    """What a client sends to change a tag: what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "name"}]})

    name: TagName | MISSING = MISSING


class TagRead(Schema):
    """A word that articles are found by."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": 1, "name": "name"}]})

    id: Id
    name: Annotated[str, Field(examples=["python"])]


class TagQuery(PageQuery):
    """Which tags to list, and in which order."""

    order: Literal["name"] = "name"
