"""The TCP links of the network in memory: segments from a raw socket, in flows, and the kernel's own SYNs."""

from __future__ import annotations

from ...links.link import Arrival
from ...links.tcp_flows import SentSegments
from ...packets.transport import make_tcp, read_tcp
from ...records.family import IpProtocol
from ...records.raw_links import TcpReply
from ...records.replies import IcmpError
from ...records.tcp_flags import SYN
from .link import SimulatedLink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...records.raw_links import TcpLinkSettings, TcpProbe
    from ...records.replies import Reply
    from .link import Host
    from .transit import Transit


class SimulatedTcpLink(SimulatedLink):
    """As `links.tcp_probe`: segments from a raw socket."""

    settings: TcpLinkSettings

    def __init__(self, network: Host, settings: TcpLinkSettings):
        super().__init__(network, settings, IpProtocol.TCP)
        self._probes: dict[tuple[int | None, int | None], int] = {}  # our port and theirs: the number of the probe
        network.source_for(settings.destination)

    def send(self, probe: TcpProbe) -> int:
        settings = self.settings
        port = probe.source_port or settings.source_port or self.network.next_port()
        room_bytes = self.network.path_mtu(settings.destination) - settings.family.header_bytes - 20
        mss_bytes = (settings.mss_bytes or room_bytes) if settings.flags & 2 else None

        what = (port, probe.port, probe.sequence, settings.flags, 4 * room_bytes & 0xFFFF,
                mss_bytes and mss_bytes & 0xFFFF, settings.sack, settings.timestamp, settings.window_scale)
        self._probes[port, probe.port] = probe.number
        size_bytes = len(self.made(settings.family.any, settings.family.any, what))
        return self.send_packet(settings.destination, size_bytes, what, probe.ttl)

    def made(self, source: str, destination: str, what: Any) -> bytes:
        return make_tcp(self._family.version, source, destination, *what)

    def take(self, came: Transit, reply: Reply | None, errno: int | None) -> None:
        if came.header.protocol == IpProtocol.TCP:
            reply = read_tcp(came.data, came.header.source, came.ttl)
        elif type(reply) is not IcmpError or reply.quote is None or errno is None \
                or reply.quote.protocol != IpProtocol.TCP:
            return
        else:
            reply = reply.replace(errno=errno)
        number = self.number_of(reply)
        if number is not None:
            self._arrived.append(Arrival(came.at_ns, reply, None, number))

    def number_of(self, reply: TcpReply | IcmpError) -> int | None:
        """The probe that a segment answers or an error quotes."""
        if isinstance(reply, TcpReply):
            return self._probes.pop((reply.destination_port, reply.source_port), None)
        quote = reply.quote
        return None if quote is None else self._probes.pop((quote.source_port, quote.destination_port), None)


class SimulatedTcpFlowLink(SimulatedTcpLink):
    """As `links.tcp_flows`."""

    def __init__(self, network: Host, settings: TcpLinkSettings):
        network.need_raw()
        super().__init__(network, settings)
        self.identifier: int = settings.source_port or network.next_port()
        self._sent = SentSegments(settings.flags)

    def send(self, probe: TcpProbe) -> int:
        probe = probe if probe.source_port else probe.replace(source_port=self.identifier)
        self._sent.add(probe)
        return super().send(probe)

    def number_of(self, reply: TcpReply | IcmpError) -> int | None:
        if isinstance(reply, TcpReply):
            return self._sent.answered(reply.destination_port, reply.flags, reply.acknowledgement)
        quote = reply.quote
        return None if quote is None else self._sent.quoted(quote.source_port or 0, quote.sequence or 0)


class SimulatedConnectLink(SimulatedTcpLink):
    """As `links.tcp_connect`: the kernel's own SYNs, whose answers it keeps to itself but for what they mean."""

    def __init__(self, network: Host, settings: TcpLinkSettings):
        super().__init__(network, settings.replace(flags=SYN, sack=True, timestamp=1, window_scale=7))

    def take(self, came: Transit, reply: Reply | None, errno: int | None) -> None:
        super().take(came, reply, errno)
        self._arrived = [each.replace(reply=told(each.reply)) if isinstance(each.reply, TcpReply) else each
                         for each in self._arrived]


def told(reply: TcpReply) -> TcpReply:
    """A segment as far as who called connect(2) hears of it."""
    return TcpReply(reply.source, reply.source_port, reply.destination_port, reply.flags)
