"""What clients send to set a new password."""

from app.api.v1.schemas.base import Input
from app.api.v1.schemas.recovery import LinkToken
from app.api.v1.schemas.users import UserPassword


class ResetInput(Input):
    """The token of a link in a mail, and the new password."""

    token: LinkToken
    password: UserPassword
