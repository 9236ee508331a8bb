"""UDP probes in flows: all that routers tell flows apart by is the same for all probes of a flow.

A flow is a socket: one source port, and for IPv6 one flow label, which the kernel derives from the
socket.  The number of a probe is in its checksum, by way of the first two bytes of its data, as Paris
traceroute does it.  Whose answer an error is tells the checksum in its quote, which only a raw ICMP
socket sees (CAP_NET_RAW); without one, those two bytes of data, from the error queue.

*On the wire*: UDP (RFC 768), ICMP errors and their quotes (RFC 792, RFC 1812 section 4.3.2.3, RFC 4443).
*From the kernel*: ip(7) IP_RECVERR, raw(7), icmp(7).
"""

from __future__ import annotations

import _socket
from _socket import SO_ERROR, SOL_SOCKET
from errno import EMSGSIZE
from select import EPOLLERR, EPOLLIN
from time import monotonic_ns

from ..errors import KernelRefused
from ..feature_errors import MalformedPacket
from ..packets.icmp import PROTOCOLS, TYPES, read_icmp, read_icmp_packet
from ..packets.steering import WORD_BYTES, steer_udp, unfinished_checksum
from ..records.icmp import Icmp
from ..records.multipath import flow_checksum
from ..records.replies import IcmpError, Origin
from ..sockets.addresses import address_text
from ..sockets.ancillary import read_ancillary, read_waiting
from ..sockets.filters import pass_types
from ..sockets.quote_filter import pass_quoted_ports
from ..sockets.readiness import open_readiness
from ..sockets.settings import ANY, OPTIONS, bind_source, connect, set_option, set_ttl
from ..sockets.timestamps import ask_receive_stamps
from .link import Arrival, Link
from .udp import NONBLOCKING, RECEIVED_BYTES, payload, prepare, read_answers, read_errors, with_extensions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.links import LinkSettings
    from ..records.replies import Quote
    from ..records.udp_links import UdpLinkSettings, UdpProbe

FLOWS_AT_ONCE, MESSAGES_AT_ONCE = 64, 8  # read in one go; flows that are left over come first the next time
HINTS = {4: Icmp.HINTS, 6: ()}  # a probe goes on all the same; of ICMPv6 they are no errors
PORTS_AT_ONCE = 64  # which errors may quote, from a new one on: flows have ports in a row


class SentProbes:
    """The probes of one flow, by what a quote shows of them; one may be answered more than once."""

    def __init__(self) -> None:
        self._by_checksum: dict[int, int] = {}
        self._by_word: dict[bytes, int] = {}
        self._open: set[int] = set()  # not answered yet

    def add(self, number: int, data: bytes) -> None:
        """Probe `number` leaves with this data, which one that left long ago may have had."""
        self._open.discard(self._by_checksum.get(flow_checksum(number), number))
        self._by_checksum[flow_checksum(number)] = number
        self._by_word[data[:WORD_BYTES]] = number
        self._open.add(number)

    def take(self, quote: Quote) -> int | None:
        """The number of the probe quoted; a short quote is about the only one there is, or unclear."""
        word = quote.payload[:WORD_BYTES]
        if word in self._by_word:
            number = self._by_word[word]
        elif quote.checksum in self._by_checksum:
            number = self._by_checksum[quote.checksum]
        elif len(word) < WORD_BYTES and quote.checksum is None:
            return self.take_only()
        else:
            return None
        self._open.discard(number)
        return number

    def take_only(self) -> int | None:
        """The number of the only probe that was not answered yet; None when there are more."""
        return self._open.pop() if len(self._open) == 1 else None


class Flow:
    """A socket that is bound, and connected with its first probe."""

    def __init__(self, settings: UdpLinkSettings, source_port: int) -> None:
        self.socket = _socket.socket(settings.family.af, NONBLOCKING, settings.protocol)
        self.sent = SentProbes()
        self.sent_bytes = self.unfinished = 0
        self.source: str | None = None  # once something was sent
        self._settings = settings
        self._ttl: int | None = None
        self._port: int | None = None
        try:
            self._label = prepare(self.socket, settings, source_port, ANY)
            if not (settings.source or source_port):
                bind_source(self.socket, settings)
            self.source_port = self.socket.getsockname()[1]
        except BaseException:
            self.socket.close()
            raise

    def send(self, probe: UdpProbe) -> int:
        """Send a probe; an error of an earlier one, which the kernel tells at the next send, is passed over."""
        settings, socket = self._settings, self.socket
        if probe.port != self._port:
            connect(socket, settings, probe.port, self._label)
            self._port = probe.port
        if probe.ttl != self._ttl:
            set_ttl(socket, settings, probe.ttl)
            self._ttl = probe.ttl
        self.source = address_text(socket.getsockname())
        ends = self.source, settings.destination
        data = steer_udp(*ends, self.source_port, probe.port, payload(settings, probe, 0), flow_checksum(probe.number))
        self.sent_bytes = len(data)
        self.unfinished = unfinished_checksum(*ends, len(data))
        self.sent.add(probe.number, data)
        socket.getsockopt(SOL_SOCKET, SO_ERROR)  # clears it
        sent_ns = monotonic_ns()
        try:
            socket.send(data)
        except OSError as refusal:
            if refusal.errno == EMSGSIZE:
                raise
            sent_ns = monotonic_ns()
            socket.send(data)
        return sent_ns


class FlowLink(Link):
    """UDP probes with given source ports; `identifier` is that of the first flow, `source_port` of the settings.

    Needs no privilege; with CAP_NET_RAW it also understands routers that quote no more than eight bytes of
    data, and sees what was rewritten on the way.  Raises OSError and KernelRefused as `udp.UdpLink`.
    """

    def __init__(self, settings: UdpLinkSettings) -> None:
        self._settings = settings
        self._version = settings.family.version
        self._epoll = open_readiness()
        self._flows: dict[int, Flow] = {}  # by source port
        self._by_descriptor: dict[int, Flow] = {}
        self._listener = open_listener(settings)
        self._heard = range(0)
        if self._listener is not None:
            self._epoll.register(self._listener.fileno(), EPOLLIN)
        try:
            self.identifier = self._open(settings.source_port or 0).source_port
        except BaseException:
            self.close()
            raise

    def send(self, probe: UdpProbe) -> int:
        flow = self._flows.get(probe.source_port)
        if flow is None:
            try:
                flow = self._open(probe.source_port)
            except KernelRefused as refusal:
                if refusal.what != "bind":
                    raise
                raise OSError(refusal.errno, "bind") from None  # somebody else has that port
        return flow.send(probe)

    def receive(self) -> list[Arrival]:
        arrivals = []
        for descriptor, _ in self._epoll.poll(0, FLOWS_AT_ONCE):
            flow = self._by_descriptor.get(descriptor)
            if flow is not None:
                arrivals += self._read(flow)
            elif self._listener is not None:
                arrivals += self._listen(self._listener)
        return sorted(arrivals, key=lambda arrival: arrival.received_ns)

    def fileno(self) -> int:
        return self._epoll.fileno()

    def close(self) -> None:
        for flow in self._flows.values():
            flow.socket.close()
        self._flows.clear()
        if self._listener is not None:
            self._listener.close()
        self._epoll.close()

    def _open(self, source_port: int) -> Flow:
        flow = Flow(self._settings, source_port)
        self._flows[flow.source_port] = self._by_descriptor[flow.socket.fileno()] = flow
        self._epoll.register(flow.socket.fileno(), EPOLLIN | EPOLLERR)
        if self._listener is not None and flow.source_port not in self._heard:
            self._hear(self._listener, flow.source_port)
        return flow

    def _hear(self, listener: _socket.socket, port: int) -> None:
        """Errors about a port too: the kernel drops those about others, or they would leave no room for ours."""
        start, stop = port, port + PORTS_AT_ONCE
        if self._heard:
            start, stop = min(start, self._heard.start), max(stop, self._heard.stop)
        self._heard = range(start, stop)
        settings = self._settings
        pass_quoted_ports(listener, self._version, settings.protocol, self._heard, bool(settings.ip_options))

    def _read(self, flow: Flow) -> list[Arrival]:
        """What the sockets themselves are told: errors too, unless a listener hears them whole."""
        arrivals = []
        for arrival in read_errors(flow.socket, MESSAGES_AT_ONCE) + read_answers(flow.socket, MESSAGES_AT_ONCE):
            reply = arrival.reply
            if not isinstance(reply, IcmpError) or reply.quote is None:
                number = flow.sent.take_only()
            elif reply.origin == Origin.LOCAL or self._listener is None:
                number = flow.sent.take(reply.quote)
            else:
                continue
            if number is not None:
                reply = with_extensions(reply, self._settings, flow.sent_bytes)
                arrivals.append(Arrival(arrival.received_ns, reply, None, number, flow.source))
        return arrivals

    def _listen(self, listener: _socket.socket) -> list[Arrival]:
        """ICMP errors that quote a source port of ours."""
        arrivals = []
        for data, messages, _, address in read_waiting(listener, RECEIVED_BYTES):
            told = read_ancillary(messages)
            try:
                reply = read_icmp_packet(data) if self._version == 4 else \
                    read_icmp(6, data, address_text(address), told.ttl)
            except MalformedPacket:
                continue
            quote = reply.quote if isinstance(reply, IcmpError) else None
            if quote is None or quote.protocol != self._settings.protocol or quote.source_port not in self._flows:
                continue
            flow = self._flows[quote.source_port]
            if quote.checksum == flow.unfinished:  # quoted by a virtual machine before a card finished it
                quote = quote.replace(checksum=None)
                reply = reply.replace(quote=quote)
            number = flow.sent.take(quote)
            if number is not None:
                arrivals.append(Arrival(told.received_ns or monotonic_ns(), reply, None, number, flow.source))
        return arrivals


def open_listener(settings: LinkSettings) -> _socket.socket | None:
    """A raw socket that hears ICMP errors whole, but for hints; or None without CAP_NET_RAW."""
    version, options = settings.family.version, OPTIONS[settings.family.version]
    kind = _socket.SOCK_RAW | _socket.SOCK_NONBLOCK | _socket.SOCK_CLOEXEC
    try:
        listener = _socket.socket(settings.family.af, kind, PROTOCOLS[version])
    except OSError:
        return None
    pass_types(listener, version, tuple(kind for kind in TYPES[version].errors if kind not in HINTS[version]))
    ask_receive_stamps(listener)
    if version == 6:
        set_option(listener, options.level, options.receive_ttl, 1)
    return listener
