"""ICMP by name: its types and codes, and what they mean in both families.

*Source*: RFC 792, RFC 1122, RFC 1812, RFC 4443.  What netlite sends, understands or shows has its name here;
`teach.icmp_kinds` explains all that IANA lists, `records.family` has the protocols of IP.
"""

from __future__ import annotations

from .record import Record


class Icmp:
    """Types of ICMP."""

    ECHO_REPLY = 0
    UNREACHABLE = 3
    SOURCE_QUENCH = 4
    REDIRECT = 5
    ECHO_REQUEST = 8
    TIME_EXCEEDED = 11
    PARAMETER_PROBLEM = 12
    TIMESTAMP_REQUEST = 13
    TIMESTAMP_REPLY = 14
    INFORMATION_REQUEST = 15
    INFORMATION_REPLY = 16
    MASK_REQUEST = 17
    MASK_REPLY = 18

    HINTS = (SOURCE_QUENCH, REDIRECT)
    """The packet went on all the same."""
    ERRORS = (UNREACHABLE, SOURCE_QUENCH, REDIRECT, TIME_EXCEEDED, PARAMETER_PROBLEM)
    """All types that quote a packet."""
    EXTENDED = (UNREACHABLE, TIME_EXCEEDED, PARAMETER_PROBLEM)
    """Those that may have extensions behind the quote (RFC 4884 section 4)."""


class Icmp6:
    """Types of ICMPv6."""

    UNREACHABLE = 1
    TOO_BIG = 2
    TIME_EXCEEDED = 3
    PARAMETER_PROBLEM = 4
    ECHO_REQUEST = 128
    ECHO_REPLY = 129
    LISTENER_QUERY = 130
    LISTENER_REPORT = 131
    LISTENER_DONE = 132
    ROUTER_SOLICITATION = 133
    ROUTER_ADVERTISEMENT = 134
    NEIGHBOUR_SOLICITATION = 135
    NEIGHBOUR_ADVERTISEMENT = 136
    REDIRECT = 137
    NODE_QUERY = 139
    NODE_REPLY = 140

    ERRORS = (UNREACHABLE, TOO_BIG, TIME_EXCEEDED, PARAMETER_PROBLEM)
    EXTENDED = (UNREACHABLE, TIME_EXCEEDED)


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
