"""From the words of the command line to one address, as iputils finds it: name, family, source."""

from __future__ import annotations

import _socket
from errno import EACCES, EHOSTUNREACH, ENETUNREACH, ENODEV

from ...errors import KernelRefused, NameUnknown, UsageError
from ...records.echo_links import EchoLinkSettings
from ...records.family import BY_AF, FAMILIES, IPV4, IPV6, Family
from ...records.record import Record
from ...sockets.resolver import is_c_locale
from .words import PingOptions, usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...environment import Environment
    from ...links.network import Network
    from ...sockets.icmp import EchoKind
    from ...sockets.resolver import Address

AI_CANONNAME, AI_IDN, AI_CANONIDN = 2, 0x40, 0x80
HOPS = 10


class Target(Record):
    """Whom to ping: `name` is what the header calls it, `source` the address probes leave from,
    `broadcast` whether the kernel knows it as a broadcast address."""

    family: Family
    name: str
    address: str
    source: str
    numeric: bool
    broadcast: bool = False
    hops: tuple[str, ...] = ()


def find_target(options: PingOptions, environment: Environment) -> Target:
    """Resolve the destination; the first address with a route wins.  Raises UsageError."""
    search = _Search(options, environment)
    tried = search.try_sockets()
    family = options.family or _only_one(tried)
    if options.verbose:
        search.describe_sockets(tried, family)
    usable6 = 6 in tried and tried[6].errno is None
    if usable6 and (options.traffic_class or 0) < -1:  # set on the sockets of both families
        raise search.error("setsockopt: Invalid argument")
    host = options.words[-1]
    if "%" not in host and usable6 and tried[6].kind == "datagram" and needs_zone(host):
        search.warn("Warning: IPv6 link-local address on ICMP datagram socket may require ifname or scope-id "
                    "=> use: address%<ifname|scope-id>")
    answers = search.resolve(host)
    for place, answer in enumerate(answers):
        if options.verbose:
            name = answers[0].canonical if place == 0 else ""
            shown = "AF_INET" if answer.af == IPV4.af else "AF_INET6"
            environment.out.write(f"ai->ai_family: {shown}, ai->ai_canonname: '{name}'\n")
        last = place + 1 == len(answers)
        if family is not None and answer.af != family.af:
            if last:
                raise search.error(f"{host}: Address family for hostname not supported")
            continue
        target = search.target(answer, place == 0, last)
        if target is not None:
            return target
    raise AssertionError("the last address is taken or refused")


def _only_one(tried: dict[int, EchoKind]) -> Family | None:
    """The family that alone has a socket for us, None when both have."""
    if tried[4].errno is None and tried[6].errno is None:
        return None
    return IPV4 if tried[4].errno is None else IPV6


class _Search:
    def __init__(self, options: PingOptions, environment: Environment):
        self.options = options
        self.environment = environment
        self.network: Network = environment.network
        self.privileges = environment.privileges

    def error(self, text: str) -> UsageError:
        return UsageError(f"{self.environment.program}: {text}\n", 2)

    def warn(self, text: str) -> None:
        self.environment.error(f"{self.environment.program}: {text}\n")

    def try_sockets(self) -> dict[int, EchoKind]:
        """Try the sockets of all families first, so that a missing privilege is said first; by IP version."""
        options = self.options
        raw_only = options.raw_only or options.identifier == 0
        if options.identifier == 0 and options.verbose:
            self.warn("WARNING: ident 0 => forcing raw socket")
        families = FAMILIES if options.family is None else (options.family,)
        tried = {}
        with self.privileges:
            for family in families:
                tried[family.version] = self.network.echo_kind(family, raw_only)
        for version, kind in tried.items():
            if kind.errno is not None:
                required = options.family is not None or version == 6 and tried[4].errno is not None
                self.socket_refused(kind, kind.errno, required)
        return tried

    def socket_refused(self, kind: EchoKind, errno: int, required: bool) -> None:
        from posix import strerror

        name = "SOCK_RAW" if kind.kind == "raw" else "SOCK_DGRAM"
        lines = [f"socktype: {name}", f"socket: {strerror(errno)}"]
        if not required:
            if self.options.verbose:
                for line in lines:
                    self.warn(line)
            return
        if kind.kind == "raw" and self.environment.effective_user_id != 0:
            lines.append("=> missing cap_net_raw+p capability or setuid?")
        raise UsageError("".join(f"{self.environment.program}: {line}\n" for line in lines), 2)

    def describe_sockets(self, tried: dict[int, EchoKind], family: Family | None) -> None:
        """The descriptors are the ones the original has."""
        words, fd = [], 3
        for version in (4, 6):
            kind = tried.get(version)
            usable = kind is not None and kind.errno is None
            socktype = "0" if kind is None else "SOCK_RAW" if kind.kind == "raw" else "SOCK_DGRAM"
            words.append(f"sock{version}.fd: {fd if usable else -1} (socktype: {socktype})")
            fd += usable
        hint = {None: "AF_UNSPEC", IPV4: "AF_INET", IPV6: "AF_INET6"}[family]
        self.warn(f"{words[0]}, {words[1]}, hints.ai_family: {hint}\n")

    def resolve(self, host: str, af: int = 0) -> list[Address]:
        flags = AI_CANONNAME | AI_IDN
        if not is_c_locale(self.environment.variables):
            flags |= AI_CANONIDN
        try:
            answers: list[Address] = self.environment.resolver.addresses(host, af, flags)
        except NameUnknown as unknown:
            raise self.error(f"{host}: {unknown.text}") from None
        return answers

    def target(self, answer: Address, first: bool, last: bool) -> Target | None:
        """The target for one address, None when it has no route and another one is left."""
        family, host = BY_AF[answer.af], self.options.words[-1]
        hops = self.hops(family)
        if family is IPV4:
            literal = _is_dotted(host)
            # Only the first answer carries the canonical name; iputils 20221126 shows nothing for others.
            name = host if literal or not first else answer.canonical or host
            numeric = literal
        else:
            name, numeric = host, ":" in host
        source, broadcast = self.source(family, hops[0] if hops else answer.text, last)
        if source is None:
            return None
        address = source if answer.text == "0.0.0.0" else answer.text
        return Target(family, name, address, source, numeric, broadcast, hops)

    def hops(self, family: Family) -> tuple[str, ...]:
        """The words before the destination: hosts to stamp, or a route to take."""
        options, words = self.options, self.options.words
        if len(words) == 1:
            return ()
        prespecified = options.timestamps == 3
        if family is IPV6 or options.record_route or len(words) > (5 if prespecified else HOPS) or \
                (options.timestamps is not None and not prespecified):
            raise usage()
        return tuple(_socket.inet_ntoa(_socket.inet_aton(word)) if _is_dotted(word)
                     else self.resolve(word, IPV4.af)[0].text for word in words[:-1])

    def source(self, family: Family, destination: str, last: bool) -> tuple[str | None, bool]:
        options = self.options
        given = options.source4 if family is IPV4 else options.source6
        if given is not None and given != family.any:
            if family is IPV6 and options.device == "":
                raise self.error("unknown iface: ")
            return self.zoned(given), False
        settings = EchoLinkSettings(family, destination, None, options.device, mark=options.mark,
                                    traffic_class=options.traffic_class)
        if family is IPV6 and needs_zone(destination.partition("%")[0]):
            # iputils asks for no route to a link-local address, and shows the source as unspecified.
            elsewhere = options.device is not None and not self.is_of_device(family.any)
            self.warn_of_mark(settings)
            if elsewhere:
                self.warn_of_device()
            return family.any, False
        broadcast = False
        try:
            with self.privileges:
                source = self.network.choose_source(settings)
        except KernelRefused as refusal:
            raise self.error(device_refused(refusal, family, options.device)) from None
        except OSError as refusal:
            self.warn_of_mark(settings)
            if refusal.errno in (EHOSTUNREACH, ENETUNREACH) and not last:
                return None, False
            source, broadcast = self.second_try(settings, refusal.errno or 0), True
        else:
            self.warn_of_mark(settings)
        if options.device is not None and not self.is_of_device(source):
            self.warn_of_device()
        return source, broadcast

    def warn_of_mark(self, settings: EchoLinkSettings) -> None:
        """Say that the mark is refused to the socket that finds the source; to that of the link it is later."""
        if settings.mark is None:
            return
        with self.privileges:
            errno = self.network.mark_refusal(settings)
        if errno is not None:
            self.warn(mark_refused(settings.mark, errno))

    def is_of_device(self, source: str) -> bool:
        """Whether the device of -I holds the source.  Raises UsageError for a device that is not there."""
        device = self.options.device or ""
        try:
            return self.network.device_has_address(device, source)
        except OSError:
            if device or ":" in source:
                raise self.error(f"unknown iface: {device}") from None
            return False  # IPv4 may be bound to a device without a name: to none

    def warn_of_device(self) -> None:
        self.warn(f"Warning: source address might be selected on device other than: {self.options.device}")

    def second_try(self, settings: EchoLinkSettings, errno: int) -> str:
        """EACCES may mean a broadcast address."""
        from posix import strerror

        if errno != EACCES or settings.family is IPV6:
            raise self.error(f"connect: {strerror(errno)}")
        if not self.options.broadcast:
            raise self.error("Do you want to ping broadcast? Then -b. "
                             "If not, check your local firewall rules")
        self.environment.error("WARNING: pinging broadcast address\n")
        try:
            with self.privileges:
                source: str = self.network.choose_source(settings.replace(broadcast=True))
        except OSError as refusal:
            raise self.error(f"connect: {strerror(refusal.errno or 0)}") from None
        return source

    def zoned(self, source: str) -> str:
        """A link-local source belongs to the device."""
        return f"{source}%{self.options.device}" if self.options.device and needs_zone(source) else source


def mark_refused(mark: int, errno: int) -> str:
    """iputils' warning of a mark that a socket may not have."""
    from posix import strerror

    return f"WARNING: failed to set mark: {mark}: {strerror(errno)}"


def device_refused(refusal: KernelRefused, family: Family, device: str | None) -> str:
    """iputils' words for a device that cannot be bound."""
    from posix import strerror

    if family is IPV4:
        return f"{refusal.what} {device}: {strerror(refusal.errno)}"
    if refusal.errno == ENODEV:
        return f"unknown iface: {device}"
    return f"setsockopt({refusal.what}) {device}: {strerror(refusal.errno)}"


def _is_dotted(host: str) -> bool:
    """Whether inet_aton takes it: ``127.1`` and ``0x7f000001`` too."""
    try:
        _socket.inet_aton(host)
    except (OSError, ValueError):
        return False
    return True


def needs_zone(host: str) -> bool:
    """Whether it is an address of IPv6 that is one of a link: unicast or multicast."""
    try:
        packed = _socket.inet_pton(IPV6.af, host)
    except (OSError, ValueError):
        return False
    return (packed[0] == 0xFE and packed[1] & 0xC0 == 0x80) or (packed[0] == 0xFF and packed[1] & 0x0F == 2)
