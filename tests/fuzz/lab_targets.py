"""Targets in the lab: frames and packets of any bytes for its routers, and answers of any bytes for a program in it."""

from __future__ import annotations

from packet_targets import PACKETS
from targets import Target

from netlite.feature_errors import MalformedPacket
from netlite.lab.kernel.wires import is_address_resolution
from netlite.lab.memory.forwarding import Internet
from netlite.lab.memory.fragments import Reassembly, cut
from netlite.lab.scene.topology import chain
from netlite.lab.userspace.frames import Port
from netlite.packets.templates import make_echo
from netlite.packets.wire_format import ip_packet

TOPOLOGY = chain(1)
INTERNET = Internet(TOPOLOGY, "client")
PORT = Port(TOPOLOGY.interfaces("r1")[0])
ENDS = {version: tuple(TOPOLOGY.address(node, version) for node in ("client", "server")) for version in (4, 6)}
ETHERNET = bytes.fromhex("026e6c000001020000000001")


def _inside() -> list[bytes]:
    found = []
    for version, (source, destination) in ENDS.items():
        protocol = 1 if version == 4 else 58
        echo = bytes(make_echo(version, 77, 3, bytes(1400), source, destination))
        packet = ip_packet(source, destination, protocol, echo)
        found += [packet, *cut(packet, 1280, 7), ip_packet(source, destination, protocol, echo[:64], ttl=1)]
    return found


def frame(data: bytes) -> None:
    """A frame of a host whose neighbour the lab plays, its fragments put together."""
    packet, answer = PORT.unwrap(data, lambda address: address.endswith("2"))
    assert answer is None or len(answer) >= 14
    if packet:
        WHOLE.add(packet)


def router(data: bytes) -> None:
    """A packet that the node sends into the network in memory."""
    for at_ns, packet in INTERNET.send(data, 0):
        assert at_ns >= 0 and packet[0] >> 4 in (4, 6)


def wire(data: bytes) -> None:
    """A frame on a wire that a process plays."""
    assert is_address_resolution(data) in (True, False)


WHOLE = Reassembly()
INSIDE = _inside()
ARP = bytes.fromhex("0001080006040001020000000001c612010100000000000" + "0c6120102")
TARGETS = (
    Target("frame", frame, [ETHERNET + (b"\x08\0" if each[0] >> 4 == 4 else b"\x86\xdd") + each for each in INSIDE + PACKETS]
           + [ETHERNET + b"\x08\x06" + ARP], (MalformedPacket,)),
    Target("wire", wire, [ETHERNET + (b"\x08\0" if each[0] >> 4 == 4 else b"\x86\xdd") + each for each in INSIDE]),
    Target("router", router, [*INSIDE, *PACKETS], (MalformedPacket,)),
)
