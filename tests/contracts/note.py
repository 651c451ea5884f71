"""One entity and nothing else."""

from apismith import Entity


class Note(Entity):
    """Something to remember."""

    text: str
