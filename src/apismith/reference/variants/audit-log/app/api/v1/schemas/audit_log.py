"""What clients read of the audit log."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue

from app.api.v1.schemas.base import Moment, Schema, Text
from app.core.ids import Id
from app.core.pagination import PageQuery


class MemberChange(Schema):
    """What was put into a set, or taken out of it: ids."""

    added: list[JsonValue] = Field(default_factory=list)
    removed: list[JsonValue] = Field(default_factory=list)


class AuditEntryRead(Schema):
    """One change of one row: who did what, and how the row was before and after."""

    model_config = ConfigDict(from_attributes=True)

    id: Id
    created_at: datetime
    entity: Annotated[str, Field(description="What kind of row it is.")]
    row_id: str
    key: Annotated[str, Field(description="What paths call the row.")]
    change: Literal["create", "update", "delete"]
    before: Annotated[dict[str, JsonValue] | None, Field(description="Old values; of an update the changed ones.")]
    after: Annotated[dict[str, JsonValue] | None, Field(description="New values; of an update the changed ones.")]
    members: Annotated[dict[str, MemberChange] | None, Field(description="Sets that changed.")]
    operation: Annotated[str | None, Field(description="The operation that was asked for.")]
    actor: Annotated[str | None, Field(description="Id of the account; null where nobody was logged in.")]
    api_key: Annotated[UUID | None, Field(description="Id of the API key, where it came with one.")]
    request_id: str | None
    address: Annotated[str | None, Field(description="Address of the client.")]


class AuditLogQuery(PageQuery):
    """Which entries to list: the latest come first."""

    entity: Annotated[Text, Field(max_length=63)] | None = None
    key: Annotated[Text, Field(max_length=1000)] | None = None
    actor: Annotated[Text, Field(max_length=40)] | None = None
    since: Moment | None = None
    until: Annotated[Moment | None, Field(description="Entries before this time.")] = None
