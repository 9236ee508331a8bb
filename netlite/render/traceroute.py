"""The text of traceroute: records to characters, in the order in which they are reported.

The newline before a hop belongs to that hop, so a run that dies leaves its last line open,
as the original does.
"""

from __future__ import annotations

from ..records.icmp import Icmp, Icmp6
from ..records.icmp_errors import PORT_UNREACHABLE, TOO_BIG, TTL_EXCEEDED, Unreachable, Unreachable6
from ..records.replies import IcmpError, Origin
from ..records.traceroute import ProbeResult, TraceDone, TraceHeader, TraceRecord, hops_back

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.extensions import IcmpObject

FLAGS4 = {
    Unreachable.NETWORK: "!N", Unreachable.NETWORK_UNKNOWN: "!N", Unreachable.SOURCE_ISOLATED: "!N",
    Unreachable.NETWORK_SERVICE: "!N", Unreachable.HOST: "!H", Unreachable.HOST_UNKNOWN: "!H",
    Unreachable.HOST_SERVICE: "!H", Unreachable.PROTOCOL: "!P", Unreachable.SOURCE_ROUTE_FAILED: "!S",
    Unreachable.NETWORK_PROHIBITED: "!X", Unreachable.HOST_PROHIBITED: "!X", Unreachable.PROHIBITED: "!X",
    Unreachable.PRECEDENCE_VIOLATION: "!V", Unreachable.PRECEDENCE_CUTOFF: "!C",
}
FLAGS6 = {Unreachable6.NO_ROUTE: "!N", Unreachable6.PROHIBITED: "!X", Unreachable6.BEYOND_SCOPE: "!H",
          Unreachable6.ADDRESS: "!H"}
FLAGS = {(Origin.ICMP, Icmp.UNREACHABLE): FLAGS4, (Origin.ICMP6, Icmp6.UNREACHABLE): FLAGS6}
TCP_FLAGS = ("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr")  # from bit 0 on
MPLS = (1, 1)


class TracerouteText:
    """How to write a run: `numeric` without names (-n), `extensions` (-e), `back` (--back)."""

    def __init__(self, numeric: bool = False, extensions: bool = False, back: bool = False):
        self.numeric = numeric
        self.extensions = extensions
        self.back = back

    def render(self, record: TraceRecord) -> str:
        """The text of one record; a TraceFailed has none here, it goes to stderr."""
        if isinstance(record, ProbeResult):
            return self.probe(record)
        if isinstance(record, TraceHeader):
            return (f"traceroute to {record.host} ({record.address}), {record.max_hops} hops max, "
                    f"{record.size_bytes} byte packets")
        return "\n" if type(record) is TraceDone else ""

    def probe(self, result: ProbeResult) -> str:
        """What is written when a probe is decided; the first of a hop begins a line."""
        text = f"\n{result.hop:2d} " if result.query == 0 else ""
        if result.source is None:
            text += " *"
        elif not result.repeats:
            text += self.responder(result)
        if result.rtt_ns is not None:
            text += f"  {result.rtt_ns / 1e6:.3f} ms"
        flag = error_flag(result.error) if result.error else ""
        if not flag and result.path_mtu_bytes is not None:
            flag = f"F={result.path_mtu_bytes}"
        return f"{text} {flag}" if flag else text

    def responder(self, result: ProbeResult) -> str:
        """Who answered: name, address, extensions, length of the way back."""
        address = result.source
        text = f" {address}" if self.numeric else f" {result.name or address} ({address})"
        if result.as_path is not None:
            text += f" [{result.as_path}]"
        if result.tcp_flags is not None:
            text += f" <{render_tcp_flags(result.tcp_flags)}>"
        elif self.extensions and result.extensions:
            text += f" <{render_extensions(result.extensions)}>"
        if self.back and result.ttl and hops_back(result.ttl) != result.hop:
            text += f" '-{hops_back(result.ttl)}'"
        return text


def error_flag(error: IcmpError) -> str:
    """``!H`` and the like; empty for what is no trouble."""
    if error.says(TTL_EXCEEDED, PORT_UNREACHABLE):  # a router on the way, the target itself
        return ""
    if error.origin == Origin.LOCAL or error.says(TOO_BIG):
        return f"!F-{(error.info + (1 << 31)) % (1 << 32) - (1 << 31)}"  # the original's is an int
    flags = FLAGS.get((error.origin, error.type))
    if flags is None:
        return f"!<{error.type}-{error.code}>"
    return flags.get(error.code, f"!<{error.code}>")


def render_tcp_flags(flags: int) -> str:
    """``syn,ack``"""
    return ",".join(name for bit, name in enumerate(TCP_FLAGS) if flags >> bit & 1)


def render_extensions(objects: tuple[IcmpObject, ...]) -> str:
    """``MPLS:L=24001,E=0,S=1,T=1;2/10:00000001`` (RFC 4884, RFC 4950)."""
    return ";".join(_render_object(one) for one in objects)


def _render_object(extension: IcmpObject) -> str:
    words = [int.from_bytes(extension.payload[at:at + 4], "big")
             for at in range(0, len(extension.payload) - 3, 4)]
    if (extension.class_number, extension.class_type) == MPLS and words:
        return "MPLS:" + "/".join(f"L={word >> 12},E={word >> 9 & 7},S={word >> 8 & 1},T={word & 255}"
                                  for word in words)
    return (f"{extension.class_number}/{extension.class_type}:"
            + ",".join(f"{word:08x}" for word in words))
