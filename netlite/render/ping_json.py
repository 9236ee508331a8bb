"""ping as JSON, under the keys of jc; what the text cuts or has no words for stands beside them."""

from __future__ import annotations

from ..records.family import Family
from ..records.ip_options import OtherOption, RouteOption, parse_ip_options
from ..records.ping import Answer, RoundTrips, Summary
from ..records.ping_figures import PingFigures
from ..records.ping_mishaps import (
    ForeignMessage,
    LocalError,
    NoAnswerYet,
    ProbeError,
    ReceiveRefused,
    SendRefused,
)
from ..records.ping_rounds import AnsweredRound, FloodRound, Progress
from ..records.record import Record
from .icmp_texts import icmp_text
from .json_runs import Notation, error_object, name_of, reason_of
from .ping import loss_percent, milliseconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from .json_runs import Object

LARGEST_SEQUENCE = 0xFFFF


class PingJson(Notation):
    """A run of ping.

    `told_all`: each answer is told by a record of its own (neither -q nor -f), so that it can be said which probes
    have none.
    """

    schema = "ping/1"
    arrays = dict.fromkeys(("reply", "timeout", "icmp_error", "local_error", "send_refused", "receive_refused",
                            "foreign"), "responses")
    passing = ("progress", "flood_round")
    empty = {"packets_transmitted": None, "packets_received": None, "packet_loss_percent": None, "duplicates": None,
             "corrupted": None, "errors": None, "time_ms": None, "round_trip_ms_min": None, "round_trip_ms_avg": None,
             "round_trip_ms_max": None, "round_trip_ms_stddev": None, "round_trip_ms_ewma": None, "pipe": None,
             "interval_ms_avg": None, "unanswered_icmp_seq": None}

    def __init__(self, start: Object, family: Family, told_all: bool = True):
        super().__init__(start)
        self._family, self._told_all = family, told_all
        self._answered: set[int] = set()

    def objects(self, record: Record, stamp: str = "") -> Iterable[Object]:
        tell = TELL.get(type(record))
        return tell(self, record, float(stamp.strip("[] ")) if stamp else None) if tell else ()

    def keep(self, told: Object) -> None:
        if told["type"] != "reply" or self._told_all:  # a flood has more of them than a document holds
            super().keep(told)

    def within(self, told: Object) -> Object:
        return told

    def answer(self, answer: Answer, timestamp: float | None) -> list[Object]:
        if self._told_all:
            self._answered.add(answer.sequence)
        wrong, node = answer.wrong_byte, answer.node
        return [{
            "type": "reply", "timestamp": timestamp, "bytes": answer.size_bytes, "response_ip": answer.source,
            "icmp_seq": answer.sequence, "ttl": answer.ttl, **times(answer.rtt_ns),
            "duplicate": bool(answer.duplicate), "name": name_of(answer.source, answer.names),
            "truncated": bool(answer.truncated), "bad_checksum": bool(answer.bad_checksum),
            "different_address": bool(answer.different_address),
            "wrong_byte": None if wrong is None else dict(zip(wrong.fields, wrong)),
            "ip_options": options(answer.options),
            "node": None if node is None else {"code": node.code, "qtype": node.qtype, "flags": node.flags,
                                               "entries": list(node.entries), "problem": node.problem}}]

    def answers(self, record: AnsweredRound, timestamp: float | None) -> Iterable[Object]:
        first = record.first.replace(names=record.names)
        for number, rtt_ns in enumerate(record.rtts_ns, first.sequence):
            yield self.answer(first.replace(sequence=number & LARGEST_SEQUENCE, rtt_ns=first.rtt_ns and rtt_ns),
                              timestamp)[0]

    def error(self, report: ProbeError, timestamp: float | None) -> list[Object]:
        error = report.error
        said = error_object(error) or {}
        return [{"type": "icmp_error", "timestamp": timestamp, "icmp_seq": report.sequence,
                 "response_ip": error.source, "name": name_of(error.source, report.names),
                 "reason": icmp_text(self._family, error.type, error.code, error.info, error.gateway or ""),
                 "counted": report.counted, **{key: said[key] for key in said if key != "source"}}]

    def foreign(self, foreign: ForeignMessage, timestamp: float | None) -> list[Object]:
        message = foreign.message
        return [{"type": "foreign", "timestamp": timestamp, "response_ip": message.source,
                 "name": name_of(message.source, foreign.names), "icmp_type": message.type,
                 "icmp_code": message.code, "bytes": message.size_bytes, "ttl": message.ttl,
                 "reason": icmp_text(self._family, message.type, message.code)}]

    def summary(self, summary: Summary, _: float | None) -> list[Object]:
        self.complete = True
        sent, received = summary.transmitted, summary.received
        trips = summary.round_trips
        known = self._told_all and sent <= LARGEST_SEQUENCE
        return [{"type": "summary", "packets_transmitted": sent, "packets_received": received,
                 "packet_loss_percent": float(loss_percent(sent, received)) if sent else None,
                 "duplicates": summary.duplicates, "corrupted": summary.corrupted, "errors": summary.errors,
                 "time_ms": (summary.elapsed_ns + 500_000) // 1_000_000 if sent else None, **round_trips(trips),
                 "pipe": summary.pipe if summary.pipe > 0 else None,
                 "interval_ms_avg": None if summary.gap_us is None else summary.gap_us / 1000,
                 "unanswered_icmp_seq": [number for number in range(1, sent + 1) if number not in self._answered]
                 if known else None}]


def times(rtt_ns: int | None) -> Object:
    """The digits of the text, and the time itself."""
    return {"time_ms": None if rtt_ns is None else float(milliseconds(rtt_ns // 1000)), "rtt_ns": rtt_ns}


def round_trips(trips: RoundTrips | None) -> Object:
    """Milliseconds; null where nothing came back."""
    names = {"min": "minimum_us", "avg": "average_us", "max": "maximum_us", "stddev": "deviation_us",
             "ewma": "weighted_us"}
    return {f"round_trip_ms_{key}": None if trips is None else getattr(trips, field) / 1000
            for key, field in names.items()}


def options(data: bytes) -> list[Object]:
    """The IPv4 options of a reply."""
    found: list[Object] = []
    for option in parse_ip_options(data):
        if isinstance(option, RouteOption):
            found.append({"option": option.kind, "addresses": list(option.addresses)})
        elif isinstance(option, OtherOption):
            found.append({"option": option.kind})
        else:
            found.append({"option": 68, "overflow": option.overflow,
                          "entries": [{"address": address, "time": time} for address, time in option.entries]})
    return found


def _local_error(_: PingJson, error: LocalError, timestamp: float | None) -> list[Object]:
    return [{"type": "local_error", "timestamp": timestamp, "errno": error.errno, "reason": reason_of(error.errno),
             "mtu": error.mtu_bytes}]


def _refused(_: PingJson, refusal: SendRefused | ReceiveRefused, timestamp: float | None) -> list[Object]:
    kind = "send_refused" if type(refusal) is SendRefused else "receive_refused"
    return [{"type": kind, "timestamp": timestamp, "errno": refusal.errno, "reason": reason_of(refusal.errno)}]


def _timeout(_: PingJson, missing: NoAnswerYet, timestamp: float | None) -> list[Object]:
    return [{"type": "timeout", "timestamp": timestamp, "icmp_seq": missing.sequence}]


def _figures(_: PingJson, figures: PingFigures, timestamp: float | None) -> list[Object]:
    """With --stats."""
    found: Object = {}
    for name, value in figures.as_dict().items():
        if name.endswith("_ns"):
            found[f"{name[:-3]}_ms"] = None if value is None else float(f"{value / 1e6:.3f}")
        found[name] = value
    return [{"type": "statistics", "statistics": found}]


def _progress(_: PingJson, progress: Progress, timestamp: float | None) -> list[Object]:
    return [{"type": "progress", "packets_transmitted": progress.transmitted, "packets_received": progress.received,
             **round_trips(progress.round_trips)}]


def _flood_round(_: PingJson, record: FloodRound, timestamp: float | None) -> list[Object]:
    return [{"type": "flood_round", "packets_transmitted": record.sent, "packets_received": record.answered}]


TELL: dict[type[Record], Callable[[PingJson, Any, float | None], Iterable[Object]]] = {
    Answer: PingJson.answer, AnsweredRound: PingJson.answers, ProbeError: PingJson.error, LocalError: _local_error,
    SendRefused: _refused, ReceiveRefused: _refused, NoAnswerYet: _timeout, ForeignMessage: PingJson.foreign,
    Progress: _progress, FloodRound: _flood_round, Summary: PingJson.summary,
    PingFigures: _figures}
