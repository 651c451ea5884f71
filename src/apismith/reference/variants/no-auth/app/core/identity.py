"""Whom a request is counted for."""

from starlette.types import Scope

from app.config import Settings
from app.core.client import client_network


def identify(scope: Scope, settings: Settings) -> tuple[str, str]:
    """The address that it comes from."""
    return "address", client_network(scope)
