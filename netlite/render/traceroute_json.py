"""traceroute as JSON, classic (under the keys of jc) and ``--mda``."""

from __future__ import annotations

from ..records.multipath import MultipathDone, MultipathHeader, MultipathHop, MultipathLinks, Rewriting
from ..records.record import Record
from ..records.traceroute import ProbeResult, TraceDone, TraceFailed, TraceHeader
from .json_runs import Notation, error_object, extension_objects, milliseconds, name_of, reason_of, without_type
from .traceroute import TCP_FLAGS, error_flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .json_runs import Object


def start_of(header: TraceHeader | MultipathHeader) -> Object:
    """What every trace begins with."""
    return {"destination_ip": header.address, "destination_name": header.host, "max_hops": header.max_hops,
            "data_bytes": header.size_bytes}


class TracerouteJson(Notation):
    """A classic trace or ``--paris``; `numeric`: no names were looked up (-n)."""

    schema = "traceroute/1"
    arrays = {"probe": "hops", "rewriting": "rewritings"}
    empty = {"refused": None, "reached": None}

    def __init__(self, header: TraceHeader, numeric: bool):
        super().__init__(start_of(header))
        self._numeric = numeric
        self._names: dict[str, str] = {}  # told once a hop

    def objects(self, record: Record, stamp: str = "") -> list[Object]:
        if isinstance(record, ProbeResult):
            return [self.probe(record)]
        if isinstance(record, Rewriting):
            return [{"type": "rewriting", **dict(zip(record.fields, record))}]
        return ends(self, record, {})

    def probe(self, result: ProbeResult) -> Object:
        """One that nobody answered has null for the address and the time."""
        path, flags = result.as_path or "", result.tcp_flags
        number = path.removeprefix("AS")
        address = result.source
        if address and result.name:
            self._names[address] = result.name
        return {
            "type": "probe", "hop": result.hop, "query": result.query + 1,
            "annotation": (error_flag(result.error) if result.error else "") or None,
            "asn": int(number) if path != number and number.isdecimal() else None, "ip": address,
            "name": None if self._numeric or address is None else self._names.get(address, address),
            "rtt": milliseconds(result.rtt_ns), "rtt_ns": result.rtt_ns, "ttl": result.ttl,
            "as_path": result.as_path, "error": error_object(result.error),
            "tcp_flags": None if flags is None else [name for bit, name in enumerate(TCP_FLAGS) if flags >> bit & 1],
            "extensions": extension_objects(result.extensions), "mtu": result.path_mtu_bytes, "final": result.final}

    def keep(self, told: Object) -> None:
        if told["type"] != "probe":
            return super().keep(told)
        hops = self._kept["hops"]
        if not hops or hops[-1]["hop"] != told["hop"]:
            hops.append({"hop": told["hop"], "probes": []})
        hops[-1]["probes"].append({key: value for key, value in without_type(told).items() if key != "hop"})


class MultipathJson(Notation):
    """``traceroute --mda``."""

    schema = "mda/1"
    arrays = {"hop": "hops", "links": "links", "rewriting": "rewritings"}
    empty = {"refused": None, "reached": None, "probes": None, "flows": None, "gave_up": None}

    def __init__(self, header: MultipathHeader):
        super().__init__({**start_of(header), "protocol": header.protocol,
                          "first_source_port": header.first_source_port, "port": header.port,
                          "confidence_percent": header.confidence_percent})

    def objects(self, record: Record, stamp: str = "") -> list[Object]:
        if isinstance(record, MultipathHop):
            return [{"type": "hop", "hop": record.hop, "complete": record.complete, "crowded": record.crowded,
                     "responders": [{
                         "ip": each.source, "name": name_of(each.source, record.names), "flows": list(each.flows),
                         "rtt": milliseconds(each.rtt_ns), "rtt_ns": each.rtt_ns,
                         "rtt_avg_ns": each.rtt_avg_ns, "rtt_max_ns": each.rtt_max_ns,
                         "packets_transmitted": each.sent, "packets_lost": each.lost,
                         "annotation": (error_flag(each.error) if each.error else "") or None,
                         "error": error_object(each.error), "extensions": extension_objects(each.extensions),
                         "final": each.final} for each in record.next_hops]}]
        if isinstance(record, MultipathLinks):
            return [{"type": "links", "hop": record.hop, "near": record.near, "far": list(record.far)}]
        if isinstance(record, Rewriting):
            return [{"type": "rewriting", **dict(zip(record.fields, record))}]
        more: Object = {}
        if isinstance(record, MultipathDone):
            more = {"probes": record.probes, "flows": record.flows, "gave_up": record.gave_up}
        return ends(self, record, more)


def ends(notation: Notation, record: Record, more: Object) -> list[Object]:
    """The last object of a trace that came to its end; a refusal is said where errors are."""
    if not isinstance(record, (TraceDone, MultipathDone)):
        return [failed_object(record)] if isinstance(record, TraceFailed) else []
    notation.complete = True
    return [{"type": "done", "reached": record.reached, **more}]


def failed_object(record: TraceFailed) -> Object:
    """What the kernel refused."""
    return {"type": "refused", "refused": {"what": record.what, "errno": record.errno,
                                           "reason": reason_of(record.errno)}}
