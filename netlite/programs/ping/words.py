"""The command line of ping: every option's range, error text and exit status as iputils 20221126 has them."""

from __future__ import annotations

from ...command_line.c_numbers import INT_MAX, LONG_MAX, SMALLEST_NORMAL, as_int, strtod, strtol, strtoul
from ...command_line.getopt import GetOpt, OptionError
from ...command_line.iputils_numbers import parse_integer, parse_unsigned
from ...errors import UsageError
from ...records.family import IPV4, IPV6, Family
from ...records.links import MtuDiscovery, NodeQuery
from ...records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ...environment import Environment

SHORT = "h?4bRT:6F:N:aABc:CdDe:fi:I:l:Lm:M:nOp:qQ:rs:S:t:UvVw:W:"

SWITCHES = {"b": "broadcast", "a": "audible", "A": "adaptive", "B": "strict_source", "C": "connect",
            "d": "debug", "D": "stamps", "L": "no_loop", "n": "numeric", "O": "outstanding", "q": "quiet",
            "r": "dont_route", "U": "user_latency", "v": "verbose"}

# option: (attribute, lowest, highest)
INTEGERS = {"c": ("count", 1, LONG_MAX), "e": ("identifier", 0, 65535), "l": ("preload", 1, 65536),
            "m": ("mark", 0, 2**32 - 1), "s": ("size_bytes", 0, INT_MAX),
            "S": ("send_buffer_bytes", 1, INT_MAX), "t": ("ttl", 0, 255), "w": ("deadline_s", 0, INT_MAX)}

MTU_WORDS = {"do": MtuDiscovery.DO, "dont": MtuDiscovery.DONT, "want": MtuDiscovery.WANT}
TIMESTAMP_TYPES = {"tsonly": 0, "tsandaddr": 1, "tsprespec": 3}


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


def parse_options(words: list[str], environment: Environment) -> PingOptions:
    """Read the words; raises UsageError, also for -h and -V (whose text is for stdout)."""
    return _Parser(environment).parse(words)


class _Parser:
    """Takes one option after the other; `found` holds what they ask for."""

    def __init__(self, environment: Environment):
        self.environment = environment
        self.program = environment.program
        self.found: dict[str, Any] = {"family": {"4": IPV4, "6": IPV6}.get(self.program[-1:])}

    def parse(self, words: list[str]) -> PingOptions:
        permute = "POSIXLY_CORRECT" not in self.environment.variables
        getopt = GetOpt(self.program, words, SHORT, permute=permute)
        try:
            for letter, value in getopt:
                self.take(letter, value)
        except OptionError as refusal:
            raise usage(refusal.text) from None
        if not getopt.operands:
            raise UsageError(f"{self.program}: usage error: Destination address required\n", 1)
        if "pattern" in self.found:
            self.found["pattern"] = self.pattern(self.found["pattern"])
        return PingOptions(tuple(getopt.operands), **self.found)

    def take(self, letter: str, value: str | None) -> None:
        if letter in SWITCHES:
            self.found[SWITCHES[letter]] = True
        elif letter in INTEGERS:
            name, low, high = INTEGERS[letter]
            parse = parse_unsigned if letter in "em" else parse_integer
            number = self.found[name] = parse(self.program, value or "", low, high)
            if letter == "l" and number > 3 and self.environment.user_id:
                raise self.error(f"cannot set preload to value greater than 3: {number}")
        else:
            method = {"4": "version", "6": "version", "?": "help", "h": "help"}.get(letter, "option_" + letter)
            getattr(self, method)(letter if value is None else value)

    def error(self, text: str) -> UsageError:
        return UsageError(f"{self.program}: {text}\n", 2)

    def version(self, letter: str) -> None:
        family = IPV4 if letter == "4" else IPV6
        if self.found["family"] not in (None, family):
            raise self.error("only one -4 or -6 option may be specified")
        self.found["family"] = family

    def help(self, _: str) -> None:
        raise usage()

    def option_V(self, _: str) -> None:
        from .usage import VERSION

        raise Answered(VERSION)

    def option_f(self, _: str) -> None:
        self.found["flood"] = self.found["numeric"] = True

    def option_R(self, _: str) -> None:
        if "timestamps" in self.found:
            raise self.error("only one of -T or -R may be used")
        self.found["record_route"] = True

    def option_T(self, word: str) -> None:
        if "record_route" in self.found:
            raise self.error("only one of -T or -R may be used")
        if word not in TIMESTAMP_TYPES:
            raise self.error(f"invalid timestamp type: {word}")
        self.found["timestamps"] = TIMESTAMP_TYPES[word]

    def option_N(self, word: str) -> None:
        from .node_information import add_word
        from .usage import NODE_INFORMATION

        if word == "help":
            raise Answered(NODE_INFORMATION)
        self.found["raw_only"] = True
        self.found["node_query"] = add_word(self.found.get("node_query", NodeQuery()), word, self.environment)

    def option_F(self, text: str) -> None:
        label = self.hexadecimal_or_decimal(text, strtoul, f"bad value for flowinfo: {text}")
        if not 0 <= label <= 0xFFFFF:
            raise self.error(f"flow value is greater than 20 bits: {text}")
        self.found["flow_label"] = label

    def option_Q(self, text: str) -> None:
        value = self.hexadecimal_or_decimal(text, strtol, f"bad TOS value: {text}")
        if value > 255:
            raise self.error(f"the decimal value of TOS bits must be in range 0-255: {value}")
        self.found["traffic_class"] = value or None

    def hexadecimal_or_decimal(self, text: str, read: Callable[..., tuple[int, str, bool]], complaint: str) -> int:
        """An int, decimal or after 0x hexadecimal; no text is 0."""
        value, rest, _ = read(text[2:], 16) if text[:2] in ("0x", "0X") else read(text)
        if rest:
            raise self.error(complaint)
        return as_int(value)

    def option_M(self, word: str) -> None:
        if word not in MTU_WORDS:
            raise self.error(f"invalid -M argument: {word}")
        self.found["mtu_discovery"] = MTU_WORDS[word]

    def option_I(self, text: str) -> None:
        found = self.found
        if ":" in text:
            address, percent, zone = text.partition("%")
            source = self.address(IPV6, address)
            if source is None:
                raise self.error(f"invalid source address: {text}")
            found["source6"], found["strict_source"] = source, True
            if percent:
                found["device"] = zone
        elif self.address(IPV4, text) is not None:
            found["source4"], found["strict_source"] = text, True
        else:
            found["device"] = text

    @staticmethod
    def address(family: Family, text: str) -> str | None:
        """The address in its usual form, None when it is none."""
        from _socket import inet_ntop, inet_pton

        try:
            return inet_ntop(family.af, inet_pton(family.af, text))
        except (OSError, ValueError):
            return None

    def option_p(self, digits: str) -> None:
        self.found["pattern"] = digits

    def pattern(self, digits: str) -> bytes:
        """-p: two digits a byte, a last single digit is a byte; more than 16 bytes are cut."""
        for place, digit in enumerate(digits):
            if digit not in "0123456789abcdefABCDEF":
                raise self.error(f"patterns must be specified as hex digits: {digits[place:]}")
        return bytes(int(digits[place:place + 2], 16) for place in range(0, min(len(digits), 32), 2))

    def option_i(self, text: str) -> None:
        # A negative interval is none: iputils then sends without waiting for anything.
        self.found["interval_ms"] = max(0, self.thousandths(text, "bad timing interval"))
        self.found["interval_given"] = True

    def option_W(self, text: str) -> None:
        linger_ms = self.thousandths(text, "bad linger time")
        if linger_ms < 0:
            raise self.error(f"bad linger time: {text}")
        self.found["linger_ms"] = linger_ms

    def thousandths(self, text: str, complaint: str) -> int:
        """Seconds as milliseconds, cut off; what follows the number is a warning only."""
        if not text:
            raise self.error(f"{complaint}: ")
        seconds, rest, out_of_range = strtod(text)
        if rest or out_of_range:
            self.environment.error(f"{self.program}: option argument contains garbage: {rest}\n"
                                   f"{self.program}: this will become fatal error in the future\n")
        if seconds != 0 and not SMALLEST_NORMAL <= abs(seconds) < float("inf"):
            raise self.error(f"{complaint}: {text}: Numerical result out of range")
        if seconds > INT_MAX / 1000:
            raise self.error(f"{complaint}: {text}")
        return -1 if seconds < 0 else int(seconds * 1000)


class Answered(UsageError):
    """-V and -N help: `text` is for stdout, the status 0."""

    def __init__(self, text: str):
        super().__init__(text, 0)


def usage(before: str = "") -> UsageError:
    """The usage text, after what getopt said."""
    from .usage import USAGE

    return UsageError(before + USAGE, 2)
