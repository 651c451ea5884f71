"""Everything that can be wrong with a contract that was read: the same for Python and JSON."""

from collections.abc import Callable, Iterator
from typing import Final

from apismith.contract.model import Contract
from apismith.contract.places import Places
from apismith.contract.validation import (
    access,
    backend,
    bodies,
    bulk,
    fields,
    generated,
    kinds,
    listing,
    names,
    operations,
    relations,
    shape,
)
from apismith.errors import ApismithError

Check = Callable[[Contract, Places], Iterator[ApismithError]]

_REFERENCES: Final[tuple[Check, ...]] = (names.check, relations.targets, shape.check, access.accounts)
_MEANING: Final[tuple[Check, ...]] = (
    fields.check,
    relations.check,
    access.check,
    listing.check,
    operations.check,
    bodies.check,
    bulk.check,
    backend.check,
    generated.check,
)


def validate(contract: Contract, places: Places) -> list[ApismithError]:
    """The mistakes in a contract; none when it is valid.

    Args:
        contract: as it was read; its parts have the right types.
        places: where they were said.
    """
    mistakes = [mistake for check in _REFERENCES for mistake in check(contract, places)]
    # What follows looks things up by their names, so these have to be right first.
    if not mistakes:
        mistakes = [mistake for check in _MEANING for mistake in check(contract, places)]
    if not mistakes:
        mistakes = [*kinds.check(contract, places)]
    return mistakes
