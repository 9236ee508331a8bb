"""The name files under /etc: services, protocols, networks, passwd, resolv.conf.

`parse_*` are pure (text in, tables out), `read_*(world)` read one file and give an empty
table where it is absent.  Formats: services(5), protocols(5), networks(5), passwd(5), resolv.conf(5).
"""

from __future__ import annotations


from ...records.record import Record
from ..files import read_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..door import Door

OTHER_BLANKS = "\x1c\x1d\x1e\x1f"  # of ASCII, for Python alone
NUMBER_DIGITS = 9  # of numbers that need no closer look
NO_NETWORK = b"\xff" * 4


class NamedAddress(Record):
    """One line of /etc/networks: the packed address, its name and the other names."""

    address: bytes
    name: str
    aliases: tuple[str, ...] = ()


def parse_services(text: str) -> dict[tuple[int, str], str]:
    """(port, protocol) -> official name.  The last entry of a number wins, as in netstat.

    >>> parse_services("http 80/tcp www  # web\\nweb 0x51/tcp")
    {(80, 'tcp'): 'http', (81, 'tcp'): 'web'}
    """
    names = {}
    for words in _lines(text):
        number, slash, protocol = words[1].partition("/") if len(words) > 1 else ("", "", "")
        port = _number(number, 0) if slash else None
        if port is not None:
            names[port & 0xffff, protocol.lstrip("/")] = words[0]
    return names


def parse_protocols(text: str) -> dict[int, str]:
    """IP protocol number -> official name.  The last entry of a number wins, as in netstat."""
    names = {}
    for words in _lines(text):
        number = _number(words[1], 10) if len(words) > 1 else None
        if number is not None:
            names[number & 0xffff] = words[0]
    return names


def parse_networks(text: str) -> list[NamedAddress]:
    """The networks in file order; short numbers are filled with zeros from the right.

    What is no number of inet_network(3) is 255.255.255.255, as in the C library.

    >>> parse_networks("loopback 127")[0].address
    b'\\x7f\\x00\\x00\\x00'
    """
    return [NamedAddress(_network((words + [""])[1]), words[0], tuple(words[2:])) for words in _lines(text)]


def parse_passwd(text: str) -> dict[int, str]:
    """User id -> login name; the first entry of an id wins, as in getpwuid(3)."""
    rows = (line.split(":") for line in text.split("\n"))
    return _first(((int(row[2]), row[0]) for row in rows if len(row) > 2 and _is_number(row[2])))


def parse_name_servers(text: str) -> list[str]:
    """The name servers that resolv.conf(5) names, in their order."""
    rows = [line.split() for line in text.split("\n")]
    return [row[1] for row in rows if row[:1] == ["nameserver"] and len(row) > 1]


def read_services(world: Door) -> dict[tuple[int, str], str]:
    """`parse_services` of /etc/services."""
    return parse_services(_read(world, "services"))


def read_protocols(world: Door) -> dict[int, str]:
    """`parse_protocols` of /etc/protocols."""
    return parse_protocols(_read(world, "protocols"))


def read_networks(world: Door) -> list[NamedAddress]:
    """`parse_networks` of /etc/networks."""
    return parse_networks(_read(world, "networks"))


def read_passwd(world: Door) -> dict[int, str]:
    """`parse_passwd` of /etc/passwd.  Users from elsewhere (LDAP) are not in it."""
    return parse_passwd(_read(world, "passwd"))


def read_name_servers(world: Door) -> list[str]:
    """`parse_name_servers` of /etc/resolv.conf."""
    return parse_name_servers(_read(world, "resolv.conf"))


def is_called(entry: NamedAddress, name: str) -> bool:
    """Whether a line has this name or alias; small and capital letters of ASCII are the same."""
    wanted = _folded(name)
    return any(_folded(known) == wanted for known in (entry.name, *entry.aliases))


def name_of(entries: list[NamedAddress], address: bytes) -> str | None:
    """The name on the first line with this packed address, or None."""
    for entry in entries:
        if entry.address == address:
            return entry.name
    return None


def _first(pairs: Iterable[tuple[int, str]]) -> dict[int, str]:
    table: dict[int, str] = {}
    for key, value in pairs:
        table.setdefault(key, value)
    return table


def _lines(text: str) -> Iterator[list[str]]:
    """The words of each line that has any, comments and what follows a NUL removed.

    Newlines alone end lines, and blanks are C's: names may hold the other blanks that Python knows.
    """
    plain = text.isascii() and not any(separator in text for separator in OTHER_BLANKS)
    for line in text.split("\n"):
        line = line.partition("#")[0].partition("\0")[0]
        words = line.split() if plain else [
            word.decode("utf-8", "surrogateescape") for word in line.encode("utf-8", "surrogateescape").split()]
        if words:
            yield words


def _number(word: str, base: int) -> int | None:
    """What strtoul(3) makes of a whole word; None where it is no number or one of more than 32 bits, as in glibc."""
    if _is_number(word) and (base == 10 or not base and word[0] != "0"):
        return int(word)
    from ...command_line.c_numbers import UINT_MAX, strtoul

    value, rest, _ = strtoul(word, base)
    return None if rest or not word or value > UINT_MAX else value


def _network(number: str) -> bytes:
    """The network of a number with up to four parts, each octal, hexadecimal or decimal: glibc's inet_network(3)."""
    parts = [_network_part(part) for part in (number + ".0" * (3 - number.count("."))).split(".")]
    whole = [part for part in parts if part is not None]
    return bytes(whole) if len(whole) == len(parts) == 4 else NO_NETWORK


def _network_part(part: str) -> int | None:
    digits = part.removeprefix("0")
    if digits[:1] in ("x", "X"):
        value = _number("0x" + digits[1:], 16) if digits[1:].isalnum() else None
    else:
        value = _number(part, 8 if part[:1] == "0" else 10) if part.isdigit() else None
    return value if value is not None and value <= 255 else None


def _folded(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape").lower()


def _is_number(word: str) -> bool:
    """Digits of a usual number."""
    return word.isascii() and word.isdigit() and len(word) <= NUMBER_DIGITS


def _read(world: Door, name: str) -> str:
    try:
        return read_text(world.files, f"{world.etc}/{name}")
    except OSError:
        return ""
