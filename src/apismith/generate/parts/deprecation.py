"""Headers of operations that will go."""

from apismith.contract.model import Contract
from apismith.generate.plan import Part, register


def is_wanted(contract: Contract) -> bool:
    """Whether anything of the contract is deprecated."""
    parts = [contract, *contract.entities, *contract.queries]
    parts += [action for entity in contract.entities for action in entity.actions]
    return any(part.deprecated is not None for part in parts)


register(Part("deprecation", when=is_wanted, files=("app/core/deprecation.py", "tests/test_deprecation.py")))
