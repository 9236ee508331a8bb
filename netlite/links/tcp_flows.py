"""TCP segments in flows: one source port for all probes of a flow, and a sequence number that tells them apart.

Routers tell flows apart by addresses, protocol and ports (RFC 2992).  The sequence number is in the eight bytes that
even the oldest routers quote (RFC 792), and in what the target acknowledges (RFC 9293 section 3.10.7.1).
"""

from __future__ import annotations

from _struct import Struct
from errno import EADDRINUSE

from ..errors import KernelRefused
from ..records.tcp_flags import ACK, SYN
from .tcp_probe import TcpLink

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _socket

    from ..records.raw_links import TcpLinkSettings, TcpProbe

HEADER = Struct("!HHIIxB")  # ports, sequence and acknowledgement numbers, flags
QUOTED = Struct("!HHI")  # of it, what is quoted at least
REMEMBERED = 65536


class SentSegments:
    """The probes of all flows, the latest `REMEMBERED`, by what an answer shows of them."""

    def __init__(self, flags: int) -> None:
        self._counted = int(bool(flags & SYN))  # what a segment adds to the sequence number that is acknowledged
        self._numbers: dict[tuple[int, int], int] = {}  # (source port, sequence number): probe
        self._open: dict[int, set[int]] = {}  # by source port: the probes not answered yet

    def add(self, probe: TcpProbe) -> None:
        """A probe leaves."""
        self._numbers[probe.source_port, probe.sequence] = probe.number
        self._open.setdefault(probe.source_port, set()).add(probe.number)
        if len(self._numbers) > REMEMBERED:
            oldest = next(iter(self._numbers))
            self._open[oldest[0]].discard(self._numbers.pop(oldest))

    def quoted(self, source_port: int, sequence: int) -> int | None:
        """The number of a probe that an error quotes."""
        number = self._numbers.get((source_port, sequence))
        if number is not None:
            self._open[source_port].discard(number)
        return number

    def answered(self, source_port: int, flags: int, acknowledgement: int) -> int | None:
        """The number of the probe that a segment answers; without an acknowledgement the only one that is open."""
        if flags & ACK:
            return self.quoted(source_port, acknowledgement - self._counted & 0xFFFFFFFF)
        left = self._open.get(source_port, set())
        return left.pop() if len(left) == 1 else None


class TcpFlowLink(TcpLink):
    """Segments with given source ports, held as long as the run; `identifier` is that of the first flow, which a probe
    without a port belongs to.  TcpReply and IcmpError in, with the number of their probe.

    Needs CAP_NET_RAW.  Raises OSError and KernelRefused as `tcp_probe.TcpLink`.
    """

    def __init__(self, settings: TcpLinkSettings) -> None:
        super().__init__(settings.replace(source_port=None))
        self._holders: dict[int, _socket.socket] = {}
        self._sent = SentSegments(settings.flags)
        try:
            holder = self._hold_port(settings.source_port or 0)
        except BaseException:
            self.close()
            raise
        self.identifier: int = holder.getsockname()[1]
        self._holders[self.identifier] = holder

    def send(self, probe: TcpProbe) -> int:
        if not probe.source_port:
            probe = probe.replace(source_port=self.identifier)
        if probe.source_port not in self._holders:
            try:
                self._holders[probe.source_port] = self._hold_port(probe.source_port)
            except KernelRefused as refusal:
                if refusal.errno != EADDRINUSE:
                    raise
                raise OSError(refusal.errno, "bind") from None  # somebody else has that port
        self._sent.add(probe)
        self._port = probe.port
        return self._transmit(self._segment(probe, probe.source_port), probe.ttl)

    def close(self) -> None:
        for holder in self._holders.values():
            holder.close()
        super().close()

    def _answered(self, data: bytes, about_us: bool) -> int | None:
        if about_us:
            if len(data) < QUOTED.size:
                return None
            near, far, sequence = QUOTED.unpack_from(data)
            return self._sent.quoted(near, sequence) if far == self._port else None
        if len(data) < HEADER.size:
            return None
        far, near, _, acknowledgement, flags = HEADER.unpack_from(data)
        return self._sent.answered(near, flags, acknowledgement) if far == self._port else None
