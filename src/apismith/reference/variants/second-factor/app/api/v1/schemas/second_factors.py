"""What clients send and get about second factors."""

from typing import Annotated

from pydantic import Field, SecretStr

from app.api.v1.schemas.base import Input, Schema

Code = Annotated[
    str,
    Field(
        min_length=6,
        max_length=40,
        pattern=r"^[A-Za-z0-9 -]+$",
        description="What the app shows, or a recovery code; each is good once.",
    ),
]
Password = Annotated[SecretStr, Field(min_length=1, max_length=1024)]


class CodeLogin(Input):
    """The second step of logging in."""

    challenge: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            pattern=r"^[A-Za-z0-9._-]+$",
            description="From the details of `SECOND_FACTOR_REQUIRED`.",
        ),
    ]
    code: Code


class PasswordInput(Input):
    """The current password."""

    current_password: Password


class CodeInput(Input):
    """A code."""

    code: Code


class PasswordAndCode(PasswordInput, CodeInput):
    """The current password, and a code."""


class SecondFactorRead(Schema):
    """Whether the account asks for a code."""

    enabled: bool
    recovery_codes_left: int


class SecondFactorSecret(Schema):
    """What the app makes its codes from. This is the only time that it is shown."""

    secret: Annotated[str, Field(description="In base32, to be typed.")]
    uri: Annotated[str, Field(description="For a QR code: `otpauth://totp/…`.")]


class RecoveryCodes(Schema):
    """Codes for when the app is lost. This is the only time that they are shown."""

    recovery_codes: list[str]
