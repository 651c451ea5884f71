"""Sessions over HTTP: going on with them, ending them. Rules live in `services.auth`, SQL in `repositories.auth`."""

from fastapi import status

from app.api.route import Route
from app.api.v1.schemas.auth import RefreshInput, SessionRead, TokenPair
from app.api.v1.schemas.users import UserRead
from app.core.routing import Router
from app.dependencies import Auth, Member, Session
from app.exceptions import errors

router = Router(prefix="/auth", tags=["auth"], route_class=Route)


@router.post("/refresh", summary="Get new tokens for a refresh token", responses=errors(401, 415, 422))
async def refresh(body: RefreshInput, auth: Auth) -> TokenPair:
    return await auth.refresh(body.refresh_token.get_secret_value())


@router.post("/logout", summary="Log out", status_code=status.HTTP_204_NO_CONTENT, responses=errors(401))
async def log_out(session: Session, auth: Auth) -> None:
    await auth.log_out(session.session_id)


@router.post("/logout-all", summary="Log out everywhere", status_code=status.HTTP_204_NO_CONTENT, responses=errors(401))
async def log_out_everywhere(session: Session, auth: Auth) -> None:
    await auth.log_out_everywhere(session.account_id)


@router.get("/me", summary="Read your own account", responses=errors(401))
async def read_me(me: Member, auth: Auth) -> UserRead:
    return await auth.me(me.account_id)


@router.get("/sessions", summary="List where you are logged in", responses=errors(401))
async def my_sessions(session: Session, auth: Auth) -> list[SessionRead]:
    return await auth.sessions(session)
