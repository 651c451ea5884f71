"""Logging in over HTTP. Rules live in `services.auth`."""

from typing import Annotated

from fastapi import Depends, Form, Request, Response

from app.api.route import Route
from app.api.v1.endpoints.browser import kept
from app.api.v1.schemas.auth import BrowserToken, LoginForm, TokenPair
from app.core.cookies import require_own_page
from app.core.routing import Router
from app.dependencies import Auth, Client, LoginAttempts
from app.exceptions import errors

router = Router(prefix="/auth", tags=["auth"], route_class=Route)


@router.post("/token", summary="Log in", responses=errors(401, 403, 422))
async def log_in(form: Annotated[LoginForm, Form()], client: Client, auth: Auth, attempts: LoginAttempts) -> TokenPair:
    async with attempts.of(form.username):
        account_id = await auth.identify(form)
    return await auth.start(account_id, client)


@router.post(
    "/browser/token",
    summary="Log in from a page",
    dependencies=[Depends(require_own_page)],
    responses=errors(401, 403, 422),
)
async def log_in_browser(
    form: Annotated[LoginForm, Form()],
    client: Client,
    auth: Auth,
    attempts: LoginAttempts,
    request: Request,
    response: Response,
) -> BrowserToken:
    async with attempts.of(form.username):
        account_id = await auth.identify(form)
    return kept(request, response, await auth.start(account_id, client))
