"""Prefixes of a topology: those of its wires, and whether addresses are in some."""

from __future__ import annotations

from functools import cache, lru_cache
from ipaddress import ip_address, ip_network

from ...feature_errors import SceneError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    Network = IPv4Network | IPv6Network


class Covered:
    """Several prefixes, asked whether an address is in one of them."""

    def __init__(self, prefixes: tuple[str, ...]):
        self._networks = [ip_network(prefix) for prefix in prefixes]

    def __contains__(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._networks)


@lru_cache(4096)
def read_address(text: str) -> IPv4Address | IPv6Address:
    """An address in text.  Raises ValueError."""
    return ip_address(text)


@cache
def network_of(address: str, length: int) -> Network:
    """The network that an address with a prefix length is in."""
    return ip_network(f"{address}/{length}", strict=False)


@cache
def address_in(network: Network, position: int) -> str:
    """An address of a network by its place in there."""
    return str(network[position])


def numbered(number: int) -> str:
    """The IPv4 prefix of a wire; where RFC 2544's 511 do not suffice, of those of RFC 6598."""
    return f"198.{18 + number // 256}.{number % 256}.0/24" if number < 512 else \
        f"100.{64 + number // 256}.{number % 256}.0/24"


@cache
def prefix_of(label: str, text: str, version: int) -> Network:
    """The prefix of a wire, in text, checked.  Raises SceneError."""
    try:
        network = ip_network(text)
    except ValueError as problem:
        raise SceneError(f"wire {label}: {problem}") from None
    if network.version != version or network.num_addresses < 4:
        raise SceneError(f"wire {label}: {text} is not an IPv{version} prefix "
                         "with room for two addresses")
    return network
