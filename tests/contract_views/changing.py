"""Contracts that differ from another in a few things."""

from apismith.contract.model import Contract


def changed(contract: Contract, **parts: object) -> Contract:
    """The contract with other parts; a new one, because a copy would keep what the old one has computed."""
    kept = {name: getattr(contract, name) for name in Contract.model_fields}
    return Contract.model_validate(kept | parts)
