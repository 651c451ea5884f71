"""Tables that the server keeps for itself; their models are verbatim files of the reference app."""

from apismith.contract.model import Contract


def server_models(contract: Contract) -> list[tuple[str, str]]:
    """Module and class of each model that no entity of the contract asks for."""
    return [("app.models.refresh_tokens", "RefreshToken")] if contract.auth else []
