"""Optimistic locks: a row that counts its versions is changed only by who knows the newest one (RFC 9110, 13.1.1)."""

import re
from typing import Annotated, Final

from fastapi import Depends, Header

from app.exceptions import PreconditionFailed, PreconditionRequired

# What follows the version tells apart answers that show the same version of a row.
VERSION: Final = re.compile(r'"(\d+)(?:-[^"]*)?"')


class Precondition:
    """Which versions of a row the client knows, by the header `If-Match`; `*` is any, and empty that none was sent."""

    def __init__(self, if_match: str) -> None:
        self._if_match = if_match

    def check(self, version: int) -> None:
        """Raises `PreconditionRequired` where nothing was said, `PreconditionFailed` for another version."""
        if not self._if_match:
            raise PreconditionRequired
        if self._if_match.strip() != "*" and str(version) not in VERSION.findall(self._if_match):
            raise PreconditionFailed


async def get_precondition(
    if_match: Annotated[
        str, Header(pattern=r"^[\x20-\x7e]*$", max_length=1000, description="The `ETag` that you know.")
    ] = "",
) -> Precondition:
    return Precondition(if_match)


IfMatch = Annotated[Precondition, Depends(get_precondition)]


def entity_tag(version: int) -> str:
    """The `ETag` of a row in this version."""
    return f'"{version}"'
