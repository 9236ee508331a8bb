"""Watched paths as text: the report and its columns, which are mtr's, lines of CSV, and the lines of a live view."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

from ..records.record import Record
from ..records.replies import IcmpError, Origin
from ..records.watch import HopState, PathChanged, PathState
from .traceroute import error_flag
from .visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Systems = Callable[[str], str | None]
    """The autonomous system of an address, where it is known."""

REPORT_COLUMNS = 33  # of the names, as in mtr
SYSTEM_COLUMNS = 10
UNKNOWN = "???"
SPOILT = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula


class Column(Record):
    """A column: what it is called, how wide it is, and the text of a hop."""

    title: str
    width: int
    text: Callable[[HopState], str]
    means: str


def _count(name: str) -> Callable[[HopState], str]:
    return lambda hop: str(getattr(hop, name))


def _time(name: str) -> Callable[[HopState], str]:
    return lambda hop: f"{(getattr(hop, name) or 0) / 1e6:.1f}"


COLUMNS = {
    " ": Column("", 1, lambda hop: "", "a blank"),
    "L": Column("Loss%", 6, lambda hop: f"{100 * (hop.loss or 0):.1f}%", "lost, of those decided"),
    "D": Column("Drop", 5, lambda hop: str(hop.lost + hop.unsent), "lost"),
    "R": Column("Rcv", 6, _count("received"), "answered in time"),
    "S": Column("Snt", 6, _count("sent"), "sent"),
    "N": Column("Last", 6, _time("last_ns"), "the last round trip, in ms as all that follow"),
    "B": Column("Best", 6, _time("best_ns"), "the shortest"),
    "A": Column("Avg", 6, _time("avg_ns"), "the mean"),
    "W": Column("Wrst", 6, _time("worst_ns"), "the longest"),
    "V": Column("StDev", 6, _time("deviation_ns"), "the standard deviation"),
    "G": Column("Gmean", 6, _time("geometric_ns"), "the geometric mean"),
    "J": Column("Jttr", 5, _time("jitter_ns"), "jitter: the last difference"),
    "M": Column("Javg", 5, _time("jitter_avg_ns"), "the mean difference"),
    "X": Column("Jmax", 5, _time("jitter_max_ns"), "the greatest difference"),
    "I": Column("Jint", 5, _time("jitter_smooth_ns"), "smoothed as in RFC 3550"),
    "5": Column("P50", 6, _time("p50_ns"), "the median"),
    "9": Column("P90", 6, _time("p90_ns"), "what 90 % do not exceed"),
    "C": Column("P99", 6, _time("p99_ns"), "what 99 % do not exceed"),
    "T": Column("Late", 5, _count("late"), "answered after the time was over"),
    "U": Column("Dup", 5, _count("duplicates"), "answered again"),
}
"""By the letter of -o; those up to I are mtr's."""
USUAL, JITTER = "LS NABWV", "LS JMXI59C"


class Style(Record):
    """How hops are written: `columns` are letters of COLUMNS; `numeric` (-n) addresses alone, `both` (-b) names and
    addresses; `wide` (-w) cuts no name; `labels` (-e) adds MPLS labels; `systems` adds autonomous systems."""

    columns: str = USUAL
    numeric: bool = False
    both: bool = False
    wide: bool = False
    labels: bool = False
    systems: Systems | None = None


def name_text(hop: HopState, style: Style) -> str:
    """Who answers from a hop, and the mark of an error that ends the way there (``!H`` …, as in traceroute)."""
    if hop.source is None:
        return UNKNOWN
    source, name = visible(hop.source), None if style.numeric else hop.name
    text = source if not name else f"{visible(name)} ({source})" if style.both else visible(name)
    return f"{text} {flag_of(hop)}" if hop.kind == "refused" else text


def flag_of(hop: HopState) -> str:
    """The mark of an ICMP error that is no "time exceeded"."""
    origin = Origin.ICMP6 if ":" in (hop.source or "") else Origin.ICMP
    return error_flag(IcmpError(origin, hop.source, hop.icmp_type or 0, hop.icmp_code or 0))


def system_text(hop: HopState, style: Style) -> str:
    """The autonomous system of a hop; empty where none is asked for."""
    if style.systems is None:
        return ""
    found = style.systems(hop.source) if hop.source else None
    return fitted(visible(found or "AS???"), SYSTEM_COLUMNS)


def head_text(fields: str) -> str:
    """The titles."""
    return "".join([f"{COLUMNS[letter].title:>{COLUMNS[letter].width}}" for letter in fields])


def values_text(hop: HopState, fields: str) -> str:
    """The figures of a hop."""
    return "".join([f"{COLUMNS[letter].text(hop):>{COLUMNS[letter].width}}" for letter in fields])


def path_title(state: PathState) -> str:
    """Which path it is."""
    return f"{visible(state.host)} ({visible(state.address)}), flow {state.flow}"


def render_report(states: Iterable[PathState], own_name: str, style: Style) -> str:
    """A table a path; a title above each where there are several."""
    states = list(states)
    lines = []
    for state in states:
        if len(states) > 1:
            lines.append(f"Path: {path_title(state)}")
        lines += table_lines(state, visible(own_name), style)
    return "\n".join(lines) + "\n" * bool(lines)


def table_lines(state: PathState, own_name: str, style: Style) -> list[str]:
    """The table of a path as mtr's report has it."""
    rows = []
    for hop in state.hops:
        system = system_text(hop, style)
        rows.append((f"{hop.hop:3d}.{' ' + system if style.systems else '|-- '}{name_text(hop, style)}", hop))
    width = max(REPORT_COLUMNS, *(text_width(text) + 1 for text, _ in rows)) if style.wide and rows else REPORT_COLUMNS
    lines = [fitted(f"HOST: {own_name}", width) + head_text(style.columns)]
    for text, hop in rows:
        lines.append(fitted(text, width) + values_text(hop, style.columns))
        others = [source for source, _ in hop.sources if source != hop.source]
        lines += [f"    |  {'`' if place == 0 else ' '}|-- {visible(source)}" for place, source in enumerate(others)]
        if style.labels and hop.labels:
            lines.append(f"       [MPLS: {', '.join(map(str, hop.labels))}]")
    return lines


def csv_head(fields: str, systems: bool = False) -> str:
    """The first line of a file of CSV."""
    titles = [COLUMNS[letter].title for letter in fields if letter != " "]
    return ",".join(["Version", "Start_Time", "Status", "Host", "Flow", "Hop", "Ip", "Name", *["Asn"] * systems,
                     *titles]) + "\n"


def render_csv(state: PathState, version: str, start_s: int, style: Style) -> str:
    """A line a hop; times in milliseconds with three digits."""
    lines = []
    for hop in state.hops:
        figures = [cell(COLUMNS[letter].text(hop).rstrip("%")) if letter in "LDRSTU" else exact(hop, letter)
                   for letter in style.columns if letter != " "]
        system = [quoted(style.systems(hop.source) or "" if hop.source else "")] if style.systems else []
        lines.append(",".join([
            f"netlite.{version}", str(start_s), "OK", quoted(state.host), str(state.flow), str(hop.hop),
            quoted(hop.source or UNKNOWN), quoted(hop.name or ""), *system, *figures]))
    return "\n".join(lines) + "\n" * bool(lines)


EXACT = {"N": "last_ns", "B": "best_ns", "A": "avg_ns", "W": "worst_ns", "V": "deviation_ns", "G": "geometric_ns",
         "J": "jitter_ns", "M": "jitter_avg_ns", "X": "jitter_max_ns", "I": "jitter_smooth_ns", "5": "p50_ns",
         "9": "p90_ns", "C": "p99_ns"}


def exact(hop: HopState, letter: str) -> str:
    """A time; empty where there is none."""
    time_ns = getattr(hop, EXACT[letter])
    return "" if time_ns is None else f"{time_ns / 1e6:.3f}"


def cell(text: str) -> str:
    """A figure."""
    return text.strip()


def quoted(text: str) -> str:
    """A text of others as a field of CSV (RFC 4180), in which no spreadsheet sees a formula."""
    shown = visible(text)
    if shown.startswith(SPOILT):
        shown = "'" + shown
    return '"' + shown.replace('"', '""') + '"' if any(letter in shown for letter in '",') else shown


def change_text(change: PathChanged) -> str:
    """A change of a path in words."""
    if change.kind == "address":
        return f"hop {change.hop}: {visible(str(change.before))} -> {visible(str(change.after))}"
    if change.kind == "longer":
        return f"hop {change.hop}: the path has become longer than {change.before} hops"
    return f"hop {change.hop}: the path ends here, not at hop {change.before}"


def text_width(text: str) -> int:
    """How many columns a text takes on a terminal.

    >>> text_width("abc"), text_width("漢字"), text_width("e\\u0301")
    (3, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def fitted(text: str, width: int) -> str:
    """A text cut or filled to so many columns.

    >>> fitted("abcdef", 4), fitted("漢字", 3), fitted("a", 3)
    ('abcd', '漢 ', 'a  ')
    """
    while text_width(text) > width:
        text = text[:-1]
    return text + " " * (width - text_width(text))
