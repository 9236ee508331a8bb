"""The lines of tracepath, byte for byte, from its records."""

from __future__ import annotations

from ..records.tracepath import PathAnswer, PathSummary, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.tracepath import PathRecord

HOST_COLUMNS = 52
LOCALHOST = f"{'[LOCALHOST]':<32} "
BROKEN_ROUTER = "(This broken router returned corrupted payload) "

WORDS = {Verdict.REACHED: "reached", Verdict.PROTOCOL_ERROR: "!P", Verdict.HOST_UNREACHABLE: "!H",
         Verdict.NETWORK_UNREACHABLE: "!N", Verdict.PROHIBITED: "!A"}


def render_record(record: PathRecord, numeric: bool = False, both: bool = False) -> str:
    """The line of one record, newline included; a PathReceiveFailed has none here, it goes to stderr.

    `numeric` (-n) puts addresses in the host column, `both` (-b) adds what that leaves out.
    """
    if isinstance(record, PathAnswer):
        return render_answer(record, numeric, both)
    if isinstance(record, PathSummary):
        return render_summary(record)
    return render_mishap(record)


def render_mishap(record: PathRecord) -> str:
    """The line of one that is neither an answer nor the summary."""
    from ..records.tracepath_mishaps import PathSendFailed, PathSilence, PathTooLong, PathUdpReply

    if isinstance(record, PathSilence):
        return f"{record.ttl_hops:2}:  no reply\n"
    if isinstance(record, PathSendFailed):
        return f"{record.ttl_hops:2}:  send failed\n"
    if isinstance(record, PathUdpReply):
        return f"{record.ttl_hops:2}?: reply received 8)\n"
    return f"     Too many hops: pmtu {record.pmtu_bytes}\n" if isinstance(record, PathTooLong) else ""


def render_answer(answer: PathAnswer, numeric: bool, both: bool) -> str:
    """Hop, who answered, how fast, and what that means."""
    hop = f"{answer.ttl_hops:2}:  " if answer.certain else f"{answer.ttl_hops:2}?: "
    host = LOCALHOST if answer.address is None else host_column(answer.address, answer.name, numeric, both)
    return hop + host + round_trip(answer) + verdict_words(answer) + "\n"


def host_column(address: str, name: str | None, numeric: bool, both: bool) -> str:
    """Name or address or both, at least one blank behind; the original counts bytes."""
    names = [name or address, address]
    if numeric:
        names.reverse()
    text = f"{names[0]} ({names[1]})" if both else names[0]
    width = len(text.encode("utf-8", "surrogateescape"))
    return text + " " * max(1, HOST_COLUMNS - width)


def round_trip(answer: PathAnswer) -> str:
    """Milliseconds, cut off after the microseconds; empty where not known."""
    if answer.rtt_ns is None:
        return ""
    milliseconds, rest = divmod(max(0, answer.rtt_ns) // 1000, 1000)
    return f"{milliseconds:3}.{rest:03}ms " + (BROKEN_ROUTER if answer.corrupted else "")


def verdict_words(answer: PathAnswer) -> str:
    """The end of the line; "asymm" where the way back seems to have another length."""
    if answer.verdict == Verdict.SMALLER_MTU:
        return f"pmtu {answer.pmtu_bytes}"
    if answer.verdict == Verdict.NEXT_HOP and answer.back_hops not in (None, answer.ttl_hops):
        return f"asymm {answer.back_hops:2} "
    return WORDS.get(answer.verdict, "")


def render_summary(summary: PathSummary) -> str:
    """The last line; each part leaves a blank behind."""
    hops = "" if summary.hops is None else f"hops {summary.hops} "
    back = "" if summary.back_hops is None else f"back {summary.back_hops} "
    return f"     Resume: pmtu {summary.pmtu_bytes} {hops}{back}\n"
