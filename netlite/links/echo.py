"""The link for ICMP echo: ping of both families, traceroute -I, many targets at once.

*On the wire*: echo request and reply (RFC 792, RFC 4443 section 4).  *From the kernel*: icmp(7), raw(7),
ip(7) IP_RECVERR, Documentation/networking/timestamping.rst.
"""

from __future__ import annotations

from _socket import AF_INET, inet_ntop
from _struct import Struct
from posix import urandom
from time import monotonic_ns, time_ns

from ..engines.events import CLOCK_ERROR_NS
from ..errors import KernelRefused
from ..packets.checksum import is_valid
from ..packets.templates import EchoPacket
from ..records.echo_links import EchoReply, KernelStamps, Proof
from ..records.icmp import Icmp, Icmp6
from ..sockets.addresses import address_text, socket_address
from ..sockets.ancillary import (
    ANCILLARY_BYTES,
    AT_ONCE,
    FROM_ERROR_QUEUE,
    MSG_DONTWAIT,
    TRIES,
    read_ancillary,
    read_waiting,
    transmit_stamp,
)
from ..sockets.filters import pass_identifier, pass_types
from ..sockets.icmp import ICMP_HEADER_BYTES, RAW, configure
from ..sockets.settings import OPTIONS, is_multicast, lease_flow_label, set_option
from ..sockets.timestamps import ask_transmit_stamps, no_transmit_stamps
from .echo_storms import Storms
from .link import Arrival, Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _socket
    from collections.abc import Sequence

    from ..packets.asked import Asked
    from ..records.echo_links import EchoLinkSettings, EchoProbe
    from ..records.extensions import IcmpObject
    from ..records.replies import Quote
    from ..sockets.addresses import SocketAddress
    from ..sockets.ancillary import Ancillary, QueuedError
    from .echo_rounds import EchoParts

    Stamped = int | tuple[str, int]
    """A probe whose stamp is awaited: its sequence number, with its destination where it has one of its own."""
    Messages = list[tuple[int, int, bytes]]

MSG_TRUNC, MSG_CONFIRM = 0x20, 0x800
IDENTIFIER_AND_SEQUENCE = Struct("!HH")
ROOM_BYTES = {4: 136, 6: 4152}  # beyond the payload, as iputils has it; what is longer is cut
PATTERN = bytes(range(256))  # what follows the payload where a probe is longer
PACKETS_KEPT = 64  # of as many sizes of payload
QUOTE_BYTES = 2048  # of an error: its quote, and the extensions behind it
MESSAGES_AT_ONCE = 256  # of others: more than wait before their filter is attached
STAMPS_AWAITED = 256  # a device that has not stamped that many does not stamp
STAMPS_KEPT = 4096  # of the last probes; the round trips of later answers begin with our own stamps


def _new_asked(settings: EchoLinkSettings) -> Asked:
    from ..packets.asked import TOKEN_BYTES, Asked

    return Asked(settings, urandom(TOKEN_BYTES))


def _within(sent_ns: list[int], received_ns: list[int], read_ns: list[int]) -> list[int]:
    """The times of answers in a round in which somebody set the wall clock, which the kernel stamps them with: what is
    no time between the sending and the reading is that of the reading."""
    return [came_ns if left_ns - CLOCK_ERROR_NS <= came_ns <= latest_ns else latest_ns
            for left_ns, came_ns, latest_ns in zip(sent_ns, received_ns, read_ns)]


class EchoLink(Link):
    """Echo requests out; EchoReply and IcmpError in.

    With `ip_options` the answers' options are in EchoReply.options.  Errors come from the error queue (with
    `errno`; origin LOCAL after a refused send), redirects and source quench on a raw socket from the wire
    (`errno` None).

    A subclass may send other messages than echo requests: `packet_of` makes and `read_message` reads them, which
    sets `confirm`; `room_bytes` is how long a message may be.
    """

    def __init__(self, socket: _socket.socket, kind: str, settings: EchoLinkSettings):
        self.kind = kind
        self.warnings: list[tuple[str, int]] = []
        self._identifier = configure(socket, kind, settings, self.warnings)
        self.identifier: int = self._identifier.number
        self.flow_label = None if settings.flow_label is None else lease_flow_label(socket, settings)
        self._socket = socket
        self._settings = settings
        self._version = settings.family.version
        self._types = Icmp if self._version == 4 else Icmp6
        self._with_ip_header = kind == RAW and self._version == 4
        self._filtered = kind != RAW
        if settings.proof:
            self._filter_foreign()
        self._asked = _new_asked(settings) if settings.proof == Proof.TOKEN else None
        self._packets: dict[int, EchoPacket] = {}
        self.room_bytes = 0
        self._packet = self.packet_of(len(settings.payload))
        self._target = self._target_of(settings.destination)
        if settings.connected:
            self.connect()
        self._ttl: int | None = None
        self.confirm = 0  # after a reply: the neighbour is alive, no ARP needed to find that out
        self._waiting: list[Arrival] = []
        self._stamping = settings.kernel_stamps == KernelStamps.BOTH and ask_transmit_stamps(socket)
        self._sends = 0  # the kernel numbers its transmit stamps as we number the sends
        self._unstamped: dict[int, Stamped] = {}
        self._left_ns: dict[Stamped, int] = {}
        self._storms = Storms(self._types.ECHO_REQUEST, self.identifier, kind == RAW, bool(settings.proof))

    def send(self, probe: EchoProbe) -> int:
        """Send one echo request; return our own stamp, taken just before the kernel got it."""
        _, sequence, ttl, size_bytes, destination = probe
        if ttl != self._ttl:
            self._set_ttl(ttl)
        sequence &= 0xFFFF
        packet = self._packet if size_bytes is None else self.packet_of(size_bytes)
        target = self._target if destination is None else self._target_of(destination)
        data = packet.number(sequence, time_ns())
        if self._asked is not None:
            self._asked.note(sequence, destination or self._settings.destination, packet.payload_bytes)
        if self._stamping:
            self._expect_stamp(sequence, destination)
        if self._storms.heard:
            self._storms.left((sequence,))
        sent_ns = monotonic_ns()
        try:
            self._socket.sendto(data, self.confirm, target)
        except OSError as refusal:
            sent_ns = self._send_again(refusal, data, target, sequence, destination)
        self.confirm = 0
        return sent_ns

    def receive(self) -> list[Arrival]:
        arrivals, self._waiting = self._waiting, []
        if self._unstamped:  # the stamp of a probe is there before its answer
            errors = self._read_errors(stamps_only=True)[0]
            if errors:
                return arrivals + errors + self._read_beside_errors()
        read = failed = 0
        while not arrivals and read < MESSAGES_AT_ONCE:
            try:
                message = self._socket.recvmsg(self.room_bytes, ANCILLARY_BYTES, MSG_DONTWAIT)
            except BlockingIOError:
                return self._read_errors()[0]
            except OSError:  # tells and clears an error that has an entry of its own in the queue
                arrivals, entries = self._read_errors()
                read += entries
                failed = 0 if entries else failed + 1
                if failed == TRIES:
                    raise
                if arrivals:
                    arrivals += self._read_beside_errors()
                continue
            read, failed = read + 1, 0
            arrival = self.read_message(*message)
            if arrival is not None:
                arrivals.append(arrival)
        return arrivals

    def exchange(self, probe: EchoProbe, count: int, until_ns: int,
                 window: int = 1) -> tuple[list[int], list[int], EchoReply | None]:
        if self._stamping or self._unstamped or self._waiting or self._ttl is not None or self._asked is not None:
            return super().exchange(probe, count, until_ns, window)
        from .echo_rounds import exchange, exchange_ahead

        parts = self._parts()
        sent_ns, received_ns, first = exchange(parts, probe, count, until_ns) if window == 1 else \
            exchange_ahead(parts, probe, count, until_ns, window)
        ended_ns = monotonic_ns()
        if self._storms.heard:
            self._storms.left(range(probe.sequence, probe.sequence + len(sent_ns)))
        read_ns = sent_ns[window:] + [ended_ns] * window  # an answer makes room for the next probe
        if any(map(int.__gt__, sent_ns, received_ns)) or any(map(int.__gt__, received_ns, read_ns)):
            received_ns = _within(sent_ns, received_ns, read_ns)
        arrival = None if first is None else self.read_message(*first)
        reply = None if arrival is None else arrival.reply
        return sent_ns, received_ns, reply if isinstance(reply, EchoReply) else None

    def sweep(self, probes: Sequence[EchoProbe]) -> tuple[list[int], int | None, list[tuple[int, int]]]:
        if self._stamping or self._unstamped or self._waiting or self._settings.one_flow:
            return super().sweep(probes)
        from .echo_rounds import sweep

        if self._storms.heard:
            self._storms.left([probe.sequence for probe in probes])
        return sweep(self._parts(), probes)

    def _parts(self) -> EchoParts:
        from .echo_rounds import EchoParts

        return EchoParts.of((
            self._socket, self._packet, self._target, self._target_of, self.identifier, self._types.ECHO_REPLY,
            self._with_ip_header, self.room_bytes, self._asked, self._set_aside))

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()
        self._identifier.give_back()

    def connect(self) -> None:
        """Have a raw socket take in nothing but what the destination says, and errors about what goes there.

        Raises KernelRefused ("connect") where there is no way.
        """
        try:
            self._socket.connect(self._target)
        except OSError as refusal:
            raise KernelRefused(refusal.errno, "connect") from None

    def read_message(self, data: bytes, messages: Messages, flags: int, address: SocketAddress) -> Arrival | None:
        """An arrival of EchoReply or, on a raw socket, of IcmpError; None for what is not ours."""
        offset, ttl, options, checksum_ok = 0, None, b"", None
        if self._with_ip_header:
            offset = (data[0] & 15) << 2
            ttl, options = data[8], data[20:offset]
        if len(data) < offset + ICMP_HEADER_BYTES:
            return None
        if data[offset] != self._types.ECHO_REPLY:
            return self._read_raw_error(data, offset, messages, flags)
        identifier, sequence = IDENTIFIER_AND_SEQUENCE.unpack_from(data, offset + 4)
        if identifier != self.identifier:
            self._filter_foreign()
            return None
        source = address_text(address)
        if self._asked is not None and not self._asked.is_answer(sequence, source, data, offset + ICMP_HEADER_BYTES):
            return None
        if offset and not flags & MSG_TRUNC:
            checksum_ok = is_valid(data[offset:])
        self.confirm = MSG_CONFIRM
        told = read_ancillary(messages)
        reply = EchoReply.of((source, identifier, sequence, len(data) - offset, data[offset + ICMP_HEADER_BYTES:],
                              ttl if offset else told.ttl, checksum_ok, options or told.options or b"", None))
        left_ns = self._left_ns
        sent_ns = left_ns and (left_ns.get(sequence) or left_ns.get((source, sequence))) or None
        return Arrival.of((told.received_ns or monotonic_ns(), reply, sent_ns, None, None))

    def _set_aside(self, data: bytes, messages: Messages, flags: int, address: SocketAddress) -> None:
        """Keep a message for the next `receive`."""
        arrival = self.read_message(data, messages, flags, address)
        if arrival is not None:
            self._waiting.append(arrival)

    def _read_raw_error(self, data: bytes, offset: int, messages: Messages, flags: int) -> Arrival | None:
        """A redirect or source quench about one of our probes; foreign messages where they are wanted."""
        from ..feature_errors import MalformedPacket
        from ..packets.icmp import read_icmp_packet
        from ..records.replies import IcmpError, IcmpMessage

        try:
            error = read_icmp_packet(data)
        except MalformedPacket:
            return None
        checksum_ok = None if flags & MSG_TRUNC else is_valid(data[offset:])
        received_ns = read_ancillary(messages).received_ns or monotonic_ns()
        if self._settings.foreign and type(error) is IcmpMessage and error.type != self._types.ECHO_REQUEST:
            return Arrival(received_ns, error.replace(checksum_ok=checksum_ok))
        quote = error.quote if type(error) is IcmpError else None
        place = offset + ICMP_HEADER_BYTES + len(quote.header) if quote else 0
        if quote is None or data[place:place + 1] != bytes([self._types.ECHO_REQUEST]) or not self._is_ours(quote):
            self._filter_foreign()
            return None
        if self._storms.is_one_hint_too_many():
            pass_types(self._socket, self._version, (self._types.ECHO_REPLY,))
            return None
        return Arrival(received_ns, error.replace(checksum_ok=checksum_ok))

    def _read_beside_errors(self) -> list[Arrival]:
        """An answer that waits, so that a flood of errors does not hide it: a receive that fails clears the error."""
        for _ in range(TRIES):
            try:
                message = self._socket.recvmsg(self.room_bytes, ANCILLARY_BYTES, MSG_DONTWAIT)
            except BlockingIOError:
                break
            except OSError:  # of one more entry of the queue
                continue
            arrival = self.read_message(*message)
            return [] if arrival is None else [arrival]
        return []

    def _read_errors(self, stamps_only: bool = False) -> tuple[list[Arrival], int]:
        """The error queue, or as much of it as holds stamps that are due: errors about our probes become
        arrivals, transmit stamps are kept.  Also tells how many entries were read."""
        arrivals: list[Arrival] = []
        entries, most = 0, len(self._unstamped) if stamps_only else AT_ONCE
        while most:
            read = read_waiting(self._socket, QUOTE_BYTES, FROM_ERROR_QUEUE, most)
            entries += len(read)
            for data, messages, _, address in read:
                stamp = transmit_stamp(messages)
                if stamp is not None:
                    probe = self._unstamped.pop(stamp[0], None)
                    if probe is not None and stamp[1] is not None:
                        self._keep_stamp(probe, stamp[1])
                    continue
                if self._storms.is_useless(data):
                    continue
                told = read_ancillary(messages)
                arrival = None if told.error is None else self._read_error(data, told.error, told, address)
                if arrival is not None:
                    arrivals.append(arrival)
            most = len(self._unstamped) if stamps_only and read and entries < AT_ONCE else 0
        return arrivals, entries

    def _read_error(self, data: bytes, error: QueuedError, told: Ancillary, address: SocketAddress) -> Arrival | None:
        """An error about one of our probes; a raw socket is also told of those of others."""
        from ..packets.extensions import STEP_BYTES, search
        from ..packets.quote import read_transport
        from ..records.replies import IcmpError, Origin

        family = self._settings.family
        quote: Quote | None = None
        extensions: tuple[IcmpObject, ...] = ()
        if error.origin != Origin.LOCAL:
            quote = read_transport(family.icmp_protocol, data, destination=address_text(address))
            if not self._is_ours(quote) or self.kind == RAW and data[0] != self._types.ECHO_REQUEST:
                return None
            sent_bytes = ICMP_HEADER_BYTES + len(self._settings.payload)
            found = search(data, family.header_bytes, sent_bytes, STEP_BYTES[self._version])
            extensions = found[1] if found else ()
        reply = IcmpError(error.origin, error.offender, error.type, error.code, error.info, error.errno, told.ttl,
                          quote, extensions, self._gateway(error))
        sent_ns = None if quote is None or quote.sequence is None else self._left_ns.get(quote.sequence)
        return Arrival(told.received_ns or monotonic_ns(), reply, sent_ns)

    def _is_ours(self, quote: Quote) -> bool:
        """Whether a quoted echo request is one of our probes; a datagram socket is told of no others."""
        if self._asked is not None:
            return quote.identifier == self.identifier and self._asked.is_quoted(quote)
        from ..packets.asked import is_same
        from ..packets.ip import packed

        target = self._settings.destination
        if quote.identifier != self.identifier and self.kind == RAW or quote.destination is None:
            return False
        return is_same(quote.destination, target) or not any(packed(target))

    def _gateway(self, error: QueuedError) -> str | None:
        """The router a redirect names, which the error queue tells as a number."""
        from ..records.replies import Origin

        if error.origin != Origin.ICMP or error.type != Icmp.REDIRECT:
            return None
        return inet_ntop(AF_INET, error.info.to_bytes(4, "big"))

    def _send_again(self, refusal: OSError, data: bytes | bytearray, target: SocketAddress, sequence: int,
                    destination: str | None) -> int:
        """A send may fail with the error of an earlier probe, which the kernel tells once; the
        packet has then not left, and is sent again.  Other refusals are raised."""
        from ..records.replies import IcmpError, Origin

        for _ in range(TRIES):
            self._waiting += self._read_errors()[0]
            self._restart_stamps()
            told_once = any(isinstance(reply, IcmpError) and reply.errno == refusal.errno
                            and reply.origin != Origin.LOCAL for _, reply, *_ in self._waiting)
            if not told_once:
                break
            if self._stamping:
                self._expect_stamp(sequence, destination)
            sent_ns = monotonic_ns()
            try:
                self._socket.sendto(data, 0, target)
                return sent_ns
            except OSError as another:  # one more came in between
                refusal = another
        raise refusal

    def _expect_stamp(self, sequence: int, destination: str | None) -> None:
        probe: Stamped = sequence if destination is None else (destination, sequence)
        self._left_ns.pop(probe, None)  # the sequence was used before, 65536 probes ago
        self._unstamped[self._sends] = probe
        self._sends += 1
        if len(self._unstamped) > STAMPS_AWAITED:
            self._stamping = False
            self._unstamped.clear()
            no_transmit_stamps(self._socket)

    def _keep_stamp(self, probe: Stamped, left_ns: int) -> None:
        if len(self._left_ns) == STAMPS_KEPT:
            for old in tuple(self._left_ns)[:STAMPS_KEPT // 2]:
                del self._left_ns[old]
        self._left_ns[probe] = left_ns

    def _restart_stamps(self) -> None:
        """After a refused send the kernel's count and ours may differ: begin anew."""
        self._unstamped.clear()
        self._sends = 0
        self._stamping = self._stamping and ask_transmit_stamps(self._socket)

    def _filter_foreign(self) -> None:
        """Others are pinging too: have their replies dropped before they wake us."""
        if not self._filtered:
            self._filtered = True
            pass_identifier(self._socket, self._version, self._types.ECHO_REPLY, self.identifier,
                            self._settings.foreign)

    def packet_of(self, size_bytes: int) -> EchoPacket:
        """What is sent with so many bytes of payload; kept, as most probes have one size."""
        if size_bytes not in self._packets:
            settings = self._settings
            payload = settings.payload[:size_bytes]
            payload += (PATTERN * (size_bytes // len(PATTERN) + 1))[len(payload):size_bytes]
            if self._asked is not None:
                payload = self._asked.with_token(payload)
            if len(self._packets) == PACKETS_KEPT:
                del self._packets[next(iter(self._packets))]
            self._packets[size_bytes] = EchoPacket(self._version, self.identifier, payload, settings.stamped,
                                                   self._with_ip_header, settings.one_flow)
            self.room_bytes = max(self.room_bytes, size_bytes + ROOM_BYTES[self._version])
        return self._packets[size_bytes]

    def _target_of(self, destination: str) -> SocketAddress:
        if self._version == 4:
            return destination, 0
        return socket_address(self._settings.family, destination, 0, self._settings.device, self.flow_label)

    def _set_ttl(self, ttl: int | None) -> None:
        """Set the TTL of the sends from here on; None is the link's, or the kernel's default."""
        options = OPTIONS[self._version]
        option = options.multicast_ttl if is_multicast(self._settings.destination) else options.ttl
        default = -1 if self._settings.ttl is None else self._settings.ttl
        set_option(self._socket, options.level, option, default if ttl is None else ttl)
        self._ttl = ttl
