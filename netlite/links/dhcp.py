"""The link of a DHCP client: it sends before it has an address, and hears what is for its card.

*From the kernel*: packet(7), SOCK_DGRAM: the kernel makes the frame's header, we make the IP packet.  Needs
CAP_NET_RAW.
"""

from __future__ import annotations

import _socket
from _struct import Struct
from errno import EAFNOSUPPORT
from time import monotonic_ns

from ..feature_errors import MalformedPacket
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
ROOM_BYTES, AUXILIARY_BYTES, AT_ONCE = 2048, 64, 256
SOL_PACKET, PACKET_AUXDATA, TP_STATUS_CSUMNOTREADY = 263, 8, 8  # <linux/if_packet.h>
STATUS = Struct("I")


def receive_packet(packets: _socket.socket) -> tuple[bytes, bool]:
    """The next packet of a socket that `tell_sums` was called for, and whether its checksum is there, which wires in
    software leave out (packet(7), PACKET_AUXDATA).  One that this host sends is b"".  Raises OSError."""
    data, ancillary, _, (_, _, kind, *_) = packets.recvmsg(ROOM_BYTES, AUXILIARY_BYTES)
    summed = True
    for level, number, value in ancillary:
        if (level, number) == (SOL_PACKET, PACKET_AUXDATA) and len(value) >= STATUS.size:
            summed = not STATUS.unpack_from(value)[0] & TP_STATUS_CSUMNOTREADY
    return (b"" if kind == OUTGOING else data), summed


def tell_sums(packets: _socket.socket) -> None:
    """Have the kernel tell, with each packet, whether its checksum is there."""
    packets.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)


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
            tell_sums(self._packets)
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
                data, summed = receive_packet(self._packets)
            except BlockingIOError:
                break
            try:
                reply = read_datagram(data, CLIENT_PORT, summed)
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
