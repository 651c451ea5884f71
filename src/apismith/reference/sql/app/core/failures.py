"""Failures of the framework and of the database, translated into our own and answered."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import JsonValue
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from app.core.integrity import explain
from app.core.logging import current_request_id
from app.exceptions import AppError, ErrorBody, ServiceUnavailable, ValidationFailed, error_for

log = structlog.stdlib.get_logger(__name__)


def error_response(error: AppError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer to a failure."""
    body = ErrorBody(
        error_code=error.error_code, message=error.message, details=error.details, request_id=current_request_id()
    )
    return JSONResponse(body.model_dump(), status_code=int(error.status), headers={**error.headers, **(headers or {})})


async def _app_error(_: Request, error: AppError) -> JSONResponse:
    return error_response(error)


async def _http_exception(_: Request, error: HTTPException) -> JSONResponse:
    return error_response(error_for(error.status_code), error.headers)


async def _validation_error(_: Request, error: RequestValidationError) -> JSONResponse:
    """Say which values are wrong, never what they were."""
    found: list[dict[str, JsonValue]] = [
        {"field": ".".join(map(str, e["loc"])), "message": e["msg"], "type": e["type"]} for e in error.errors()
    ]
    return error_response(ValidationFailed(found))


async def _integrity_error(_: Request, error: IntegrityError) -> JSONResponse:
    return error_response(explain(error))


async def _database_unreachable(_: Request, error: Exception) -> JSONResponse:
    log.error("database.unavailable", exc_info=error)
    return error_response(ServiceUnavailable("database"))


Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]

EXCEPTION_HANDLERS: Final[dict[int | type[Exception], Handler]] = {
    AppError: _app_error,
    HTTPException: _http_exception,
    RequestValidationError: _validation_error,
    IntegrityError: _integrity_error,
    OperationalError: _database_unreachable,
    InterfaceError: _database_unreachable,
    PoolTimeout: _database_unreachable,
    ConnectionError: _database_unreachable,
}
