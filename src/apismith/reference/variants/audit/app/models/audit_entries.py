"""The `audit_entries` table."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utcnow
from app.core.ids import PrimaryKey
from app.models.base import Base

DOCUMENT = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class AuditEntry(Base):
    """One row is one change of one row. It refers to nothing, so that it outlives what it is about."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_created_at_id", "created_at", "id"),
        Index("ix_audit_entries_entity_key_created_at", "entity", "key", "created_at"),
        Index("ix_audit_entries_actor_created_at", "actor", "created_at"),
        {"info": {"append_only": True}},
    )

    id: Mapped[PrimaryKey]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    entity: Mapped[str] = mapped_column(String(63))
    row_id: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(Text)
    change: Mapped[str] = mapped_column(String(6))
    before: Mapped[dict[str, Any] | None] = mapped_column(DOCUMENT)
    after: Mapped[dict[str, Any] | None] = mapped_column(DOCUMENT)
    members: Mapped[dict[str, Any] | None] = mapped_column(DOCUMENT)
    operation: Mapped[str | None] = mapped_column(String(200))
    actor: Mapped[str | None] = mapped_column(String(40))
    api_key: Mapped[UUID | None]
    request_id: Mapped[str | None] = mapped_column(String(128))
    address: Mapped[str | None] = mapped_column(String(64))
