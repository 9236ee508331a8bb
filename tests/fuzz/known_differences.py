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
BEFORE_ADDRESSES = (b"netmask", b"broadcast", b"dstaddr", b"pointopoint", b"tunnel", b"add", b"del", b"name", b"ether")
SHORT_HARDWARE = re.compile(rb"[0-9A-Fa-f]{1,2}(:?[0-9A-Fa-f]{2}){0,4}:?")
TABLE_PROGRAMS = ("netstat", "route")


class Known(Record):
    """A difference made on purpose: `same` tells whether lines (or outcomes) of the original and netlite differ by it alone."""

    why: str
    programs: tuple
    same: Callable[..., bool]


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


def _no_old_clock(text: str) -> str:
    return "".join(line for line in text.splitlines(True) if OLD_CLOCK not in line)


def _crashes(original: tuple, ours: tuple) -> bool:
    return original[2] is not None and original[2] < 0 <= (ours[2] or 0)


def _waits(original: tuple, ours: tuple) -> bool:
    """The original is still waiting, twice the round trip that a reply made it believe; what it has done until then is the same."""
    shown, beginning = ours[0].split("\n"), original[0].rstrip("\n").split("\n")
    answered = any(" time=" in line for line in shown) or "rtt " in ours[0]
    done = shown[:len(beginning)] == beginning or not original[0]
    return original[2] is None and ours[2] is not None and answered and done and ours[3].startswith(original[3])


def _some_probes_more(original: tuple, ours: tuple) -> bool:
    fewer, more = sorted((original[3].split("\n"), ours[3].split("\n")), key=len)
    left = iter(more)
    return original[:3] == ours[:3] and all(line in left for line in fewer)


def _corrupted(original: tuple, ours: tuple) -> bool:
    return original[1:] == ours[1:] and ours[0].replace(CORRUPTED, "") == original[0]


def _untimed(original: tuple, ours: tuple) -> bool:
    lines, our_lines = original[0].split("\n"), ours[0].split("\n")
    untimed = "time=" not in ours[0] and "rtt " not in ours[0]  # no answer was long enough to hold a time
    shown = [line for line in lines if line and not line.startswith("rtt ")]
    return original[1:] == ours[1:] and untimed and shown == [line for line in our_lines if line]


KNOWN_PROBING = (
    Known("tracepath: a path MTU beyond the original's buffer crashes it", ("tracepath",), _crashes),
    Known("traceroute, tracepath: how many probes leave before an answer is read", ("traceroute", "tracepath"), _some_probes_more),
    Known("tracepath: any time in a quote is the original's own to it", ("tracepath",), _corrupted),
    Known("ping: answers without a time", ("ping",), _untimed),
    Known("ping: after a reply with a forged time the original waits without end", ("ping",), _waits),
)


def why_known_probing(command: list[bytes], original: tuple, ours: tuple) -> str:
    """Why two outcomes of a probing program, which end with the packets sent, differ as they should; "" for no reason."""
    program = command[command[0] == b"nobody"].decode()
    original = original[0], _no_old_clock(original[1]) if program == "ping" else original[1], *original[2:]
    if original == ours:
        return "ping: times in replies are not believed"
    return next((known.why for known in KNOWN_PROBING if program in known.programs and known.same(original, ours)), "")


def _loses_columns(program: str, command: list[bytes]) -> bool:
    """Whether routes are asked for with more than two e: the original then loses rows, columns or the title."""
    given = sum(word.startswith(b"--e") if word.startswith(b"--") else word.count(b"e") for word in command[1:] if word[:1] == b"-")
    return program in TABLE_PROGRAMS and given > 2


def _calls_port_0(line: str) -> bool:
    return re.match(r"tcp.*:[*0] +SYN_SENT", line) is not None


def why_known(command: list[bytes], original: tuple, ours: tuple) -> str:
    """Why two outcomes (stdout, stderr, status) of a command differ as they should; "" for no reason."""
    program = command[command[0] == b"nobody"].decode()
    reasons = []
    if _loses_columns(program, command):
        original, ours = ("", *original[1:]), ("", *ours[1:])
        reasons.append("route, netstat: more than two e lose the original rows, columns or the title")
    rules = [known for known in KNOWN if program in known.programs]
    for one, other in zip(original[:2], ours[:2]):
        lines, our_lines = one.split("\n"), other.split("\n")
        if program == "netstat" and len(lines) > len(our_lines) and any(map(_calls_port_0, lines)):
            lines = [line for line in lines if not _calls_port_0(line)]
            reasons.append("netstat -l: who calls port 0 is no server")
        if len(lines) != len(our_lines):
            return ""
        for line, our_line in zip(lines, our_lines):
            if line != our_line:
                why = next((known.why for known in rules if known.same(line, our_line)), "")
                if not why:
                    return ""
                reasons.append(why)
    return "; ".join(dict.fromkeys(reasons)) if original[2] == ours[2] else ""


def _addresses(words: list[bytes]) -> list[bytes]:
    """The words after an interface's name without those that belong to the word before."""
    left, before = [], b""
    for word in words:
        before = b"" if before in BEFORE_ADDRESSES else word
        left += [word] if before else []
    return left


def is_mended(command: list[bytes]) -> bool:
    """Whether a change is of a kind that netlite does otherwise on purpose, so that the state differs too."""
    words = command[command[0] == b"nobody":]
    pairs = list(zip(words, [*words[1:], b":"]))
    if words[0] == b"ifconfig":
        return (any(word in (b"add", b"del") and b":" not in value for word, value in pairs)
                or any(word in (b"unix", b"ax25", b"ipx", b"netrom", b"rose", b"x25", b"ddp", b"ash", b"ec", b"econet") for word in words[1:])
                or any(word == b"txqueuelen" and not value[:1].isdigit() for word, value in pairs)
                or any(word == b"ether" and value.count(b":") != 5 and len(value) != 12 for word, value in pairs)
                or b"inet6" in words and any(b":" in word for word in _addresses(words[2:]))
                or any(word == b"media" and value == b"auto" for word, value in pairs))
    if words[0] == b"arp":
        return (b"-d" in words and not {b"dev", b"-i", b"dontpub"} & set(words)
                or b"-s" in words and any(SHORT_HARDWARE.fullmatch(word) for word in words))
    return words[0] == b"route" and any(word.endswith((b"/32", b"/33")) for word in words)
