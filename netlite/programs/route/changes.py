"""route add and route del: the grammar of both families (net-tools 2.10), by the same ioctls."""

from __future__ import annotations

import _socket
from errno import EAFNOSUPPORT, EEXIST, EINVAL, ENETUNREACH, ENODEV, EPERM, ESRCH

from ...command_line.c_numbers import ULONG_MAX, as_int, atoi, strtoul
from ...command_line.c_words import cut
from ...errors import KernelRefused, UsageError
from ...feature_errors import HostUnknown
from ...records.family import IPV4, IPV6, Family
from ...records.routes import RouteFlags as Flag
from ...system.names.inet_words import InetNames, ipv6_number
from ...system.routes.changes import RouteChange, change_route
from .usage import GRAMMAR
from .words import MARKS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from ...environment import Environment

LOOKUP_FAILED, WRONG_WORDS, REFUSED = 6, 3, 7
X25_CHARACTERS = 18  # of a target with its length


def change(family: Family, words: list[str], add: bool, env: Environment) -> int:
    """Add or remove the route that `words` describe; returns the exit status."""
    if not words:
        (env.out if family == IPV4 else env.err).write(GRAMMAR[family.version])
        return 0 if family == IPV4 else WRONG_WORDS
    read = _read_ipv4 if family == IPV4 else _read_ipv6
    change_route(env, family, read(list(words), InetNames(env)), add)
    return 0


def refuse_x25(words: list[str]) -> NoReturn:
    """What becomes of a change to X.25's table.

    Raises UsageError for wrong words, else KernelRefused: no kernel of today has the family.
    """
    from ...command_line.hardware_addresses import parse_hardware_address
    from ...records.hardware import BY_NAME
    from .usage import X25_GRAMMAR

    if not words:
        raise UsageError(X25_GRAMMAR, WRONG_WORDS)
    target = words[0]
    try:
        parse_hardware_address(target, BY_NAME["x25"])
    except ValueError:
        length = len(target.encode("utf-8", "surrogateescape"))
        wrong = "Address can't exceed eighteen digits with sigdigits" if length > X25_CHARACTERS else "Invalid address"
        raise UsageError(f"{target}: {wrong}\n", LOOKUP_FAILED) from None
    _x25_device(words[1:], X25_GRAMMAR)
    raise KernelRefused(EAFNOSUPPORT, "socket")


def _x25_device(words: list[str], grammar: str) -> None:
    """One device: after ``dev``, or the last word.  Raises UsageError."""
    device = ""
    while words:
        word = words.pop(0)
        named = word in ("device", "dev")
        if device or bool(words) != named:
            raise UsageError(grammar, WRONG_WORDS)
        device = words.pop(0) if named else word
    if not device:
        raise UsageError(grammar, WRONG_WORDS)


def explain(refusal: KernelRefused, env: Environment) -> None:
    """On a terminal, a second line that says what the kernel's refusal means here."""
    meaning = MEANING.get((refusal.what, refusal.errno))
    if meaning and env.err.isatty():
        env.err.write(f"netlite: {meaning}\n")


MEANING = {
    ("SIOCADDRT", ENETUNREACH): "the gateway is not on a network this host is directly connected to",
    ("SIOCADDRT", EEXIST): "a route with this destination and metric exists already",
    ("SIOCADDRT", ENODEV): "no such interface; a gateway needs the word gw before it",
    ("SIOCADDRT", EINVAL): "the network needs a netmask or /LENGTH, and no host bits set",
    ("SIOCADDRT", EPERM): "only root may change routes",
    ("SIOCDELRT", EPERM): "only root may change routes",
    ("SIOCDELRT", ESRCH): "no route matches; netmask, metric, gateway and reject must be those it was added with",
    ("SIOCDELRT", EINVAL): "the network needs its netmask or /LENGTH",
}


def _wrong(family: Family, text: str = "") -> NoReturn:
    raise UsageError(text + GRAMMAR[family.version], WRONG_WORDS)


def _look_up(names: InetNames, word: str, hosts_first: bool = False) -> tuple[str, bool]:
    try:
        return names.resolve(cut(word), hosts_first)
    except HostUnknown as unknown:
        raise UsageError(f"{unknown}\n", LOOKUP_FAILED) from None


def _take(words: list[str], family: Family) -> str:
    """The value of a word, or the grammar when it is missing."""
    if not words:
        _wrong(family)
    return words.pop(0)


def _number(text: str, family: Family) -> int:
    """A number as atoi reads it; it must begin with a digit."""
    if not text[:1].isascii() or not text[:1].isdigit():
        _wrong(family)
    return atoi(text)


def _unsigned(text: str) -> int:
    """What atoi reads, as an unsigned long: a negative number is a very large one."""
    return atoi(text) & ULONG_MAX


def _read_ipv4(words: list[str], names: InetNames) -> RouteChange:
    mark = words.pop(0) if words[0] in MARKS.values() else ""
    target = _take(words, IPV4)
    target = {mark: word for word, mark in MARKS.items()}.get(target, target)
    target, slash, text = cut(target).partition("/")
    length = _prefix_length(text) if slash else None
    destination, is_network = _look_up(names, target, mark == "#host")
    mask = None if length is None else _prefix_mask(length)
    is_network = mark == "#net" or is_network and mark != "#host"
    words_read = _Ipv4Words(words, names, mask, 0 if is_network else Flag.HOST)
    mask = _checked_mask(words_read, destination, is_network)
    prefix_bits = bin(mask or 0).count("1") if is_network else 32
    return RouteChange(destination, prefix_bits, words_read.flags, words_read.gateway, words_read.metric,
                       words_read.device, words_read.mss_bytes, words_read.window_bytes, words_read.irtt)


def _prefix_length(text: str) -> int:
    """A length in any base."""
    length, rest, _ = strtoul(text, 0)
    if rest:
        _wrong(IPV4)
    return as_int(length)


def _prefix_mask(length: int) -> int:
    """The mask of a length; the original shifts by lengths beyond 31 modulo 32."""
    if not 0 <= length <= 32:
        _wrong(IPV4)
    return 0xFFFFFFFF << 32 - length & 0xFFFFFFFF


class _Ipv4Words:
    """The words after the target, read from left to right."""

    def __init__(self, words: list[str], names: InetNames, mask: int | None, flags: int):
        self.mask, self.mask_text = mask, ""
        self.flags = Flag.UP | flags
        self.gateway: str | None = None
        self.metric: int | None = None
        self.device: str | None = None
        self.mss_bytes = self.window_bytes = self.irtt = 0
        while words:
            self._read(words.pop(0), words, names)
        if self.flags & Flag.REJECT and self.device is None:
            self.device = "lo"

    def _read(self, word: str, words: list[str], names: InetNames) -> None:
        if word == "metric":
            self.metric = _number(_take(words, IPV4), IPV4)
        elif word == "netmask":
            self._netmask(_take(words, IPV4), names)
        elif word in ("gw", "gateway"):
            self._gateway(_take(words, IPV4), names)
        elif word in ("mss", "mtu"):
            self.mss_bytes, self.flags = _unsigned(_take(words, IPV4)), self.flags | Flag.MTU
            if not 64 <= self.mss_bytes <= 65536:
                _wrong(IPV4, "route: Invalid MSS/MTU.\n")
        elif word == "window":
            self.window_bytes, self.flags = _unsigned(_take(words, IPV4)), self.flags | Flag.WINDOW
            if self.window_bytes < 128:
                _wrong(IPV4, "route: Invalid window.\n")
        elif word == "irtt":
            self.irtt, self.flags = atoi(_take(words, IPV4)) & 0xFFFF, self.flags | Flag.IRTT
        elif word in SWITCHES:
            self.flags |= SWITCHES[word]
        elif word in ("device", "dev") or not words:
            name = _take(words, IPV4) if word in ("device", "dev") else word
            if self.device is not None:
                _wrong(IPV4)
            self.device = name
        else:
            _wrong(IPV4)

    def _netmask(self, text: str, names: InetNames) -> None:
        if self.mask:
            _wrong(IPV4)
        self.mask = int.from_bytes(_socket.inet_aton(_look_up(names, text)[0]), "big")
        self.mask_text = text

    def _gateway(self, text: str, names: InetNames) -> None:
        if self.flags & Flag.GATEWAY:
            _wrong(IPV4)
        self.gateway, is_network = _look_up(names, text, hosts_first=True)
        if is_network:
            _wrong(IPV4, f"route: {text}: cannot use a NETWORK as gateway!\n")
        self.flags |= Flag.GATEWAY


SWITCHES = {"reject": Flag.REJECT, "mod": Flag.MODIFIED, "dyn": Flag.DYNAMIC, "reinstate": Flag.REINSTATE}


def _checked_mask(words: _Ipv4Words, destination: str, is_network: bool) -> int | None:
    """The netmask, once it makes sense with the target."""
    mask = words.mask
    if not mask:
        return mask
    inverted = ~mask & 0xFFFFFFFF
    if not is_network and inverted:
        _wrong(IPV4, f"route: netmask {inverted:08x} doesn't make sense with host route\n")
    if inverted & inverted + 1:
        _wrong(IPV4, f"route: bogus netmask {words.mask_text}\n")
    if int.from_bytes(_socket.inet_aton(destination), "big") & inverted:
        _wrong(IPV4, "route: netmask doesn't match route address\n")
    return mask


def _read_ipv6(words: list[str], names: InetNames) -> RouteChange:
    if words[0] in MARKS.values():
        words.pop(0)                  # the original takes the mark for a host name
    target = _take(words, IPV6)
    destination, prefix_bits = "::", 0
    if target != "default":
        target, slash, length = cut(target).partition("/")
        prefix_bits = atoi(length) if slash else 128
        if not 0 <= prefix_bits <= 128:
            _wrong(IPV6)
        destination = _ipv6_target(target, names)
    flags, gateway, metric, device = Flag.UP | (Flag.HOST if prefix_bits == 128 else 0), None, None, None
    while words:
        word = words.pop(0)
        if word == "metric":
            metric = _number(_take(words, IPV6), IPV6)
        elif word in ("gw", "gateway"):
            text = _take(words, IPV6)
            if gateway:
                _wrong(IPV6)
            gateway, flags = _ipv6_gateway(text), flags | Flag.GATEWAY
        elif word in ("mod", "dyn"):
            flags |= SWITCHES[word]
        elif word in ("device", "dev"):
            device = _take(words, IPV6)
        elif words:
            _wrong(IPV6)
        else:
            device = word
    return RouteChange(destination, prefix_bits, flags, gateway, metric, device)


def _ipv6_target(text: str, names: InetNames) -> str:
    try:
        return names.resolve_ipv6(text)
    except HostUnknown as unknown:
        raise UsageError(f"getaddrinfo: {cut(text)}: {unknown.code}\n{unknown}\n", 1) from None


def _ipv6_gateway(text: str) -> str:
    number = ipv6_number(cut(text))
    if number is None:
        raise UsageError(f"{cut(text)}: not an IPv6 address\n", LOOKUP_FAILED)
    return number
