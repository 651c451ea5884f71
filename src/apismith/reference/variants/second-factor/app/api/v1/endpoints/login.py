"""Logging in over HTTP, in two steps where the account wants it. Rules live in `services.auth` and `.second_factors`."""

from typing import Annotated

from fastapi import Depends, Form, Request, Response

from app.api.route import Route
from app.api.v1.endpoints.browser import kept
from app.api.v1.providers import SecondFactors
from app.api.v1.schemas.auth import BrowserToken, LoginForm, TokenPair
from app.api.v1.schemas.second_factors import CodeLogin
from app.core.cookies import require_own_page
from app.core.routing import Router
from app.dependencies import Auth, Client, LoginAttempts
from app.exceptions import errors

router = Router(prefix="/auth", tags=["auth"], route_class=Route)


@router.post("/token", summary="Log in", responses=errors(401, 403, 422))
async def log_in(
    form: Annotated[LoginForm, Form()], client: Client, auth: Auth, attempts: LoginAttempts, factors: SecondFactors
) -> TokenPair:
    async with attempts.of(form.username):
        account_id = await auth.identify(form)
    await factors.ask(account_id)
    return await auth.start(account_id, client)


@router.post("/token/code", summary="Log in with a code, after the password", responses=errors(401, 415, 422))
async def log_in_with_code(body: CodeLogin, client: Client, auth: Auth, factors: SecondFactors) -> TokenPair:
    return await auth.start(await factors.answer(body.challenge, body.code), client)


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
    factors: SecondFactors,
    request: Request,
    response: Response,
) -> BrowserToken:
    async with attempts.of(form.username):
        account_id = await auth.identify(form)
    await factors.ask(account_id)
    return kept(request, response, await auth.start(account_id, client))


@router.post(
    "/browser/token/code",
    summary="Log in from a page with a code, after the password",
    dependencies=[Depends(require_own_page)],
    responses=errors(401, 403, 415, 422),
)
async def log_in_browser_with_code(
    body: CodeLogin, client: Client, auth: Auth, factors: SecondFactors, request: Request, response: Response
) -> BrowserToken:
    account_id = await factors.answer(body.challenge, body.code)
    return kept(request, response, await auth.start(account_id, client))
