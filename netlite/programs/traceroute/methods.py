"""The methods of traceroute (-M and its short forms) and the keywords each understands (-O)."""

from __future__ import annotations

from ...command_line.getopt import Option
from ...command_line.traceroute_options import Unreadable
from ...engines.traceroute import Method
from ...records.family import IpProtocol
from ...records.record import Record
from .numbers import parse_leading, parse_unsigned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ...world import World

    Reader = Callable[["Keywords", str], None]

TCP_FLAG_BITS = {"fin": 0x01, "syn": 0x02, "rst": 0x04, "psh": 0x08, "ack": 0x10, "urg": 0x20, "ece": 0x40, "cwr": 0x80}


class LinkKind:
    """What sends the probes of a method."""

    UDP = "udp"  # a socket a probe
    FLOWS = "flows"  # UDP with --paris or --mda
    ECHO = "echo"
    TCP = "tcp"  # segments from a raw socket
    CONNECTIONS = "connections"  # attempts to connect; the kernel makes the segments
    RAW = "raw"
    DCCP = "dccp"  # nothing does

    ONE_SOCKET = (ECHO, RAW)
    """Those that open all they need before the first probe."""


class MethodRow(Record):
    """One method: `link` is a value of `LinkKind`, `method` one of the engine's.

    `header_bytes` is the part of the 40 bytes behind the IP header that is not data; `port` the
    default port, sequence number or protocol, `port_step` what each probe adds to it; `alone`: one probe
    at a time.
    """

    name: str
    link: str
    method: str
    header_bytes: int
    port: int
    port_step: int = 0
    keywords: tuple[Option, ...] = ()
    alone: bool = False


class Keywords:
    """What was said with -O; None where nothing was."""

    def __init__(self, world: World):
        self.world = world
        self.kind: str | None = None  # of the sockets for ICMP: "raw" or "datagram"
        self.coverage = 0
        self.protocol: int | None = None
        self.tcp_flags = 0
        self.exact_flags = False
        self.tcp_options: set[str] = set()
        self.sysctl = self.reuse = self.info = False
        self.mss = 0


def _set(name: str, value: str | bool) -> Reader:
    return lambda keywords, _: setattr(keywords, name, value)


def _number(name: str) -> Reader:
    return lambda keywords, text: setattr(keywords, name, parse_unsigned(text))


def _tcp_flag(name: str) -> Reader:
    def note(keywords: Keywords, _: str) -> None:
        keywords.tcp_flags |= TCP_FLAG_BITS[name]

    return note


def _tcp_option(name: str) -> Reader:
    return lambda keywords, _: keywords.tcp_options.add(name)


def _exact_flags(keywords: Keywords, text: str) -> None:
    value = parse_leading(text)
    if value is None:
        raise Unreadable()
    keywords.tcp_flags, keywords.exact_flags = value & 0xFF, True


def _protocol(keywords: Keywords, text: str) -> None:
    """A number (whatever follows it is ignored, as in the original) or a name of /etc/protocols."""
    value = parse_leading(text)
    if value is None:
        value = keywords.world.protocol_number(text)
    if value is None:
        raise Unreadable()
    keywords.protocol = value


def _ignore(keywords: Keywords, text: str) -> None:
    """For methods that are not done."""


def _keyword(name: str, value: str | None, read: Reader, text: str, **more: Any) -> Option:
    return Option(None, name, value, read, text, **more)


ICMP_KEYWORDS = (
    _keyword("raw", None, _set("kind", "raw"), "Use raw sockets way only. Default is try this way first (probably "
             "not allowed for unprivileged users), then try dgram", alone=True),
    _keyword("dgram", None, _set("kind", "datagram"), "Use dgram sockets way only. May be not implemented by old "
             "kernels or restricted by sysadmins", alone=True),
)
TCP_KEYWORDS = (
    _keyword("syn", None, _tcp_flag("syn"), "Set tcp flag SYN (default if no other tcp flags specified)"),
    _keyword("ack", None, _tcp_flag("ack"), "Set tcp flag ACK,"),
    _keyword("fin", None, _tcp_flag("fin"), "FIN,"),
    _keyword("rst", None, _tcp_flag("rst"), "RST,"),
    _keyword("psh", None, _tcp_flag("psh"), "PSH,"),
    _keyword("urg", None, _tcp_flag("urg"), "URG,"),
    _keyword("ece", None, _tcp_flag("ece"), "ECE,"),
    _keyword("cwr", None, _tcp_flag("cwr"), "CWR"),
    _keyword("flags", "NUM", _exact_flags, "Set tcp flags exactly to value %s", shortens=True),
    _keyword("ecn", None, _tcp_option("ecn"), "Send syn packet with tcp flags ECE and CWR (for Explicit Congestion "
             "Notification, rfc3168)"),
    _keyword("sack", None, _tcp_option("sack"), "Use sack,"),
    _keyword("timestamps", None, _tcp_option("timestamps"), "timestamps,", shortens=True),
    _keyword("window_scaling", None, _tcp_option("window_scaling"), "window_scaling option for tcp", shortens=True),
    _keyword("sysctl", None, _set("sysctl", True), "Use current sysctl (/proc/sys/net/*) setting for the tcp options "
             'and ecn. Always set by default (with "syn") if nothing else specified'),
    _keyword("reuse", None, _set("reuse", True), "Allow to reuse local port numbers for the huge workloads "
             "(SO_REUSEADDR)"),
    _keyword("mss", "NUM", _number("mss"), "Use value of %s for maxseg tcp option (when syn)"),
    _keyword("info", None, _set("info", True), "Print tcp flags of final tcp replies when target host is reached. "
             "Useful to determine whether an application listens the port etc."),
)
UDPLITE_KEYWORDS = (
    _keyword("coverage", "NUM", _number("coverage"), "Set udplite send coverage to %s (default is "
             "(sizeof (struct udphdr)))", shortens=True),
)
RAW_KEYWORDS = (_keyword("protocol", "PROT", _protocol, "Use protocol %s (default is 253)", shortens=True),)
DCCP_KEYWORDS = (_keyword("service", "NUM", _ignore, "Set DCCP service code to %s (default is 1885957735)"),)

METHODS = {row.name: row for row in (
    MethodRow("default", LinkKind.UDP, Method.UDP, 8, 33434, 1),
    MethodRow("udp", LinkKind.UDP, Method.UDP, 8, 53),
    MethodRow("udplite", LinkKind.UDP, Method.UDP, 8, 53, keywords=UDPLITE_KEYWORDS),
    MethodRow("icmp", LinkKind.ECHO, Method.ICMP, 8, 1, 1, ICMP_KEYWORDS),
    MethodRow("tcp", LinkKind.TCP, Method.TCP, 0, 80, keywords=TCP_KEYWORDS),
    MethodRow("tcpconn", LinkKind.CONNECTIONS, Method.TCP, 0, 80),
    MethodRow("dccp", LinkKind.DCCP, Method.UDP, 20, 33434, keywords=DCCP_KEYWORDS),
    MethodRow("raw", LinkKind.RAW, Method.RAW, 0, IpProtocol.EXPERIMENT, keywords=RAW_KEYWORDS, alone=True),
)}
