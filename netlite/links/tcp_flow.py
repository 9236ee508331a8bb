"""TCP segments as probes of one flow: one source port, and the initial sequence number says which probe it is.

Eight bytes are all that the oldest routers quote (RFC 792): the ports and the sequence number.  The host itself
acknowledges one more than that (RFC 9293 section 3.10.7), and our kernel, where nobody listens, answers with a reset.

*On the wire*: TCP (RFC 9293).  *From the kernel*: raw(7).
"""

from __future__ import annotations

from _struct import Struct

from ..packets.templates import make_tcp
from .tcp_probe import SYN, TcpLink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.links import TcpLinkSettings
    from ..records.probes import TcpProbe

HEAD = Struct("!HHL")  # ports, sequence number
ACKNOWLEDGED = Struct("!HHLL")
REMEMBERED = 65536


class SentSegments:
    """The probes of a flow by their sequence numbers, the latest `REMEMBERED`."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}

    def add(self, sequence: int, number: int) -> None:
        """A probe leaves."""
        self._numbers[sequence] = number
        if len(self._numbers) > REMEMBERED:
            del self._numbers[next(iter(self._numbers))]

    def quoted(self, sequence: int | None) -> int | None:
        """The number of a probe that an error quotes."""
        return None if sequence is None else self._numbers.get(sequence)

    def acknowledged(self, acknowledgement: int) -> int | None:
        """The number of a probe that the host answers: a SYN counts as one byte."""
        return self._numbers.get(acknowledgement - 1 & 0xFFFFFFFF)


class TcpFlowLink(TcpLink):
    """SYNs from the port `identifier`; TcpReply and IcmpError in, with the number of their probe."""

    def __init__(self, settings: TcpLinkSettings) -> None:
        super().__init__(settings)
        try:
            self._holder = self._hold_port(settings.source_port or 0)
        except BaseException:
            super().close()
            raise
        self.identifier: int = self._holder.getsockname()[1]
        self._sent = SentSegments()

    def send(self, probe: TcpProbe) -> int:
        settings = self._segments
        self._port = probe.port
        self._sent.add(probe.sequence, probe.number)
        return self._transmit(make_tcp(
            self._version, self._source, self._destination, self.identifier, probe.port, probe.sequence, SYN,
            self._window, self._mss_bytes, settings.sack, settings.timestamp, settings.window_scale), probe.ttl)

    def close(self) -> None:
        self._holder.close()
        super().close()

    def _answered(self, data: bytes, about_us: bool) -> int | None:
        if len(data) < (HEAD if about_us else ACKNOWLEDGED).size:
            return None
        if about_us:
            near, far, sequence = HEAD.unpack_from(data)
            return self._sent.quoted(sequence) if (near, far) == (self.identifier, self._port) else None
        far, near, _, acknowledgement = ACKNOWLEDGED.unpack_from(data)
        return self._sent.acknowledged(acknowledgement) if (near, far) == (self.identifier, self._port) else None
