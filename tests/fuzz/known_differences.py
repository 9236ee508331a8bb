"""Where netlite differs from the originals on purpose, as the fuzzer meets it.

A row of KNOWN: what it is about (the page of docs/parity has the reason), the programs and what takes a line of the
original and one of netlite to the same text where that is the difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from netlite.records.record import Record

OLD_CLOCK = "time of day goes back"
CORRUPTED = " (This broken router returned corrupted payload)"
TABLE_PROGRAMS = ("netstat", "route")


class Known(Record):
    """A difference made on purpose: `same` tells whether lines of the original and netlite differ by it alone."""

    why: str
    programs: tuple
    same: Callable[[str, str], bool]


def _unsigned(word: str) -> str:
    return str(int(word) % (1 << 32)) if re.fullmatch(r"-\d+", word) else word


def _metrics(original: str, ours: str) -> bool:
    return [_unsigned(word) for word in original.split()] == [_unsigned(word) for word in ours.split()]


def _unix_paths(original: str, ours: str) -> bool:
    plain = "".join(character if " " <= character <= "~" else "." for character in original)
    return original.startswith("unix ") and len(original) > 60 and ours.startswith(plain.rstrip("."))


def _no_flags(original: str, ours: str) -> bool:
    return ours == original.replace("flags=0<", "flags=0<>")


def _named(original: str, ours: str) -> bool:
    word, _, rest = original.partition(": ")
    return rest.startswith(("Resolver Error 0", "Unknown host")) and ours in (f"{word}: not an IPv6 address", f"{word}: Unknown host")


def _second_error(original: str, ours: str) -> bool:
    return original == "/proc/net/nr_neigh: No such file or directory" and ours == "/proc/net/nr_neigh: Invalid argument"


KNOWN = (
    Known("route: metrics are unsigned", TABLE_PROGRAMS, _metrics),
    Known("netstat: paths of unix sockets are shown whole, and what cannot be printed as dots", ("netstat",), _unix_paths),
    Known("route, ifconfig: a wrong IPv6 address is named", ("route", "ifconfig"), _named),
    Known("route: the second error of a missing table depends on where stdout goes: a file here", TABLE_PROGRAMS, _second_error),
    Known("ifconfig: flags=0<> has its closing bracket", ("netstat", "ifconfig"), _no_flags),
)


def is_known_probing(command: list[bytes], original: tuple, ours: tuple) -> bool:
    """The same for a probing program, whose outcomes end with the packets sent."""
    if original[2] is not None and original[2] < 0 <= (ours[2] or 0):  # it crashes, as with a path MTU beyond its buffer
        return True
    original = original[0], "".join(line for line in original[1].splitlines(True) if OLD_CLOCK not in line), *original[2:]
    if original == ours:
        return True
    if b"ping" not in command and original[:3] == ours[:3]:  # how many probes leave before an answer is read
        fewer, more = sorted((original[3].split("\n"), ours[3].split("\n")), key=len)
        left = iter(more)
        return all(line in left for line in fewer)
    if original[1:] != ours[1:]:
        return False
    if ours[0].replace(CORRUPTED, "") == original[0]:  # it takes any time in a quote for its own
        return b"tracepath" in command
    lines, our_lines = original[0].split("\n"), ours[0].split("\n")
    untimed = "time=" not in ours[0] and "rtt " not in ours[0]  # no answer was long enough to hold a time
    return b"ping" in command and untimed and [line for line in lines if line and not line.startswith("rtt ")] == [*filter(None, our_lines)]


def _loses_columns(program: str, command: list[bytes]) -> bool:
    """Whether routes are asked for with more than two e: the original then loses rows, columns or the title."""
    given = sum(word.startswith(b"--e") if word.startswith(b"--") else word.count(b"e") for word in command[1:] if word[:1] == b"-")
    return program in TABLE_PROGRAMS and given > 2


def is_known(command: list[bytes], original: tuple, ours: tuple) -> bool:
    """Whether two outcomes (stdout, stderr, status) of a command differ in such lines alone."""
    program = command[command[0] == b"nobody"].decode()
    if _loses_columns(program, command):
        original, ours = ("", *original[1:]), ("", *ours[1:])
    rules = [known.same for known in KNOWN if program in known.programs]
    for one, other in zip(original[:2], ours[:2]):
        lines, our_lines = one.split("\n"), other.split("\n")
        if len(lines) != len(our_lines):
            return False
        if any(line != our_line and not any(same(line, our_line) for same in rules) for line, our_line in zip(lines, our_lines)):
            return False
    return original[2] == ours[2]


def is_mended(command: list[bytes]) -> bool:
    """Whether a change is of a kind that netlite does otherwise on purpose, so that the state differs too."""
    words = command[command[0] == b"nobody":]
    pairs = list(zip(words, [*words[1:], b":"]))
    if words[0] == b"ifconfig":
        return (any(word in (b"add", b"del") and b":" not in value for word, value in pairs)
                or any(word in (b"unix", b"ax25", b"ipx", b"netrom", b"rose", b"x25", b"ddp", b"ash", b"ec", b"econet") for word in words[1:])
                or any(word == b"txqueuelen" and not value[:1].isdigit() for word, value in pairs)
                or any(word == b"ether" and value.count(b":") != 5 and len(value) != 12 for word, value in pairs)
                or any(word == b"media" and value == b"auto" for word, value in pairs))
    if words[0] == b"arp":
        return b"-d" in words and b"pub" in words and not {b"dev", b"-i"} & set(words)
    return words[0] == b"route" and any(word.endswith((b"/32", b"/33")) for word in words)
