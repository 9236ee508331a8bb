"""The command line of netlite watch: the letters are mtr's wherever mtr has one for it."""

from __future__ import annotations

from ...command_line.c_numbers import read_number
from ...command_line.getopt import Option, OptionError, constant, flag, read_options, value
from ...errors import UsageError
from ...records.record import Record
from ...render.watch import COLUMNS, USUAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SECOND_NS = 1_000_000_000
REFUSED = 2
REPORT_COUNT = 10
GENTLE_RATE, MOST_RATE = 250.0, 500.0  # as ping --multi: an ordinary user may send one packet in 2 ms
NAMES_WIDTH = 32


class Options(Record):
    """The command line; times in nanoseconds, `count` None for no end, `method` and sizes as in `netlite.watch`."""

    hosts: tuple[str, ...] = ()
    version: int | None = None
    method: str = "icmp"
    port: int | None = None
    flows: int = 1
    first_hop: int = 1
    max_hops: int = 30
    max_unknown: int = 12
    size_bytes: int = 64
    count: int | None = None
    interval_ns: int = SECOND_NS
    timeout_ns: int = 3 * SECOND_NS
    rate: float = GENTLE_RATE
    traffic_class: int | None = None
    source: str | None = None
    device: str | None = None
    report: bool = False
    csv: bool = False
    plain: bool = False
    wide: bool = False
    numeric: bool = False
    both: bool = False
    labels: bool = False
    columns: str = USUAL
    asn_file: str | None = None
    help: bool = False


class Choices:
    """What the options read so far ask for; attributes are fields of `Options`."""

    def __init__(self, program: str):
        self.program = program
        self.max_hops, self.first_hop = 30, 1
        self.count: int | None = -1  # not said


def parse(program: str, arguments: list[str], documented: bool, terminal: bool) -> Options:
    """Read the command line.  Without an end where somebody watches a terminal, else REPORT_COUNT probes a hop
    are sent.  Raises UsageError."""
    choices = Choices(program)
    try:
        hosts = read_options(program, arguments, OPTIONS, choices)
    except OptionError as error:
        raise wrong(error.text + usage()) from None
    fields: dict[str, Any] = dict(vars(choices))
    del fields["program"]
    if not hosts and not fields.get("help"):
        raise wrong(usage())
    if choices.first_hop > choices.max_hops:
        raise wrong(f"{program}: the first hop is beyond the last one\n")
    if choices.count == -1:
        live = terminal and not documented and not fields.get("report") and not fields.get("csv")
        fields["count"] = None if live else REPORT_COUNT
    return Options(tuple(hosts), **fields)


def wrong(text: str) -> UsageError:
    """A wrong command line."""
    return UsageError(text, REFUSED)


def whole(name: str, low: int, high: int) -> Callable[[Any, Any], None]:
    """A reader of a whole number."""
    def read(choices: Choices, text: str) -> None:
        setattr(choices, name, int(number(choices, text, low, high, True)))

    return read


def duration(name: str, low_s: float, high_s: float) -> Callable[[Any, Any], None]:
    """A reader of seconds."""
    def read(choices: Choices, text: str) -> None:
        setattr(choices, name, round(number(choices, text, low_s, high_s) * SECOND_NS))

    return read


def number(choices: Choices, text: str, low: float, high: float, is_whole: bool = False) -> float:
    """A number from `low` to `high`.  Raises UsageError."""
    found = read_number(text, low, high)
    if found is None or is_whole and int(found) != found:
        raise wrong(f"{choices.program}: {text!r} is not a {'whole ' * is_whole}number from {low:g} to {high:g}\n")
    return found


def _count(choices: Choices, text: str) -> None:
    choices.count = int(number(choices, text, 0, 1_000_000_000, True)) or None


def _rate(choices: Any, text: str) -> None:
    choices.rate = number(choices, text, 0.1, MOST_RATE)


def _fields(choices: Any, text: str) -> None:
    unknown = [letter for letter in text if letter not in COLUMNS]
    if unknown or not text.strip():
        raise wrong(f"{choices.program}: {(unknown or ' ')[0]!r} is no field: {field_words()}\n")
    choices.columns = text


def _wide(choices: Any, _: object) -> None:
    choices.report = choices.wide = True


def field_words() -> str:
    """The letters of -o."""
    return ", ".join([f"{letter} {column.title}" for letter, column in COLUMNS.items() if letter != " "])


OPTIONS = (
    Option("4", "ipv4", None, constant("version", 4), "use IPv4"),
    Option("6", "ipv6", None, constant("version", 6), "use IPv6"),
    Option("u", "udp", None, constant("method", "udp"), "probe with UDP instead of ICMP echo"),
    Option("T", "tcp", None, constant("method", "tcp"), "probe with TCP SYN"),
    Option("P", "port", "PORT", whole("port", 1, 65535), "the port of UDP (33434) or TCP (80)"),
    Option(None, "flows", "N", whole("flows", 1, 64), "watch so many flows to each host, each going one way"),
    Option("f", "first-ttl", "HOP", whole("first_hop", 1, 255), "the first hop (1)"),
    Option("m", "max-ttl", "HOP", whole("max_hops", 1, 255), "the last hop (30)"),
    Option("U", "max-unknown", "N", whole("max_unknown", 1, 255), "at most so many hops beyond the last answer (12)"),
    Option("s", "psize", "BYTES", whole("size_bytes", 1, 65000), "the size of the whole packet (64)"),
    Option("i", "interval", "SECONDS", duration("interval_ns", 0.01, 86400), "between the probes to one hop (1)"),
    Option("ZG", "timeout", "SECONDS", duration("timeout_ns", 0.001, 3600), "a probe is lost when so old (3)"),
    Option(None, "rate", "N", _rate, "at most so many probes a second in all (250)"),
    Option("Q", "tos", "BYTE", whole("traffic_class", 0, 255), "type of service, or traffic class"),
    Option("a", "address", "ADDRESS", value("source"), "send from this address"),
    Option("I", "interface", "INTERFACE", value("device"), "send through this interface"),
    Option("c", "report-cycles", "N", _count, "so many probes to each hop (10; 0 and on a terminal: no end)"),
    Option("r", "report", None, flag("report"), "a report at the end; so wherever stdout is no terminal"),
    Option("w", "report-wide", None, _wide, "a report that cuts no name"),
    Option("C", "csv", None, flag("csv"), "comma separated values at the end"),
    Option("t", "plain", None, flag("plain"), "the plain view, though textual is installed"),
    Option("n", "no-dns", None, flag("numeric"), "no host names"),
    Option("b", "show-ips", None, flag("both"), "names and addresses"),
    Option("e", "mpls", None, flag("labels"), "MPLS labels too"),
    Option("o", "order", "FIELDS", _fields, "these columns in this order, a letter each: " + field_words()),
    Option(None, "asn-file", "FILE", value("asn_file"), "the autonomous system of each hop, from this file (.mmdb)"),
    Option("h", "help", None, flag("help"), "print help and exit"),
)


def usage() -> str:
    """The text of --help."""
    from textwrap import wrap

    lines = ["", "Usage", "  netlite watch [options] <host>...", "", "Options:"]
    for row in (*OPTIONS, Option(None, "json", None, flag(""), "one JSON document at the end"),
                Option(None, "jsonl", None, flag(""), "one JSON object a line, as it happens")):
        letters = ", ".join([f"-{letter}" for letter in (row.short or "")]) or "   "
        names = f"  {letters}{', ' if row.short else ' '}--{row.long}{f' <{row.value.lower()}>' if row.value else ''}"
        text = wrap(row.text, 79 - NAMES_WIDTH, break_on_hyphens=False)
        lines.append(f"{names:{NAMES_WIDTH}}{text[0]}")
        lines += [" " * NAMES_WIDTH + line for line in text[1:]]
    return "\n".join(lines) + "\n"
