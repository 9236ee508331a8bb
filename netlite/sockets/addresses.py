"""Addresses in text to what the socket calls take, and back; zones included (RFC 4007)."""

from __future__ import annotations

from _socket import if_indextoname, if_nametoindex
from errno import ENODEV

from ..records.family import Family, is_link_local

SocketAddress = tuple[str, int] | tuple[str, int, int, int]
"""Host and port; for IPv6 also flow information and scope id."""


def zone_index(zone: str) -> int:
    """The interface index behind a zone: a device's name, or else a number.  Raises OSError (ENODEV)."""
    try:
        return if_nametoindex(zone)
    except OSError:  # without a number in some versions of Python
        from ..command_line.c_numbers import UINT_MAX, read_digits

        number = read_digits(zone, 0, UINT_MAX)
        if number is None:
            raise OSError(ENODEV, "No such device") from None
        return number


def socket_address(family: Family, text: str, port: int = 0, device: str | None = None,
                   flow_label: int | None = None) -> SocketAddress:
    """The address tuple for connect, bind and sendto.

    `text` may carry a %zone; a link-local IPv6 address without one gets the zone of `device`.

    >>> from netlite.records.family import IPV4, IPV6
    >>> socket_address(IPV4, "192.0.2.1", 53)
    ('192.0.2.1', 53)
    >>> socket_address(IPV6, "2001:db8::1", 53, flow_label=5)
    ('2001:db8::1', 53, 5, 0)
    """
    if family.version == 4:
        return text, port
    host, _, zone = text.partition("%")
    if not zone and device and is_link_local(host):
        zone = device
    return host, port, flow_label or 0, zone_index(zone) if zone else 0


def address_text(address: SocketAddress) -> str:
    """The host of a socket address tuple; a scope id becomes a %zone, as getnameinfo writes it."""
    if len(address) == 2 or not address[3]:
        return address[0]
    return with_zone(address[0], address[3])


def with_zone(host: str, index: int) -> str:
    """`host` with the name of the interface `index`; its number where that is gone or `host` is not link-local."""
    try:
        return f"{host}%{if_indextoname(index) if is_link_local(host) else index}"
    except OSError:
        return f"{host}%{index}"
