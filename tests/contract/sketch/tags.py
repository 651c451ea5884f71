from pydantic import Field

from apismith import Entity, Unique


class Tag(Entity):
    name: Unique[str] = Field(max_length=30)
