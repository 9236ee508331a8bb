"""The DHCP server or relay of a node in a lab of namespaces, a process on packet sockets (packet(7)).

``python -m netlite.lab.kernel.dhcp JSON`` serves until it is ended; it writes a line when it hears.  Packet sockets
pass by the filters by which a plain wire loses packets, so it plays such losses itself.
"""

from __future__ import annotations

import json
import socket
import sys
from random import random
from select import EPOLLIN, epoll
from time import monotonic_ns

from ...engines.dhcp.relay import on_wire, relayed
from ...engines.dhcp.server import DhcpServer, Pool
from ...feature_errors import MalformedPacket
from ...links.dhcp import receive_packet, tell_sums
from ...packets.dhcp import datagram, make_message, read_datagram
from ...records.dhcp import CLIENT_PORT, EVERYBODY, NOBODY, SERVER_PORT, DhcpMessage
from ..scene.topology import Topology

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

IP_PROTOCOL = 0x0800
BROADCAST_FRAME = b"\xff" * 6


def wanted(topology: Topology, node: str, played: tuple[int, ...] = ()) -> str | None:
    """What `main` is to be told for a node; None where it neither serves nor relays.

    `played` are the numbers of wires whose losses are played for all frames.
    """
    found = topology.nodes[node]
    if not found.dhcp and not found.relay:
        return None
    relay = topology.address(found.relay) if found.relay else None
    devices = {port.device: port.ipv4 for port in topology.interfaces(node) if not port.dhcp}
    return json.dumps({"pools": [list(pool) for pool in found.dhcp], "relay": relay, "devices": devices,
                       "losses": _losses(topology, node, played)})


def _losses(topology: Topology, node: str, played: tuple[int, ...]) -> dict[str, float]:
    """The share of packets that get lost to and from each card next to a node, where some do."""
    found = {}
    plain = [wire for number, wire in enumerate(topology.wires) if number not in played]
    for port in topology.interfaces(node):
        for far in topology.next_to(port):
            passing = 1.0
            for wire in plain:
                if wire is port.wire or wire is far.wire:
                    passing *= 0.0 if wire.down else 1 - wire.loss
            if passing < 1:
                found[far.hardware] = 1 - passing
    return found


class Serving:
    """The sockets of a node, and what is said through them."""

    def __init__(self, told: dict[str, Any]):
        self._server = DhcpServer([Pool(network, first, last, lease_s, tuple(routers), tuple(names))
                                   for network, first, last, lease_s, routers, names in told["pools"]])
        self._relay: str | None = told["relay"]
        self._addresses: dict[str, str] = told["devices"]
        self._losses: dict[str, float] = told["losses"]
        self._ready = epoll()
        self._packets: dict[str, socket.socket] = {}
        for device in self._addresses:
            self._packets[device] = heard = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
            tell_sums(heard)
            heard.bind((device, IP_PROTOCOL))
            self._ready.register(heard.fileno(), EPOLLIN)
        # The port is ours, so that the kernel refuses nothing; what comes is read from the packets.
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)
        self._datagrams.bind(("", SERVER_PORT))

    def serve(self) -> None:
        """Until somebody ends this process."""
        devices = {heard.fileno(): device for device, heard in self._packets.items()}
        while True:
            for descriptor, _ in self._ready.poll():
                try:
                    self._hear(devices[descriptor])
                except (MalformedPacket, OSError):
                    continue

    def _hear(self, device: str) -> None:
        """The next packet of a device.  Raises MalformedPacket for those that are not for us."""
        packet, summed = receive_packet(self._packets[device])
        heard = read_datagram(packet, SERVER_PORT, summed)
        own = self._addresses[device] if heard.destination == EVERYBODY else heard.destination
        if own not in self._addresses.values():
            return
        message = heard.message
        if not message.is_request:
            return self._bring(message)
        if self._is_lost(message.hardware):
            return
        said = self._server.hear(monotonic_ns(), message, own)
        if said is not None:
            return self._answer(device, own, said)
        passed_on = relayed(message, own) if self._relay and heard.destination == EVERYBODY else None
        if passed_on is not None and self._relay:
            self._datagrams.sendto(make_message(passed_on), (self._relay, SERVER_PORT))

    def _answer(self, device: str, own: str, said: DhcpMessage) -> None:
        """By the relay, to an address that is in use, or to the client's card."""
        if said.relay != NOBODY:
            self._datagrams.sendto(make_message(said), (said.relay, SERVER_PORT))
        elif said.client != NOBODY and on_wire(said) == said.client:
            self._datagrams.sendto(make_message(said), (said.client, CLIENT_PORT))
        else:
            self._say(device, own, said)

    def _is_lost(self, hardware: str) -> bool:
        """Whether a packet to or from a card gets lost on its wires."""
        return random() < self._losses.get(hardware, 0.0)

    def _bring(self, said: DhcpMessage) -> None:
        """A server's answer, to the wire that its client is on."""
        device = next((device for device, address in self._addresses.items() if address == said.relay), None)
        if self._relay and device is not None:
            self._say(device, said.relay, said)

    def _say(self, device: str, own: str, said: DhcpMessage) -> None:
        destination = on_wire(said)
        if self._is_lost(said.hardware):
            return
        frame = BROADCAST_FRAME if destination == EVERYBODY else bytes.fromhex(said.hardware.replace(":", ""))
        packet = datagram(said, own, destination, SERVER_PORT, CLIENT_PORT)
        self._packets[device].sendto(packet, (device, IP_PROTOCOL, 0, 0, frame))


def main() -> None:
    """The process."""
    serving = Serving(json.loads(sys.argv[1]))
    print("ready", flush=True)
    serving.serve()


if __name__ == "__main__":
    main()
