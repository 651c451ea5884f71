"""What all parts of a contract have in common."""

from pydantic import BaseModel, ConfigDict


class Node(BaseModel):
    """Base of all parts of a contract: immutable, and strict about unknown keys.

    Two nodes are equal when they say the same: where it was said (`span`) does not count, and is not in their JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    def _said(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in type(self).model_fields if name != "span")
