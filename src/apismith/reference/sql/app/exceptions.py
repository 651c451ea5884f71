"""What can go wrong, and the one structure in which every failure is answered.

Services raise an `AppError`. What the framework or the database raise becomes one in `app.core.failures`.
"""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Final

from pydantic import BaseModel, Field, JsonValue


class ErrorBody(BaseModel):
    """The body of every failure."""

    error_code: Annotated[str, Field(description="Stable name of the failure, for programs.")]
    message: Annotated[str, Field(description="What went wrong, for people.")]
    details: Annotated[dict[str, JsonValue], Field(description="More about it; what, depends on `error_code`.")]
    request_id: Annotated[str, Field(description="The answer's `X-Request-ID`, under which the server logged it.")]


class AppError(Exception):
    """A failure that the client is told about."""

    status: HTTPStatus
    error_code: str
    default_message: str
    headers: ClassVar[Mapping[str, str]] = {}
    retry_after: int | None = None

    def __init__(self, message: str | None = None, details: dict[str, JsonValue] | None = None) -> None:
        self.message = message or self.default_message
        self.details = details or {}
        super().__init__(self.message)


class BadRequest(AppError):
    """The request cannot be read at all."""

    status = HTTPStatus.BAD_REQUEST
    error_code = "BAD_REQUEST"
    default_message = "The request could not be understood."


class Unauthorized(AppError):
    """Nobody is logged in, and somebody must be."""

    status = HTTPStatus.UNAUTHORIZED
    error_code = "UNAUTHORIZED"
    default_message = "Log in first: a valid access token is needed."
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


class InvalidCredentials(Unauthorized):
    """Wrong password or unknown account: the answer does not say which."""

    error_code = "INVALID_CREDENTIALS"
    default_message = "The login or the password is wrong."


class InvalidRefreshToken(Unauthorized):
    """A refresh token that is unknown, expired, ended, or was used before."""

    error_code = "INVALID_REFRESH_TOKEN"
    default_message = "The refresh token is not valid any more: log in again."


class InvalidApiKey(Unauthorized):
    """An API key that is unknown, over or revoked."""

    error_code = "INVALID_API_KEY"
    default_message = "The API key is not valid, or not any more."


class InvalidLink(Unauthorized):
    """The token of a link in a mail that is over, was used before, or never was ours."""

    error_code = "INVALID_LINK"
    default_message = "The link is not valid any more: ask for a new one."


class Forbidden(AppError):
    """The caller is known, and may not."""

    status = HTTPStatus.FORBIDDEN
    error_code = "FORBIDDEN"
    default_message = "You may not do this."


class ForeignOrigin(Forbidden):
    """A page of another site made the browser ask, or the browser does not say which."""

    error_code = "FOREIGN_ORIGIN"
    default_message = "Only pages of allowed origins may ask for this: clients that are no browsers log in elsewhere."


class InsufficientScope(Forbidden):
    """The API key is not for such requests, whatever its account may do."""

    error_code = "INSUFFICIENT_SCOPE"
    default_message = "The API key is not for this: make one with another scope."


class WrongPassword(Forbidden):
    """Who changes how they log in must know the current password."""

    error_code = "WRONG_PASSWORD"
    default_message = "Send your current password as `current_password` to change how you log in."


class EmailNotVerified(Forbidden):
    """The password is right, but nobody has said yet that they read mails to this address."""

    error_code = "EMAIL_NOT_VERIFIED"
    default_message = "Verify your e-mail address first: the link was sent to you."


class NotFound(AppError):
    """There is no such row, or none that the caller may see."""

    status = HTTPStatus.NOT_FOUND
    error_code = "NOT_FOUND"
    default_message = "There is nothing here."

    def __init__(self, resource: str | None = None, **key: object) -> None:
        if resource is None:
            super().__init__()
        else:
            message = f"There is no {resource} with this {' and '.join(key)}." if key else f"There is no {resource}."
            super().__init__(message, {"resource": resource})


class MethodNotAllowed(AppError):
    """The path exists, but not for this method."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    error_code = "METHOD_NOT_ALLOWED"
    default_message = "This method is not allowed here; the header `Allow` lists those that are."


class Conflict(AppError):
    """The request contradicts what is stored."""

    status = HTTPStatus.CONFLICT
    error_code = "CONFLICT"
    default_message = "This contradicts what is stored already."

    def __init__(self, message: str | None = None, *, fields: list[str] | None = None) -> None:
        super().__init__(message, {"fields": list[JsonValue](fields)} if fields else None)


class PreconditionFailed(AppError):
    """The row was changed since the client read it."""

    status = HTTPStatus.PRECONDITION_FAILED
    error_code = "PRECONDITION_FAILED"
    default_message = "It was changed in the meantime: read it again, and decide anew."


class PreconditionRequired(AppError):
    """A row that counts its versions can be changed only by who says which version they know."""

    status = HTTPStatus.PRECONDITION_REQUIRED
    error_code = "PRECONDITION_REQUIRED"
    default_message = "Send the header `If-Match` with the `ETag` under which you read it."


class RequestTimeout(AppError):
    """The body did not arrive in time."""

    status = HTTPStatus.REQUEST_TIMEOUT
    error_code = "REQUEST_TIMEOUT"
    default_message = "The request's body took too long to arrive."


class TooManyRequests(AppError):
    """The client has asked for more than it may in so much time."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    error_code = "TOO_MANY_REQUESTS"
    default_message = "Too many requests. Wait for as many seconds as the header `Retry-After` says."

    def __init__(self, policy: str | None = None, *, retry_after: int | None = None) -> None:
        super().__init__(details={"policy": policy} if policy else None)
        self.retry_after = retry_after


class ContentTooLarge(AppError):
    """The body is longer than allowed."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    error_code = "CONTENT_TOO_LARGE"
    default_message = "The request's body is too large."


class UnsupportedMediaType(AppError):
    """The body is of a type that is not accepted here."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    error_code = "UNSUPPORTED_MEDIA_TYPE"
    default_message = "The request's body is of a type that is not accepted here."


class ValidationFailed(AppError):
    """The request can be read, but its values are not acceptable."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    error_code = "VALIDATION_ERROR"
    default_message = "Some values of the request are not valid."

    def __init__(self, errors: list[dict[str, JsonValue]]) -> None:
        super().__init__(details={"errors": list[JsonValue](errors)})


class IdempotencyKeyReused(AppError):
    """An `Idempotency-Key` came again with another request."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    error_code = "IDEMPOTENCY_KEY_REUSED"
    default_message = "This `Idempotency-Key` was sent with another request before: take a new one."


class OutOfRange(AppError):
    """A value that follows from the request is larger than the database can keep."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    error_code = "OUT_OF_RANGE"
    default_message = "A value would become too large to be stored."


class UnknownReference(AppError):
    """A field names a row that does not exist."""

    status = HTTPStatus.CONFLICT
    error_code = "UNKNOWN_REFERENCE"
    default_message = "The request refers to something that does not exist."

    def __init__(self, field: str | None = None) -> None:
        if field is None:
            super().__init__()
        else:
            super().__init__(f"`{field}` refers to something that does not exist.", {"field": field})


class RuleViolated(AppError):
    """The values contradict a rule that the database enforces on every row."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    error_code = "RULE_VIOLATED"
    default_message = "The values contradict each other."

    def __init__(self, field: str | None = None) -> None:
        super().__init__(details={"field": field} if field else None)


class InvalidCursor(AppError):
    """A page cursor that this backend did not make, or made for another list: there is no such page."""

    status = HTTPStatus.NOT_FOUND
    error_code = "INVALID_CURSOR"
    default_message = "The cursor does not belong to this list: start again without one."


class InternalError(AppError):
    """The server's own fault; the log has the reason under the request id."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    error_code = "INTERNAL_ERROR"
    default_message = "The server failed to answer. It is not your fault."


class NotImplementedYet(AppError):
    """An operation of the contract whose service method is still to be written."""

    status = HTTPStatus.NOT_IMPLEMENTED
    error_code = "NOT_IMPLEMENTED"
    default_message = "This is not implemented yet."

    def __init__(self, operation: str | None = None) -> None:
        super().__init__(details={"operation": operation} if operation else None)


class ServiceUnavailable(AppError):
    """Something that the backend needs does not answer."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    error_code = "SERVICE_UNAVAILABLE"
    default_message = "The service is not available at the moment. Try again shortly."
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "5"}

    def __init__(self, component: str | None = None) -> None:
        super().__init__(details={"component": component} if component else None)


BY_STATUS: Final[dict[int, type[AppError]]] = {
    error.status: error
    for error in (
        BadRequest,
        Unauthorized,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        RequestTimeout,
        Conflict,
        PreconditionFailed,
        PreconditionRequired,
        ContentTooLarge,
        UnsupportedMediaType,
        TooManyRequests,
        InternalError,
        NotImplementedYet,
        ServiceUnavailable,
    )
}


def error_for(status: int) -> AppError:
    """The error for a failure of which only the status is known."""
    if status in BY_STATUS:
        return BY_STATUS[status]()
    known = HTTPStatus(status)
    error = AppError(f"{known.phrase}.")
    error.status, error.error_code = known, known.name
    return error


# A name instead of the model: FastAPI would build a validator of it for every failure of every route.
ERROR_SCHEMA: Final = {"$ref": "#/components/schemas/ErrorBody"}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of an operation that can fail with these statuses, each with an example."""
    return {status: _documented(status) for status in statuses}


@cache
def _documented(status: int) -> dict[str, Any]:
    error: AppError
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        error = ValidationFailed([{"field": "body.title", "message": "Field required", "type": "missing"}])
    else:
        error = error_for(status)
    example = ErrorBody(
        error_code=error.error_code, message=error.message, details=error.details, request_id="0198c2f4a7b17c3d"
    )
    return {
        "description": error.message,
        "content": {
            "application/json": {"schema": ERROR_SCHEMA, "example": example.model_dump()},
            "application/problem+json": {"schema": ERROR_SCHEMA},
        },
    }
