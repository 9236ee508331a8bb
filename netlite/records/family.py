"""The two address families, one row each: code asks the row instead of having a twin."""

from __future__ import annotations

from .record import Record


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


IPV4 = Family(4, 2, "IPv4", 20, 1, 4, 32, "0.0.0.0", "127.0.0.1")
IPV6 = Family(6, 10, "IPv6", 40, 58, 16, 128, "::", "::1")
FAMILIES = (IPV4, IPV6)
BY_AF = {family.af: family for family in FAMILIES}
