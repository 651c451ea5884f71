"""Rows that are created together: how many, and of which entities."""

from collections.abc import Iterator
from typing import Final

from apismith.contract.access import is_closed
from apismith.contract.errors import InvalidNumber, MeaninglessOption
from apismith.contract.model import Contract
from apismith.contract.places import Places
from apismith.errors import ApismithError

FEWEST: Final = 2
MOST: Final = 1000
"""One transaction should not hold the others up for long, nor one answer fill the memory."""


def check(contract: Contract, places: Places) -> Iterator[ApismithError]:
    """`bulk` is a number that requests can reach, of an entity whose rows clients create one like the other."""
    for entity in contract.entities:
        if entity.bulk is None:
            continue
        at = places.at("entities", entity.name, "bulk")
        if not FEWEST <= entity.bulk <= MOST:
            wrong = "too few to be sent together" if entity.bulk < FEWEST else "more than one transaction should hold"
            message = f"'bulk' of {entity.name} is {entity.bulk}, which is {wrong}."
            yield InvalidNumber(message, at=at, hint=f"Use a number from {FEWEST} to {MOST}.")
        if is_closed(entity.access.create):
            message = f"Nobody may create a {entity.name}, so 'bulk' would have no effect."
            yield MeaninglessOption(message, at=at, hint="Leave it out, or say who may: `access = Access(create=…)`.")
        elif contract.auth is not None and contract.auth.account == entity.name:
            message = f"Accounts register one by one, so 'bulk' of {entity.name} would have no effect."
            yield MeaninglessOption(message, at=at, hint="Leave it out.")
