"""What all parts of a contract have in common."""

from pydantic import BaseModel, ConfigDict


class Node(BaseModel):
    """Base of all parts of a contract: immutable, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")
