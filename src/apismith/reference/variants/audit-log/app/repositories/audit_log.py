"""Everything SQL about reading the audit log; `repositories.audit_recording` writes it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, select

from app.api.v1.schemas.audit_log import AuditEntryRead, AuditLogQuery
from app.core.pagination import Order, Page
from app.models import AuditEntry
from app.repositories.base import Repository

ENTRIES = select(*AuditEntry.__table__.columns)
LATEST = Order("-created_at", AuditEntry.created_at, AuditEntry.id, datetime, descending=True)
FILTERING = {
    "entity": AuditEntry.entity == bindparam("entity"),
    "key": AuditEntry.key == bindparam("key"),
    "actor": AuditEntry.actor == bindparam("actor"),
    "since": AuditEntry.created_at >= bindparam("since"),
    "until": AuditEntry.created_at < bindparam("until"),
}


class AuditLogRepository(Repository[AuditEntryRead]):
    """Reads entries."""

    rows = ENTRIES
    order = LATEST
    filters = FILTERING

    async def page(self, query: AuditLogQuery) -> Page[AuditEntryRead]:
        return await self._page(ENTRIES, query, LATEST, {})

    async def _read(self, rows: Sequence[RowMapping]) -> list[AuditEntryRead]:
        return [AuditEntryRead.model_validate(dict(row)) for row in rows]
