"""API keys over HTTP, for those who have logged in: a key manages no keys. Rules live in `services.api_keys`."""

from uuid import UUID

from fastapi import Response, status

from app import defaults
from app.api.route import Route
from app.api.v1.schemas.api_keys import ApiKeyCreated, ApiKeyInput, ApiKeyRead
from app.core.routing import Router
from app.dependencies import ApiKeys, Session
from app.exceptions import errors

router = Router(prefix="/auth/api-keys", tags=["auth"], route_class=Route)


@router.post("", summary="Make an API key", status_code=status.HTTP_201_CREATED, responses=errors(401, 409, 415, 422))
async def create_api_key(body: ApiKeyInput, session: Session, keys: ApiKeys, response: Response) -> ApiKeyCreated:
    key = await keys.create(body, session.account_id)
    response.headers["Location"] = f"{defaults.API_PREFIX}{router.prefix}/{key.id}"
    return key


@router.get("", summary="List your API keys", responses=errors(401))
async def my_api_keys(session: Session, keys: ApiKeys) -> list[ApiKeyRead]:
    return await keys.of_account(session.account_id)


@router.delete(
    "/{id}", summary="Revoke an API key", status_code=status.HTTP_204_NO_CONTENT, responses=errors(401, 404, 422)
)
async def revoke_api_key(id: UUID, session: Session, keys: ApiKeys) -> None:
    await keys.revoke(id, session.account_id)
