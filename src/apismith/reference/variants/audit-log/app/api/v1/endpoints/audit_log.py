"""The audit log over HTTP, for administrators. Rules live in `services.audit_log`, SQL in `repositories.audit_log`."""

from typing import Annotated

from fastapi import Depends, Query

from app.api.route import Route
from app.api.v1.schemas.audit_log import AuditEntryRead, AuditLogQuery
from app.core.pagination import NextLink, Page
from app.core.routing import Router
from app.dependencies import Member, Reads
from app.exceptions import errors
from app.repositories.audit_log import AuditLogRepository
from app.services.audit_log import AuditLogService

router = Router(prefix="/audit-log", tags=["audit log"], route_class=Route)


async def read_audit_log(db: Reads) -> AuditLogService:
    return AuditLogService(AuditLogRepository(db))


@router.get("", summary="List what was changed by whom", responses=errors(401, 403, 404, 422))
async def list_audit_log(
    query: Annotated[AuditLogQuery, Query()],
    entries: Annotated[AuditLogService, Depends(read_audit_log)],
    me: Member,
    next_link: NextLink,
) -> Page[AuditEntryRead]:
    return next_link.of(await entries.page(query, me))
