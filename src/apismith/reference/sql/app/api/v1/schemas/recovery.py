"""What clients send and get around mails about accounts."""

from typing import Annotated

from pydantic import Field

from app.api.v1.schemas.base import Email, Input, Schema

LinkToken = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9._-]+$", description="What stands behind `#token=`.")
]


class AddressInput(Input):
    """The address of an account."""

    email: Email


class LinkInput(Input):
    """The token of a link in a mail."""

    token: LinkToken


class Accepted(Schema):
    """The answer, whether there is such an account or not."""

    message: str = "If there is an account with this address, a mail is on its way."
