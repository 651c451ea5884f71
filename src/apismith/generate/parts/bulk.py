"""Rows that clients create together."""

from apismith.contract.model import Contract
from apismith.generate.plan import Part, register


def is_wanted(contract: Contract) -> bool:
    """Whether rows of some entity can be created together."""
    return any(entity.bulk is not None for entity in contract.entities)


register(Part("bulk", when=is_wanted, files=("app/api/v1/schemas/bulk.py", "app/repositories/bulk.py")))
