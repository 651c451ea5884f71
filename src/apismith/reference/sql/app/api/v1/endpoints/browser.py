"""Sessions of a page: the refresh token stays in a cookie that no script can read.

Only pages of this backend and of allowed origins may ask, since a browser sends its cookies whoever makes it ask.
"""

from typing import Annotated

from fastapi import Depends, Request, Response, status

from app.api.route import Route
from app.api.v1.schemas.auth import BrowserToken, TokenPair
from app.core.cookies import forget_refresh_token, refresh_cookie, require_own_page, set_refresh_token
from app.core.routing import Router
from app.core.security import RefreshSecret
from app.dependencies import Auth
from app.exceptions import InvalidRefreshToken, errors

router = Router(prefix="/auth/browser", tags=["auth"], route_class=Route, dependencies=[Depends(require_own_page)])
RefreshCookie = Annotated[str | None, Depends(refresh_cookie)]


@router.post("/refresh", summary="Get a new access token for the cookie", responses=errors(401, 403))
async def refresh_browser(cookie: RefreshCookie, auth: Auth, request: Request, response: Response) -> BrowserToken:
    return kept(request, response, await auth.refresh(_required(cookie)))


@router.post(
    "/logout",
    summary="Log out of a page",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=errors(401, 403),
)
async def log_out_browser(cookie: RefreshCookie, auth: Auth, request: Request, response: Response) -> None:
    await auth.log_out(RefreshSecret.parse(_required(cookie)).session_id)
    forget_refresh_token(response, request.app.state.settings)


def _required(cookie: str | None) -> str:
    if cookie is None:
        raise InvalidRefreshToken
    return cookie


def kept(request: Request, response: Response, pair: TokenPair) -> BrowserToken:
    """The answer for scripts, while the cookie keeps the refresh token from them."""
    set_refresh_token(response, pair.refresh_token, request.app.state.settings)
    return BrowserToken(access_token=pair.access_token, expires_in=pair.expires_in)
