"""Every packet of a run, with its time: a network whose links tell a `Recording` what passes.

Where a capture is allowed (CAP_NET_RAW, or a network in memory) the packets are those of the wire.
Elsewhere they are rebuilt from the probes and replies themselves, and marked so.
"""

from __future__ import annotations

from ..errors import KernelRefused
from ..packets.flow import Flow, answered_flow, probe_flow
from ..records.family import IpProtocol
from ..records.links import EchoLinkSettings
from ..records.probes import EchoProbe
from ..records.replies import EchoReply, IcmpError
from ..records.seen import SeenPacket, Wanted
from .link import Arrival, Link
from .network import Network
from .rebuilding import rebuild_probe, rebuild_reply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..records.family import Family
    from ..records.links import LinkSettings, RawLinkSettings, TcpLinkSettings, UdpLinkSettings
    from ..records.probes import Probe
    from ..records.replies import Reply
    from ..sockets.clock import AnyClock
    from ..sockets.icmp import EchoKind
    from .exchange import Answered, Letter
    from .network import Capture

    Key = tuple[str, int | None, int | None]
    Piece = tuple[bytes, int, bytes]

FRAGMENT_OFFSET_MASK = 0x1FFF
MOST_BYTES = 64 << 20  # that are kept of a run
OF_A_FLOW = 8  # probes of the same flow that are remembered: an answer belongs to the latest
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
        # (protocol, near, far): (destination, number) of probes
        self._probes: dict[tuple[int, int | None, int | None], list[tuple[str, int | None]]] = {}
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
        known.append((flow.destination, packet.number))
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
        """The latest probe of this flow; to the same destination if there is one."""
        known = self._probes.get((flow.protocol, flow.near, flow.far)) or \
            self._probes.get((flow.protocol, 0, flow.far))
        if not known:
            return None
        same = [number for destination, number in known if destination == flow.destination]
        return same[-1] if same else known[-1][1]


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


class RecordingNetwork(Network):
    """A network that is `network` in all, but for links that tell `recording` what passes."""

    def __init__(self, network: Network, recording: Recording):
        self._network = network
        self._recording = recording

    def open_echo_link(self, settings: EchoLinkSettings) -> Link:
        return self._recorded(self._network.open_echo_link(settings), settings)

    def open_udp_link(self, settings: UdpLinkSettings) -> Link:
        return self._recorded(self._network.open_udp_link(settings), settings)

    def open_flow_link(self, settings: UdpLinkSettings) -> Link:
        return self._recorded(self._network.open_flow_link(settings), settings)

    def open_tcp_link(self, settings: TcpLinkSettings) -> Link:
        return self._recorded(self._network.open_tcp_link(settings), settings)

    def open_connect_link(self, settings: TcpLinkSettings) -> Link:
        return self._recorded(self._network.open_connect_link(settings), settings)

    def open_raw_link(self, settings: RawLinkSettings) -> Link:
        return self._recorded(self._network.open_raw_link(settings), settings)

    def keep_stamping(self) -> None:
        self._network.keep_stamping()

    def open_capture(self) -> Capture:
        return self._network.open_capture()

    def choose_source(self, settings: LinkSettings) -> str:
        return self._network.choose_source(settings)

    def echo_kind(self, family: Family, raw_only: bool = False) -> EchoKind:
        return self._network.echo_kind(family, raw_only)

    def try_dccp(self, family: Family, kind: int) -> None:
        self._network.try_dccp(family, kind)

    def exchange(self, clock: AnyClock, letters: Sequence[Letter], until_ns: int) -> list[Answered]:
        return self._network.exchange(clock, letters, until_ns)

    def converse(self, clock: AnyClock, address: str, port: int, greeting: bytes, until_ns: int) -> int | None:
        return self._network.converse(clock, address, port, greeting, until_ns)

    def device_has_address(self, device: str, address: str) -> bool:
        return self._network.device_has_address(device, address)

    def _recorded(self, link: Link, settings: LinkSettings) -> RecordingLink:
        self._recording.begin(self._network, wanted_of(link, settings))
        return RecordingLink(link, self._network, settings, self._recording)


class RecordingLink(Link):
    """`link`, with every packet told to a recording; so each probe leaves by itself, and no round is made of many."""

    def __init__(self, link: Link, network: Network, settings: LinkSettings, recording: Recording):
        self.identifier, self.kind = link.identifier, link.kind
        self.flow_label, self.warnings = link.flow_label, link.warnings
        self._link = link
        self._network = network
        self._settings = settings
        self._recording = recording

    def connect(self) -> None:
        try:
            self._link.connect()
        except (OSError, KernelRefused) as refusal:
            self._recording.refused = refusal.errno
            raise

    def send(self, probe: Probe) -> int:
        try:
            return self._send(probe)
        except (OSError, KernelRefused) as refusal:
            self._recording.refused = refusal.errno
            raise

    def _send(self, probe: Probe) -> int:
        recording = self._recording
        if not recording.captured:
            sent_ns = self._link.send(probe)
            self._rebuild_probe(sent_ns, probe)
            return sent_ns
        key = self._key(probe)
        recording.expect(key, probe.number)
        try:
            sent_ns = self._link.send(probe)
        except (OSError, KernelRefused):
            recording.expect_no_more(key)
            recording.look()
            raise
        recording.look()
        recording.time_probe(probe.number, sent_ns)
        return sent_ns

    def receive(self) -> list[Arrival]:
        arrivals = self._link.receive()
        self._recording.look()
        for received_ns, reply, sent_ns, number in arrivals:
            if self._recording.captured:
                self._recording.time_answer(_flow_of(reply, self._settings.family), number, sent_ns, received_ns)
            else:
                self._rebuild_reply(Arrival(received_ns, reply, sent_ns, number))
        return arrivals

    def fileno(self) -> int:
        return self._link.fileno()

    def due_ns(self) -> int | None:
        return self._link.due_ns()

    def close(self) -> None:
        self._recording.look()
        self._link.close()

    def _key(self, probe: Probe) -> Key:
        """(destination, near, far) of the probe's flow, near only where it is known before."""
        destination = _plain(getattr(probe, "destination", None) or self._settings.destination, self._settings.family)
        if isinstance(probe, EchoProbe):
            return destination, self.identifier, probe.sequence & 0xFFFF
        return destination, None, getattr(probe, "port", None)

    def _rebuild_probe(self, sent_ns: int, probe: Probe) -> None:
        data = rebuild_probe(self._network, self._settings, self._link, probe)
        seen, flow = self._seen(sent_ns, True, data, probe.number), probe_flow(data)
        if flow is None:  # a message that nobody answers
            self._recording.keep(seen)
        else:
            self._recording.add_probe(seen, flow)

    def _rebuild_reply(self, arrival: Arrival) -> None:
        data = rebuild_reply(self._network, self._settings, arrival.reply)
        if data is not None:
            self._recording.add_answer(self._seen(arrival.received_ns, False, data, arrival.number))

    def _seen(self, at_ns: int, sent: bool, data: bytes, number: int | None) -> SeenPacket:
        clock = self._recording.clock
        return SeenPacket(at_ns, clock.wall_ns() - clock.now_ns() + at_ns, sent, data, number, True)


def wanted_of(link: Link, settings: LinkSettings) -> Wanted:
    """What belongs to a link on the wire: echoes by their identifier, else what its destination sends and gets; with a
    route of its own a packet goes to its routers first."""
    family = settings.family
    if isinstance(settings, EchoLinkSettings):
        return Wanted(family.version, family.icmp_protocol, link.identifier)
    destination = None if getattr(settings, "ip_options", b"") else _plain(settings.destination, family)
    return Wanted(family.version, getattr(settings, "protocol", IpProtocol.TCP), None, destination)


def _flow_of(reply: Reply, family: Family) -> Flow | None:
    """The flow of the probe that a reply answers, where it shows that."""
    if isinstance(reply, EchoReply):
        return Flow(family.icmp_protocol, reply.source, reply.identifier, reply.sequence)
    quote = reply.quote if isinstance(reply, IcmpError) else None
    if quote is None or quote.protocol is None:
        return None
    far = quote.destination_port if quote.sequence is None or quote.destination_port is not None else quote.sequence
    return Flow(quote.protocol, quote.destination or "", quote.source_port or quote.identifier, far)


def _plain(destination: str, family: Family) -> str:
    """The address as headers are read: no zone, and never "any"."""
    address = destination.partition("%")[0]
    return family.loopback if address == family.any else address
