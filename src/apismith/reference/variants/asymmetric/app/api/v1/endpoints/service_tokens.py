"""Tokens with which programs call other services, which verify them with the key set (RFC 7519, RFC 9068).

They are for one service each, and for this backend none: they name no session, and their type is another.
"""

from datetime import timedelta
from typing import Annotated, Final
from uuid import uuid4

from fastapi import Depends, Request

from app import defaults
from app.api.route import Route
from app.api.v1.schemas.service_tokens import ServiceToken, ServiceTokenInput
from app.core.api_keys import ApiKeySecret
from app.core.clock import utcnow
from app.core.routing import Router
from app.core.signing import sign
from app.dependencies import ApiKeys, api_key
from app.exceptions import InsufficientScope, Unauthorized, errors

LIFETIME: Final = 300
"""Seconds: that a key was revoked is seen by nobody else before."""

router = Router(prefix="/auth", tags=["auth"], route_class=Route)


@router.post("/service-token", summary="Get a token for another service", responses=errors(401, 403, 415, 422))
async def service_token(
    body: ServiceTokenInput, key: Annotated[str | None, Depends(api_key)], keys: ApiKeys, request: Request
) -> ServiceToken:
    if key is None:
        raise Unauthorized("Send an API key as `X-API-Key`.")
    caller = await keys.caller(key, "GET")  # it changes nothing here
    held = caller.scopes or frozenset()
    wanted = held if body.scopes is None else frozenset(body.scopes)
    if not wanted <= held:
        raise InsufficientScope
    now, scope = utcnow(), " ".join(sorted(wanted))
    claims = {
        "iss": defaults.NAME,
        "aud": body.audience,
        "sub": str(caller.account_id),
        "client_id": ApiKeySecret.parse(key).id.hex,
        "scope": scope,
        "iat": now,
        "nbf": now,
        "exp": now + timedelta(seconds=LIFETIME),
        "jti": uuid4().hex,
        "typ": "service",
    }
    return ServiceToken(access_token=sign(claims, request.app.state.settings), expires_in=LIFETIME, scope=scope)
