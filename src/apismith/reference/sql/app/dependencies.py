"""What endpoints ask for: the database, who is calling, and the services of logging in."""

from collections.abc import AsyncIterator
from typing import Annotated

import structlog
from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, OAuth2PasswordBearer

from app import defaults
from app.core.access import ANONYMOUS, Caller
from app.core.attempts import Attempts
from app.core.client import client_network
from app.core.database import Database, Executor, Reader
from app.core.security import AccessToken, decode_access_token
from app.exceptions import Unauthorized
from app.repositories.auth import AccountRepository
from app.services.api_keys import ApiKeyService
from app.services.auth import AuthService

bearer = OAuth2PasswordBearer(
    tokenUrl=f"{defaults.API_PREFIX}/auth/token",
    refreshUrl=f"{defaults.API_PREFIX}/auth/refresh",
    description="A JWT that is made and checked as RFC8725 asks for.",
    auto_error=False,
)
api_key = APIKeyHeader(
    name="X-API-Key",
    scheme_name="ApiKey",
    description="For programs; made by `POST /auth/api-keys`. A request with an access token is not asked for one.",
    auto_error=False,
)


async def get_database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


Data = Annotated[Database, Depends(get_database)]


async def get_reader(request: Request) -> Reader:
    reader: Reader = request.app.state.database.reader
    return reader


async def get_unit_of_work(request: Request) -> AsyncIterator[Executor]:
    async with request.app.state.database.unit_of_work() as work:
        yield work


Reads = Annotated[Reader, Depends(get_reader)]
# The scope makes it commit before the answer starts, so that a failing commit is answered as a failure.
Writes = Annotated[Executor, Depends(get_unit_of_work, scope="function")]


async def get_token(request: Request, encoded: Annotated[str | None, Depends(bearer)]) -> AccessToken | None:
    """The access token, None without one; one that is sent must be valid."""
    if encoded is None:
        return None
    known: AccessToken | None = getattr(request.state, "access_token", None)  # by whom the request was counted
    return known or decode_access_token(encoded, request.app.state.settings)


async def get_caller(
    request: Request,
    token: Annotated[AccessToken | None, Depends(get_token)],
    key: Annotated[str | None, Depends(api_key)],
    database: Data,
) -> Caller:
    """Who is calling. The account, and its session or key, are looked up, so that a token ends at once with them."""
    if token is not None:
        return await _logged_in(request, token, database)
    if key is None:
        return ANONYMOUS
    return _known(request, await ApiKeyService(database).caller(key, request.method))


async def _logged_in(request: Request, token: AccessToken, database: Database) -> Caller:
    caller = await AccountRepository(database.reader).caller(token)
    if caller is None:
        raise Unauthorized
    return _known(request, caller)


def _known(request: Request, caller: Caller) -> Caller:
    request.state.account = str(caller.id)
    structlog.contextvars.bind_contextvars(account_id=str(caller.id))
    return caller


Visitor = Annotated[Caller, Depends(get_caller)]


async def get_member(caller: Visitor) -> Caller:
    """Who is calling, if they are logged in."""
    if caller.id is None:
        raise Unauthorized
    return caller


Member = Annotated[Caller, Depends(get_member)]


async def get_session(
    request: Request, token: Annotated[AccessToken | None, Depends(get_token)], database: Data
) -> AccessToken:
    """The session in which the caller logged in, which programs with an API key have none of."""
    if token is None:
        raise Unauthorized
    await _logged_in(request, token, database)
    return token


async def get_client(request: Request) -> str | None:
    """What the client calls itself."""
    return "".join(filter(str.isprintable, request.headers.get("user-agent", "")))[:200] or None


async def get_attempts(request: Request) -> Attempts:
    state = request.app.state
    return Attempts(state.limiter, state.settings, client_network(request.scope), request.state.quotas)


async def get_auth(request: Request, database: Data) -> AuthService:
    return AuthService(database, request.app.state.settings)


async def get_api_keys(database: Data) -> ApiKeyService:
    return ApiKeyService(database)


Session = Annotated[AccessToken, Depends(get_session)]
Client = Annotated[str | None, Depends(get_client)]
LoginAttempts = Annotated[Attempts, Depends(get_attempts)]
Auth = Annotated[AuthService, Depends(get_auth)]
ApiKeys = Annotated[ApiKeyService, Depends(get_api_keys)]
