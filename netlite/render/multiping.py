"""The lines of ``ping --multi``: one a target, then the totals.  netlite's own format."""

from __future__ import annotations

from ..records.multiping import MultiSummary, Progress, TargetSummary


def render_target(summary: TargetSummary) -> str:
    """``192.0.2.1: 3 sent, 3 received, 0% loss, rtt min/avg/max = 0.041/0.055/0.071 ms``"""
    target = summary.target
    name = target.name if target.name == target.address else f"{target.name} ({target.address})"
    extras = "".join(f", +{count} {what}" for count, what in
                     ((summary.duplicates, "duplicates"), (summary.errors, "errors")) if count)
    lost = 100 * (summary.sent - summary.received) / summary.sent if summary.sent else 0
    line = f"{name}: {summary.sent} sent, {summary.received} received{extras}, {lost:.4g}% loss"
    if summary.received:
        times = "/".join(f"{rtt_ns / 1e6:.3f}" for rtt_ns in
                         (summary.rtt_min_ns, summary.rtt_avg_ns, summary.rtt_max_ns))
        line += f", rtt min/avg/max = {times} ms"
    return line + "\n"


def render_totals(summary: MultiSummary) -> str:
    """The last line: how many targets are up, and the probes in all."""
    down = summary.targets - summary.up
    return (f"--- {summary.targets} targets: {summary.up} up, {down} down; {summary.sent} sent, "
            f"{summary.received} received, time {summary.duration_ns // 1_000_000}ms ---\n")


def render_progress(progress: Progress) -> str:
    """One line without a newline, for a terminal; it overwrites the one before."""
    return (f"\r{progress.settled}/{progress.targets} targets, {progress.sent} sent, "
            f"{progress.received} received")
