"""Probes from a connected raw socket: any IP protocol (traceroute -P), and what -T shares with it.

*From the kernel*: raw(7), ip(7) IP_RECVERR.  The kernel makes the IP header; an IPv4 raw socket gets
it with each answer, but not with what the error queue holds.
"""

from __future__ import annotations

import _socket
from time import monotonic_ns

from ..feature_errors import MalformedPacket
from ..packets.extensions import STEP_BYTES, search
from ..records.raw_links import RawReply
from ..records.replies import IcmpError, Origin, Quote
from ..sockets.addresses import address_text
from ..sockets.ancillary import FROM_ERROR_QUEUE, MSG_DONTWAIT, read_ancillary, read_waiting
from ..sockets.settings import ANY, connect, set_ttl
from .link import Arrival, Link
from .per_probe import by_time
from .udp import RECEIVED_BYTES, prepare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.extensions import IcmpObject
    from ..records.raw_links import RawLinkSettings, RawProbe, TcpLinkSettings
    from ..records.replies import Reply
    from ..sockets.ancillary import Ancillary


class RawSocketLink(Link):
    """A connected raw socket: what it sends is counted in bytes, what comes back is read.

    Which probe something answers says `_answered`, and what an answer is `_reply`.  Needs CAP_NET_RAW.  Raises
    OSError where no raw socket is given, KernelRefused (what: the option, "bind" or "connect") where the kernel
    refuses a setting or knows no way.
    """

    def __init__(self, settings: RawLinkSettings | TcpLinkSettings, protocol: int) -> None:
        kind = _socket.SOCK_RAW | _socket.SOCK_NONBLOCK | _socket.SOCK_CLOEXEC
        self._socket = _socket.socket(settings.family.af, kind, protocol)
        self._settings = settings
        self._protocol = protocol
        self._version = settings.family.version
        self._ttl: int | None = None
        self._sent_bytes = 0
        try:
            connect(self._socket, settings, 0, prepare(self._socket, settings, 0, ANY))
        except BaseException:
            self._socket.close()
            raise

    def receive(self) -> list[Arrival]:
        arrivals = []
        for flags, read in ((FROM_ERROR_QUEUE, self._read_error), (MSG_DONTWAIT, self._read_answer)):
            for data, messages, _, address in read_waiting(self._socket, RECEIVED_BYTES, flags):
                told = read_ancillary(messages)
                try:
                    found = read(data, told, address_text(address))
                except MalformedPacket:
                    continue
                if found is not None:
                    arrivals.append(Arrival(told.received_ns or monotonic_ns(), found[0], None, found[1]))
        arrivals.sort(key=by_time)
        return arrivals

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    @property
    def headers_bytes(self) -> int:
        """The IP header and its options, or the routing header."""
        return self._settings.family.header_bytes + len(self._settings.ip_options)

    def _transmit(self, data: bytes, ttl: int) -> int:
        if ttl != self._ttl:
            set_ttl(self._socket, self._settings, ttl)
            self._ttl = ttl
        self._sent_bytes = len(data)
        sent_ns = monotonic_ns()
        self._socket.send(data)
        return sent_ns

    def _answered(self, data: bytes, about_us: bool) -> int | None:
        """The number of the probe that `data` answers or (`about_us`) quotes; None when it is not ours."""
        raise NotImplementedError

    def _reply(self, data: bytes, source: str, ttl: int | None) -> Reply:
        """The record of an answer, which begins behind the IP header."""
        raise NotImplementedError

    def _read_answer(self, data: bytes, told: Ancillary, source: str) -> tuple[Reply, int] | None:
        """(reply, probe number), or None."""
        offset = (data[0] & 15) * 4 if self._version == 4 and data else 0
        number = self._answered(data[offset:], False)
        if number is None:
            return None
        return self._reply(data[offset:], source, data[8] if offset else told.ttl), number

    def _read_error(self, data: bytes, told: Ancillary, destination: str) -> tuple[Reply, int | None] | None:
        """(IcmpError, probe number); no number where the kernel does not say what it refused."""
        error = told.error
        if error is None:
            return None
        number: int | None = None
        quote: Quote | None = None
        extensions: tuple[IcmpObject, ...] = ()
        if error.origin != Origin.LOCAL or data:
            number = self._answered(data, True)
            if number is None:
                return None
            quote = Quote(None, destination, self._protocol, payload=data)
            found = search(data, self.headers_bytes, self._sent_bytes, STEP_BYTES[self._version])
            extensions = found[1] if found else ()
        reply = IcmpError(error.origin, error.offender, error.type, error.code, error.info, error.errno, told.ttl,
                          quote, extensions)
        return reply, number


class RawLink(RawSocketLink):
    """One probe at a time: whatever comes from the destination, or about it, is for the latest."""

    def __init__(self, settings: RawLinkSettings) -> None:
        super().__init__(settings, settings.protocol)
        self._pattern = settings.pattern
        self._number: int | None = None

    def send(self, probe: RawProbe) -> int:
        size = probe.size_bytes - self.headers_bytes
        pattern = self._pattern
        self._number = probe.number
        return self._transmit((pattern * (size // len(pattern) + 1))[:size], probe.ttl)

    def _answered(self, data: bytes, about_us: bool) -> int | None:
        return self._number

    def _reply(self, data: bytes, source: str, ttl: int | None) -> RawReply:
        return RawReply(source, len(data), ttl)
