"""Failures of the framework and of the database, translated into our own and answered."""

from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import iter_route_contexts
from pydantic import JsonValue
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from app.core.integrity import explain
from app.core.logging import current_request_id
from app.exceptions import AppError, ErrorBody, OutOfRange, ServiceUnavailable, ValidationFailed, error_for

# Classes of PostgreSQL's codes: no connection, no such database, not enough of something, stopped by an operator.
UNAVAILABLE: Final = ("08", "3D", "53", "57")
# A number, a text that is too large for its column.
OUT_OF_RANGE: Final = ("22003", "22001")

log = structlog.stdlib.get_logger(__name__)


def error_response(error: AppError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer to a failure."""
    body = ErrorBody(
        error_code=error.error_code, message=error.message, details=error.details, request_id=current_request_id()
    )
    return JSONResponse(body.model_dump(), status_code=int(error.status), headers={**error.headers, **(headers or {})})


async def _app_error(_: Request, error: AppError) -> JSONResponse:
    if error.__cause__ is not None and error.status >= 500:
        log.error("request.failed", exc_info=error.__cause__)
    return error_response(error)


async def _http_exception(request: Request, error: HTTPException) -> JSONResponse:
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed(request)
    return error_response(error_for(error.status_code), headers)


def _allowed(request: Request) -> str:
    """All methods of the path; the framework knows those of its first route only."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    contexts = iter_route_contexts(request.app.routes)
    matching = [it for it in contexts if (regex := getattr(it, "path_regex", None)) and regex.match(path)]
    return ", ".join(sorted({method for it in matching if it.path == matching[0].path for method in it.methods or ()}))


async def _validation_error(_: Request, error: RequestValidationError) -> JSONResponse:
    """Say which values are wrong, never what they were."""
    found: list[dict[str, JsonValue]] = [
        {"field": ".".join(map(str, e["loc"])), "message": e["msg"], "type": e["type"]} for e in error.errors()
    ]
    return error_response(ValidationFailed(found))


async def _integrity_error(_: Request, error: IntegrityError) -> JSONResponse:
    return error_response(explain(error))


async def _pool_timeout(_: Request, error: PoolTimeout) -> JSONResponse:
    log.error("request.failed", exc_info=error)
    return error_response(ServiceUnavailable("database"))


async def _database_error(_: Request, error: DBAPIError) -> JSONResponse:
    code = getattr(error.orig, "sqlstate", None) or ""
    if code in OUT_OF_RANGE:
        return error_response(OutOfRange())
    if not (isinstance(error, OperationalError | InterfaceError) or code.startswith(UNAVAILABLE)):
        raise error
    log.error("request.failed", exc_info=error)
    return error_response(ServiceUnavailable("database"))


Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]

EXCEPTION_HANDLERS: Final[dict[int | type[Exception], Handler]] = {
    AppError: _app_error,
    HTTPException: _http_exception,
    RequestValidationError: _validation_error,
    IntegrityError: _integrity_error,
    DBAPIError: _database_error,
    PoolTimeout: _pool_timeout,
}
