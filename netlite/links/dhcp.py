"""The link of a DHCP client: it sends before it has an address, and hears what is for its card.

*From the kernel*: packet(7), SOCK_DGRAM: the kernel makes the frame's header, we make the IP packet.  Needs CAP_NET_RAW.
"""

from __future__ import annotations

import _socket
from errno import EAFNOSUPPORT
from time import monotonic_ns

from ..errors import MalformedPacket
from ..packets.arp import ETHERNET
from ..packets.dhcp import datagram, make_message, read_datagram
from ..records.dhcp import CLIENT_PORT, EVERYBODY, SERVER_PORT
from .link import Arrival, Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.dhcp import DhcpLinkSettings, DhcpProbe

AF_PACKET, IP_PROTOCOL, OUTGOING = 17, 0x0800, 4
SO_BINDTODEVICE = 25
BROADCAST_FRAME = b"\xff" * 6
ROOM_BYTES, AT_ONCE = 2048, 256


class DhcpLink(Link):
    """Speaks as the client on `settings.device`; DhcpReply in, whoever sent it.

    Raises OSError: EPERM without CAP_NET_RAW, ENODEV without the device, EAFNOSUPPORT where it has no Ethernet,
    EADDRINUSE where another client has port 68.
    """

    def __init__(self, settings: DhcpLinkSettings):
        self._settings = settings
        kind = _socket.SOCK_DGRAM | _socket.SOCK_NONBLOCK | _socket.SOCK_CLOEXEC
        self._packets = _socket.socket(AF_PACKET, kind, 0)
        self._datagrams: _socket.socket | None = None
        try:
            self._packets.bind((settings.device, IP_PROTOCOL))
            _, _, _, hardware_type, hardware = self._packets.getsockname()
            if hardware_type != ETHERNET:
                raise OSError(EAFNOSUPPORT, "Address family not supported by protocol")
            self.hardware = hardware.hex(":")
            # The port is ours, so that the kernel does not refuse answers; they are read from the packets.
            self._datagrams = _socket.socket(_socket.AF_INET, kind, 0)
            self._datagrams.setsockopt(_socket.SOL_SOCKET, SO_BINDTODEVICE, settings.device.encode())
            self._datagrams.setsockopt(_socket.SOL_SOCKET, _socket.SO_RCVBUF, 0)
            self._datagrams.bind(("0.0.0.0", CLIENT_PORT))
        except BaseException:
            self.close()
            raise

    def send(self, probe: DhcpProbe) -> int:
        sent_ns = monotonic_ns()
        if probe.destination != EVERYBODY and self._datagrams is not None:
            self._datagrams.sendto(make_message(probe.message), (probe.destination, SERVER_PORT))
            return sent_ns
        packet = datagram(probe.message, probe.source, probe.destination, CLIENT_PORT, SERVER_PORT)
        self._packets.sendto(packet, (self._settings.device, IP_PROTOCOL, 0, 0, BROADCAST_FRAME))
        return sent_ns

    def receive(self) -> list[Arrival]:
        arrivals = []
        for _ in range(AT_ONCE):
            try:
                data, (_, _, kind, _, _) = self._packets.recvfrom(ROOM_BYTES)
            except BlockingIOError:
                break
            if kind == OUTGOING:
                continue
            try:
                reply = read_datagram(data, CLIENT_PORT)
            except MalformedPacket:
                continue
            arrivals.append(Arrival(monotonic_ns(), reply))  # type: ignore[arg-type]
        return arrivals

    def fileno(self) -> int:
        return self._packets.fileno()

    def close(self) -> None:
        self._packets.close()
        if self._datagrams is not None:
            self._datagrams.close()
