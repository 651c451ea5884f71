"""Whom a request is counted for."""

from fastapi.security.utils import get_authorization_scheme_param
from starlette.datastructures import Headers
from starlette.types import Scope

from app.config import Settings
from app.core.client import client_network
from app.core.security import decode_access_token
from app.exceptions import Unauthorized


def identify(scope: Scope, settings: Settings) -> tuple[str, str]:
    """The account of the access token; where there is none, or none that is valid, the address.

    The token is left in the request's state, so that it is decoded only once.
    """
    scheme, encoded = get_authorization_scheme_param(Headers(scope=scope).get("authorization"))
    if scheme.lower() == "bearer":
        try:
            token = decode_access_token(encoded, settings)
        except Unauthorized:
            pass
        else:
            scope.setdefault("state", {})["access_token"] = token
            return "account", str(token.account_id)
    return "address", client_network(scope)
