"""Every packet of a run, with its time: what the links of `recording_network` tell.

Where a capture is allowed (CAP_NET_RAW, or a network in memory) the packets are those of the wire.
Elsewhere they are rebuilt from the probes and replies themselves, and marked so.
"""

from __future__ import annotations

from ..packets.flow import Flow, answered_flow, probe_flow
from ..records.family import IpProtocol
from ..records.seen import SeenPacket, Wanted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..sockets.clock import AnyClock
    from .network import Capture, Network

    Key = tuple[str, int | None, int | None]
    Piece = tuple[bytes, int, bytes]

FRAGMENT_OFFSET_MASK = 0x1FFF
MOST_BYTES = 64 << 20  # that are kept of a run
OF_A_FLOW = 64  # probes of the same flow that are remembered: an answer belongs to the latest that it may be about
MOST_EXPECTED = 1 << 16  # probes whose packet was not seen yet; the oldest then counts as never seen
BEFORE_FRAGMENTS = (IpProtocol.HOP_BY_HOP, IpProtocol.ROUTING, IpProtocol.DESTINATION_OPTIONS)


class Recording:
    """The packets of a run in order of time: `packets`, filled while it runs.

    `captured` is False where packets had to be rebuilt.  At most `limit` packets are kept, and 64 MiB of them;
    `dropped` counts the others.  `unseen` counts probes that the kernel took, and that the capture never saw leave.
    `refused` is the errno with which the kernel last let a link not connect or send.
    """

    def __init__(self, clock: AnyClock, limit: int = 100_000):
        self.clock = clock
        self.captured = True
        self.dropped = 0
        self.refused: int | None = None
        self._capture: Capture | None = None
        self._packets: list[SeenPacket] = []
        self._limit = limit
        self._bytes = 0
        self._wanted: list[Wanted] = []
        self._never_seen = 0
        self._expected: dict[Key, list[int]] = {}  # (destination, near, far): numbers of probes not yet seen
        # (protocol, near, far): probes and their numbers
        self._probes: dict[tuple[int, int | None, int | None], list[tuple[Flow, int | None]]] = {}
        self._pieces: dict[Piece, int] = {}  # fragments of a packet: its number
        self._probe_places: dict[int, int] = {}  # of probes by number, in _packets
        self._answer_places: dict[int, list[int]] = {}  # of what answers them, as long as it has the capture's time

    @property
    def packets(self) -> list[SeenPacket]:
        return sorted(self._packets, key=lambda packet: packet.at_ns)

    @property
    def unseen(self) -> int:
        return self._never_seen + sum(map(len, self._expected.values()))

    def begin(self, network: Network, wanted: Wanted) -> None:
        """Capture what is `wanted` from now on, where `network` allows it; one capture serves all links."""
        if not self.captured:
            return
        try:
            self._capture = self._capture or network.open_capture()
        except OSError:
            self.captured = False
            return
        if wanted not in self._wanted:
            self._wanted.append(wanted)
            self._capture.pass_only(self._wanted)

    def close(self) -> None:
        """End the capture."""
        if self._capture is not None:
            self._take(self._capture.rest)
            self._capture.close()
            self._capture = None

    def expect(self, key: Key, number: int) -> None:
        """A probe is about to be sent; `key` is (destination, near or None, far) of its flow."""
        if len(self._expected) >= MOST_EXPECTED:
            self._never_seen += len(self._expected.pop(next(iter(self._expected))))
        numbers = self._expected.setdefault(key, [])
        numbers.append(number)
        if len(numbers) > MOST_EXPECTED:
            self._never_seen += 1
            del numbers[0]

    def expect_no_more(self, key: Key) -> None:
        """The latest probe with this key was refused."""
        numbers = self._expected.get(key)
        if numbers:
            numbers.pop()
            self._forget(key, numbers)

    def _forget(self, key: Key, numbers: list[int]) -> None:
        if not numbers:
            del self._expected[key]

    def look(self) -> None:
        """Take from the capture what belongs to this run."""
        if self._capture is not None:
            self._take(self._capture.receive)

    def _take(self, read: Callable[[], list[SeenPacket]]) -> None:
        try:
            packets = read()
        except OSError:  # not allowed to: the run itself goes on
            return
        for packet in packets:
            if not packet.sent:
                self.add_answer(packet)
            elif _is_later_piece(packet.data):
                self.add_piece(packet)
            else:
                self._recognise(packet)

    def _recognise(self, packet: SeenPacket) -> None:
        flow = probe_flow(packet.data)
        if flow is None:
            return
        for key in ((flow.destination, flow.near, flow.far), (flow.destination, None, flow.far)):
            numbers = self._expected.get(key)
            if numbers:
                self.add_probe(packet.replace(number=numbers.pop(0)), flow)
                self._forget(key, numbers)
                return

    def add_probe(self, packet: SeenPacket, flow: Flow) -> None:
        """Keep a packet that is a probe, and know its answers from now on."""
        place = self.keep(packet)
        known = self._probes.setdefault((flow.protocol, flow.near, flow.far), [])
        known.append((flow, packet.number))
        del known[:-1 if place is None else -OF_A_FLOW]  # when there is no room, answers are counted, no more
        if place is not None and packet.number is not None:
            self._probe_places.setdefault(packet.number, place)

    def time_probe(self, number: int, sent_ns: int) -> None:
        """The program reckons with this time of a probe, so who explains it does; the capture's stays in `wall_ns`."""
        self._retime(self._probe_places.get(number), sent_ns)

    def time_answer(self, flow: Flow | None, number: int | None, sent_ns: int | None, received_ns: int) -> None:
        """As `time_probe`, for the oldest answer of a probe that was not timed yet, and for the probe."""
        if number is None:
            number = None if flow is None else self._probe_of(flow)
        if number is not None:
            self._retime(self._probe_places.get(number), sent_ns)
            places = self._answer_places.get(number)
            self._retime(places.pop(0) if places else None, received_ns)

    def _retime(self, place: int | None, at_ns: int | None) -> None:
        if place is not None and at_ns is not None:
            self._packets[place] = self._packets[place].replace(at_ns=at_ns)

    def add_answer(self, packet: SeenPacket) -> None:
        """Keep a packet if it answers a probe."""
        number, whole = packet.number, True
        if number is None:
            flow = answered_flow(packet.data)
            number, whole = (self._probe_of(flow), True) if flow else (self._packet_of(packet), False)
        if number is not None:
            place = self.keep(packet.replace(number=number))
            if place is not None and whole:
                self._answer_places.setdefault(number, []).append(place)

    def add_piece(self, packet: SeenPacket) -> None:
        """Keep a later fragment of a packet that was kept."""
        number = self._packet_of(packet)
        if number is not None:
            self.keep(packet.replace(number=number))

    def keep(self, packet: SeenPacket) -> int | None:
        """Keep a packet, as long as there is room; returns its place."""
        self._bytes += len(packet.data)
        if len(self._packets) >= self._limit or self._bytes > MOST_BYTES:
            self._bytes -= len(packet.data)
            self.dropped += 1
            return None
        piece = _piece_of(packet.data)
        if piece is not None and packet.number is not None:
            self._pieces[piece] = packet.number
        self._packets.append(packet)
        return len(self._packets) - 1

    def _packet_of(self, packet: SeenPacket) -> int | None:
        """The number of the packet that this is a fragment of."""
        piece = _piece_of(packet.data)
        return None if piece is None else self._pieces.get(piece)

    def _probe_of(self, flow: Flow) -> int | None:
        """The latest probe of this flow that the answer may be about; to the same destination if there is one."""
        known = self._probes.get((flow.protocol, flow.near, flow.far)) or \
            self._probes.get((flow.protocol, 0, flow.far))
        if not known:
            return None
        same = [one for one in known if one[0].destination == flow.destination] or known
        about = [one for one in same if flow.is_about(one[0])] or same
        return about[-1][1]


def _is_later_piece(data: bytes) -> bool:
    """Whether this is a fragment, and not the first of its packet."""
    if data[0] >> 4 == 4:
        return bool(int.from_bytes(data[6:8], "big") & FRAGMENT_OFFSET_MASK)
    place = _fragment_header6(data)
    return place is not None and int.from_bytes(data[place + 2:place + 4], "big") >> 3 > 0


def _piece_of(data: bytes) -> Piece | None:
    """What the fragments of a packet share: addresses, protocol (IPv4 alone) and identification."""
    if len(data) >= 40 and data[0] >> 4 == 6:
        place = _fragment_header6(data)
        return None if place is None else (data[8:40], 0, data[place + 4:place + 8])
    if len(data) < 20 or data[0] >> 4 != 4 or not int.from_bytes(data[6:8], "big") & 0x3FFF:
        return None
    return data[12:20], data[9], data[4:6]


def _fragment_header6(data: bytes) -> int | None:
    """Where the fragment header of an IPv6 packet begins, None where there is none (RFC 8200 section 4.5)."""
    following, place = data[6], 40
    while following in BEFORE_FRAGMENTS and place + 8 <= len(data):
        following, place = data[place], place + (data[place + 1] + 1) * 8
    return place if following == IpProtocol.FRAGMENT and place + 8 <= len(data) else None
