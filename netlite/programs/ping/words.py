"""The command line of ping: every option's range, error text and exit status as iputils 20221126 has them."""

from __future__ import annotations

from ...command_line.c_numbers import (
    HEX_DIGITS,
    INT_MAX,
    LONG_MAX,
    SMALLEST_NORMAL,
    as_int,
    strtod,
    strtol,
    strtoul,
)
from ...command_line.getopt import Option, OptionError, flag, read_options, value
from ...command_line.iputils import iputils_usage, parse_integer, parse_unsigned
from ...errors import Answered, UsageError
from ...records.family import IPV4, IPV6, Family
from ...records.links import MtuDiscovery
from ...records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ...environment import Environment
    from ...records.node_information import NodeQuery

    CNumber = Callable[..., tuple[int, str, bool]]
    Reader = Callable[["Choices", str], None]

MTU_WORDS = {"do": MtuDiscovery.DO, "dont": MtuDiscovery.DONT, "want": MtuDiscovery.WANT,
             "probe": MtuDiscovery.PROBE}  # the last one is iputils 20240905's
TIMESTAMP_TYPES = {"tsonly": 0, "tsandaddr": 1, "tsprespec": 3}
PATTERN_DIGITS = 32
USER_PRELOAD = 3


class PingOptions(Record):
    """What the words of a command line ask for; the fields' defaults are ping's.

    `words` are the operands: the destination last, hops before it.  `family` is that of -4, -6 or the program's name.
    """

    words: tuple[str, ...]
    family: Family | None = None
    count: int | None = None
    size_bytes: int = 56
    pattern: bytes | None = None
    interval_ms: int = 1000
    interval_given: bool = False
    preload: int = 1
    linger_ms: int = 10_000
    deadline_s: int = 0
    adaptive: bool = False
    flood: bool = False
    outstanding: bool = False
    # what the socket is told
    identifier: int | None = None
    raw_only: bool = False
    device: str | None = None
    source4: str | None = None
    source6: str | None = None
    strict_source: bool = False
    ttl: int | None = None
    traffic_class: int | None = None
    flow_label: int | None = None
    mark: int | None = None
    mtu_discovery: int | None = None
    send_buffer_bytes: int | None = None
    broadcast: bool = False
    connect: bool = False
    debug: bool = False
    dont_route: bool = False
    no_loop: bool = False
    record_route: bool = False
    timestamps: int | None = None
    node_query: NodeQuery | None = None
    # what is shown
    numeric: bool = False
    quiet: bool = False
    verbose: bool = False
    audible: bool = False
    stamps: bool = False
    user_latency: bool = False


class Choices:
    """What the options read so far ask for; all attributes but `environment` are fields of `PingOptions`."""

    timestamps: int | None = None
    record_route = False
    node_query: NodeQuery | None = None
    # these only once there is something to say
    preload: int
    interval_ms: int
    interval_given: bool
    linger_ms: int
    flood: bool
    numeric: bool
    raw_only: bool
    device: str
    source4: str
    source6: str
    strict_source: bool
    traffic_class: int | None
    flow_label: int
    mtu_discovery: int

    def __init__(self, environment: Environment):
        self.environment = environment
        self.family: Family | None = {"4": IPV4, "6": IPV6}.get(environment.program[-1:])

    def options(self, words: list[str]) -> PingOptions:
        """All of it, with the operands."""
        fields: dict[str, Any] = dict(vars(self))
        del fields["environment"]
        if "pattern" in fields:  # read when all options are
            fields["pattern"] = _pattern(self, fields["pattern"])
        return PingOptions(tuple(words), **fields)

    def error(self, text: str) -> UsageError:
        """What iputils says, with its status."""
        return UsageError(f"{self.environment.program}: {text}\n", 2)


def parse_options(words: list[str], environment: Environment) -> PingOptions:
    """Read the words.  Raises UsageError, and Answered for -V and -N help."""
    choices = Choices(environment)
    table = OPTIONS + NOT_IN_USAGE + OPTIONS4 + OPTIONS6
    permute = "POSIXLY_CORRECT" not in environment.variables
    try:
        operands = read_options(environment.program, words, table, choices, permute)
    except OptionError as refusal:
        raise usage(refusal.text) from None
    if not operands:
        raise UsageError(f"{environment.program}: usage error: Destination address required\n", 1)
    return choices.options(operands)


def _number(name: str, low: int, high: int, parse: Callable[..., int] = parse_integer) -> Reader:
    return lambda choices, text: setattr(choices, name, parse(choices.environment.program, text, low, high))


def _version(choices: Choices, digit: str) -> None:
    family = IPV4 if digit == "4" else IPV6
    if choices.family not in (None, family):
        raise choices.error("only one -4 or -6 option may be specified")
    choices.family = family


def _help(choices: Choices, _: str) -> None:
    raise usage()


def _print_version(choices: Choices, _: str) -> None:
    from .usage import VERSION

    raise Answered(VERSION)


def _flood(choices: Choices, _: str) -> None:
    choices.flood = choices.numeric = True


def _preload(choices: Choices, text: str) -> None:
    choices.preload = parse_integer(choices.environment.program, text, 1, 65536)
    if choices.preload > USER_PRELOAD and choices.environment.user_id:
        raise choices.error(f"cannot set preload to value greater than {USER_PRELOAD}: {choices.preload}")


def _record_route(choices: Choices, _: str) -> None:
    if choices.timestamps is not None:
        raise choices.error("only one of -T or -R may be used")
    choices.record_route = True


def _timestamps(choices: Choices, word: str) -> None:
    if choices.record_route:
        raise choices.error("only one of -T or -R may be used")
    if word not in TIMESTAMP_TYPES:
        raise choices.error(f"invalid timestamp type: {word}")
    choices.timestamps = TIMESTAMP_TYPES[word]


def _node_information(choices: Choices, word: str) -> None:
    from ...records.node_information import NodeQuery
    from .node_information import add_word
    from .usage import NODE_INFORMATION

    if word == "help":
        raise Answered(NODE_INFORMATION)
    choices.raw_only = True
    choices.node_query = add_word(choices.node_query or NodeQuery(), word, choices.environment)


def _flow_label(choices: Choices, text: str) -> None:
    label = _hexadecimal_or_decimal(choices, text, strtoul, f"bad value for flowinfo: {text}")
    if not 0 <= label <= 0xFFFFF:
        raise choices.error(f"flow value is greater than 20 bits: {text}")
    choices.flow_label = label


def _traffic_class(choices: Choices, text: str) -> None:
    number = _hexadecimal_or_decimal(choices, text, strtol, f"bad TOS value: {text}")
    if number > 255:
        raise choices.error(f"the decimal value of TOS bits must be in range 0-255: {number}")
    choices.traffic_class = number or None


def _hexadecimal_or_decimal(choices: Choices, text: str, read: CNumber, complaint: str) -> int:
    """An int, decimal or after 0x hexadecimal; no text is 0."""
    number, rest, _ = read(text[2:], 16) if text[:2] in ("0x", "0X") else read(text)
    if rest:
        raise choices.error(complaint)
    return as_int(number)


def _mtu_discovery(choices: Choices, word: str) -> None:
    if word not in MTU_WORDS:
        raise choices.error(f"invalid -M argument: {word}")
    choices.mtu_discovery = MTU_WORDS[word]


def read_interface(choices: Choices, text: str) -> None:
    """A device or an address, which may have a device as its zone."""
    if ":" in text:
        address, percent, zone = text.partition("%")
        source = _address(IPV6, address)
        if source is None:
            raise choices.error(f"invalid source address: {text}")
        choices.source6, choices.strict_source = source, True
        if percent:
            choices.device = zone
    elif _address(IPV4, text) is not None:
        choices.source4, choices.strict_source = text, True
    else:
        choices.device = text


def _address(family: Family, text: str) -> str | None:
    """The address in its usual form, None when it is none."""
    from _socket import inet_ntop, inet_pton

    try:
        return inet_ntop(family.af, inet_pton(family.af, text))
    except (OSError, ValueError):
        return None


def _pattern(choices: Choices, digits: str) -> bytes:
    """-p: two digits a byte, a last single digit is a byte; more than 16 bytes are cut."""
    for place, digit in enumerate(digits):
        if digit not in HEX_DIGITS:
            raise choices.error(f"patterns must be specified as hex digits: {digits[place:]}")
    return bytes(int(digits[place:place + 2], 16) for place in range(0, min(len(digits), PATTERN_DIGITS), 2))


def _interval(choices: Choices, text: str) -> None:
    """A negative interval is none: iputils then sends without waiting for anything."""
    choices.interval_ms = max(0, _thousandths(choices, text, "bad timing interval"))
    choices.interval_given = True


def _linger(choices: Choices, text: str) -> None:
    linger_ms = _thousandths(choices, text, "bad linger time")
    if linger_ms < 0:
        raise choices.error(f"bad linger time: {text}")
    choices.linger_ms = linger_ms


def _thousandths(choices: Choices, text: str, complaint: str) -> int:
    """Seconds as milliseconds, cut off; what follows the number is a warning only."""
    if not text:
        raise choices.error(f"{complaint}: ")
    seconds, rest, out_of_range = strtod(text)
    if rest or out_of_range:
        program = choices.environment.program
        choices.environment.error(f"{program}: option argument contains garbage: {rest}\n"
                                  f"{program}: this will become fatal error in the future\n")
    if seconds != 0 and not SMALLEST_NORMAL <= abs(seconds) < float("inf"):
        raise choices.error(f"{complaint}: {text}: Numerical result out of range")
    if seconds > INT_MAX / 1000:
        raise choices.error(f"{complaint}: {text}")
    return -1 if seconds < 0 else int(seconds * 1000)


OPTIONS = (
    Option("a", None, None, flag("audible"), "use audible ping"),
    Option("A", None, None, flag("adaptive"), "use adaptive ping"),
    Option("B", None, None, flag("strict_source"), "sticky source address"),
    Option("c", None, "count", _number("count", 1, LONG_MAX), "stop after <count> replies"),
    Option("C", None, None, flag("connect"), "call connect() syscall on socket creation"),
    Option("D", None, None, flag("stamps"), "print timestamps"),
    Option("d", None, None, flag("debug"), "use SO_DEBUG socket option"),
    Option("e", None, "identifier", _number("identifier", 0, 65535, parse_unsigned),
           "define identifier for ping session, default is random for\n"
           "SOCK_RAW and kernel defined for SOCK_DGRAM\n"
           "Imply using SOCK_RAW (for IPv4 only for identifier 0)"),
    Option("f", None, None, _flood, "flood ping"),
    Option("h?", None, None, _help, "print help and exit"),
    Option("I", None, "interface", read_interface, "either interface name or address"),
    Option("i", None, "interval", _interval, "seconds between sending each packet"),
    Option("L", None, None, flag("no_loop"), "suppress loopback of multicast packets"),
    Option("l", None, "preload", _preload, "send <preload> number of packages while waiting replies"),
    Option("m", None, "mark", _number("mark", 0, 2**32 - 1, parse_unsigned), "tag the packets going out"),
    Option("M", None, "pmtud opt", _mtu_discovery, "define mtu discovery, can be one of <do|dont|want>"),
    Option("n", None, None, flag("numeric"), "no dns name resolution"),
    Option("O", None, None, flag("outstanding"), "report outstanding replies"),
    Option("p", None, "pattern", value("pattern"), "contents of padding byte"),
    Option("q", None, None, flag("quiet"), "quiet output"),
    Option("Q", None, "tclass", _traffic_class, "use quality of service <tclass> bits"),
    Option("s", None, "size", _number("size_bytes", 0, INT_MAX), "use <size> as number of data bytes to be sent"),
    Option("S", None, "size", _number("send_buffer_bytes", 1, INT_MAX), "use <size> as SO_SNDBUF socket option value"),
    Option("t", None, "ttl", _number("ttl", 0, 255), "define time to live"),
    Option("U", None, None, flag("user_latency"), "print user-to-user latency"),
    Option("v", None, None, flag("verbose"), "verbose output"),
    Option("V", None, None, _print_version, "print version and exit"),
    Option("w", None, "deadline", _number("deadline_s", 0, INT_MAX), "reply wait <deadline> in seconds"),
    Option("W", None, "timeout", _linger, "time to wait for response"),
)
NOT_IN_USAGE = (Option("r", None, None, flag("dont_route"), "bypass the routing tables"),)
OPTIONS4 = (
    Option("4", None, None, _version, "use IPv4"),
    Option("b", None, None, flag("broadcast"), "allow pinging broadcast"),
    Option("R", None, None, _record_route, "record route"),
    Option("T", None, "timestamp", _timestamps, "define timestamp, can be one of <tsonly|tsandaddr|tsprespec>"),
)
OPTIONS6 = (
    Option("6", None, None, _version, "use IPv6"),
    Option("F", None, "flowlabel", _flow_label, "define flow label, default is random"),
    Option("N", None, "nodeinfo opt", _node_information, "use icmp6 node info query, try <help> as argument"),
)
DESTINATION = ("destination", "dns name or ip address")


def usage(before: str = "") -> UsageError:
    """The usage text, after what getopt said."""
    sections = ("Options", (DESTINATION, *OPTIONS)), ("IPv4 options", OPTIONS4), ("IPv6 options", OPTIONS6)
    return UsageError(before + iputils_usage("ping", 19, *sections), 2)
