"""Forgotten passwords and unverified addresses over HTTP. Rules live in `services.recovery`."""

from fastapi import BackgroundTasks, status

from app.api.route import Route
from app.api.v1.providers import Recovery
from app.api.v1.schemas.recovery import Accepted, AddressInput, LinkInput
from app.api.v1.schemas.reset import ResetInput
from app.core.routing import Router
from app.dependencies import LoginAttempts
from app.exceptions import errors

router = Router(prefix="/auth", tags=["auth"], route_class=Route)


# Accounts are looked up after the answer was sent: neither it nor its time tells whether there is one.
@router.post(
    "/password/forgot",
    summary="Ask for a mail to set a new password",
    status_code=status.HTTP_202_ACCEPTED,
    responses=errors(415, 422),
)
async def forgot_password(
    body: AddressInput, recovery: Recovery, attempts: LoginAttempts, tasks: BackgroundTasks
) -> Accepted:
    recovery.require_mail()
    await attempts.mail(body.email)
    tasks.add_task(recovery.offer_reset, body.email)
    return Accepted()


@router.post(
    "/password/reset",
    summary="Set a new password",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=errors(401, 415, 422),
)
async def reset_password(body: ResetInput, recovery: Recovery) -> None:
    await recovery.reset(body.token, body.password.get_secret_value())


@router.post(
    "/email/verify",
    summary="Verify an e-mail address",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=errors(401, 415, 422),
)
async def verify_email(body: LinkInput, recovery: Recovery) -> None:
    await recovery.verify(body.token)


@router.post(
    "/email/verify/send",
    summary="Ask again for the mail to verify an address",
    status_code=status.HTTP_202_ACCEPTED,
    responses=errors(415, 422),
)
async def send_verification(
    body: AddressInput, recovery: Recovery, attempts: LoginAttempts, tasks: BackgroundTasks
) -> Accepted:
    recovery.require_mail()
    await attempts.mail(body.email)
    tasks.add_task(recovery.ask_to_verify, body.email)
    return Accepted()
