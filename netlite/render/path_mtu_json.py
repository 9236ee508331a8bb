"""``netlite mtu`` as JSON."""

from __future__ import annotations

from ..records.path_mtu import Fate, HopTried, MtuFailed, MtuHeader, Narrowing, PathMtuResult, SizeTried
from ..records.record import Record
from .json_runs import Notation, milliseconds, name_of, reason_of
from .path_mtu import sentence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .json_runs import Object

FATES = {Fate.ARRIVED: "arrived", Fate.TOO_BIG: "too_big", Fate.LOST: "lost", Fate.UNREACHABLE: "unreachable"}


class PathMtuJson(Notation):
    """A search for a path MTU."""

    schema = "mtu/1"
    arrays = {"size": "sizes", "hop": "hops"}
    empty = {"refused": None, "mtu_bytes": None, "local_mtu_bytes": None, "exact": None, "black_hole": None,
             "narrowings": [], "probes": None, "other_flows": None, "narrower_flows": None, "wider_flows": None,
             "finding": None}

    def __init__(self, header: MtuHeader):
        super().__init__({"destination": header.host, "destination_ip": header.address, "method": header.method})

    def objects(self, record: Record, stamp: str = "") -> list[Object]:
        if isinstance(record, SizeTried):
            return [{"type": "size", "size_bytes": record.size_bytes, "fate": FATES[record.fate],
                     "tries": record.tries, "source": record.source, "name": name_of(record.source, record.names),
                     "mtu_bytes": record.mtu_bytes, "rtt_ms": milliseconds(record.rtt_ns), "rtt_ns": record.rtt_ns,
                     "flow": record.flow}]
        if isinstance(record, HopTried):
            return [{"type": "hop", "hop": record.hop, "size_bytes": record.size_bytes, "source": record.source,
                     "name": name_of(record.source, record.names), "seen": record.seen}]
        if isinstance(record, MtuFailed):
            return [{"type": "refused", "refused": {"what": record.what or None, "errno": record.errno,
                                                    "reason": reason_of(record.errno)}}]
        return self.result(record) if isinstance(record, PathMtuResult) else []

    def result(self, result: PathMtuResult) -> list[Object]:
        self.complete = True
        return [{"type": "result", "mtu_bytes": result.mtu_bytes, "local_mtu_bytes": result.local_mtu_bytes,
                 "exact": result.exact, "black_hole": result.black_hole,
                 "narrowings": [narrowing(each, result) for each in result.narrowings], "probes": result.probes,
                 "other_flows": result.other_flows, "narrower_flows": result.narrower_flows,
                 "wider_flows": result.wider_flows, "finding": sentence(result)}]


def narrowing(each: Narrowing, result: PathMtuResult) -> Object:
    """A router that takes no bigger packets."""
    return {"mtu_bytes": each.mtu_bytes, "first_hop": each.first_hop, "last_hop": each.last_hop,
            "source": each.source, "name": name_of(each.source, result.names), "reported": each.reported}
