"""What a node counts (RFC 4293, RFC 4292), and how /proc/net/snmp and snmp6 write it.

A counter is named as the file names it, section first: "Ip InReceives".
"""

from __future__ import annotations

from functools import cache

from ...records.family import IpProtocol
from ...records.icmp import Icmp, Icmp6

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...packets.ip import IpHeader

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
ICMP, TCP, UDP, ICMP6 = IpProtocol.ICMP, IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMP6
RST = 0x04


NAMES = [f"{section} {name}" for sections in (SECTIONS, SECTIONS6) for section, names in sections.items()
         for name in names.split()]
PLACES = {name: place for place, name in enumerate(NAMES)}
AT_START = [START.get(name, 0) for name in NAMES]
RECEIVED = {4: PLACES["Ip InReceives"], 6: PLACES["Ip6 InReceives"]}
FORWARDED = {4: PLACES["Ip ForwDatagrams"], 6: PLACES["Ip6 OutForwDatagrams"]}
NO_PORT = {4: PLACES["Udp NoPorts"], 6: PLACES["Udp6 NoPorts"]}


class Counts:
    """The counters of a node: numbers, in the order of NAMES."""

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers = AT_START.copy()

    def __getitem__(self, name: str) -> int:
        return self._numbers[PLACES[name]]

    def made(self, header: IpHeader, data: bytes) -> None:
        """A packet that was made here."""
        for place in counting("Out", header.version, header.protocol, kind_of(header, data)):
            self._numbers[place] += 1

    def received(self, header: IpHeader) -> None:
        """A packet that came here."""
        self._numbers[RECEIVED[header.version]] += 1

    def delivered(self, header: IpHeader, data: bytes) -> None:
        """A packet that was for this node."""
        for place in counting("In", header.version, header.protocol, kind_of(header, data)):
            self._numbers[place] += 1

    def forwarded(self, header: IpHeader) -> None:
        """A packet that was handed on."""
        self._numbers[FORWARDED[header.version]] += 1

    def no_port(self, header: IpHeader) -> None:
        """A datagram that no program waits for."""
        if header.protocol == UDP:
            self._numbers[NO_PORT[header.version]] += 1


def kind_of(header: IpHeader, data: bytes) -> int | None:
    """What tells messages of a protocol apart: the type of ICMP's (None: cut off), whether a TCP segment resets."""
    if header.protocol in (ICMP, ICMP6):
        return data[0] if data else None
    return data[13] & RST if header.protocol == TCP and len(data) > 13 else 0


@cache
def counting(direction: str, version: int, protocol: int | None, kind: int | None) -> tuple[int, ...]:
    """Where the counters are of a packet that was made ("Out") or delivered ("In")."""
    six = "" if version == 4 else "6"
    names = [f"Ip{six} OutRequests" if direction == "Out" else f"Ip{six} InDelivers"]
    if protocol in (ICMP, ICMP6) and kind is not None:
        names.append(f"Icmp{six} {direction}Msgs")
        types = ICMP_TYPES if version == 4 else ICMP6_TYPES
        names += [f"Icmp{six} {direction}{types[kind]}"] if kind in types else []
    elif protocol == TCP:
        names += [f"Tcp {direction}Segs"] + (["Tcp OutRsts"] if direction == "Out" and kind else [])
    elif protocol == UDP and direction == "Out":
        names.append(f"Udp{six} OutDatagrams")
    return tuple([PLACES[name] for name in names])


def snmp(counts: Counts, state: dict[str, int]) -> str:
    """/proc/net/snmp: two lines a section; `state` has what is not counted."""
    lines = []
    for section, names in SECTIONS.items():
        values = [state.get(f"{section} {name}", counts[f"{section} {name}"]) for name in names.split()]
        lines += [f"{section}: {names}\n", f"{section}: {' '.join(map(str, values))}\n"]
    return "".join(lines)


def snmp6(counts: Counts) -> str:
    """/proc/net/snmp6: a line a counter."""
    return "".join([f"{section + name:32}\t{counts[f'{section} {name}']}\n"
                    for section, names in SECTIONS6.items() for name in names.split()])
