"""What ping calls ICMP messages: one table a family (RFC 792, RFC 1812; RFC 4443)."""

from __future__ import annotations

from ..records.family import Family
from ..records.icmp import Icmp, Icmp6

TYPE_CHECKING = False
if TYPE_CHECKING:
    Row = tuple[tuple[str, ...], str, str]

UNREACHABLE4 = (
    "Destination Net Unreachable", "Destination Host Unreachable", "Destination Protocol Unreachable",
    "Destination Port Unreachable", "Frag needed and DF set (mtu = {info})", "Source Route Failed",
    "Destination Net Unknown", "Destination Host Unknown", "Source Host Isolated",
    "Destination Net Prohibited", "Destination Host Prohibited", "Destination Net Unreachable for Type of Service",
    "Destination Host Unreachable for Type of Service", "Packet filtered", "Precedence Violation",
    "Precedence Cutoff",
)
REDIRECT4 = ("Redirect Network", "Redirect Host", "Redirect Type of Service and Network",
             "Redirect Type of Service and Host")

UNREACHABLE6 = tuple("Destination unreachable: " + text for text in (
    "No route", "Administratively prohibited", "Beyond scope of source address", "Address unreachable",
    "Port unreachable"))
PROBLEM6 = tuple("Parameter problem: " + text for text in ("Wrong header field", "Unknown header", "Unknown option"))

# type: (texts by code, text for other codes, what follows in all cases)
TEXTS4: dict[int, Row] = {
    Icmp.ECHO_REPLY: ((), "Echo Reply", ""),
    Icmp.UNREACHABLE: (UNREACHABLE4, "Dest Unreachable, Bad Code: {code}", ""),
    Icmp.SOURCE_QUENCH: ((), "Source Quench", ""),
    Icmp.REDIRECT: (REDIRECT4, "Redirect, Bad Code: {code}", "(New nexthop: {gateway})"),
    Icmp.ECHO_REQUEST: ((), "Echo Request", ""),
    Icmp.TIME_EXCEEDED: (("Time to live exceeded", "Frag reassembly time exceeded"),
                         "Time exceeded, Bad Code: {code}", ""),
    Icmp.PARAMETER_PROBLEM: ((), "Parameter problem: pointer = {info}", ""),
    Icmp.TIMESTAMP_REQUEST: ((), "Timestamp", ""),
    Icmp.TIMESTAMP_REPLY: ((), "Timestamp Reply", ""),
    Icmp.INFORMATION_REQUEST: ((), "Information Request", ""),
    Icmp.INFORMATION_REPLY: ((), "Information Reply", ""),
    Icmp.MASK_REQUEST: ((), "Address Mask Request", ""),
    Icmp.MASK_REPLY: ((), "Address Mask Reply", ""),
}
TEXTS6: dict[int, Row] = {
    Icmp6.UNREACHABLE: (UNREACHABLE6, "Destination unreachable: Unknown code {code}", ""),
    Icmp6.TOO_BIG: (("Packet too big: mtu={info}",), "Packet too big: mtu={info}, code={code}", ""),
    Icmp6.TIME_EXCEEDED: (("Time exceeded: Hop limit", "Time exceeded: Defragmentation failure"),
                          "Time exceeded: code {code}", ""),
    Icmp6.PARAMETER_PROBLEM: (PROBLEM6, "Parameter problem: code {code}", " at {info}"),
    Icmp6.ECHO_REQUEST: ((), "Echo request", ""),
    Icmp6.ECHO_REPLY: ((), "Echo reply", ""),
    Icmp6.LISTENER_QUERY: ((), "MLD Query", ""),
    Icmp6.LISTENER_REPORT: ((), "MLD Report", ""),
    Icmp6.LISTENER_DONE: ((), "MLD Reduction", ""),
}


def icmp_text(family: Family, kind: int, code: int, info: int = 0, gateway: str = "") -> str:
    """The words for an ICMP message, without a newline.

    `info` is the next-hop MTU or the parameter pointer, `gateway` the new next hop of a redirect.

    >>> from netlite.records.family import IPV4, IPV6
    >>> icmp_text(IPV4, 3, 4, 1400), icmp_text(IPV6, 4, 1, 40)
    ('Frag needed and DF set (mtu = 1400)', 'Parameter problem: Unknown header at 40')
    """
    if family.version == 4:
        texts, other, tail = TEXTS4.get(kind, ((), "Bad ICMP type: {kind}", ""))
    else:
        texts, other, tail = TEXTS6.get(kind, ((), "unknown icmp type: {kind}", ""))
    text = texts[code] if code < len(texts) else other
    return (text + tail).format(kind=kind, code=code, info=info, gateway=gateway)
