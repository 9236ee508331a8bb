"""One echo after the other, as fast as the answers come: what a quiet flood is made of.

A round through driver and engine costs about as much as the kernel's part of an echo on this host.
Here it is paid once for many echoes; whatever is not the plain answer ends the round.
"""

from __future__ import annotations

from struct import Struct
from time import time_ns

from ..sockets.ancillary import ANCILLARY_BYTES
from ..sockets.timestamps import SO_TIMESTAMPNS, monotonic_from_wall, seconds_and_part

SOL_SOCKET, SO_RCVTIMEO = 1, 20
NOT_STAMPED = 0, 0, b""
set_sequence = Struct("!H").pack_into
set_head = Struct("!HHH").pack_into  # checksum, identifier, sequence
PATIENCE = Struct("@ll").pack(0, 2000)  # for one answer; a slower one is awaited by the driver


def exchange(link, probe, count: int, until_ns: int) -> tuple[list, int | None]:
    """Send `count` probes from `probe` on, each when the one before is answered, at most until then.

    Returns the (sent_ns, received_ns) of those answered, and when the one after them left, if it
    did and has no answer yet.  All requests carry the stamp of the round's start: nobody reads it, and
    the checksum then changes with the sequence alone.  Raises OSError when the first is refused; a later
    refusal ends the round.
    """
    socket, target = link._socket, link._target
    socket.setsockopt(SOL_SOCKET, SO_RCVTIMEO, PATIENCE)
    host, identifier, room_bytes = target[0], link.identifier, link._room_bytes
    to_monotonic_ns = monotonic_from_wall(0)
    summed = link._with_ip_header     # a raw IPv4 socket: we make the checksum, and compare it
    request, answer, request_sum, answer_sum = link._packet.pair(link._types.echo_reply, time_ns())
    start = 20 if summed else 4
    until_wall_ns = until_ns - to_monotonic_ns
    times, sequence, left_ns = [], probe.sequence, 0
    while len(times) < count and left_ns < until_wall_ns:
        if summed:
            set_head(request, 2, -(request_sum + sequence) % 65535, identifier, sequence)
            set_head(answer, 2, -(answer_sum + sequence) % 65535, identifier, sequence)
            expected = answer
        else:
            set_sequence(request, 6, sequence)
            set_sequence(answer, 6, sequence)
            expected = answer[start:]
        left_ns = time_ns()
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
        level, kind, stamp = messages[0] if messages else NOT_STAMPED
        if (data[start:] != expected or address[0] != host or kind != SO_TIMESTAMPNS or level != SOL_SOCKET
                or data[0] != (0x45 if summed else answer[0])):
            link._set_aside(data, messages, address)
            return times, left_ns + to_monotonic_ns
        seconds, part = seconds_and_part(stamp)
        times.append((left_ns + to_monotonic_ns, seconds * 1_000_000_000 + part + to_monotonic_ns))
        sequence = (sequence + 1) & 0xFFFF
    return times, None
