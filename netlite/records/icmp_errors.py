"""Why a packet did not arrive: the codes of unreachable, and what errors mean in both families.

*Source*: RFC 792, RFC 1122, RFC 1812, RFC 4443.
"""

from __future__ import annotations

from .icmp import Icmp, Icmp6
from .record import Record


class Unreachable:
    """Codes of `Icmp.UNREACHABLE`."""

    NETWORK = 0
    HOST = 1
    PROTOCOL = 2
    PORT = 3
    FRAGMENTATION_NEEDED = 4
    SOURCE_ROUTE_FAILED = 5
    NETWORK_UNKNOWN = 6
    HOST_UNKNOWN = 7
    SOURCE_ISOLATED = 8
    NETWORK_PROHIBITED = 9
    HOST_PROHIBITED = 10
    NETWORK_SERVICE = 11  # no way for the type of service
    HOST_SERVICE = 12
    PROHIBITED = 13
    PRECEDENCE_VIOLATION = 14
    PRECEDENCE_CUTOFF = 15


class Unreachable6:
    """Codes of `Icmp6.UNREACHABLE`."""

    NO_ROUTE = 0
    PROHIBITED = 1
    BEYOND_SCOPE = 2
    ADDRESS = 3
    PORT = 4
    SOURCE_POLICY = 5
    REJECT_ROUTE = 6


class Meaning(Record):
    """What an error says whichever family says it: its (type, code) of ICMP, and of ICMPv6.

    `records.replies.IcmpError.says` compares with it.

    >>> TTL_EXCEEDED.in_version(4), TTL_EXCEEDED.in_version(6)
    ((11, 0), (3, 0))
    """

    icmp: tuple[int, int]
    icmp6: tuple[int, int]

    def in_version(self, version: int) -> tuple[int, int]:
        """Type and code as IP `version` (4 or 6) writes them."""
        return self.icmp if version == 4 else self.icmp6


NO_ROUTE = Meaning((Icmp.UNREACHABLE, Unreachable.NETWORK), (Icmp6.UNREACHABLE, Unreachable6.NO_ROUTE))
HOST_UNREACHABLE = Meaning((Icmp.UNREACHABLE, Unreachable.HOST), (Icmp6.UNREACHABLE, Unreachable6.ADDRESS))
PROTOCOL_UNREACHABLE = Meaning((Icmp.UNREACHABLE, Unreachable.PROTOCOL), (Icmp6.PARAMETER_PROBLEM, 1))
"""ICMPv6: an unknown next header, RFC 4443 section 3.4."""
PORT_UNREACHABLE = Meaning((Icmp.UNREACHABLE, Unreachable.PORT), (Icmp6.UNREACHABLE, Unreachable6.PORT))
TOO_BIG = Meaning((Icmp.UNREACHABLE, Unreachable.FRAGMENTATION_NEEDED), (Icmp6.TOO_BIG, 0))
TTL_EXCEEDED = Meaning((Icmp.TIME_EXCEEDED, 0), (Icmp6.TIME_EXCEEDED, 0))
