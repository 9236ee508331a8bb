"""Every packet of a run, with its time: a network whose links tell a `Recording` what passes.

Where a capture is allowed (CAP_NET_RAW, or a network in memory) the packets are those of the wire.
Elsewhere they are rebuilt from the probes and replies themselves, and marked so.
"""

from __future__ import annotations

from ..packets.flow import Flow, answered_flow, probe_flow
from ..records.probes import EchoProbe
from ..records.seen import SeenPacket
from .link import Link
from .rebuilding import rebuild_probe, rebuild_reply

FRAGMENT_OFFSET_MASK = 0x1FFF


class Recording:
    """The packets of a run in order of time: `packets`, filled while it runs.

    `captured` is False where packets had to be rebuilt.  At most `limit` packets are kept; `dropped`
    counts the others.  `unseen` counts probes that the kernel took, and that a capture never saw leave.
    """

    def __init__(self, clock, limit: int = 100_000):
        self.clock = clock
        self.captured = True
        self.dropped = 0
        self.unseen = 0
        self._packets: list[SeenPacket] = []
        self._limit = limit
        self._probes: dict[tuple, list] = {}  # (protocol, near, far): (destination, number) of probes
        self._pieces: dict[tuple, int] = {}  # fragments of a packet: its number

    @property
    def packets(self) -> list[SeenPacket]:
        return sorted(self._packets, key=lambda packet: packet.at_ns)

    def add_probe(self, packet: SeenPacket, flow: Flow) -> None:
        """Keep a packet that is a probe, and know its answers from now on."""
        self._probes.setdefault((flow.protocol, flow.near, flow.far), []).append((flow.destination, packet.number))
        self.keep(packet)

    def add_answer(self, packet: SeenPacket) -> None:
        """Keep a packet if it answers a probe."""
        number = packet.number
        if number is None:
            flow = answered_flow(packet.data)
            number = self._probe_of(flow) if flow else self._pieces.get(_piece_of(packet.data))
        if number is not None:
            self.keep(packet.replace(number=number))

    def add_piece(self, packet: SeenPacket) -> None:
        """Keep a later fragment of a packet that was kept."""
        number = self._pieces.get(_piece_of(packet.data))
        if number is not None:
            self.keep(packet.replace(number=number))

    def keep(self, packet: SeenPacket) -> None:
        """Keep a packet, as long as there is room."""
        if len(self._packets) >= self._limit:
            self.dropped += 1
            return
        piece = _piece_of(packet.data)
        if piece is not None and packet.number is not None:
            self._pieces[piece] = packet.number
        self._packets.append(packet)

    def _probe_of(self, flow: Flow) -> int | None:
        """The latest probe of this flow; to the same destination if there is one."""
        known = self._probes.get((flow.protocol, flow.near, flow.far)) or \
            self._probes.get((flow.protocol, 0, flow.far))
        if not known:
            return None
        same = [number for destination, number in known if destination == flow.destination]
        return same[-1] if same else known[-1][1]


def _piece_of(data: bytes) -> tuple | None:
    """What the fragments of an IPv4 packet share: addresses, protocol and identification."""
    if len(data) < 20 or data[0] >> 4 != 4 or not int.from_bytes(data[6:8], "big") & 0x3FFF:
        return None
    return data[12:20], data[9], data[4:6]


class RecordingNetwork:
    """A network that is `network` in all, but for links that tell `recording` what passes."""

    def __init__(self, network, recording: Recording):
        self._network = network
        self._recording = recording

    def __getattr__(self, name: str):
        method = getattr(self._network, name)
        if name.startswith("open_") and name.endswith("_link"):
            return lambda settings: self._recorded(method, settings)
        return method

    def _recorded(self, open_link, settings):
        link = open_link(settings)
        try:
            capture = self._network.open_capture()
        except OSError:
            capture = None
            self._recording.captured = False
        return RecordingLink(link, self._network, settings, self._recording, capture)


class RecordingLink(Link):
    """`link`, with every packet told to a recording."""

    def __init__(self, link, network, settings, recording: Recording, capture):
        self._link = link
        self._network = network
        self._settings = settings
        self._recording = recording
        self._capture = capture
        self._expected: dict[tuple, list] = {}  # (destination, what varies): numbers of probes not yet seen
        self._closed = False

    def __getattr__(self, name: str):
        return getattr(self._link, name)

    @property
    def identifier(self) -> int | None:
        return self._link.identifier

    def send(self, probe) -> int:
        if self._capture is None:
            sent_ns = self._link.send(probe)
            self._rebuild_probe(sent_ns, probe)
            return sent_ns
        key = self._key(probe)
        self._expected.setdefault(key, []).append(probe.number)
        try:
            return self._link.send(probe)
        except OSError:
            self._expected[key].pop()
            raise
        finally:
            self._look()

    def receive(self) -> list:
        arrivals = self._link.receive()
        if self._capture is not None:
            self._look()
        else:
            for arrival in arrivals:
                self._rebuild_reply(arrival)
        return arrivals

    def fileno(self) -> int:
        return self._link.fileno()

    def close(self) -> None:
        if not self._closed and self._capture is not None:
            self._look()
            self._capture.close()
            self._recording.unseen += sum(map(len, self._expected.values()))
        self._closed = True
        self._link.close()

    def _look(self) -> None:
        """Take from the capture what belongs to this run."""
        for packet in self._capture.receive():
            if not packet.sent:
                self._recording.add_answer(packet)
            elif packet.data[0] >> 4 == 4 and int.from_bytes(packet.data[6:8], "big") & FRAGMENT_OFFSET_MASK:
                self._recording.add_piece(packet)
            else:
                self._recognise(packet)

    def _recognise(self, packet: SeenPacket) -> None:
        flow = probe_flow(packet.data)
        if flow is None or (flow.near != self.identifier and self._is_echo()):
            return
        numbers = self._expected.get((flow.destination, flow.far))
        if numbers:
            self._recording.add_probe(packet.replace(number=numbers.pop(0)), flow)

    def _key(self, probe) -> tuple:
        destination = getattr(probe, "destination", None) or self._settings.destination
        far = probe.sequence & 0xFFFF if type(probe) is EchoProbe else getattr(probe, "port", None)
        return _plain(destination, self._settings.family), far

    def _is_echo(self) -> bool:
        return hasattr(self._settings, "payload")

    def _rebuild_probe(self, sent_ns: int, probe) -> None:
        data = rebuild_probe(self._network, self._settings, self._link, probe)
        flow = probe_flow(data)
        self._recording.add_probe(self._seen(sent_ns, True, data, probe.number), flow)

    def _rebuild_reply(self, arrival) -> None:
        data = rebuild_reply(self._network, self._settings, arrival.reply)
        if data is not None:
            self._recording.add_answer(self._seen(arrival.received_ns, False, data, arrival.number))

    def _seen(self, at_ns: int, sent: bool, data: bytes, number: int | None) -> SeenPacket:
        clock = self._recording.clock
        return SeenPacket(at_ns, clock.wall_ns() - clock.now_ns() + at_ns, sent, data, number, True)


def _plain(destination: str, family) -> str:
    """The address as headers are read: no zone, and never "any"."""
    address = destination.partition("%")[0]
    return family.loopback if address == family.any else address
