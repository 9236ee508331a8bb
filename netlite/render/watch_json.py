"""``netlite watch`` as JSON."""

from __future__ import annotations

from ..records.record import Record
from ..records.watch import HopProbe, HopState, PathChanged, PathState
from .json_runs import Notation, milliseconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .json_runs import Object
    from .watch import Systems

TIMES = ("last", "avg", "best", "worst", "deviation", "geometric", "jitter", "jitter_avg", "jitter_max",
         "jitter_smooth", "p50", "p90", "p99")
COUNTS = ("sent", "received", "lost", "unsent", "undecided", "late", "duplicates", "loss", "changes")


class WatchJson(Notation):
    """Paths that are watched; probes are told as they come, and not kept."""

    schema = "watch/1"
    arrays = {"change": "changes", "path": "paths"}
    passing = ("probe",)

    def __init__(self, hosts: list[tuple[str, str]], method: str, port: int | None, flows: int, interval_ns: int,
                 timeout_ns: int, systems: Systems | None = None):
        self._systems = systems
        super().__init__({
            "destinations": [{"destination": host, "destination_ip": address} for host, address in hosts],
            "method": method, "port": port, "flows": flows, "interval_ms": milliseconds(interval_ns),
            "timeout_ms": milliseconds(timeout_ns)})

    def objects(self, record: Record, stamp: str = "") -> list[Object]:
        if isinstance(record, HopProbe):
            return [{"type": "probe", "destination": record.host, "flow": record.flow, "hop": record.hop,
                     "sequence": record.sequence, "kind": record.kind, "sent_at_ns": record.sent_at_ns,
                     "source": record.source, "rtt_ms": milliseconds(record.rtt_ns), "rtt_ns": record.rtt_ns,
                     "ttl": record.ttl, "icmp_type": record.icmp_type, "icmp_code": record.icmp_code,
                     "mpls": list(record.labels), "errno": record.errno}]
        if isinstance(record, PathChanged):
            return [{"type": "change", "destination": record.host, "flow": record.flow, "hop": record.hop,
                     "kind": record.kind, "at_ns": record.at_ns, "before": record.before, "after": record.after}]
        if not isinstance(record, PathState):
            return []
        self.complete = True
        return [{"type": "path", **path_object(record, self._systems)}]


def path_object(state: PathState, systems: Systems | None) -> Object:
    """A path and its hops."""
    return {"destination": state.host, "destination_ip": state.address, "flow": state.flow,
            "last_hop": state.last_hop, "reached": state.reached, "sent": state.sent, "changes": state.changes,
            "errno": state.errno, "hops": [hop_object(hop, systems) for hop in state.hops]}


def hop_object(hop: HopState, systems: Systems | None) -> Object:
    """A hop: its figures with the digits of the text in ``…_ms``, exact in ``…_ns``."""
    told: Object = {
        "hop": hop.hop, "source": hop.source, "name": hop.name,
        "sources": [{"source": source, "answers": answers} for source, answers in hop.sources],
        "asn": systems(hop.source) if systems and hop.source else None, "kind": hop.kind,
        "icmp_type": hop.icmp_type, "icmp_code": hop.icmp_code, "mpls": list(hop.labels)}
    told.update({name: getattr(hop, name) for name in COUNTS})
    for name in TIMES:
        time_ns = getattr(hop, f"{name}_ns")
        told[f"{name}_ms"], told[f"{name}_ns"] = milliseconds(time_ns), time_ns
    return told
