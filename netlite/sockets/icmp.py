"""ICMP sockets for echo, of both kinds and families: tried, opened and configured; and their identifiers.

A *datagram* socket (Linux 3.0) needs no privilege but a group in net.ipv4.ping_group_range; the
kernel chooses the identifier and hands over nothing but our replies.  A *raw* socket needs
CAP_NET_RAW and sees the ICMP of the whole host: the
identifier tells whose a reply is.
"""

from __future__ import annotations

import _socket
from _socket import SO_BROADCAST, SOL_SOCKET
from _struct import Struct
from errno import EACCES, EADDRINUSE, EAFNOSUPPORT, EPROTONOSUPPORT
from posix import getpid, urandom

from ..errors import KernelRefused
from ..records.echo_links import EchoLinkSettings, KernelStamps
from ..records.icmp import Icmp, Icmp6
from ..records.record import Record
from .filters import pass_types
from .settings import OPTIONS, Refusal, apply_settings, bind_source, set_option
from .timestamps import ask_receive_stamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.family import Family

RAW, DATAGRAM = "raw", "datagram"
TYPE_OF_KIND = {RAW: _socket.SOCK_RAW, DATAGRAM: _socket.SOCK_DGRAM}

SO_SNDBUF, SO_RCVBUF, SO_SNDTIMEO = 7, 8, 21
IP_OPTIONS, IP_RETOPTS = (4, "IP_OPTIONS"), (7, "IP_RETOPTS")
ICMP_HEADER_BYTES = 8
SEND_PATIENCE = Struct("@ll").pack(0, 40_000)  # a send that waits for room holds up signals and the time
RECEIVE_BUFFER_BYTES = 65536
SHARED_BUFFER_BYTES = 1 << 20  # a raw socket is told of the errors of all pings of the host: no filter sees those
TRIES = 16  # random identifiers; then the kernel chooses
FALL_BACK = {4: (EACCES, EPROTONOSUPPORT, EAFNOSUPPORT), 6: (EACCES, EPROTONOSUPPORT)}  # to the other kind
LARGEST_IDENTIFIER = 0xFFFF

_in_use: dict[int, object] = {}  # identifier: the mark of who had it first


class EchoKind(Record):
    """`kind` is "datagram" or "raw", the one that was tried last; `errno` None when it opens."""

    kind: str
    errno: int | None


class Identifier:
    """An identifier in use, until `give_back` or the end of this object.

    `number` None chooses one at random, from 1 on, that is not in use in this process.  Raises OSError
    (EADDRINUSE) when there is none.
    """

    def __init__(self, number: int | None = None):
        self._mark = object()
        if number is not None:
            self.number = number
            _in_use.setdefault(number, self._mark)
            return
        while True:
            self.number = int.from_bytes(urandom(2), "big")
            if self.number and _in_use.setdefault(self.number, self._mark) is self._mark:  # in one step: threads
                return
            if len(_in_use) >= LARGEST_IDENTIFIER:
                raise OSError(EADDRINUSE, "all ICMP identifiers are in use")

    def give_back(self, in_use: dict[int, object] = _in_use) -> None:
        """It is free for others; harmless when repeated."""
        if in_use.get(self.number) is self._mark:
            in_use.pop(self.number, None)

    __del__ = give_back


def try_echo_kind(family: Family, raw_only: bool = False) -> EchoKind:
    """Which socket would be opened, tried and closed at once: datagram (net.ipv4.ping_group_range), else raw."""
    for kind in (RAW,) if raw_only else (DATAGRAM, RAW):
        try:
            _socket.socket(family.af, TYPE_OF_KIND[kind] | _socket.SOCK_CLOEXEC, family.icmp_protocol).close()
        except OSError as refusal:
            tried = EchoKind(kind, refusal.errno)
            if refusal.errno not in FALL_BACK[family.version]:
                break
        else:
            return EchoKind(kind, None)
    return tried


def open_icmp_socket(settings: EchoLinkSettings) -> tuple[_socket.socket, str]:
    """(socket, kind): a datagram socket, else a raw one, unless `settings.kind` insists.

    Identifier 0 means raw, as datagram sockets cannot have it.  Raises the OSError of the last try.
    """
    kinds = (settings.kind,) if settings.kind else (RAW,) if settings.identifier == 0 else (DATAGRAM, RAW)
    family = settings.family
    for kind in kinds:
        try:
            opened = _socket.socket(family.af, TYPE_OF_KIND[kind] | _socket.SOCK_CLOEXEC, family.icmp_protocol)
            if _socket.getdefaulttimeout() is not None:  # of the process: each receive would wait for so long
                opened.setblocking(True)
            return opened, kind
        except OSError as refusal:
            if kind == kinds[-1] or refusal.errno not in FALL_BACK[family.version]:
                raise
    raise ValueError(f"no kind of ICMP socket is called {settings.kind!r}")


def configure(socket: _socket.socket, kind: str, settings: EchoLinkSettings, warnings: list[Refusal]) -> Identifier:
    """All options as iputils sets them (ping4_run, ping6_run, sock_setbufs); returns the identifier of the link.

    Errors about our packets come by the error queue alone, so the type filter of a raw socket lets
    in replies, and where they are wanted the two ICMPv4 messages that the queue does not get: redirects, source quench.
    """
    version = settings.family.version
    options = OPTIONS[version]
    apply_settings(socket, settings, warnings)
    identifier = take_identifier(socket, kind, settings)
    set_option(socket, options.level, options.receive_errors, 1)
    if kind == RAW:
        hints = Icmp.HINTS if settings.hints else ()
        pass_types(socket, version, (Icmp.ECHO_REPLY, *hints) if version == 4 else (Icmp6.ECHO_REPLY,))
    if kind == DATAGRAM or version == 6 or settings.proof:  # a raw IPv4 socket sees the IP header of what is no error
        set_option(socket, options.level, options.receive_ttl, 1)
    if kind == DATAGRAM and version == 4:
        set_option(socket, options.level, IP_RETOPTS, 1)
    if settings.ip_options and version == 4:
        set_option(socket, options.level, IP_OPTIONS, settings.ip_options)
    if settings.broadcast:
        set_option(socket, SOL_SOCKET, (SO_BROADCAST, "SO_BROADCAST"), 1)
    if not settings.multicast_loop:
        set_option(socket, options.level, options.multicast_loop, 0)
    if not _set_buffers(socket, settings):
        warnings.append(("SO_RCVBUF", 0))
    if settings.kernel_stamps != KernelStamps.NONE and not ask_receive_stamps(socket):
        warnings.append(("SO_TIMESTAMP", 0))
    return identifier


def take_identifier(socket: _socket.socket, kind: str, settings: EchoLinkSettings) -> Identifier:
    """The identifier that `settings` ask for: a datagram socket is bound to it, a raw one to its source alone.

    Raises KernelRefused ("bind").
    """
    number = settings.identifier
    if kind == RAW:
        if settings.source:
            bind_source(socket, settings)
        return Identifier(getpid() & 0xFFFF if number is None and not settings.proof else number)
    for _ in range(TRIES if number is None and settings.proof else 0):
        identifier = Identifier()
        try:
            bind_source(socket, settings, identifier.number)
            return identifier
        except KernelRefused as refusal:
            if refusal.errno != EADDRINUSE:  # of another process
                raise
    bind_source(socket, settings, number or 0)
    return Identifier(socket.getsockname()[1])


def _set_buffers(socket: _socket.socket, settings: EchoLinkSettings) -> bool:
    """Buffers for what iputils reckons a packet costs the kernel (ping_common.c: sock_setbufs).

    False when net.core.rmem_max leaves no room for all of `preload`.
    """
    options_bytes = len(settings.ip_options)
    size = ICMP_HEADER_BYTES + len(settings.payload) + options_bytes
    cost = size + (size + 511) // 512 * (options_bytes + settings.family.header_bytes + 16 + 64 + 160)
    socket.setsockopt(SOL_SOCKET, SO_SNDBUF, min(settings.send_buffer_bytes or cost, 2**31 - 1))
    replies = max(SHARED_BUFFER_BYTES if settings.proof else RECEIVE_BUFFER_BYTES, cost * settings.preload)
    socket.setsockopt(SOL_SOCKET, SO_RCVBUF, min(replies, 2**31 - 1))
    socket.setsockopt(SOL_SOCKET, SO_SNDTIMEO, SEND_PATIENCE)
    wanted = cost * settings.preload
    return wanted <= RECEIVE_BUFFER_BYTES or socket.getsockopt(SOL_SOCKET, SO_RCVBUF) >= wanted
