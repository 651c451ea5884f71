"""Second factors over HTTP, for those who have logged in. Rules live in `services.second_factors`."""

from fastapi import Response, status

from app import defaults
from app.api.route import Route
from app.api.v1.providers import SecondFactors
from app.api.v1.schemas.second_factors import (
    CodeInput,
    PasswordAndCode,
    PasswordInput,
    RecoveryCodes,
    SecondFactorRead,
    SecondFactorSecret,
)
from app.core.routing import Router
from app.dependencies import Session
from app.exceptions import errors

router = Router(prefix="/auth/second-factor", tags=["auth"], route_class=Route)


@router.get("", summary="Read whether your account asks for a code", responses=errors(401))
async def my_second_factor(session: Session, factors: SecondFactors) -> SecondFactorRead:
    return await factors.read(session.account_id)


@router.post(
    "",
    summary="Add an app that shows codes",
    status_code=status.HTTP_201_CREATED,
    responses=errors(401, 403, 409, 415, 422),
)
async def enrol_second_factor(
    body: PasswordInput, session: Session, factors: SecondFactors, response: Response
) -> SecondFactorSecret:
    response.headers["Location"] = f"{defaults.API_PREFIX}{router.prefix}"
    return await factors.enrol(session.account_id, body.current_password)


@router.post("/confirm", summary="Show that the app works", responses=errors(401, 403, 409, 415, 422))
async def confirm_second_factor(body: CodeInput, session: Session, factors: SecondFactors) -> RecoveryCodes:
    return await factors.confirm(session, body.code)


@router.post("/recovery-codes", summary="Make new recovery codes", responses=errors(401, 403, 409, 415, 422))
async def renew_recovery_codes(body: CodeInput, session: Session, factors: SecondFactors) -> RecoveryCodes:
    return await factors.renew_recovery_codes(session.account_id, body.code)


@router.post(
    "/disable",
    summary="Ask for the password only",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=errors(401, 403, 409, 415, 422),
)
async def disable_second_factor(body: PasswordAndCode, session: Session, factors: SecondFactors) -> None:
    await factors.disable(session.account_id, body.current_password, body.code)
