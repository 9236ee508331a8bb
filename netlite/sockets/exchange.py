"""One echo after the other, as fast as the answers come: what a quiet flood is made of.

A round through driver and engine costs about as much as the kernel's part of an echo on this host.
Here it is paid once for many echoes; whatever is not the plain answer ends the round.
"""

from __future__ import annotations

from struct import Struct
from time import monotonic_ns, time_ns

from ..packets.checksum import ones_sum
from .ancillary import ANCILLARY_BYTES
from .timestamps import SO_TIMESTAMPNS, monotonic_from_wall, seconds_and_part

SOL_SOCKET, SO_RCVTIMEO = 1, 20
STAMPED = (SOL_SOCKET, SO_TIMESTAMPNS)
PATIENCE = Struct("@ll").pack(0, 2000)  # for one answer; a slower one is awaited by the driver


def exchange(link, probe, count: int, until_ns: int) -> tuple[list, int | None]:
    """Send `count` probes from `probe` on, each when the one before is answered, at most until then.

    Returns the (sent_ns, received_ns) of those answered, and when the one after them left, if it
    did and has no answer yet.  Raises OSError when the first is refused; a later refusal ends the round.
    """
    socket, target, number = link._socket, link._target, link._packet.number
    socket.setsockopt(SOL_SOCKET, SO_RCVTIMEO, PATIENCE)
    host, kind, room_bytes = target[0], link._types.echo_reply, link._room_bytes
    to_monotonic_ns, size_bytes = monotonic_from_wall(0), len(link._packet.data)
    offset = 20 if link._with_ip_header else 0
    times, sequence = [], probe.sequence
    while len(times) < count and monotonic_ns() < until_ns:
        left_ns = time_ns()
        request = number(sequence, left_ns)
        try:
            socket.sendto(request, 0, target)
        except OSError:
            if times:
                break
            raise
        try:
            data, messages, _, address = socket.recvmsg(room_bytes, ANCILLARY_BYTES)
        except OSError:  # no answer yet, or an error that waits in the queue
            return times, left_ns + to_monotonic_ns
        plain = (address[0] == host and len(data) == offset + size_bytes and data[offset] == kind
                 and data[offset + 4:] == request[4:] and messages and messages[0][:2] == STAMPED)
        if not plain or (offset and (data[0] != 0x45 or ones_sum(data[offset:]))):
            link._set_aside(data, messages, address)
            return times, left_ns + to_monotonic_ns
        seconds, part = seconds_and_part(messages[0][2])
        times.append((left_ns + to_monotonic_ns, seconds * 1_000_000_000 + part + to_monotonic_ns))
        sequence = (sequence + 1) & 0xFFFF
    return times, None
