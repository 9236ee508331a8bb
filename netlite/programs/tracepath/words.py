"""The command line of tracepath: its options, error texts and exit statuses as iputils 20221126 has them."""

from __future__ import annotations

from ...command_line.c_numbers import INT_MAX
from ...command_line.getopt import GetOpt, OptionError
from ...command_line.iputils_numbers import parse_integer
from ...errors import UsageError
from ...records.family import IPV4, IPV6
from ...records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEFAULT_PORT = 44444
SWITCHES = {"n": "numeric", "b": "both"}
# option: (field, highest value)
INTEGERS = {"l": ("size_bytes", INT_MAX), "m": ("maximum_hops", 255), "p": ("port", 65535)}


class Options(Record):
    """The command line: `version` set by -V, everything else as in tracepath(8); `size_bytes` 0 is the default.

    `port` is that of the first probe: of -p, else of the old ``host/port``, else 44444.
    """

    host: str
    af: int = 0
    numeric: bool = False
    both: bool = False
    size_bytes: int = 0
    maximum_hops: int = 30
    port: int = DEFAULT_PORT
    version: bool = False


def parse(program: str, arguments: list[str]) -> Options:
    """Read the command line.  Raises UsageError."""
    found: dict[str, Any] = {}
    if program[-1:] in ("4", "6"):
        choose_family(program, found, program[-1])
    words = GetOpt(program, arguments, "46nbh?l:m:p:V")
    try:
        for option, given in words:
            value = given or ""
            if option in ("4", "6"):
                choose_family(program, found, option)
            elif option in SWITCHES:
                found[SWITCHES[option]] = True
            elif option in INTEGERS:
                field, highest = INTEGERS[option]
                found[field] = parse_integer(program, value or "", 0, highest)
            elif option == "V":
                return Options("", version=True)
            else:
                raise usage()
    except OptionError as error:
        raise usage(error.text) from None
    if len(words.operands) != 1:
        raise usage()
    host = words.operands[0]
    if not found.get("port"):
        host, slash, port = host.partition("/")
        found["port"] = parse_integer(program, port, 0, 65535) if slash else DEFAULT_PORT
    return Options(host, **found)


def choose_family(program: str, found: dict[str, Any], digit: str) -> None:
    """Note the family that -4, -6 or the program's name ask for; only one may be."""
    af = IPV4.af if digit == "4" else IPV6.af
    if found.setdefault("af", af) != af:
        raise UsageError(f"{program}: Only one -4 or -6 option may be specified\n", 2)


def usage(before: str = "") -> UsageError:
    """The usage text, after what getopt said."""
    from .usage import USAGE

    return UsageError(before + USAGE, 255)
