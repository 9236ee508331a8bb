"""What a node counts (RFC 4293, RFC 4292), and how /proc/net/snmp and snmp6 write it.

A counter is named as the file names it, section first: "Ip InReceives".
"""

from __future__ import annotations

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


class Counts(dict[str, int]):
    """The counters of a node; those that never counted are 0."""

    def __missing__(self, name: str) -> int:
        return START.get(name, 0)

    def add(self, name: str) -> None:
        """Count one."""
        self[name] += 1

    def took(self, header: IpHeader, data: bytes, made: bool) -> None:
        """A packet that was made here, or came here."""
        section = "Ip" if header.version == 4 else "Ip6"
        self.add(f"{section} OutRequests" if made else f"{section} InReceives")
        if made:
            self._message(header, data, "Out")

    def delivered(self, header: IpHeader, data: bytes) -> None:
        """A packet that was for this node."""
        self.add("Ip InDelivers" if header.version == 4 else "Ip6 InDelivers")
        self._message(header, data, "In")

    def forwarded(self, header: IpHeader) -> None:
        """A packet that was handed on."""
        self.add("Ip ForwDatagrams" if header.version == 4 else "Ip6 OutForwDatagrams")

    def no_port(self, header: IpHeader) -> None:
        """A datagram that no program waits for."""
        if header.protocol == UDP:
            self.add("Udp NoPorts" if header.version == 4 else "Udp6 NoPorts")

    def _message(self, header: IpHeader, data: bytes, direction: str) -> None:
        if header.protocol in (ICMP, ICMP6) and data:
            self.icmp(header.version, direction, data[0])
        elif header.protocol == TCP:
            self.add(f"Tcp {direction}Segs")
            if direction == "Out" and data[13:14] and data[13] & RST:
                self.add("Tcp OutRsts")
        elif header.protocol == UDP and direction == "Out":
            self.add("Udp OutDatagrams" if header.version == 4 else "Udp6 OutDatagrams")

    def icmp(self, version: int, direction: str, kind: int) -> None:
        """Count an ICMP message, `direction` "In" or "Out"."""
        section, names = ("Icmp", ICMP_TYPES) if version == 4 else ("Icmp6", ICMP6_TYPES)
        self.add(f"{section} {direction}Msgs")
        if kind in names:
            self.add(f"{section} {direction}{names[kind]}")


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
