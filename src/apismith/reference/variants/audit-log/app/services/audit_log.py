"""Rules about the audit log: who may read it. Nobody may change it."""

from app.api.v1.schemas.audit_log import AuditEntryRead, AuditLogQuery
from app.core.access import Caller, role
from app.core.pagination import Page
from app.repositories.audit_log import AuditLogRepository

LIST = role("admin")


class AuditLogService:
    """What may be done with the audit log."""

    def __init__(self, entries: AuditLogRepository) -> None:
        self._entries = entries

    async def page(self, query: AuditLogQuery, me: Caller) -> Page[AuditEntryRead]:
        LIST.authorize(me)
        return await self._entries.page(query)
