"""A network whose links tell a `Recording` what passes; where nothing can be captured they rebuild the packets."""

from __future__ import annotations

from ..errors import KernelRefused
from ..packets.flow import Flow, probe_flow
from ..records.echo_links import EchoLinkSettings, EchoProbe, EchoReply
from ..records.family import IpProtocol
from ..records.replies import IcmpError
from ..records.seen import SeenPacket, Wanted
from .link import Arrival, Link
from .network import Network
from .rebuilding import rebuild_probe, rebuild_reply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..records.arp import ArpLinkSettings
    from ..records.dhcp import DhcpLinkSettings
    from ..records.family import Family
    from ..records.links import LinkSettings
    from ..records.probes import Probe
    from ..records.raw_links import RawLinkSettings, TcpLinkSettings
    from ..records.replies import Reply
    from ..records.udp_links import UdpLinkSettings
    from ..sockets.clock import AnyClock
    from ..sockets.icmp import EchoKind
    from .exchange import Answered, Letter
    from .network import Capture
    from .recording import Key, Recording


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

    def open_arp_link(self, settings: ArpLinkSettings) -> Link:
        """Its packets are no IP packets, and not recorded."""
        return self._network.open_arp_link(settings)

    def open_dhcp_link(self, settings: DhcpLinkSettings) -> Link:
        """Its program tells the messages itself."""
        return self._network.open_dhcp_link(settings)

    def keep_stamping(self) -> None:
        self._network.keep_stamping()

    def open_capture(self) -> Capture:
        return self._network.open_capture()

    def choose_source(self, settings: LinkSettings) -> str:
        return self._network.choose_source(settings)

    def mark_refusal(self, settings: LinkSettings) -> int | None:
        return self._network.mark_refusal(settings)

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
        for received_ns, reply, sent_ns, number, left_from in arrivals:
            if self._recording.captured:
                self._recording.time_answer(_flow_of(reply, self._settings.family), number, sent_ns, received_ns)
            else:
                self._rebuild_reply(Arrival(received_ns, reply, sent_ns, number, left_from))
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
    start = quote.payload[:2] if quote.protocol == IpProtocol.UDP and len(quote.payload) >= 2 else b""
    return Flow(quote.protocol, quote.destination or "", quote.source_port or quote.identifier, far, start,
                quote.checksum)


def _plain(destination: str, family: Family) -> str:
    """The address as headers are read: no zone, and never "any"."""
    address = destination.partition("%")[0]
    return family.loopback if address == family.any else address
