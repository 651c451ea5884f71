"""JSON as RFC 8259 asks for it: in UTF-8, without numbers that are none, and no member twice."""

import json
import re
from typing import Any, Final, NoReturn

from fastapi import Request

SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


class StrictRequest(Request):
    """A request whose JSON means the same to every reader.

    Of two members with one name some readers take the first, others the last: what one component has checked would not
    be what the next one uses.
    """

    async def json(self) -> Any:
        """The body; raises `json.JSONDecodeError`, or another `ValueError` where it is no UTF-8."""
        text = (await self.body()).decode()
        value = json.loads(text, object_pairs_hook=_members, parse_constant=_refuse)
        if SURROGATE.search(text):
            _check_texts(value)
        return value


def _check_texts(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise json.JSONDecodeError("Half of a surrogate pair is no character", "", 0) from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise json.JSONDecodeError("A member comes twice", "", 0)
    return members


def _refuse(constant: str) -> NoReturn:
    raise json.JSONDecodeError(f"{constant} is no number of JSON", "", 0)
