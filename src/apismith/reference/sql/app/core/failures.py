"""Failures of the framework and of the database, translated into our own and answered."""

from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import JsonValue
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Scope

from app.core.database import may_be_tried_again
from app.core.integrity import explain
from app.core.logging import current_request_id
from app.core.negotiation import preferred
from app.core.routing import methods_of_path
from app.exceptions import AppError, ErrorBody, OutOfRange, ServiceUnavailable, ValidationFailed, error_for

# Classes of PostgreSQL's codes: no connection, no such database, not enough of something, stopped by an operator.
UNAVAILABLE: Final = ("08", "3D", "53", "57")
# A number, a text that is too large for its column.
OUT_OF_RANGE: Final = ("22003", "22001")

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"

log = structlog.stdlib.get_logger(__name__)


def error_response(error: AppError, scope: Scope, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer to a failure, as a problem of RFC 9457 for clients that like that better."""
    body = ErrorBody(
        error_code=error.error_code, message=error.message, details=error.details, request_id=current_request_id()
    ).model_dump()
    media_type = preferred(Headers(scope=scope).get("accept", ""), JSON, PROBLEM)
    if media_type == PROBLEM:
        problem = {"type": "about:blank", "title": error.status.phrase, "status": error.status, "detail": error.message}
        body = {**problem, **body}
    wait = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    answer = JSONResponse(body, int(error.status), {**error.headers, **wait, **(headers or {})}, media_type)
    answer.headers.add_vary_header("Accept")
    return answer


async def _app_error(request: Request, error: AppError) -> JSONResponse:
    if error.__cause__ is not None and error.status >= 500:
        log.error("request.failed", exc_info=error.__cause__)
    return error_response(error, request.scope)


async def _http_exception(request: Request, error: HTTPException) -> Response:
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed(request.scope, headers)
        if request.method == "OPTIONS":
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
    return error_response(error_for(error.status_code), request.scope, headers)


def _allowed(scope: Scope, headers: Mapping[str, str]) -> str:
    methods = methods_of_path(scope) or set(headers.get("Allow", "").split(", "))
    return ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))


async def _validation_error(request: Request, error: RequestValidationError) -> JSONResponse:
    """Say which values are wrong, never what they were."""
    found: list[dict[str, JsonValue]] = [
        {"field": ".".join(map(str, e["loc"])), "message": _message(e), "type": e["type"]} for e in error.errors()
    ]
    return error_response(ValidationFailed(found), request.scope)


def _message(error: Mapping[str, Any]) -> str:
    return f"{error['msg']}: {error['ctx']['error']}" if error["type"] == "json_invalid" else error["msg"]


async def _integrity_error(request: Request, error: IntegrityError) -> JSONResponse:
    return error_response(explain(error), request.scope)


async def _pool_timeout(request: Request, error: PoolTimeout) -> JSONResponse:
    log.error("request.failed", exc_info=error)
    return error_response(ServiceUnavailable("database"), request.scope)


async def _database_error(request: Request, error: DBAPIError) -> JSONResponse:
    if may_be_tried_again(error):
        raise error  # to the middleware that does
    code = getattr(error.orig, "sqlstate", None) or ""
    if code in OUT_OF_RANGE:
        return error_response(OutOfRange(), request.scope)
    if not (
        error.connection_invalidated
        or isinstance(error, OperationalError | InterfaceError)
        or code.startswith(UNAVAILABLE)
    ):
        raise error
    log.error("request.failed", exc_info=error)
    return error_response(ServiceUnavailable("database"), request.scope)


Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]

EXCEPTION_HANDLERS: Final[dict[int | type[Exception], Handler]] = {
    AppError: _app_error,
    HTTPException: _http_exception,
    RequestValidationError: _validation_error,
    IntegrityError: _integrity_error,
    DBAPIError: _database_error,
    PoolTimeout: _pool_timeout,
}
