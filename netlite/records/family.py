"""The two address families, one row each (code asks the row instead of having a twin), and the protocols above."""

from __future__ import annotations

from .record import Record


class IpProtocol:
    """The protocol field of IPv4, next header of IPv6: transports, and IPv6's extension headers (RFC 8200)."""

    HOP_BY_HOP = 0
    ICMP = 1
    IGMP = 2
    IPV4 = 4
    TCP = 6
    UDP = 17
    DCCP = 33
    IPV6 = 41
    ROUTING = 43
    FRAGMENT = 44
    GRE = 47
    ESP = 50
    AUTHENTICATION = 51
    ICMP6 = 58
    NO_NEXT = 59
    DESTINATION_OPTIONS = 60
    OSPF = 89
    SCTP = 132
    MOBILITY = 135
    UDPLITE = 136
    EXPERIMENT = 253
    EXPERIMENT2 = 254


class Family(Record):
    """One IP version and the numbers that depend on it.

    `af` is the kernel's AF_* value, `header_bytes` the IP header without options,
    `icmp_protocol` the IP protocol number of its ICMP, `address_bytes` the length of an
    address, `maximum_prefix` the bits of it, `any` the unspecified address.
    """

    version: int
    af: int
    name: str
    header_bytes: int
    icmp_protocol: int
    address_bytes: int
    maximum_prefix: int
    any: str
    loopback: str


IPV4 = Family(4, 2, "IPv4", 20, IpProtocol.ICMP, 4, 32, "0.0.0.0", "127.0.0.1")
IPV6 = Family(6, 10, "IPv6", 40, IpProtocol.ICMP6, 16, 128, "::", "::1")
FAMILIES = (IPV4, IPV6)
BY_AF = {family.af: family for family in FAMILIES}


def on_device(host: str, device: str | None) -> str:
    """`host` with its zone, if it needs one and the device is known; a name with a % would be none for `ipaddress`.

    >>> on_device("fe80::1", "eth0"), on_device("2001:db8::1", "eth0"), on_device("fe80::1", None)
    ('fe80::1%eth0', '2001:db8::1', 'fe80::1')
    """
    return f"{host}%{device}" if device and is_link_local(host) and "%" not in host + device else host


def is_link_local(host: str) -> bool:
    """Unicast fe80::/10 and multicast ff02::/16, with any flags: the addresses that need a zone.

    >>> is_link_local("fe80::1"), is_link_local("ff12::1"), is_link_local("2001:db8::1")
    (True, True, False)
    """
    first = host.partition(":")[0].lower()
    return len(first) == 4 and (first[:2] == "ff" and first[3] == "2" or first[:3] in ("fe8", "fe9", "fea", "feb"))
