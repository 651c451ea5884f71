"""Where a request comes from: the one place that knows about proxies."""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.types import Scope

Network = IPv4Network | IPv6Network

LOOPBACK: Final = ("127.0.0.1", "::1")


def client_address(scope: Scope) -> str:
    """The address of the client, as `ClientMiddleware` has found it; empty where the server does not know it."""
    client: tuple[str, int] | None = scope.get("client")
    return client[0] if client else ""


def client_network(scope: Scope) -> str:
    """What stands for one client when requests are counted: of IPv6 the first half, as that is what one is given."""
    address = client_address(scope)
    if ":" not in address:
        return address
    parsed = _parse(address)
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))


def find_client(peer: str, forwarded: str, trusted: Collection[Network]) -> str:
    """The address that a request comes from.

    Args:
        peer: who is connected to the server.
        forwarded: the header `X-Forwarded-For`, to whose end each proxy adds whom it got the request from.
        trusted: the proxies that are believed. What comes before the last that is not one, anybody may have made up.
    """
    hops = [_without_port(hop.strip()) for hop in forwarded.split(",")]
    # uvicorn believes proxies on its own machine, and has then put the last of the others into the place of the peer.
    if _parse(peer) is None or peer == next((hop for hop in reversed(hops) if hop not in LOOPBACK), None):
        peer = LOOPBACK[0]
    address = peer
    while is_trusted(address, trusted) and hops and _parse(hops[-1]) is not None:
        address = hops.pop()
    return address


def is_trusted(address: str, trusted: Collection[Network]) -> bool:
    """Whether an address belongs to a proxy that is believed."""
    parsed = _parse(address) if trusted else None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return parsed is not None and any(parsed in network for network in trusted)


def _parse(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None


def _without_port(hop: str) -> str:
    """The address of `1.2.3.4:5678` or `[2001:db8::1]:5678`."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
