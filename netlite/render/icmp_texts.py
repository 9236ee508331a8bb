"""What ping calls ICMP messages: one table a family (RFC 792, RFC 1812; RFC 4443)."""

from __future__ import annotations

from ..records.family import Family

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

# type: (texts by code, text for other codes, what follows in all cases)
TEXTS4 = {
    0: ((), "Echo Reply", ""),
    3: (UNREACHABLE4, "Dest Unreachable, Bad Code: {code}", ""),
    4: ((), "Source Quench", ""),
    5: (REDIRECT4, "Redirect, Bad Code: {code}", "(New nexthop: {gateway})"),
    8: ((), "Echo Request", ""),
    11: (("Time to live exceeded", "Frag reassembly time exceeded"), "Time exceeded, Bad Code: {code}", ""),
    12: ((), "Parameter problem: pointer = {info}", ""),
    13: ((), "Timestamp", ""),
    14: ((), "Timestamp Reply", ""),
    15: ((), "Information Request", ""),
    16: ((), "Information Reply", ""),
    17: ((), "Address Mask Request", ""),
    18: ((), "Address Mask Reply", ""),
}
TEXTS6 = {
    1: (tuple("Destination unreachable: " + text for text in (
        "No route", "Administratively prohibited", "Beyond scope of source address", "Address unreachable",
        "Port unreachable")), "Destination unreachable: Unknown code {code}", ""),
    2: (("Packet too big: mtu={info}",), "Packet too big: mtu={info}, code={code}", ""),
    3: (("Time exceeded: Hop limit", "Time exceeded: Defragmentation failure"),
        "Time exceeded: code {code}", ""),
    4: (("Parameter problem: Wrong header field", "Parameter problem: Unknown header",
         "Parameter problem: Unknown option"), "Parameter problem: code {code}", " at {info}"),
    128: ((), "Echo request", ""),
    129: ((), "Echo reply", ""),
    130: ((), "MLD Query", ""),
    131: ((), "MLD Report", ""),
    132: ((), "MLD Reduction", ""),
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
