"""DHCP on the network in memory: what leaves to all on a wire, who answers there, and the client's link.

Everything that passes is bytes, as on a wire.
"""

from __future__ import annotations

from errno import EAFNOSUPPORT, ENETDOWN

from ...engines.dhcp.relay import on_wire, relayed
from ...feature_errors import MalformedPacket
from ...links.link import Arrival, Link
from ...packets.dhcp import datagram, read_datagram
from ...records.dhcp import CLIENT_PORT, EVERYBODY, SERVER_PORT, DhcpMessage
from ..scene.parts import Interface

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from ...records.dhcp import DhcpLinkSettings, DhcpProbe
    from ...records.replies import Reply
    from ..node.devices import Device
    from .forwarding import Internet
    from .lab import MemoryLab
    from .transit import Transit
    from .virtual_clock import VirtualClock

    class Host(Protocol):
        """What is asked of `network.SimulatedNetwork`."""

        node: str
        clock: VirtualClock
        lab: MemoryLab
        links: list[Any]

        def raw_device(self, name: str) -> Device: ...
        def broadcast(self, port: Interface, packet: bytes) -> None: ...
        def transmit(self, packet: bytes, piece_bytes: int, summed: bool) -> int: ...
        def deliver(self) -> None: ...
        def due_ns(self) -> int | None: ...


def broadcast(internet: Internet, port: Interface, packet: bytes, at_ns: int) -> list[tuple[int, bytes]]:
    """A packet to all on the wire of `port`: the answers of servers and relays there, and when they are back."""
    back: list[tuple[int, bytes]] = []
    for there_ns, far in internet.hearers(port, packet, at_ns):
        node = internet.topology.nodes[far.node]
        own = internet.lab.address_of(far, 4)
        if own is None or not (node.dhcp or node.relay):
            continue
        try:
            message = read_datagram(packet, SERVER_PORT).message
        except MalformedPacket:
            continue
        for ready_ns, said in _answers(internet, far, own, message, there_ns):
            answer = datagram(said, own, on_wire(said), SERVER_PORT, CLIENT_PORT)
            back += [(home_ns, answer) for home_ns, hearer in internet.hearers(far, answer, ready_ns)
                     if hearer is port]
    return back


def _answers(internet: Internet, far: Interface, own: str, message: DhcpMessage,
             at_ns: int) -> list[tuple[int, DhcpMessage]]:
    """What a node says that heard a client, by itself or from the server that it relays to."""
    lab, node = internet.lab, internet.topology.nodes[far.node]
    said = lab.dhcp.hear(lab.topology, far.node, at_ns, message, own)
    if said is not None:
        return [(at_ns, said)]
    passed_on = relayed(message, own) if node.relay else None
    if passed_on is None:
        return []
    server = internet.topology.address(node.relay)
    source, _, errno = internet.places()[far.node].leaving[server]
    if errno:
        return []
    letter = datagram(passed_on, source, server, SERVER_PORT, SERVER_PORT)
    found = []
    for back_ns, answer in internet.send_from(far.node, letter, at_ns):
        try:
            found.append((back_ns, read_datagram(answer, SERVER_PORT).message))
        except MalformedPacket:
            continue                  # an ICMP error: the server is not there
    return found


class SimulatedDhcpLink(Link):
    """As `links.dhcp`, on the network in memory."""

    def __init__(self, network: Host, settings: DhcpLinkSettings):
        self._network, self._device = network, network.raw_device(settings.device)
        if self._device.port is None:
            raise OSError(EAFNOSUPPORT, "Address family not supported by protocol")
        self.hardware = self._device.hardware.hex(":")
        self._arrived: list[Arrival] = []
        network.links.append(self)

    def send(self, probe: DhcpProbe) -> int:
        port, network = self._device.port, self._network
        if port is None or not self._device.is_up:
            raise OSError(ENETDOWN, "Network is down")
        packet = datagram(probe.message, probe.source, probe.destination, CLIENT_PORT, SERVER_PORT)
        if probe.destination == EVERYBODY:
            network.broadcast(port, packet)
        else:
            network.transmit(packet, len(packet), True)
        return network.clock.now_ns()

    def take(self, came: Transit, reply: Reply | None, errno: int | None) -> None:
        """Keep what is for a DHCP client."""
        try:
            heard = read_datagram(came.packet, CLIENT_PORT)
            self._arrived.append(Arrival(came.at_ns, heard))  # type: ignore[arg-type]
        except MalformedPacket:
            pass

    def receive(self) -> list[Arrival]:
        self._network.deliver()
        arrivals, self._arrived = self._arrived, []
        return arrivals

    def due_ns(self) -> int | None:
        return self._network.clock.now_ns() if self._arrived else self._network.due_ns()

    def close(self) -> None:
        if self in self._network.links:
            self._network.links.remove(self)
            self._network.lab.dhcp.before_ns += self._network.clock.now_ns()
