"""The command line of ``ping --multi``, and the files of ``--targets``."""

from __future__ import annotations

from ...command_line.c_numbers import INT_MAX, read_number
from ...command_line.getopt import NO_VALUE, VALUE, GetOpt, OptionError
from ...command_line.iputils import parse_integer
from ...errors import UsageError
from ...records.record import Record
from ...render.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...environment import Environment

SHORT = "46c:i:W:s:t:I:qn"
LONG = (("multi", NO_VALUE, "multi"), ("targets", VALUE, "targets"), ("rate", VALUE, "rate"))
USAGE = """\
    ping --multi -c 3 host1 host2 …
    ping --multi --targets FILE|-  [-c COUNT] [-i INTERVAL] [-W TIMEOUT] [-s SIZE] [-t TTL] [-I INTERFACE|ADDRESS]
                 [-4|-6] [-q] [--rate N]"""
GENTLE_RATE = 250.0
USER_RATE = 500.0                      # an ordinary user may send one packet in 2 ms, as with -i
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Choices(Record):
    """The command line; times in seconds, `rate` in probes a second (0: as fast as the kernel takes them).

    `device` and the sources are those of -I; a source of one version alone leaves no other.
    """

    hosts: tuple[str, ...] = ()
    version: int | None = None
    count: int = 1
    interval_s: float = 1.0
    timeout_s: float = 1.0
    size_bytes: int = 56
    ttl: int | None = None
    quiet: bool = False
    rate: float = GENTLE_RATE
    device: str | None = None
    source4: str | None = None
    source6: str | None = None


def parse(words: list[str], environment: Environment) -> Choices:
    """Read the command line.  Raises UsageError, status 2."""
    program, files = environment.program, []
    found: dict[str, Any] = {}
    getopt = GetOpt(program, words, SHORT, LONG)
    try:
        for option, given in getopt:
            value = given or ""
            if option in "46":
                found["version"] = int(option)
            elif option == "c":
                found["count"] = _whole(program, value, 1, 1000)
            elif option == "s":
                found["size_bytes"] = _whole(program, value, 0, 65507)
            elif option == "t":
                found["ttl"] = _whole(program, value, 1, 255)
            elif option in ("i", "W", "rate"):
                name = {"i": "interval_s", "W": "timeout_s", "rate": "rate"}[option]
                found[name] = _decimal(program, value)
            elif option == "I":
                found |= _interface(environment, value)
            elif option == "q":
                found["quiet"] = True
            elif option == "targets":
                files.append(value)
    except OptionError as refusal:
        raise UsageError(f"{refusal.text}usage:\n{USAGE}\n", 2) from None
    hosts = (*getopt.operands, *(host for file in files for host in read_targets(file, environment)))
    if ("source4" in found) != ("source6" in found):
        found.setdefault("version", 4 if "source4" in found else 6)
    choices = Choices(hosts, **found)
    if not hosts:
        raise UsageError(f"{program}: usage error: Destination address required\n", 2)
    if environment.user_id and not 0 < choices.rate <= USER_RATE:
        raise UsageError(f"{program}: cannot flood; the rate of a user is at most {USER_RATE:.0f} probes a second\n", 2)
    return choices


def _whole(program: str, text: str, low: int, high: int) -> int:
    """A number in ping's words, but its own status 1 means here that some are down."""
    try:
        return parse_integer(program, text, low, high)
    except UsageError as wrong:
        raise UsageError(wrong.text, 2) from None


def _interface(environment: Environment, text: str) -> dict[str, Any]:
    """-I, as ping reads it: a device, or a source with or without one."""
    from .words import Choices as Words
    from .words import read_interface

    words = Words(environment)
    read_interface(words, text)
    found = {name: value for name, value in vars(words).items() if name in ("device", "source4", "source6")}
    if found.get("device") == "":
        raise words.error("unknown iface: ")
    return found


def _decimal(program: str, text: str) -> float:
    value = read_number(text, 0, INT_MAX / 1000)
    if value is None:
        raise UsageError(f"{program}: invalid argument: '{text}'\n", 2)
    return value


def read_targets(file: str, environment: Environment) -> list[str]:
    """The first word of each line that is neither empty nor a comment, which may follow it; ``-`` is stdin.
    Raises UsageError.

    Says of the first line with a further word that those do not count.
    """
    try:
        with environment.privileges:
            data = environment.input() if file == "-" else environment.read_file(file)
    except OSError as refusal:
        raise UsageError(f"{environment.program}: {visible(file)}: {refusal.strerror}\n", 2) from None
    hosts, told = [], False
    for number, line in enumerate(data.removeprefix(BYTE_ORDER_MARK).splitlines(), 1):
        words = line.partition(b"#")[0].split()
        if words:
            hosts.append(words[0])
        if len(words) > 1 and not told:
            told = True
            environment.error(f"{environment.program}: {visible(file)}: line {number}: only the first word of a "
                              "line is a target\n")
    return b"\n".join(hosts).decode("utf-8", "surrogateescape").split("\n") if hosts else []
