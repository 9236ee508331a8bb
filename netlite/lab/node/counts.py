"""What a node counts (RFC 4293, RFC 4292), and how /proc/net/snmp and snmp6 write it.

A counter is named as the file names it, section first: "Ip InReceives".
"""

from __future__ import annotations

from ...records.family import IpProtocol
from ...records.icmp import Icmp, Icmp6
from ...records.tcp_flags import RST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Sort = tuple[int, int | None, int | None]
else:
    Any = object

SECTIONS = {  # the counters of each section of snmp, in the kernel's order; what is not 0 from the start
    "Ip": "Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards "
          "InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs "
          "FragFails FragCreates",
    "Icmp": "InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InParmProbs InSrcQuenchs InRedirects InEchos "
            "InEchoReps InTimestamps InTimestampReps InAddrMasks InAddrMaskReps OutMsgs OutErrors OutDestUnreachs "
            "OutTimeExcds OutParmProbs OutSrcQuenchs OutRedirects OutEchos OutEchoReps OutTimestamps OutTimestampReps "
            "OutAddrMasks OutAddrMaskReps",
    "Tcp": "RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs "
           "OutSegs RetransSegs InErrs OutRsts InCsumErrors",
    "Udp": "InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors",
}
SECTIONS6 = {
    "Ip6": "InReceives InHdrErrors InTooBigErrors InNoRoutes InAddrErrors InUnknownProtos InTruncatedPkts InDiscards "
           "InDelivers OutForwDatagrams OutRequests OutDiscards OutNoRoutes",
    "Icmp6": "InMsgs InErrors OutMsgs OutErrors InDestUnreachs InPktTooBigs InTimeExcds InParmProblems InEchos "
             "InEchoReplies OutDestUnreachs OutPktTooBigs OutTimeExcds OutParmProblems OutEchos OutEchoReplies",
    "Udp6": "InDatagrams NoPorts InErrors OutDatagrams",
}
START = {"Ip DefaultTTL": 64, "Tcp RtoAlgorithm": 1, "Tcp RtoMin": 200, "Tcp RtoMax": 120000, "Tcp MaxConn": -1}
ICMP_TYPES = {Icmp.ECHO_REPLY: "EchoReps", Icmp.UNREACHABLE: "DestUnreachs", Icmp.ECHO_REQUEST: "Echos",
              Icmp.TIME_EXCEEDED: "TimeExcds", Icmp.PARAMETER_PROBLEM: "ParmProbs"}
ICMP6_TYPES = {Icmp6.UNREACHABLE: "DestUnreachs", Icmp6.TOO_BIG: "PktTooBigs", Icmp6.TIME_EXCEEDED: "TimeExcds",
               Icmp6.PARAMETER_PROBLEM: "ParmProblems", Icmp6.ECHO_REQUEST: "Echos", Icmp6.ECHO_REPLY: "EchoReplies"}
ICMPS, TCP, UDP = frozenset((IpProtocol.ICMP, IpProtocol.ICMP6)), IpProtocol.TCP, IpProtocol.UDP


class Tally(dict[Any, int]):
    """How often what happened."""

    def __missing__(self, event: Any) -> int:
        return 0


class Counts:
    """What happened to packets on a node, by IP version, and by sort where that moves further counters."""

    __slots__ = ("received", "forwarded", "made", "delivered", "no_port")

    def __init__(self) -> None:
        self.received, self.forwarded, self.made, self.delivered, self.no_port = [Tally() for _ in self.__slots__]

    def named(self) -> dict[str, int]:
        """The counters by their names."""
        counters = Tally(START)
        for happened, four, six in ((self.received, "Ip InReceives", "Ip6 InReceives"),
                                    (self.forwarded, "Ip ForwDatagrams", "Ip6 OutForwDatagrams"),
                                    (self.no_port, "Udp NoPorts", "Udp6 NoPorts")):
            counters[four] += happened[4]
            counters[six] += happened[6]
        for direction, messages in (("Out", self.made), ("In", self.delivered)):
            for sort, times in messages.items():
                for name in moved(direction, *sort):
                    counters[name] += times
        return counters


def sort_of(version: int, protocol: int | None, data: bytes) -> Sort:
    """What counters tell apart: IP version and protocol, and the type of an ICMP message (None: cut off), whether a TCP
    segment resets."""
    if protocol in ICMPS:
        return version, protocol, data[0] if data else None
    return version, protocol, data[13] & RST if protocol == TCP and len(data) > 13 else 0


def moved(direction: str, version: int, protocol: int | None, kind: int | None) -> list[str]:
    """The counters of a packet of this sort that was made ("Out") or delivered ("In")."""
    six = "" if version == 4 else "6"
    names = [f"Ip{six} OutRequests" if direction == "Out" else f"Ip{six} InDelivers"]
    if protocol in ICMPS and kind is not None:
        names.append(f"Icmp{six} {direction}Msgs")
        types = ICMP_TYPES if version == 4 else ICMP6_TYPES
        names += [f"Icmp{six} {direction}{types[kind]}"] if kind in types else []
    elif protocol == TCP:
        names += [f"Tcp {direction}Segs"] + (["Tcp OutRsts"] if direction == "Out" and kind else [])
    elif protocol == UDP and direction == "Out":
        names.append(f"Udp{six} OutDatagrams")
    return names


def snmp(counts: Counts, state: dict[str, int]) -> str:
    """/proc/net/snmp: two lines a section; `state` has what is not counted."""
    lines, counters = [], counts.named() | state
    for section, names in SECTIONS.items():
        values = [counters.get(f"{section} {name}", 0) for name in names.split()]
        lines += [f"{section}: {names}\n", f"{section}: {' '.join(map(str, values))}\n"]
    return "".join(lines)


def snmp6(counts: Counts) -> str:
    """/proc/net/snmp6: a line a counter."""
    counters = counts.named()
    return "".join([f"{section + name:32}\t{counters.get(f'{section} {name}', 0)}\n"
                    for section, names in SECTIONS6.items() for name in names.split()])
