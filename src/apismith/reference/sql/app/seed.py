"""A few rows to try things out with."""

from typing import Final, NamedTuple

from app.api.v1.schemas.users import UserCreate
from app.core.database import Executor
from app.core.security import hash_password
from app.repositories.users import UserRepository

PASSWORD: Final = "correct horse battery staple"  # noqa: S105  # of a demo account, which production refuses to make


class Demo(NamedTuple):
    """The account to log in with."""

    login: str
    password: str


async def seed(db: Executor) -> Demo:
    """Store the rows; fails where they are stored already."""
    body = UserCreate.model_validate({"email": "demo@example.com", "username": "demo", "password": PASSWORD})
    await UserRepository(db).create(body, password_hash=await hash_password(PASSWORD))
    return Demo(body.email, PASSWORD)
