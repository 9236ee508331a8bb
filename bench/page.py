"""docs/benchmarks.rst, its plots, and the README's table, from a run that was kept: ``python -m bench.page``."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from bench import growth
from bench.rows import MORE_IS_BETTER, OURS, UNITS, Row, load

ROOT = Path(__file__).resolve().parents[1]
README_ROWS = (
    "ping -c1 -n 127.0.0.1",
    "route -n",
    "netstat -tan, 10,000 sockets",
    "netstat -tan, 100,000 sockets",
    "netstat -tln, 100,000 sockets",
    "netstat -tanp, 100,000 sockets",
    "ifconfig -a, 3,000 interfaces",
    "route -n, 100,000 routes",
    "arp -n, 10,000 neighbours",
    "ping -f -q, 50,000 packets, veth",
    "ping, round trip on an idle veth",
    "10,000 targets at once",
    "traceroute, 10 routers answer",
)
BEGIN, END = ".. the figures begin\n", ".. the figures end\n"
ORIGINALS = ("original", "net-tools", "iputils", "fping")
INTRODUCTION = """\
Benchmarks
==========

Netlite's programs as pip installs them, beside what else does the same, in one run of ``make bench`` on commit {commit}
({date}; Linux {linux}, Python {python}, {processors} processors), beside
{versions}.

All programs of a row are started in turns; a figure is the median of the rounds, a ratio the median of the rounds'
ratios, netlite's through the other's, with its quartiles.  Less than 1 is less than the other takes.  A goal that is
missed says so; what keeps it up is in `decision 0021 <decisions/0021-where-a-ping-spends-its-time.rst>`__.
`peers.rst <peers.rst>`__ has the library beside other libraries.

"""
SAID = """\
``make bench`` measures netlite beside the originals on your machine.  On a small virtual server with Linux {linux},
Python {python} and {processors} processors (less than 1 is faster than the original; `all figures
<docs/benchmarks.rst>`__):
"""
GROWTH = """\
Growth
------

Time and memory of the table programs as their tables grow; the original is dashed.  Memory is what the program takes
above a Python that does nothing; the goal is {most} MiB whatever the size.

.. image:: benchmarks-time.svg

.. image:: benchmarks-memory.svg

"""


def table(titles: list[str], lines: list[list[str]]) -> str:
    """A simple table, as reStructuredText has them."""
    widths = [max(len(cell) for cell in column) for column in zip(titles, *lines)]
    ruler = "  ".join("=" * width for width in widths)
    rows = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in (titles, *lines)]
    return "\n".join([ruler, rows[0], ruler, *rows[1:], ruler, ""])


def amount(figure: str, value: float) -> str:
    """A figure with its unit, three digits of it."""
    unit = UNITS[figure]
    if figure.endswith("_ms") and value >= 1000:
        value, unit = value / 1000, unit.replace("ms", "s", 1)
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f} {unit}"


def verdict(row: Row, other: str) -> str:
    """The goal and whether it is reached."""
    reached = row.reaches(other)
    if reached is None:
        return ""
    sign = ">=" if row.figure in MORE_IS_BETTER else "<="
    return f"{sign} {row.goals[other]:g}" + ("" if reached else ", missed")


def lines_of(row: Row) -> list[list[str]]:
    """A row as lines: one for each that it is beside."""
    found = []
    for number, other in enumerate([*row.ratios, *([""] if "" in row.goals or not row.ratios else [])]):
        name = (
            f"``{row.what}``"
            if row.group == "Start-up" and " " in row.what and "launcher" not in row.what
            else row.what
        )
        beside = (
            [other, amount(row.figure, row.medians[other]), "{1:.2f} ({0:.2f}-{2:.2f})".format(*row.ratios[other])]
            if other
            else ["", "", ""]
        )
        found.append(
            [
                name if number == 0 else "\\",
                amount(row.figure, row.medians[OURS]) if number == 0 else "",
                *beside,
                verdict(row, other),
            ]
        )
    return found


def benchmarks(about: dict, rows: list[Row]) -> str:
    """The text of docs/benchmarks.rst."""
    text = INTRODUCTION.format(**about)
    for group, members in groupby(rows, lambda row: row.group):
        lines = [line for row in members if row.figure != "memory_mib" for line in lines_of(row)]
        title = (
            GROWTH.format(most=growth.WORST_MEMORY_MIB) if group == growth.GROUP else f"{group}\n{'-' * len(group)}\n\n"
        )
        text += title + table(["what", "netlite", "beside", "its figure", "ratio (quartiles)", "goal"], lines) + "\n"
        if group == growth.GROUP:
            text += (
                "Memory:\n\n" + table(["what", "netlite", "above the bare interpreter", "goal"], memory(rows)) + "\n"
            )
    missed = [(row, other) for row in rows for other in row.goals if not row.reaches(other)]
    counted = sum(len(row.goals) for row in rows)
    return text + f"{counted} goals, {counted - len(missed)} of them reached.\n"


def memory(rows: list[Row]) -> list[list[str]]:
    """The lines about memory."""
    found = []
    for row in rows:
        if row.group == growth.GROUP and row.figure == "memory_mib":
            above = row.medians[OURS] - row.medians["python3"]
            found.append(
                [
                    row.what,
                    amount(row.figure, row.medians[OURS]),
                    amount(row.figure, above),
                    f"<= {growth.WORST_MEMORY_MIB}" + ("" if above <= growth.WORST_MEMORY_MIB else ", missed"),
                ]
            )
    return found


def readme(text: str, about: dict, rows: list[Row]) -> str:
    """The README with the figures of this run."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    lines = []
    for wanted in README_ROWS:
        for row in rows:
            if row.what == wanted and row.group != growth.GROUP and row.figure in ("wall_ms", "round_trip_us"):
                others = [
                    name
                    for name in row.ratios
                    if name in ORIGINALS
                ]
                for other in others:
                    lines.append(
                        [
                            f"``{wanted}``" if row.group == "Start-up" else wanted,
                            amount(row.figure, row.medians[other]),
                            amount(row.figure, row.medians[OURS]),
                            f"{row.ratios[other][1]:.2f}",
                        ]
                    )
    said = SAID.format(**about)
    return f"{head}{BEGIN}\n{said}\n{table(['what', 'original', 'netlite', 'ratio'], lines)}\n{END}{tail}"


def plots(rows: list[Row], folder: Path) -> None:
    """Time and memory over the size of the table, as SVG."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "netlite", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot

    for figure, title in (("wall_ms", "time, ms"), ("memory_mib", "memory above the bare interpreter, MiB")):
        drawing, axes = pyplot.subplots(figsize=(7.5, 4.2))
        for number, (command, (thing, sizes, *_)) in enumerate(growth.TABLES.items()):
            found = {row.what: row for row in rows if row.figure == figure and row.group == growth.GROUP}
            points = [
                (size, found[growth.what(command, size)]) for size in sizes if growth.what(command, size) in found
            ]
            base = [row.medians["python3"] if figure == "memory_mib" else 0 for _, row in points]
            axes.plot(
                [size for size, _ in points],
                [row.medians[OURS] - less for (_, row), less in zip(points, base)],
                marker="o",
                color=f"C{number}",
                label=f"{command} ({thing})",
            )
            if figure == "wall_ms":
                beside = [(size, row.medians["original"]) for size, row in points if "original" in row.medians]
                axes.plot(*zip(*beside), linestyle="--", color=f"C{number}")
        axes.set_xscale("log")
        axes.set_xlabel("rows of the table")
        axes.set_ylabel(title)
        if figure == "wall_ms":
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0)
            axes.axhline(growth.WORST_MEMORY_MIB, color="grey", linestyle=":")
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3)
        drawing.savefig(
            folder / f"benchmarks-{'time' if figure == 'wall_ms' else 'memory'}.svg",
            metadata={"Date": None},
            bbox_inches="tight",
        )


def write(kept: Path) -> None:
    """Write all from a run that was kept."""
    about, rows = load(kept)
    plots(rows, ROOT / "docs")
    (ROOT / "docs" / "benchmarks.rst").write_text(benchmarks(about, rows))
    file = ROOT / "README.rst"
    file.write_text(readme(file.read_text(), about, rows))


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "bench.json")
