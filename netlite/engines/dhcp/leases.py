"""What a client makes of an offer or an acknowledgement: a lease, or nothing, for a server may say anything."""

from __future__ import annotations

from ipaddress import IPv4Address

from ...records.dhcp import DhcpMessage, Lease

HALF, MOST = 0.5, 0.875  # of a lease: T1 and T2, unless the server says otherwise (RFC 2131 section 4.4.5)


def lease_of(message: DhcpMessage) -> Lease | None:
    """The lease that a server gives; None where it names no server, no time, or an address that no host can have."""
    seconds, netmask = message.lease_s, message.netmask or class_mask(message.yours)
    if message.server is None or not seconds or not is_host(message.yours) or not is_netmask(netmask):
        return None
    renew_s, rebind_s = message.renew_s or 0, message.rebind_s or 0
    if not 0 < renew_s < rebind_s < seconds:
        renew_s, rebind_s = max(1, int(seconds * HALF)), max(1, int(seconds * MOST))
    routers = tuple([each for each in message.routers if is_host(each)])
    names = tuple([each for each in message.name_servers if is_host(each)])
    return Lease(message.yours, netmask, routers, names, message.server, seconds, renew_s, rebind_s)


def is_host(address: str) -> bool:
    """Whether one host can have it.

    >>> is_host("198.18.1.100"), is_host("0.0.0.0"), is_host("224.0.0.1"), is_host("127.0.0.1")
    (True, False, False, False)
    """
    first = int(IPv4Address(address)) >> 24
    return 0 < first < 224 and first != 127


def is_netmask(mask: str) -> bool:
    """Whether its ones are all on the left, and leave room for two hosts."""
    number = int(IPv4Address(mask))
    zeros = ~number & 0xFFFFFFFF
    return 0 < number and 0 < zeros and not zeros & zeros + 1 and zeros > 1


def class_mask(address: str) -> str:
    """The mask of an address by its class, for servers that name none (RFC 2131 takes it from RFC 950)."""
    first = int(IPv4Address(address)) >> 24
    return "255.0.0.0" if first < 128 else "255.255.0.0" if first < 192 else "255.255.255.0"
