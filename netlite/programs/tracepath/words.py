"""The command line of tracepath: its options, error texts and exit statuses as iputils 20221126 has them."""

from __future__ import annotations

from ...command_line.c_numbers import INT_MAX
from ...command_line.getopt import Option, OptionError, flag, read_options
from ...command_line.iputils import iputils_usage, parse_integer
from ...errors import Answered, UsageError
from ...records.family import IPV4, IPV6
from ...records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

DEFAULT_PORT = 44444


class Options(Record):
    """The command line, everything as in tracepath(8); `size_bytes` 0 is the default, `af` 0 either family.

    `port` is that of the first probe: of -p, else of the old ``host/port``, else 44444.
    """

    host: str
    af: int = 0
    numeric: bool = False
    both: bool = False
    size_bytes: int = 0
    maximum_hops: int = 30
    port: int = DEFAULT_PORT


class Choices:
    """What the options read so far ask for; all attributes but `program` are fields of `Options`."""

    af = port = 0

    def __init__(self, program: str):
        self.program = program
        if program[-1:] in ("4", "6"):
            _family(self, program[-1])

    def options(self, host: str) -> Options:
        """All of it, with the operand."""
        if not self.port:
            host, slash, port = host.partition("/")
            self.port = parse_integer(self.program, port, 0, 65535) if slash else DEFAULT_PORT
        fields: dict[str, Any] = dict(vars(self))
        del fields["program"]
        return Options(host, **fields)


def parse(program: str, arguments: list[str], permute: bool = True) -> Options:
    """Read the command line; `permute`: options may follow the host.  Raises UsageError, and Answered for -V."""
    choices = Choices(program)
    try:
        operands = read_options(program, arguments, OPTIONS + NOT_IN_USAGE, choices, permute)
    except OptionError as error:
        raise usage(error.text) from None
    if len(operands) != 1:
        raise usage()
    return choices.options(operands[0])


def _family(choices: Choices, digit: str) -> None:
    """Note the family that -4, -6 or the program's name ask for; only one may be."""
    af = IPV4.af if digit == "4" else IPV6.af
    if choices.af not in (0, af):
        raise UsageError(f"{choices.program}: Only one -4 or -6 option may be specified\n", 2)
    choices.af = af


def _number(name: str, most: int) -> Callable[[Choices, str], None]:
    return lambda choices, text: setattr(choices, name, parse_integer(choices.program, text, 0, most))


def _version(choices: Choices, _: str) -> None:
    from .usage import VERSION

    raise Answered(VERSION)


def _help(choices: Choices, _: str) -> None:
    raise usage()


OPTIONS = (
    Option("4", None, None, _family, "use IPv4"),
    Option("6", None, None, _family, "use IPv6"),
    Option("b", None, None, flag("both"), "print both name and ip"),
    Option("l", None, "length", _number("size_bytes", INT_MAX), "use packet <length>"),
    Option("m", None, "hops", _number("maximum_hops", 255), "use maximum <hops>"),
    Option("n", None, None, flag("numeric"), "no dns name resolution"),
    Option("p", None, "port", _number("port", 65535), "use destination <port>"),
    Option("V", None, None, _version, "print version and exit"),
)
NOT_IN_USAGE = (Option("h?", None, None, _help, "print help and exit"),)
HOST = ("destination", "dns name or ip address")


def usage(before: str = "") -> UsageError:
    """The usage text, after what getopt said."""
    return UsageError(before + iputils_usage("tracepath", 15, ("Options", (*OPTIONS, HOST))), 255)
