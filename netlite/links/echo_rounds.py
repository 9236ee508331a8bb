"""Many echoes in one call: what floods and `ping --multi` are made of.

A round through driver and engine costs about as much as the kernel's part of an echo on this host.
Here it is paid once for many echoes; whatever is not the plain answer ends the round, or waits for the
ordinary `receive` of the link.
"""

from __future__ import annotations

from _socket import MSG_DONTWAIT, SO_RCVTIMEO, SOL_SOCKET
from _struct import Struct
from time import monotonic_ns, time_ns

from ..records.record import Record
from ..sockets.addresses import address_text
from ..sockets.ancillary import ANCILLARY_BYTES
from ..sockets.timestamps import SO_TIMESTAMPNS, TIME, monotonic_less_wall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from ..packets.asked import Asked
    from ..packets.templates import EchoPacket
    from ..records.echo_links import EchoProbe

    Message = tuple[bytes, list[Any], int, tuple[Any, ...]]
    Round = tuple[list[int], list[int], Message | None]

NOT_STAMPED = 0, 0, b""
ANSWERS = 256  # of a burst, read at most, so that a storm does not hold up the next one
set_sequence = Struct("!H").pack_into
set_head = Struct("!HHH").pack_into  # checksum, identifier, sequence
PATIENCE = Struct("@ll").pack(0, 2000)  # for one answer; a slower one is awaited by the driver


class EchoParts(Record):
    """What an echo link lends to a round.

    `packet` is the request and `target` where it goes; `target_of` says that of other destinations.  An answer has
    `echo_reply` for its type and our `identifier`, behind an IP header when `summed` (a raw IPv4 socket: then the
    checksum is ours to make and compare); `asked` knows more of it, where a proof is wanted.  A message that is no
    plain answer goes to `set_aside`, with all that recvmsg said of it.
    """

    socket: Any
    packet: EchoPacket
    target: tuple[Any, ...]
    target_of: Callable[[str], tuple[Any, ...]]
    identifier: int
    echo_reply: int
    summed: bool
    room_bytes: int
    asked: Asked | None
    set_aside: Callable[[bytes, list[Any], int, tuple[Any, ...]], None]


def exchange(parts: EchoParts, probe: EchoProbe, count: int, until_ns: int) -> Round:
    """Send `count` probes from `probe` on, each when the one before is answered, at most until then.

    Returns when they left, when the first of them were answered (all, but for one that has no answer yet), and the
    first answer; one that differs from it in more than its number ends the round.
    All requests carry the stamp of the round's start: nobody reads it, and the checksum then changes with the sequence
    alone.  Raises OSError when the first is refused; a later refusal ends the round.
    """
    socket, target, identifier, summed = parts.socket, parts.target, parts.identifier, parts.summed
    send, receive, host, room_bytes = socket.sendto, socket.recvmsg, target[0], parts.room_bytes
    socket.setsockopt(SOL_SOCKET, SO_RCVTIMEO, PATIENCE)
    to_monotonic_ns = monotonic_less_wall()
    request, answer, request_sum, answer_sum = parts.packet.pair(parts.echo_reply, time_ns())
    start, first_byte, expected = (20, 0x45, answer) if summed else (4, answer[0], answer[4:])
    sent_ns: list[int] = []
    stamps: list[bytes] = []  # of the answers to these
    first: Message | None = None
    for number in range(probe.sequence, probe.sequence + count):
        sequence = number & 0xFFFF
        if summed:
            set_head(request, 2, -(request_sum + sequence) % 65535, identifier, sequence)
            set_head(expected, 2, -(answer_sum + sequence) % 65535, identifier, sequence)
        else:
            set_sequence(request, 6, sequence)
            set_sequence(expected, 2, sequence)
        left_ns = monotonic_ns()
        try:
            send(request, 0, target)
        except OSError:
            if sent_ns:
                break
            raise
        sent_ns.append(left_ns)
        try:
            data, messages, flags, address = receive(room_bytes, ANCILLARY_BYTES)
        except OSError:  # no answer yet, or an error that waits in the queue
            break
        level, kind, stamp = messages[0] if messages else NOT_STAMPED
        if first is None:
            first, ttl, more = (data, messages, flags, address), data[8:9], messages[1:]
        if (data[start:] != expected or data[0] != first_byte or address[0] != host or kind != SO_TIMESTAMPNS
                or level != SOL_SOCKET or summed and data[8:9] != ttl or messages[1:] != more):
            parts.set_aside(data, messages, flags, address)
            break
        stamps.append(stamp)
        if left_ns >= until_ns:
            break
    return sent_ns, _times(stamps, to_monotonic_ns), first if stamps else None


def _times(stamps: list[bytes], to_monotonic_ns: int) -> list[int]:
    """The times (monotonic ns) of the kernel's stamps."""
    return [seconds * 1_000_000_000 + part + to_monotonic_ns for seconds, part in TIME.iter_unpack(b"".join(stamps))]


def exchange_ahead(parts: EchoParts, probe: EchoProbe, count: int, until_ns: int,
                   window: int) -> Round:
    """As `exchange`, with `window` probes under way at once, which are answered in order; the last ones are awaited."""
    socket, host, summed = parts.socket, parts.target[0], parts.summed
    socket.setsockopt(SOL_SOCKET, SO_RCVTIMEO, PATIENCE)
    to_monotonic_ns = monotonic_less_wall()
    request, answer, request_sum, answer_sum = parts.packet.pair(parts.echo_reply, time_ns())
    start = 20 if summed else 4
    sent_ns: list[int] = []
    stamps: list[bytes] = []  # of the answers to the first of these
    first: Message | None = None
    while True:
        while len(sent_ns) - len(stamps) < window and len(sent_ns) < count and (not sent_ns or sent_ns[-1] < until_ns):
            _number(request, request_sum, parts, probe.sequence + len(sent_ns))
            sent_ns.append(monotonic_ns())
            try:
                socket.sendto(request, 0, parts.target)
            except OSError:
                sent_ns.pop()
                count = len(sent_ns)
                if not sent_ns:
                    raise
                break
        if len(stamps) == len(sent_ns):
            break
        try:
            data, messages, flags, address = socket.recvmsg(parts.room_bytes, ANCILLARY_BYTES)
        except OSError:  # no answer yet, or an error that waits in the queue
            break
        level, kind, stamp = messages[0] if messages else NOT_STAMPED
        if first is None:
            first, ttl, more = (data, messages, flags, address), data[8:9], messages[1:]
        _number(answer, answer_sum, parts, probe.sequence + len(stamps))
        if (data[start:] != (answer if summed else answer[start:]) or address[0] != host or kind != SO_TIMESTAMPNS
                or level != SOL_SOCKET or data[0] != (0x45 if summed else answer[0]) or summed and data[8:9] != ttl
                or messages[1:] != more):
            parts.set_aside(data, messages, flags, address)
            break
        stamps.append(stamp)
    return sent_ns, _times(stamps, to_monotonic_ns), first if stamps else None


def _number(message: bytearray, summed: int, parts: EchoParts, sequence: int) -> None:
    """Write a sequence number, and the checksum where it is ours to make; `summed` is the sum without either."""
    sequence &= 0xFFFF
    if parts.summed:
        set_head(message, 2, -(summed + sequence) % 65535, parts.identifier, sequence)
    else:
        set_sequence(message, 6, sequence)


def sweep(parts: EchoParts, probes: Sequence[EchoProbe]) -> tuple[list[int], int | None, list[tuple[int, int]]]:
    """Send `probes`, each with a destination, one after the other, then read what has come.

    Returns when each left (monotonic ns), the errno that stopped the sending or None, and the answers as
    (sequence, received_ns).
    """
    send, target_of, summed, identifier = parts.socket.sendto, parts.target_of, parts.summed, parts.identifier
    request, answer, request_sum, answer_sum = parts.packet.pair(parts.echo_reply, 0)
    if parts.asked is not None:
        parts.asked.note_all({sequence: destination for _, sequence, _, _, destination in probes})
    sent_ns: list[int] = []
    refused = None
    for _, sequence, _, _, destination in probes:
        if summed:
            set_head(request, 2, -(request_sum + sequence) % 65535, identifier, sequence)
        else:
            set_sequence(request, 6, sequence)
        try:
            target = (destination, 0) if summed else target_of(destination)  # whose zone may be gone
            left_ns = monotonic_ns()
            send(request, 0, target)
        except OSError as refusal:
            refused = refusal.errno
            break
        sent_ns.append(left_ns)
    return sent_ns, refused, _answers(parts, answer, answer_sum)


def _answers(parts: EchoParts, answer: bytearray, answer_sum: int) -> list[tuple[int, int]]:
    """(sequence, received_ns) of the plain answers that are there: those that bring a request back, byte by byte."""
    receive, room_bytes, summed, asked = parts.socket.recvmsg, parts.room_bytes, parts.summed, parts.asked
    plain = Struct(f"!{20 if summed else 0}xHHHH{len(answer) - 8}s")
    take_apart, size_bytes, first_byte = plain.unpack, plain.size, 0x45 if summed else answer[0]
    type_and_code, identifier, payload = answer[0] << 8, parts.identifier, bytes(answer[8:])
    destination_of = None if asked is None else asked.destinations.get
    to_monotonic_ns = monotonic_less_wall()
    sequences: list[int] = []
    stamps: list[bytes] = []
    for _ in range(ANSWERS):
        try:
            data, messages, flags, address = receive(room_bytes, ANCILLARY_BYTES, MSG_DONTWAIT)
        except OSError:  # nothing left, or an error that waits in the queue
            break
        level, kind, stamp = messages[0] if messages else NOT_STAMPED
        if len(data) != size_bytes or data[0] != first_byte or kind != SO_TIMESTAMPNS or level != SOL_SOCKET:
            parts.set_aside(data, messages, flags, address)
            continue
        told, checksum, whose, sequence, back = take_apart(data)
        if (back != payload or told != type_and_code or whose != identifier
                or summed and checksum != -(answer_sum + sequence) % 65535):
            parts.set_aside(data, messages, flags, address)
            continue
        if asked is not None and destination_of is not None:
            source = address[0] if summed else address_text(address)
            if destination_of(sequence) != source and not asked.went_to(sequence, source):
                continue
        sequences.append(sequence)
        stamps.append(stamp)
    received_ns = _times(stamps, to_monotonic_ns)
    now_ns = monotonic_ns()
    if received_ns and max(received_ns) > now_ns:  # the wall clock has been set since
        received_ns = [min(at_ns, now_ns) for at_ns in received_ns]
    return list(zip(sequences, received_ns))
