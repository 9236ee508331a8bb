"""tracepath as JSON, under the keys of jc."""

from __future__ import annotations

from ..records.record import Record
from ..records.tracepath import PathAnswer, PathSummary, Verdict
from ..records.tracepath_mishaps import (
    PathReceiveFailed,
    PathSendFailed,
    PathSilence,
    PathTooLong,
    PathUdpReply,
)
from .json_runs import Notation, reason_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .json_runs import Object

VERDICTS = {Verdict.NEXT_HOP: "next_hop", Verdict.SMALLER_MTU: "smaller_mtu", Verdict.REACHED: "reached",
            Verdict.PROTOCOL_ERROR: "protocol_unreachable", Verdict.HOST_UNREACHABLE: "host_unreachable",
            Verdict.NETWORK_UNREACHABLE: "network_unreachable", Verdict.PROHIBITED: "prohibited",
            Verdict.OTHER_ERROR: "error"}
LOCALHOST = "[LOCALHOST]"


class TracepathJson(Notation):
    """A run of tracepath; `numeric` (-n) as the text has it: addresses in place of names."""

    schema = "tracepath/1"
    arrays = {"hop": "hops"}
    empty = {"refused": None, "pmtu": None, "forward_hops": None, "return_hops": None, "reached": False,
             "too_many_hops": False}

    def __init__(self, start: Object, numeric: bool):
        super().__init__(start)
        self._numeric = numeric

    def objects(self, record: Record, stamp: str = "") -> list[Object]:
        if isinstance(record, PathAnswer):
            return [self.hop(record)]
        if isinstance(record, PathSilence):
            return [empty_hop(record.ttl_hops, False, "no_reply")]
        if isinstance(record, PathSendFailed):
            return [{**empty_hop(record.ttl_hops, False, "send_failed"), "host": "send"}]
        if isinstance(record, PathUdpReply):
            return [{**empty_hop(record.ttl_hops, True, "udp_reply"), "host": "reply"}]
        if isinstance(record, PathReceiveFailed):
            return [{"type": "refused", "refused": {"what": "recvmsg", "errno": record.errno,
                                                    "reason": reason_of(record.errno)}}]
        if not isinstance(record, (PathTooLong, PathSummary)):
            return []
        if isinstance(record, PathTooLong):
            return [{"type": "too_long", "pmtu": record.pmtu_bytes, "too_many_hops": True}]
        self.complete = True
        return [{"type": "summary", "pmtu": record.pmtu_bytes, "forward_hops": record.hops,
                 "return_hops": record.back_hops, "reached": record.hops is not None}]

    def hop(self, answer: PathAnswer) -> Object:
        """`guess`: the answer does not say which hop it is about."""
        reached, back = answer.verdict == Verdict.REACHED, answer.back_hops
        asymmetric = answer.verdict == Verdict.NEXT_HOP and back not in (None, answer.ttl_hops)
        shown = answer.address if self._numeric else answer.name or answer.address
        return {**empty_hop(answer.ttl_hops, not answer.certain, VERDICTS[answer.verdict]),
                "host": shown or LOCALHOST,
                "reply_ms": None if answer.rtt_ns is None else max(0, answer.rtt_ns) // 1000 / 1000,
                "pmtu": answer.pmtu_bytes if answer.verdict == Verdict.SMALLER_MTU else None,
                "asymmetric_difference": back if asymmetric else None, "reached": reached,
                "ip": answer.address, "name": answer.name, "rtt_ns": answer.rtt_ns, "back_hops": back,
                "corrupted": answer.corrupted, "errno": answer.errno, "reason": reason_of(answer.errno)}


def empty_hop(ttl_hops: int, guess: bool, verdict: str) -> Object:
    """A line of which nothing more is known."""
    return {"type": "hop", "ttl": ttl_hops, "guess": guess, "host": None, "reply_ms": None, "pmtu": None,
            "asymmetric_difference": None, "reached": False, "verdict": verdict, "ip": None, "name": None,
            "rtt_ns": None, "back_hops": None, "corrupted": False, "errno": None, "reason": None}
