"""What clients get when they send several things at once."""

from typing import Generic, TypeVar

from app.api.v1.schemas.base import Schema

T = TypeVar("T")


class Items(Schema, Generic[T]):
    """Several rows, in the order in which they were sent."""

    items: list[T]
