"""A burst of echo requests to many hosts, and the answers that are there after it.

What `ping --multi` is made of: a turn through driver and engine is paid once for the burst.  What is
not a plain answer to us waits for the ordinary `receive`.
"""

from __future__ import annotations

from time import monotonic_ns

from ..packets.checksum import ones_sum
from ..sockets.addresses import address_text
from ..sockets.ancillary import ANCILLARY_BYTES
from ..sockets.timestamps import SO_TIMESTAMPNS, monotonic_from_wall, seconds_and_part

SOL_SOCKET, MSG_DONTWAIT = 1, 0x40
STAMPED = (SOL_SOCKET, SO_TIMESTAMPNS)
ANSWERS = 256  # read at most, so that a storm does not hold up the next burst


def sweep(link, probes) -> tuple[list, int | None, list]:
    """Send `probes` (EchoProbe with a destination) one after the other, then read what has come.

    Returns when each left (monotonic ns), the errno that stopped the sending or None, and the answers as
    (sequence, received_ns).
    """
    number, send, target_of, asked = link._packet.number, link._socket.sendto, link._target_of, link._asked
    sent_ns, refused, size_bytes = [], None, link._packet.payload_bytes
    for probe in probes:
        request = number(probe.sequence, 0)
        if asked is not None:
            asked.note(probe.sequence, probe.destination, size_bytes)
        sent_ns.append(monotonic_ns())
        try:
            send(request, 0, target_of(probe.destination))
        except OSError as refusal:
            sent_ns.pop()
            refused = refusal.errno
            break
    return sent_ns, refused, list(_answers(link))


def _answers(link):
    """(sequence, received_ns) of the plain answers that are there."""
    receive, room_bytes, kind = link._socket.recvmsg, link._room_bytes, link._types.echo_reply
    identifier = link.identifier.to_bytes(2, "big")
    asked, offset = link._asked, 20 if link._with_ip_header else 0
    to_monotonic_ns = monotonic_from_wall(0)
    for _ in range(ANSWERS):
        try:
            data, messages, flags, address = receive(room_bytes, ANCILLARY_BYTES, MSG_DONTWAIT)
        except OSError:  # nothing left, or an error that waits in the queue
            return
        plain = (len(data) >= offset + 8 and data[offset] == kind and data[offset + 4:offset + 6] == identifier
                 and messages and messages[0][:2] == STAMPED)
        if not plain or (offset and (data[0] != 0x45 or ones_sum(data[offset:]))):
            link._set_aside(data, messages, flags, address)
            continue
        sequence = (data[offset + 6] << 8) + data[offset + 7]
        if asked is not None and not asked.is_answer(sequence, address_text(address), data, offset + 8):
            continue
        seconds, part = seconds_and_part(messages[0][2])
        yield sequence, seconds * 1_000_000_000 + part + to_monotonic_ns
