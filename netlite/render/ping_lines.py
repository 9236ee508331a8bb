"""Every line that ping may write between header and summary, bytes as iputils 20221126 writes them.

The text of a line may depend on nothing but the record and the `style`; that of an answer is in `render.ping`.
"""

from __future__ import annotations

from ..records.ping import Answer
from ..records.ping_mishaps import (
    ForeignMessage,
    LocalError,
    NoAnswerYet,
    ProbeError,
    ReceiveRefused,
    SendRefused,
)
from ..records.ping_rounds import AnsweredRound, FloodRound, ProbeLeft, Progress
from .ping import PingStyle, host, milliseconds, render_answer, times

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..records.record import Record


def render_record(style: PingStyle, record: Record, stamp: str = "") -> tuple[str, str]:
    """Text for stdout and for stderr of any record a ping engine reports but the last.

    `stamp` is what -D puts before a line (``[1795349733.586292] ``), else empty.
    """
    render = FLOOD.get(type(record)) if style.flood else None
    return (render or LINES[type(record)])(style, record, stamp)


def _answer(style: PingStyle, answer: Answer, stamp: str) -> tuple[str, str]:
    return render_answer(style, answer, stamp), ""


def _answers(style: PingStyle, record: AnsweredRound, stamp: str) -> tuple[str, str]:
    """The lines of a round: what differs is written into the first one."""
    first = record.first.replace(names=record.names)
    line = render_answer(style, first, stamp)
    before, _, rest = line.partition(f" icmp_seq={first.sequence}")
    if first.rtt_ns is None:
        between, time, behind = rest, "", ""
    else:
        between, time, behind = rest.partition(f" time={milliseconds(first.rtt_ns // 1000)} ms")
    text = []
    for number, rtt_ns in enumerate(record.rtts_ns, first.sequence):
        time = time and f" time={milliseconds(rtt_ns // 1000)} ms"
        text.append(f"{before} icmp_seq={number & 0xFFFF}{between}{time}{behind}")
    return "".join(text), ""


def _error(style: PingStyle, report: ProbeError, stamp: str) -> tuple[str, str]:
    from .icmp_texts import icmp_text

    error = report.error
    colon = "" if report.counted else ":"
    gateway = host(error.gateway, report.names) if error.gateway else ""
    text = icmp_text(style.family, error.type, error.code, error.info, gateway)
    if error.checksum_ok is False:
        text = f"(BAD CHECKSUM){text}"
    line = f"{stamp}From {host(error.source or '', report.names)}{colon} icmp_seq={report.sequence} {text}\n"
    quoted = error.quote.header if error.quote else b""
    if style.verbose and not report.counted and quoted:
        from .ip_options import render_ip_header

        line += render_ip_header(quoted, lambda address: host(address, report.names))
    return line, ""


def _local_error(style: PingStyle, error: LocalError, stamp: str) -> tuple[str, str]:
    if error.mtu_bytes is None:
        from posix import strerror

        return "", f"{style.program}: local error: {strerror(error.errno)}\n"
    mark = "=" if style.family.version == 4 else ": "
    return "", f"{style.program}: local error: message too long, mtu{mark}{error.mtu_bytes}\n"


def _refused(style: PingStyle, refusal: SendRefused, stamp: str) -> tuple[str, str]:
    from posix import strerror

    return "", f"{style.program}: sendmsg: {strerror(refusal.errno)}\n"


def _receive_refused(style: PingStyle, refusal: ReceiveRefused, stamp: str) -> tuple[str, str]:
    from posix import strerror

    return "", f"{style.program}: recvmsg: {strerror(refusal.errno)}\n"


def _no_answer(style: PingStyle, missing: NoAnswerYet, stamp: str) -> tuple[str, str]:
    return f"{stamp}no answer yet for icmp_seq={missing.sequence}\n", ""


def _foreign(style: PingStyle, foreign: ForeignMessage, stamp: str) -> tuple[str, str]:
    from .icmp_texts import icmp_text

    message = foreign.message
    corrupted = message.checksum_ok is False
    if style.flood and not style.verbose:
        return "!EC" if corrupted else "!E", ""
    text = "(BAD CHECKSUM)" if corrupted else icmp_text(style.family, message.type, message.code)
    stamp = stamp.replace("[", "").replace("]", "")  # a quirk of iputils, in this line alone
    return f"{stamp}From {host(message.source, foreign.names)}: {text}\n", ""


def _progress(style: PingStyle, progress: Progress, stamp: str) -> tuple[str, str]:
    lost, trips = progress.transmitted - progress.received, progress.round_trips
    percent = lost * 100 // progress.transmitted if progress.transmitted else 0
    line = f"\r{progress.received}/{progress.transmitted} packets, {percent}% loss"
    if trips is not None:
        taken = times(trips.minimum_us, trips.average_us, trips.weighted_us, trips.maximum_us)
        line += f", min/avg/ewma/max = {taken}"
    return "", line + "\n"


def _dot(style: PingStyle, left: ProbeLeft, stamp: str) -> tuple[str, str]:
    return "." if style.columns is None or left.in_flight < style.columns else "", ""


def _flood_answer(style: PingStyle, answer: Answer, stamp: str) -> tuple[str, str]:
    return ("\bC" if answer.bad_checksum else "\b \b") + "\a" * (style.audible and not answer.truncated), ""


def _flood_round(style: PingStyle, record: FloodRound, stamp: str) -> tuple[str, str]:
    """What its probes and answers would say one by one."""
    erased = "\b \b" + "\a" * style.audible
    text, left, answered = [], 0, 0
    while left < record.sent or answered < record.answered:
        while left < record.sent and left - answered < record.window:
            left += 1
            if style.columns is None or record.before + left - answered < style.columns:
                text.append(".")
        if answered == record.answered:
            break
        text.append(erased)
        answered += 1
    return "".join(text), ""


LINES: dict[type[Record], Callable[[PingStyle, Any, str], tuple[str, str]]] = {
    Answer: _answer, AnsweredRound: _answers, ProbeError: _error, LocalError: _local_error, SendRefused: _refused,
    ReceiveRefused: _receive_refused, NoAnswerYet: _no_answer, ForeignMessage: _foreign, Progress: _progress}
FLOOD: dict[type[Record], Callable[[PingStyle, Any, str], tuple[str, str]]] = {
    Answer: _flood_answer,
    ProbeLeft: _dot,
    FloodRound: _flood_round,
    ProbeError: lambda style, record, stamp: ("\bE", ""),
    LocalError: lambda style, record, stamp: ("E", ""),
    SendRefused: lambda style, record, stamp: ("E", ""),
}
