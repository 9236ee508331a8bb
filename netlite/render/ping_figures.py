"""What the round trips of a ping come to: percentiles, jitter, runs of losses; as lines, as a graph, as SVG."""

from __future__ import annotations

from ..records.ping_figures import PingSeries
from .visible import visible

ROWS = 8
BLOCKS = " ▁▂▃▄▅▆▇█"
WIDTH, HEIGHT, MARGIN = 960, 320, 48
"""Of the SVG, in pixels."""


def render_figures(series: PingSeries) -> str:
    """The lines of --stats."""
    found = series.figures
    lines = []
    if found.p50_ns is not None:
        lines.append(f"rtt p50/p90/p99 = {_times(found.p50_ns, found.p90_ns, found.p99_ns)}")
    if found.jitter_avg_ns is not None:
        lines.append("jitter avg/max/rfc3550 = "
                     f"{_times(found.jitter_avg_ns, found.jitter_max_ns, found.jitter_smooth_ns)}")
    if found.loss_runs:
        last = (found.longest_from or 0) + found.longest_run - 1
        runs = f"{found.loss_runs} run{'s' * (found.loss_runs != 1)}"
        lines.append(f"losses: {found.lost} in {runs}, the longest {found.longest_run} "
                     f"(icmp_seq {found.longest_from}-{last})")
    else:
        lines.append("losses: none")
    return "\n".join(lines) + "\n"


def _times(*times_ns: int | None) -> str:
    return "/".join([f"{(time_ns or 0) / 1e6:.3f}" for time_ns in times_ns]) + " ms"


def columns_of(series: PingSeries, width: int) -> list[tuple[int | None, bool]]:
    """The probes that are shown in so many columns: the longest round trip of each, and whether any was lost."""
    first = series.first
    shown = max(1, series.transmitted - first + 1)
    width = max(1, min(width, shown))
    columns: list[tuple[int | None, bool]] = [(None, False)] * width
    for number, rtt_ns in series.samples:
        place = min(width - 1, max(0, (number - first) * width // shown))
        columns[place] = max(rtt_ns, columns[place][0] or 0), columns[place][1]
    for start, length in series.runs:
        for number in range(max(start, first), start + length):
            place = (number - first) * width // shown
            columns[place] = columns[place][0], True
    return columns


def render_graph(series: PingSeries, width: int) -> str:
    """Round trips as bars from left to right, losses as crosses below."""
    if not series.transmitted:
        return ""
    longest = max((rtt_ns for _, rtt_ns in series.samples), default=0)
    label = f"{longest / 1e6:.3f} ms"
    columns = columns_of(series, max(10, width - len(label) - 2))
    lines = []
    for row in range(ROWS, 0, -1):
        bars = ""
        for rtt_ns, _ in columns:
            level = 0 if rtt_ns is None else max(1, round(rtt_ns * ROWS * 8 / longest)) if longest else 1
            bars += BLOCKS[min(8, max(0, level - (row - 1) * 8))]
        lines.append(f"{label if row == ROWS else '0' if row == 1 else '':>{len(label)}} |{bars}")
    if any(lost for _, lost in columns):
        lines.append(f"{'lost':>{len(label)}} |" + "".join(["×" if lost else " " for _, lost in columns]))
    return "\n".join([line.rstrip() for line in lines]) + "\n"


def render_svg(series: PingSeries, name: str) -> str:
    """A picture of its own: a line a probe, red where it was lost."""
    longest = max((rtt_ns for _, rtt_ns in series.samples), default=0)
    columns = columns_of(series, WIDTH - 2 * MARGIN)
    step, room = (WIDTH - 2 * MARGIN) / len(columns), HEIGHT - 2 * MARGIN
    points, lost = [], []
    for place, (rtt_ns, is_lost) in enumerate(columns):
        x = MARGIN + (place + 0.5) * step
        if rtt_ns is not None:
            points.append(f"{x:.1f},{HEIGHT - MARGIN - room * rtt_ns / max(1, longest):.1f}")
        if is_lost:
            lost.append(f'<line x1="{x:.1f}" y1="{HEIGHT - MARGIN}" x2="{x:.1f}" y2="{HEIGHT - MARGIN + 8}"/>')
    title = escaped(f"ping {visible(name)}: {series.received} round trips, {series.transmitted} probes")
    base = HEIGHT - MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" '
        f'font-size="13">\n<title>{title}</title>\n<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n'
        f'<text x="{MARGIN}" y="24">{title}</text>\n'
        f'<text x="{MARGIN}" y="{MARGIN - 4}">{longest / 1e6:.3f} ms</text>\n'
        f'<path d="M{MARGIN} {MARGIN}V{base}H{WIDTH - MARGIN}" fill="none" stroke="gray"/>\n'
        f'<polyline points="{" ".join(points)}" fill="none" stroke="steelblue" stroke-width="1.5"/>\n'
        f'<g stroke="red">{"".join(lost)}</g>\n'
        f'<text x="{MARGIN}" y="{HEIGHT - 12}">icmp_seq 1 to {series.transmitted}</text>\n</svg>\n')


def escaped(text: str) -> str:
    """Text that is no markup.

    >>> escaped("<b>&")
    '&lt;b&gt;&amp;'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
