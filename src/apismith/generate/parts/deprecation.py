"""Headers of operations that will go."""

from apismith.contract.model import Contract
from apismith.generate.plan import Part, register


def is_wanted(contract: Contract) -> bool:
    """Whether anything of the contract is deprecated."""
    said = [contract.deprecated, *(entity.deprecated for entity in contract.entities)]
    said += [query.deprecated for query in contract.queries]
    said += [action.deprecated for entity in contract.entities for action in entity.actions]
    return any(deprecated is not None for deprecated in said)


register(Part("deprecation", when=is_wanted, files=("app/core/deprecation.py", "tests/test_deprecation.py")))
