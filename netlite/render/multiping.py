"""The lines of ``ping --multi``: one a target, then the totals.  netlite's own format."""

from __future__ import annotations

from ..records.multiping import MultiSummary, Progress, TargetSummary
from .visible import all_visible


def render_target(summary: TargetSummary) -> str:
    """``192.0.2.1: 3 sent, 3 received, 0% loss, rtt min/avg/max = 0.041/0.055/0.071 ms``

    A probe that was under way when the run was ended is not lost.
    """
    target = all_visible(summary.target)
    name = target.name if target.name == target.address else f"{target.name} ({target.address})"
    extras = "".join(f", +{count} {what}" for count, what in
                     ((summary.duplicates, "duplicates"), (summary.errors, "errors")) if count)
    line = f"{name}: {summary.sent} sent, {summary.received} received{extras}"
    decided = summary.sent - summary.under_way
    if summary.under_way:
        line += f", {summary.under_way} under way"
    if decided:
        line += f", {100 * (decided - summary.received) / decided:.4g}% loss"
    if summary.received:
        times = "/".join(f"{rtt_ns / 1e6:.3f}" for rtt_ns in
                         (summary.rtt_min_ns, summary.rtt_avg_ns, summary.rtt_max_ns) if rtt_ns is not None)
        line += f", rtt min/avg/max = {times} ms"
    return line + "\n"


def render_totals(summary: MultiSummary) -> str:
    """The last line: how many targets are up, and the probes in all."""
    down = summary.targets - summary.up - summary.unknown
    unknown = f", {summary.unknown} unknown" if summary.unknown else ""
    return (f"--- {summary.targets} targets: {summary.up} up, {down} down{unknown}; {summary.sent} sent, "
            f"{summary.received} received, time {summary.duration_ns // 1_000_000}ms ---\n")


def render_progress(progress: Progress) -> str:
    """One line without a newline, for a terminal; it overwrites the one before."""
    return (f"\r{progress.settled}/{progress.targets} targets, {progress.sent} sent, "
            f"{progress.received} received")
