"""``ping --multi`` as JSON, under the keys of ping."""

from __future__ import annotations

from ..records.multiping import MultiSummary, Nameless, Progress, TargetSummaries, TargetSummary
from ..records.ping_mishaps import ReceiveRefused
from ..records.record import Record
from .json_runs import Notation, error_object, milliseconds, reason_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .json_runs import Object


class MultiPingJson(Notation):
    """All targets, those without an address too."""

    schema = "ping-multi/1"
    arrays = {"target": "targets"}
    passing = ("progress",)
    empty = {"refused": None, "targets_up": None, "targets_down": None, "targets_unknown": None,
             "targets_nameless": None, "packets_transmitted": None, "packets_received": None, "time_ms": None}

    def __init__(self, nameless: list[Nameless]):
        super().__init__({"nameless": [{"destination": each.name, "reason": each.reason} for each in nameless]})

    def objects(self, record: Record, stamp: str = "") -> list[Object]:
        if isinstance(record, TargetSummaries):
            return [target_object(summary) for summary in record.summaries]
        if isinstance(record, Progress):
            return [{"type": "progress", "targets_settled": record.settled, "packets_transmitted": record.sent,
                     "packets_received": record.received}]
        if isinstance(record, ReceiveRefused):
            return [{"type": "refused", "refused": {"what": "recvmsg", "errno": record.errno,
                                                    "reason": reason_of(record.errno)}}]
        if not isinstance(record, MultiSummary):
            return []
        self.complete = True
        return [{"type": "summary", "targets_up": record.up,
                 "targets_down": record.targets - record.up - record.unknown, "targets_unknown": record.unknown,
                 "targets_nameless": len(self.start["nameless"]),
                 "packets_transmitted": record.sent, "packets_received": record.received,
                 "time_ms": record.duration_ns // 1_000_000}]


def target_object(summary: TargetSummary) -> Object:
    """A target; probes under way when the run was ended are neither received nor lost."""
    decided = summary.sent - summary.under_way
    lost = decided - summary.received
    return {"type": "target", "destination": summary.target.name, "destination_ip": summary.target.address,
            "state": "unknown" if summary.is_unknown else "up" if summary.received else "down",
            "packets_transmitted": summary.sent, "packets_received": summary.received,
            "packets_under_way": summary.under_way,
            "packet_loss_percent": float(f"{100 * lost / decided:.4g}") if decided else None,
            "duplicates": summary.duplicates, "errors": summary.errors,
            "last_error": error_object(summary.error), "refused": refused_object(summary),
            "round_trip_ms_min": milliseconds(summary.rtt_min_ns),
            "round_trip_ms_avg": milliseconds(summary.rtt_avg_ns),
            "round_trip_ms_max": milliseconds(summary.rtt_max_ns)}


def refused_object(summary: TargetSummary) -> Object | None:
    """Why the kernel did not send."""
    errno = summary.refusal_errno
    return {"what": "sendmsg", "errno": errno, "reason": reason_of(errno)} if errno else None
