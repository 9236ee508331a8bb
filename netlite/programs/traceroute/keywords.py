"""The keywords that each method of traceroute understands (-O)."""

from __future__ import annotations

from ...command_line.getopt import Option
from ...command_line.traceroute_options import Unreadable
from .methods import TCP_FLAG_BITS, Keywords
from .numbers import parse_leading, parse_unsigned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Reader = Callable[[Keywords, str], None]


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

KEYWORDS: dict[str, tuple[Option, ...]] = {"icmp": ICMP_KEYWORDS, "tcp": TCP_KEYWORDS, "udplite": UDPLITE_KEYWORDS,
                                           "dccp": DCCP_KEYWORDS, "raw": RAW_KEYWORDS}
"""By the name of the method; the others understand none."""
