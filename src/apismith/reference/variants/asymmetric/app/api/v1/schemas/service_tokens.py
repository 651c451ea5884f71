"""What programs send and get to call other services."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from app import defaults
from app.api.v1.schemas.api_keys import Scope
from app.api.v1.schemas.base import Input, Schema

OWN: Final = {"enum": [defaults.NAME]}


def _of_another(audience: str) -> str:
    if audience == defaults.NAME:
        raise ValueError("is this backend, which takes the API key itself")
    return audience


Audience = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$",
        description="The name or address by which the other service knows itself: its `aud`.",
        json_schema_extra={"not": OWN},
    ),
    AfterValidator(_of_another),
]


class ServiceTokenInput(Input):
    """For whom the token is, and for how much of what the API key may do."""

    audience: Audience
    scopes: Annotated[
        list[Scope] | None, Field(min_length=1, max_length=8, description="Null for all that the key is for.")
    ] = None


class ServiceToken(Schema):
    """A token for another service (RFC 6749, section 4.4.3): nothing follows it, a new one is asked for."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: Annotated[int, Field(description="Seconds for which the token is valid.")]
    scope: Annotated[str, Field(description="What it is for, separated by spaces.")]
