"""What the contract decided: the backend's names, and the defaults of its settings."""

from typing import Final

NAME: Final = "conduit"
TITLE: Final = "Conduit"
DESCRIPTION: Final = "Conduit, a blog and how it is made known, as one contract."
VERSION: Final = "0.1.0"
API_PREFIX: Final = "/api/v1"

DATABASE_URL: Final = "postgresql://postgres:postgres@localhost:5432/conduit"
CORS_ORIGINS: Final[tuple[str, ...]] = ("https://conduit.example",)
MAX_BODY_BYTES: Final = 1_000_000
RATE_LIMIT: Final = "120/minute"
RATE_LIMIT_LOGIN: Final = "5/minute"
MAIL_FROM: Final = "conduit <no-reply@localhost>"

ACCESS_TOKEN_MINUTES: Final = 15
REFRESH_TOKEN_DAYS: Final = 30
LOGIN_IS_EMAIL: Final[bool] = True
ROLES: Final[tuple[str, ...]] = ("member", "admin", "editor")
