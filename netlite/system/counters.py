"""Protocol counters from /proc/net: snmp, netstat, snmp6 and sctp/snmp."""

from __future__ import annotations

from ..records.counters import CounterSection
from .files import net_file, read_bytes

MODULUS = 1 << 64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .door import Door


def parse_sections(text: str) -> list[CounterSection]:
    """Sections of snmp and netstat, two lines each: names, then values.

    >>> parse_sections("Udp: InDatagrams NoPorts\\nUdp: 7 0\\n")[0].counters
    (('InDatagrams', 7), ('NoPorts', 0))
    """
    lines = text.splitlines()
    sections = []
    for names, values in zip(lines[::2], lines[1::2]):
        name, _, names = names.partition(":")
        counters = zip(names.split(), (_number(word) for word in values.partition(":")[2].split()))
        sections.append(CounterSection(name, tuple(counters)))
    return sections


def parse_sections6(text: str) -> list[CounterSection]:
    """Sections of snmp6, a counter a line; a name up to its first 6 is that of the section.

    >>> [section.name for section in parse_sections6("Ip6InReceives 1\\nIcmp6InMsgs 2\\nUdp6NoPorts 3\\n")]
    ['Ip6', 'Icmp6', 'Udp6']
    """
    sections: list[tuple[str, list[tuple[str, int]]]] = []
    for name, value in _pairs(text):
        if not sections or sections[-1][0] not in name:
            before, digit, _ = name.partition("6")
            sections.append((before + digit, []))
        sections[-1][1].append((name, value))
    return [CounterSection(name, tuple(counters)) for name, counters in sections]


def parse_sctp(text: str) -> list[CounterSection]:
    """The one section of sctp/snmp, a counter a line."""
    counters = tuple(_pairs(text))
    return [CounterSection("Sctp", counters)] if counters else []


def _pairs(text: str) -> Iterator[tuple[str, int]]:
    for line in text.splitlines():
        words = line.split()
        if len(words) == 2:
            yield words[0], _number(words[1])


def _number(word: str) -> int:
    """An unsigned 64-bit number as strtoul(3) reads it: -1 is the largest one."""
    try:
        return int(word) % MODULUS
    except ValueError:
        return 0


PARSERS = {"snmp": parse_sections, "netstat": parse_sections, "snmp6": parse_sections6,
           "sctp/snmp": parse_sctp}


def read_counters(world: Door, table: str) -> list[CounterSection]:
    """The sections of ``snmp``, ``netstat``, ``snmp6`` or ``sctp/snmp``.  OSError where it is absent."""
    return PARSERS[table](read_bytes(world.files, net_file(world, table)).decode("ascii", "replace"))
