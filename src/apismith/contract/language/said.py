"""What was said and where: every word of the language that carries a meaning remembers its place in the file."""

from inspect import currentframe
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, Self

_LANGUAGE = str(Path(__file__).parent)


class Place(NamedTuple):
    """Where a call or a class statement stands; columns count bytes from 0, as Python's own positions do."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


class Said:
    """Base of the words that remember where they were said."""

    said_at: Place | None

    def __new__(cls, *_: Any, **__: Any) -> Self:
        self = super().__new__(cls)
        # Most words are frozen dataclasses, and the place is no field of theirs.
        object.__setattr__(self, "said_at", here())
        return self


class Registry:
    """Everything that was declared while a contract was executed, in order."""

    def __init__(self) -> None:
        self.entities: list[type[Any]] = []
        self.operations: list[Any] = []
        self.handlers: list[Any] = []
        self.roles: list[Any] = []
        self.backends: list[Any] = []


REGISTRY = Registry()


def here() -> Place | None:
    """The place in the nearest file outside the language from which it is being called."""
    frame: FrameType | None = currentframe()
    while frame is not None and _is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return None
    return place_of(frame, frame.f_lasti)


def place_of(frame: FrameType, instruction: int) -> Place:
    """The place of one instruction of a frame."""
    found = next(islice(frame.f_code.co_positions(), instruction // 2, None), (None, None, None, None))
    line, end_line, column, end_column = found
    line = line or frame.f_lineno
    return Place(frame.f_code.co_filename, line, column or 0, end_line or line, end_column or (column or 0) + 1)


def _is_ours(file: str) -> bool:
    return file.startswith(_LANGUAGE) or file == "<string>"
