"""What clients send and get about users."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import MISSING, ConfigDict, Field, SecretStr

from app.api.v1.schemas.base import Email, Input, Schema, Storable, Text, Url
from app.core.ids import Id
from app.core.pagination import PageQuery
from app.core.passwords import Uncommon

UserUsername = Annotated[str, Field(max_length=30, pattern=r"^\w+$"), Storable]
UserBio = Annotated[Text, Field(max_length=500, description="A few words about oneself.")]
UserPassword = Annotated[SecretStr, Field(min_length=10, max_length=1024), Uncommon()]


class UserCreate(Input):
    """What a client sends to create a user."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "email": "email1@example.com",
                    "username": "username",
                    "bio": "Bio",
                    "image": "https://example.com/1",
                    "password": "correct horse battery staple 1",
                }
            ]
        }
    )

    email: Email
    username: UserUsername
    password: UserPassword
    bio: UserBio = ""
    image: Url | None = None


class UserUpdate(Input):
    """What a client sends to change a user: what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"username": "username", "bio": "Bio"}]})

    email: Email | MISSING = MISSING
    username: UserUsername | MISSING = MISSING
    bio: UserBio | MISSING = MISSING
    image: Url | None | MISSING = MISSING
    password: UserPassword | MISSING = MISSING
    current_password: (
        Annotated[
            SecretStr,
            Field(
                min_length=1,
                max_length=1024,
                description="Needed to change the email or the password of one's own account.",
            ),
        ]
        | MISSING
    ) = MISSING


class UserRead(Schema):
    """Somebody who writes, follows and favorites."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 1,
                    "email": "email1@example.com",
                    "username": "username",
                    "bio": "Bio",
                    "image": "https://example.com/1",
                    "created_at": "2026-01-01T12:00:00Z",
                    "updated_at": "2026-01-01T12:00:00Z",
                }
            ]
        }
    )

    id: Id
    email: str
    username: str
    bio: Annotated[str, Field(description="A few words about oneself.")]
    image: str | None
    created_at: datetime
    updated_at: datetime


class UserQuery(PageQuery):
    """Which users to list, and in which order."""

    order: Literal["-created_at"] = "-created_at"
