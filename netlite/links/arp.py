"""ARP probes on one wire: who else has an address of ours.

*From the kernel*: packet(7), SOCK_DGRAM: the kernel makes the frame's header.  Needs CAP_NET_RAW.
"""

from __future__ import annotations

import _socket
from errno import EAFNOSUPPORT
from time import monotonic_ns

from ..feature_errors import MalformedPacket
from ..packets.arp import ETHERNET, make_probe, read_arp
from ..records.arp import ArpReply
from .link import Arrival, Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.arp import ArpLinkSettings, ArpProbe

AF_PACKET, ARP_PROTOCOL, OUTGOING = 17, 0x0806, 4
EVERYBODY = b"\xff" * 6
ROOM_BYTES, AT_ONCE = 64, 256


class ArpLink(Link):
    """Asks `settings.device` who has `settings.address`; ArpReply in, from whoever else says that it does.

    Raises OSError: EPERM without CAP_NET_RAW, ENODEV without the device, EAFNOSUPPORT where it has no Ethernet.
    """

    def __init__(self, settings: ArpLinkSettings):
        self._settings = settings
        kind = _socket.SOCK_DGRAM | _socket.SOCK_NONBLOCK | _socket.SOCK_CLOEXEC
        self._socket = _socket.socket(AF_PACKET, kind, 0)
        try:
            self._socket.bind((settings.device, ARP_PROTOCOL))
            _, _, _, hardware_type, self._hardware = self._socket.getsockname()
            if hardware_type != ETHERNET:
                raise OSError(EAFNOSUPPORT, "Address family not supported by protocol")
        except BaseException:
            self._socket.close()
            raise

    def send(self, probe: ArpProbe) -> int:
        sent_ns = monotonic_ns()
        self._socket.sendto(make_probe(self._hardware, self._settings.address),
                            (self._settings.device, ARP_PROTOCOL, 0, 0, EVERYBODY))
        return sent_ns

    def receive(self) -> list[Arrival]:
        arrivals = []
        for _ in range(AT_ONCE):
            try:
                data, (_, _, kind, _, _) = self._socket.recvfrom(ROOM_BYTES)
            except BlockingIOError:
                break
            try:
                said = read_arp(data)
            except MalformedPacket:
                continue
            if kind != OUTGOING and said.address == self._settings.address:
                reply = ArpReply(said.address, said.hardware)
                arrivals.append(Arrival(monotonic_ns(), reply))  # type: ignore[arg-type]
        return arrivals

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()
