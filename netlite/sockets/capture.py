"""Packets as they pass: a packet socket that sees what this host sends and receives.

*From the kernel*: packet(7), SOCK_DGRAM: packets begin with their IP header.  Needs CAP_NET_RAW.
"""

from __future__ import annotations

import _socket
from _socket import SO_RCVBUF, SOL_SOCKET

from ..records.seen import SeenPacket
from .ancillary import read_waiting
from .capture_filter import capture_program
from .filters import attach, pass_nothing
from .timestamps import ask_receive_stamps, monotonic_from_wall, wall_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..records.seen import Wanted

AF_PACKET, ALL_PROTOCOLS = 17, 0x0003
OUTGOING, OTHER_HOST = 4, 3  # of <linux/if_packet.h>
IP_PROTOCOLS = (0x0800, 0x86DD)
ROOM_BYTES = 1 << 16
BUFFER_BYTES = 4 << 20
PACKETS_AT_ONCE = 1024


class PacketCapture:
    """Sees all IP packets of this network namespace from now on, or what `pass_only` is told of them."""

    def __init__(self) -> None:
        """Raises OSError: EPERM without CAP_NET_RAW."""
        kind = _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC
        self._socket = _socket.socket(AF_PACKET, kind, _socket.htons(ALL_PROTOCOLS))
        if _socket.getdefaulttimeout() is not None:  # of the process: each receive would wait for so long
            self._socket.setblocking(True)
        self._socket.setsockopt(SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES)
        ask_receive_stamps(self._socket)

    def pass_only(self, wanted: Sequence[Wanted]) -> bool:
        """Have the kernel drop what none of `wanted` describes; False where it goes on passing everything."""
        program = capture_program(wanted)
        return program is not None and attach(self._socket, program)

    def receive(self) -> list[SeenPacket]:
        """What passed since the last call, or the first of it; never waits.  Raises OSError."""
        return list(self._packets(PACKETS_AT_ONCE))

    def rest(self) -> list[SeenPacket]:
        """All that passed since the last call; what passes from now on is not seen.  Raises OSError."""
        return list(self._packets(None if pass_nothing(self._socket) else PACKETS_AT_ONCE))

    def _packets(self, most: int | None) -> Iterator[SeenPacket]:
        for data, messages, _, address in read_waiting(self._socket, ROOM_BYTES, most=most):
            _, protocol, packet_type, _, _ = address
            if protocol not in IP_PROTOCOLS or packet_type == OTHER_HOST or not messages:
                continue
            stamp_ns = wall_ns(messages[0][1], messages[0][2])
            yield SeenPacket(monotonic_from_wall(stamp_ns), stamp_ns, packet_type == OUTGOING, bytes(data))

    def close(self) -> None:
        self._socket.close()
