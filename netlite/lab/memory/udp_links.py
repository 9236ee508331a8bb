"""The UDP links of the network in memory: one socket for all probes or one a probe, and flows."""

from __future__ import annotations

from errno import EMSGSIZE

from ...links.flows import SentProbes
from ...links.link import Arrival
from ...links.udp import UDP_HEADER_BYTES, payload
from ...packets.steering import steer_udp
from ...packets.transport import make_udp
from ...records.links import MtuDiscovery
from ...records.multipath import flow_checksum
from ...records.replies import IcmpError, Quote
from .link import SimulatedLink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...records.replies import Reply
    from ...records.udp_links import UdpLinkSettings, UdpProbe
    from .link import Host
    from .transit import Transit


class SimulatedUdpLink(SimulatedLink):
    """As `links.udp`: one socket for all probes, or one a probe."""

    settings: UdpLinkSettings

    def __init__(self, network: Host, settings: UdpLinkSettings):
        super().__init__(network, settings, settings.protocol)
        self._ports: dict[int, int | None] = {}  # our source ports: the number of their probe
        if not settings.socket_per_probe:
            self._port = settings.source_port or network.next_port()
            self._ports[self._port] = None

    def send(self, probe: UdpProbe) -> int:
        settings, alone = self.settings, self.settings.socket_per_probe
        port = probe.source_port or settings.source_port or self.network.next_port() if alone else self._port
        self._ports[port] = probe.number if alone else None
        data = payload(settings, probe, self.network.clock.now_ns() if settings.stamped else 0)
        return self.send_packet(settings.destination, UDP_HEADER_BYTES + len(data), (port, probe.port, data), probe.ttl)

    def made(self, source: str, destination: str, what: Any) -> bytes:
        return make_udp(self._family.version, source, destination, *what)

    def quoted(self, what: Any) -> Quote | None:
        port, there, _ = what
        # An unconnected IPv4 socket does not know the port any more (ip_local_error, net/ipv4/ip_sockglue.c).
        known = self.settings.socket_per_probe or self._family.version == 6
        return Quote(None, self.settings.destination, self.protocol, source_port=port,
                     destination_port=there if known else 0)

    def take(self, came: Transit, reply: Reply | None, errno: int | None) -> None:
        if type(reply) is not IcmpError or reply.quote is None:
            return
        quote, port = reply.quote, reply.quote.source_port
        if quote.protocol != self.protocol or port not in self._ports:
            return
        if errno is None or (errno == EMSGSIZE and self.settings.mtu_discovery == MtuDiscovery.DONT):
            return
        told = Quote.of((None, quote.destination, self.protocol, None, None, port, quote.destination_port, None, None,
                         quote.payload, b"", None))
        number = self._ports[port]
        origin, source, kind, code, info, _, ttl, _, *more = reply
        error = IcmpError.of((origin, source, kind, code, info, errno, ttl, told, *more))
        self._arrived.append(Arrival.of((came.at_ns, error, None, number, None)))
        if number is not None:
            del self._ports[port]


class SimulatedFlowLink(SimulatedLink):
    """As `links.flows`; errors are heard whole where the node gives out raw sockets."""

    settings: UdpLinkSettings

    def __init__(self, network: Host, settings: UdpLinkSettings):
        super().__init__(network, settings, settings.protocol)
        self.identifier = settings.source_port or network.next_port()
        self._flows: dict[int, SentProbes] = {}

    def send(self, probe: UdpProbe) -> int:
        settings, port = self.settings, probe.source_port
        sent = self._flows.setdefault(port, SentProbes())
        data = payload(settings, probe, 0)
        data = steer_udp(self._source(), settings.destination, port, probe.port, data, flow_checksum(probe.number))
        sent.add(probe.number, data)
        return self.send_packet(settings.destination, UDP_HEADER_BYTES + len(data), (port, probe.port, data), probe.ttl)

    def made(self, source: str, destination: str, what: Any) -> bytes:
        return make_udp(self._family.version, source, destination, *what)

    def quoted(self, what: Any) -> Quote | None:
        port, there, data = what
        return Quote(None, self.settings.destination, self.protocol, source_port=port, destination_port=there,
                     payload=data)

    def receive(self) -> list[Arrival]:
        arrivals = []
        for at_ns, reply, *_ in super().receive():
            number = self._flows[reply.quote.source_port].take(reply.quote)
            if number is not None:
                arrivals.append(Arrival(at_ns, reply, None, number, self._source()))
        return arrivals

    def _source(self) -> str:
        return self.settings.source or self.network.source_for(self.settings.destination)

    def take(self, came: Transit, reply: Reply | None, errno: int | None) -> None:
        if type(reply) is not IcmpError or reply.quote is None:
            return
        quote = reply.quote
        if quote.protocol != self.protocol or quote.source_port not in self._flows:
            return
        if self.network.echo_socket != "raw":  # the error queue: only what the kernel finds a socket for
            if errno is None or quote.destination != self.settings.destination:
                return
            quote = Quote(None, quote.destination, quote.protocol, source_port=quote.source_port,
                          destination_port=quote.destination_port, payload=quote.payload)
        self._arrived.append(Arrival(came.at_ns, reply.replace(errno=errno, quote=quote)))
