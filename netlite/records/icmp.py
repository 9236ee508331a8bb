"""ICMP by name: its types; `records.icmp_errors` has the codes of errors, and what these mean in both families.

*Source*: RFC 792, RFC 1122, RFC 1812, RFC 4443.  What netlite sends, understands or shows has its name here;
`teach.icmp_kinds` explains all that IANA lists, `records.family` has the protocols of IP.
"""

from __future__ import annotations


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
