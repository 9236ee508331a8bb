"""UDP probes without privilege: what comes back is read from the sockets' error queues.

With IP_RECVERR the kernel keeps, for a socket, every ICMP error about what it sent, and its own
refusal of a packet too big for the path.  That is all that tracepath and UDP traceroute need.

*On the wire*: UDP (RFC 768), UDP-Lite (RFC 3828), ICMP errors (RFC 792, RFC 4443).
*From the kernel*: ip(7) IP_RECVERR, ipv6(7) IPV6_RECVERR, udplite(7).
"""

from __future__ import annotations

import _socket
from _socket import SO_ERROR, SOL_SOCKET
from errno import EMSGSIZE
from time import monotonic_ns

from ..errors import KernelRefused
from ..records.icmp import Icmp, Icmp6
from ..records.replies import IcmpError, Origin, Quote, is_host
from ..records.udp_links import ProbeStamp, UdpReply
from ..sockets.addresses import address_text, socket_address
from ..sockets.ancillary import AT_ONCE, FROM_ERROR_QUEUE, MSG_DONTWAIT, read_ancillary, read_waiting
from ..sockets.settings import (
    ANY,
    EXCLUSIVE,
    OPTIONS,
    apply_settings,
    bind_source,
    lease_flow_label,
    set_option,
    set_ttl,
)
from ..sockets.timestamps import ask_receive_stamps
from .link import Arrival, Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.raw_links import RawLinkSettings, TcpLinkSettings
    from ..records.replies import Reply
    from ..records.udp_links import UdpLinkSettings, UdpProbe
    from ..sockets.settings import Refusal

    ProbeSettings = UdpLinkSettings | TcpLinkSettings | RawLinkSettings

NONBLOCKING = _socket.SOCK_DGRAM | _socket.SOCK_NONBLOCK | _socket.SOCK_CLOEXEC
UDP_HEADER_BYTES = 8
RECEIVED_BYTES = 2048  # of an answer or a quote, extensions behind it included
OVERSIZE_BYTES = 1 << 17  # more than IP carries: the kernel refuses it, so it need not be longer

# Errors that may carry extensions, which follow 128 bytes of quote (RFC 4884 section 4).
EXTENDED_ERRORS = {Origin.ICMP: Icmp.EXTENDED, Origin.ICMP6: Icmp6.EXTENDED}
SHORTEST_EXTENDED_BYTES = 128 + 8

UDPLITE_SEND_COVERAGE = (10, "UDPLITE_SEND_CSCOV")
ROUTING = {4: (4, "IP_OPTIONS"), 6: (57, "IPV6_RTHDR")}


class UdpLink(Link):
    """All probes from one unconnected socket; an answer is known by its destination port.

    No privilege needed, but for `mark`, `debug` and loose source routes.  Raises OSError where no
    socket is given, KernelRefused (what: the option, or "bind") where the kernel refuses a setting.
    """

    def __init__(self, settings: UdpLinkSettings) -> None:
        self._settings = settings
        self._socket, self._flow_label = open_probe_socket(settings)
        self._ttl: int | None = None
        self._sent_bytes = 0

    def send(self, probe: UdpProbe) -> int:
        if probe.ttl != self._ttl:
            set_ttl(self._socket, self._settings, probe.ttl)
            self._ttl = probe.ttl
        settings = self._settings
        target = socket_address(settings.family, settings.destination, probe.port, settings.device,
                                self._flow_label)
        sent_ns = monotonic_ns()
        data = payload(settings, probe, sent_ns)
        self._sent_bytes = len(data)
        if not settings.strict:
            self._socket.sendto(data, target)
            return sent_ns
        self._socket.getsockopt(SOL_SOCKET, SO_ERROR)  # clears it; the error queue tells it too
        try:
            self._socket.sendto(data, target)
        except OSError as refusal:
            if refusal.errno == EMSGSIZE:
                raise
            sent_ns = monotonic_ns()
            self._socket.sendto(data, target)  # another one came in between
        return sent_ns

    def receive(self) -> list[Arrival]:
        arrivals = read_errors(self._socket) + read_answers(self._socket)
        if not self._settings.strict:
            return arrivals
        return [each.replace(reply=with_extensions(each.reply, self._settings, self._sent_bytes))
                for each in arrivals if self._is_ours(each.reply)]

    def _is_ours(self, reply: Reply) -> bool:
        """Whether the destination says so, or an error quotes it; of its own refusals the kernel tells less."""
        said_of = reply.source
        if isinstance(reply, IcmpError):
            if reply.origin == Origin.LOCAL:
                return True
            said_of = reply.quote.destination if reply.quote else None
        return is_host(said_of, self._settings.destination)

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()


def open_probe_socket(settings: UdpLinkSettings, source_port: int = 0) -> tuple[_socket.socket, int | None]:
    """A UDP socket with all settings and the error queue on; and its leased flow label or None."""
    socket = _socket.socket(settings.family.af, NONBLOCKING, settings.protocol)
    try:
        if settings.coverage_bytes is not None:
            set_option(socket, settings.protocol, UDPLITE_SEND_COVERAGE, settings.coverage_bytes)
        sharing = ANY if settings.socket_per_probe else EXCLUSIVE
        return socket, prepare(socket, settings, source_port or settings.source_port or 0, sharing)
    except BaseException:
        socket.close()
        raise


def prepare(socket: _socket.socket, settings: ProbeSettings, source_port: int, sharing: int) -> int | None:
    """Put all settings on a socket and turn its error queue on; its leased flow label or None.
    Raises KernelRefused."""
    options = OPTIONS[settings.family.version]
    warnings: list[Refusal] = []
    apply_settings(socket, settings, warnings)
    for what, errno in warnings:
        raise KernelRefused(errno, what)
    if settings.ip_options:
        set_option(socket, options.level, ROUTING[settings.family.version], settings.ip_options)
    if settings.source or source_port:
        bind_source(socket, settings, source_port)
    set_option(socket, options.level, options.receive_errors, 1)
    set_option(socket, options.level, options.receive_ttl, 1)
    ask_receive_stamps(socket)
    return None if settings.flow_label is None else lease_flow_label(socket, settings, sharing)


def payload(settings: UdpLinkSettings, probe: UdpProbe, sent_ns: int) -> bytes:
    """What the datagram carries: the pattern, under the probe's stamp if there is to be one.

    A stamped one of less than its headers, as after a path MTU of 0, is too long for any way: tracepath asks the kernel
    for a negative length, which is a very large one.  IPv6's error queue then tells what fits.
    """
    size, pattern = payload_bytes(settings, probe), settings.pattern
    data = pattern * (size // len(pattern) + 1)
    if settings.stamped:
        stamp = ProbeStamp(probe.ttl, sent_ns).to_wire()
        data = stamp + data[len(stamp):]
    return data[:size]


def payload_bytes(settings: UdpLinkSettings, probe: UdpProbe) -> int:
    """How long that is."""
    headers = settings.family.header_bytes + len(settings.ip_options) + UDP_HEADER_BYTES  # as below, without a call
    size = min(probe.size_bytes, OVERSIZE_BYTES) - headers
    return size if size > 0 else OVERSIZE_BYTES if size and settings.stamped else 0


def headers_bytes(settings: UdpLinkSettings) -> int:
    """The IP header with its options or routing header, and the UDP header."""
    return settings.family.header_bytes + len(settings.ip_options) + UDP_HEADER_BYTES


def with_extensions(reply: Reply, settings: UdpLinkSettings, sent_bytes: int) -> Reply:
    """The same reply with the extensions found in the queued data; see packets.extensions.search."""
    if not isinstance(reply, IcmpError) or reply.quote is None:
        return reply
    headers = headers_bytes(settings)
    if headers + len(reply.quote.payload) < SHORTEST_EXTENDED_BYTES \
            or reply.type not in EXTENDED_ERRORS.get(reply.origin, ()):
        return reply
    from ..packets.extensions import STEP_BYTES, search

    found = search(reply.quote.payload, headers, sent_bytes, STEP_BYTES[settings.family.version])
    return reply.replace(extensions=found[1]) if found else reply


def read_errors(socket: _socket.socket, most: int = AT_ONCE) -> list[Arrival]:
    """What is on the error queue, oldest first, as arrivals of IcmpError; `most` of it.

    The quote's payload is all that the queue holds of it, extensions behind it included.
    """
    arrivals = []
    for data, messages, _, address in read_waiting(socket, RECEIVED_BYTES, FROM_ERROR_QUEUE, most):
        told = read_ancillary(messages)
        if told.error is None:
            continue
        error = told.error
        quote = Quote(None, address_text(address), socket.proto, source_port=socket.getsockname()[1],
                      destination_port=address[1], payload=data)
        reply = IcmpError(error.origin, error.offender, error.type, error.code, error.info, error.errno,
                          told.ttl, quote)
        arrivals.append(Arrival(told.received_ns or monotonic_ns(), reply))
    return arrivals


def read_answers(socket: _socket.socket, most: int = AT_ONCE) -> list[Arrival]:
    """Ordinary datagrams, as arrivals of UdpReply; `most` of them."""
    arrivals = []
    for data, messages, _, address in read_waiting(socket, RECEIVED_BYTES, MSG_DONTWAIT, most):
        told = read_ancillary(messages)
        reply = UdpReply(address_text(address), address[1], UDP_HEADER_BYTES + len(data), told.ttl, data)
        arrivals.append(Arrival(told.received_ns or monotonic_ns(), reply))
    return arrivals
