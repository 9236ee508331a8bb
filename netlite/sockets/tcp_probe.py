"""TCP segments as probes, sent from a raw socket; the half-open way of traceroute -T.

A second, bound but unconnected socket holds the source port of each probe: no other program gets
it, and when a SYN+ACK comes, the kernel itself answers with a reset, since nothing listens there.

*On the wire*: TCP (RFC 9293), options of RFC 2018 and RFC 7323.  *From the kernel*: raw(7), ip(7).
"""

from __future__ import annotations

import _socket
from struct import Struct
from time import monotonic_ns

from ..errors import KernelRefused, MalformedPacket
from ..packets.extensions import STEP_BYTES, search
from ..packets.templates import make_tcp
from ..packets.transport import read_tcp
from ..records.replies import IcmpError, Origin, Quote
from .addresses import address_text
from .ancillary import ANCILLARY_BYTES, read_ancillary
from .error_queue import MSG_DONTWAIT, MSG_ERRQUEUE, RECEIVED_BYTES, connect, prepare, set_ttl
from .link import Arrival, Link
from .settings import ANY, OPTIONS, SOL_SOCKET, bind_device, bind_source

TCP = 6
TCP_HEADER_BYTES = 20
PORTS = Struct("!HH")
PATH_MTU = {4: 14, 6: 24}  # IP_MTU, IPV6_MTU
LEAST_MTU_BYTES = 576  # what is assumed where the kernel knows none (RFC 791)
SYN = 2
SO_REUSEADDR = 2


def open_tcp_link(settings) -> TcpLink:
    """Open the link for `settings` (TcpLinkSettings).  Needs CAP_NET_RAW.

    Raises OSError where no raw socket is given, KernelRefused (what: the option, "bind" or
    "connect") where the kernel refuses a setting or knows no way.
    """
    socket = _socket.socket(settings.family.af, _socket.SOCK_RAW | _socket.SOCK_NONBLOCK | _socket.SOCK_CLOEXEC, TCP)
    try:
        return TcpLink(socket, settings)
    except BaseException:
        socket.close()
        raise


class TcpLink(Link):
    """One segment a probe, each from a port of its own; TcpReply and IcmpError in."""

    def __init__(self, socket, settings):
        self._socket = socket
        self._settings = settings
        self._version = settings.family.version
        flow_label = prepare(socket, settings, 0, ANY)
        connect(socket, settings, 0, flow_label)
        self._source = socket.getsockname()[0].partition("%")[0]
        self._destination = settings.destination.partition("%")[0]
        mtu_bytes = self._path_mtu_bytes() - settings.family.header_bytes - TCP_HEADER_BYTES
        self._window = 4 * mtu_bytes & 0xFFFF
        self._mss_bytes = (settings.mss_bytes or mtu_bytes) if settings.flags & SYN else None
        self._ttl = None
        self._held: dict[int, tuple] = {}  # source port: (socket that holds it, probe number)
        self._sent_bytes = 0
        self._port = 0

    def send(self, probe) -> int:
        settings = self._settings
        holder = self._hold_port(probe.source_port or settings.source_port or 0)
        source_port = holder.getsockname()[1]
        if probe.ttl != self._ttl:
            set_ttl(self._socket, settings, probe.ttl)
            self._ttl = probe.ttl
        self._port = probe.port
        segment = make_tcp(
            self._version, self._source, self._destination, source_port, probe.port, probe.sequence,
            settings.flags, self._window, self._mss_bytes and self._mss_bytes & 0xFFFF, settings.sack,
            settings.timestamp, settings.window_scale)
        self._sent_bytes = len(segment)
        self._held[source_port] = (holder, probe.number)
        sent_ns = monotonic_ns()
        self._socket.send(segment)
        return sent_ns

    def receive(self) -> list[Arrival]:
        arrivals = []
        for flags, read in ((MSG_ERRQUEUE | MSG_DONTWAIT, self._read_error), (MSG_DONTWAIT, self._read_segment)):
            while True:
                try:
                    data, messages, _, address = self._socket.recvmsg(RECEIVED_BYTES, ANCILLARY_BYTES, flags)
                except BlockingIOError:
                    break
                except OSError:
                    continue  # tells and clears an error that has an entry of its own in the queue
                told = read_ancillary(messages)
                found = read(data, told, address)
                if found is not None:
                    arrivals.append(Arrival(told.received_ns or monotonic_ns(), *found))
        return sorted(arrivals, key=lambda arrival: arrival.received_ns)

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        for holder, _ in self._held.values():
            holder.close()
        self._held.clear()
        self._socket.close()

    def _path_mtu_bytes(self) -> int:
        try:
            mtu_bytes = self._socket.getsockopt(OPTIONS[self._version].level, PATH_MTU[self._version])
        except OSError:
            return LEAST_MTU_BYTES
        return max(mtu_bytes, LEAST_MTU_BYTES)

    def _hold_port(self, port: int):
        holder = _socket.socket(self._settings.family.af, _socket.SOCK_STREAM | _socket.SOCK_CLOEXEC)
        try:
            if self._settings.reuse:
                holder.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
            if self._settings.device:
                bind_device(holder, self._settings)
            bind_source(holder, self._settings, port)
        except OSError as refusal:
            holder.close()
            raise KernelRefused(refusal.errno, "SO_REUSEADDR") from None
        except BaseException:
            holder.close()
            raise
        return holder

    def _release(self, port: int) -> int | None:
        """The number of the probe that left from `port`, which is free again."""
        holder, number = self._held.pop(port, (None, None))
        if holder is not None:
            holder.close()
        return number

    def _read_segment(self, data: bytes, told, address: tuple):
        """(TcpReply, None, number) for an answer to a probe, else None."""
        offset = (data[0] & 15) * 4 if self._version == 4 and data else 0
        try:
            reply = read_tcp(data[offset:], address_text(address), data[8] if offset else told.ttl)
        except (MalformedPacket, IndexError):
            return None
        if reply.source_port != self._port or reply.destination_port not in self._held:
            return None
        return reply, None, self._release(reply.destination_port)

    def _read_error(self, data: bytes, told, address: tuple):
        """(IcmpError, None, number) for an error about a probe, or a local refusal; else None."""
        error = told.error
        if error is None:
            return None
        number, quote, extensions = None, None, ()
        if error.origin != Origin.LOCAL or data:
            if len(data) < PORTS.size:
                return None
            source_port, port = PORTS.unpack_from(data)
            if port != self._port or source_port not in self._held:
                return None
            number = self._release(source_port)
            quote = Quote(self._source, address_text(address), TCP, source_port=source_port, destination_port=port,
                          payload=data)
            headers = self._settings.family.header_bytes + len(self._settings.ip_options)
            found = search(data, headers, self._sent_bytes, STEP_BYTES[self._version])
            extensions = found[1] if found else ()
        reply = IcmpError(error.origin, error.offender, error.type, error.code, error.info, error.errno, told.ttl,
                          quote, extensions)
        return reply, None, number
