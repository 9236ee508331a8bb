"""The lines of ``ping --multi``: one a target, then the totals.  netlite's own format."""

from __future__ import annotations

from ..records.family import IPV4, IPV6
from ..records.multiping import MultiSummary, Nameless, Progress, TargetSummaries, TargetSummary
from ..records.replies import Origin
from .visible import visible


def render_targets(told: TargetSummaries, nameless: list[Nameless], shown: int) -> str:
    """A line each, and those of the `nameless` that stand before them, which are taken out; `shown` came earlier."""
    lines = []
    for number, summary in enumerate(told.summaries, shown):
        while nameless and nameless[0].before <= number:
            lines.append(render_nameless(nameless.pop(0)))
        lines.append(render_target(summary))
    return "".join(lines)


def render_target(summary: TargetSummary) -> str:
    """``192.0.2.1: 3 sent, 3 received, 0% loss, rtt min/avg/max = 0.041/0.055/0.071 ms``

    A probe that was under way when the run was ended is not lost.  Last, where there were errors, who said what.
    """
    (target, sent, received, duplicates, errors, rtt_min_ns, rtt_avg_ns, rtt_max_ns, under_way, error,
     refusal_errno) = summary
    name, address = target
    if name != address:
        name = f"{visible(name)} ({visible(address)})"
    elif not name.isprintable():
        name = visible(name)
    extras = loss = times = said = ""
    if duplicates or errors:
        extras = "".join([f", +{count} {what}" for count, what in
                          ((duplicates, "duplicates"), (errors, "errors")) if count])
    decided = sent - under_way
    if under_way:
        extras += f", {under_way} under way"
    if decided:
        loss = ", 0% loss" if received == decided else f", {100 * (decided - received) / decided:.4g}% loss"
    if rtt_min_ns is not None and rtt_avg_ns is not None and rtt_max_ns is not None:
        shortest = average = longest = f"{rtt_min_ns / 1e6:.3f}"
        if rtt_min_ns != rtt_max_ns:
            average, longest = f"{rtt_avg_ns / 1e6:.3f}", f"{rtt_max_ns / 1e6:.3f}"
        times = f", rtt min/avg/max = {shortest}/{average}/{longest} ms"
    if error is not None or refusal_errno:
        said = error_words(summary)
    return f"{name}: {sent} sent, {received} received{extras}{loss}{times}{said}\n"


def error_words(summary: TargetSummary) -> str:
    """The last error of a target: who said it, and what."""
    from posix import strerror

    error = summary.error
    if error is None:
        return f", sendmsg: {strerror(summary.refusal_errno or 0)}"
    if error.origin == Origin.LOCAL:
        return f", local error: {strerror(error.errno or 0)}"
    from .icmp_texts import icmp_text

    family = IPV6 if error.origin == Origin.ICMP6 else IPV4
    return f", from {error.source}: {icmp_text(family, error.type, error.code, error.info, error.gateway or '')}"


def render_nameless(target: Nameless) -> str:
    """``nosuch.example: no address: Name or service not known``"""
    return f"{visible(target.name)}: no address: {target.reason}\n"


def render_totals(summary: MultiSummary, nameless: int = 0) -> str:
    """The last line: how many targets are up, how many have no address, and the probes in all."""
    down = summary.targets - summary.up - summary.unknown
    unknown = f", {summary.unknown} unknown" if summary.unknown else ""
    lacking = f", {nameless} without address" if nameless else ""
    return (f"--- {summary.targets + nameless} targets: {summary.up} up, {down} down{unknown}{lacking}; "
            f"{summary.sent} sent, "
            f"{summary.received} received, time {summary.duration_ns // 1_000_000}ms ---\n")


def render_progress(progress: Progress) -> str:
    """One line without a newline, for a terminal; it overwrites the one before."""
    return (f"\r{progress.settled}/{progress.targets} targets, {progress.sent} sent, "
            f"{progress.received} received")
