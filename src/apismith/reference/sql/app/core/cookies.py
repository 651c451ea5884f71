"""The cookie that keeps a browser logged in, and who may make the browser send it."""

from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.security import APIKeyCookie

from app import defaults
from app.config import Settings
from app.exceptions import ForeignOrigin

PATH: Final = f"{defaults.API_PREFIX}/auth/browser"
NAME: Final = f"{defaults.NAME}_refresh"

refresh_cookie = APIKeyCookie(
    name=NAME,
    scheme_name="RefreshCookie",
    description="Set by `POST /auth/browser/token`, for pages of allowed origins only.",
    auto_error=False,
)


def set_refresh_token(response: Response, token: str, settings: Settings) -> None:
    """Let the browser keep the token: out of reach of scripts, for these routes only, never sent by other sites."""
    response.set_cookie(
        NAME,
        token,
        max_age=settings.refresh_token_days * 24 * 60 * 60,
        path=PATH,
        secure=settings.is_production,
        httponly=True,
        samesite="strict",
    )


def forget_refresh_token(response: Response, settings: Settings) -> None:
    """Let the browser throw the token away."""
    response.delete_cookie(NAME, path=PATH, secure=settings.is_production, httponly=True, samesite="strict")


async def require_own_page(request: Request) -> None:
    """Raise `ForeignOrigin` unless a page of this backend, or of an allowed origin, makes the browser ask."""
    settings: Settings = request.app.state.settings
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site") != "same-origin":
            raise ForeignOrigin
    elif not (origin in settings.cors_origins or _is_own(origin, request, settings)):
        raise ForeignOrigin


def _is_own(origin: str, request: Request, settings: Settings) -> bool:
    url = urlsplit(origin)
    schemes = ("https",) if settings.is_production else ("http", "https")
    return url.scheme in schemes and url.netloc == request.headers.get("host")
