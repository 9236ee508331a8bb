"""What a recording keeps: the packets of the run and no others, each with its probe's number."""

import pytest

from netlite.engines.actions import Report
from netlite.engines.events import TimePassed
from netlite.links.link import Arrival, Link
from netlite.links.rebuilding import rebuild_probe, rebuild_reply
from netlite.links.recording import Recording
from netlite.links.recording_network import RecordingNetwork
from netlite.packets.flow import Flow, answered_flow, probe_flow
from netlite.packets.templates import make_echo
from netlite.packets.transport import make_udp
from netlite.packets.wire_format import icmp_error, ip_packet
from netlite.records.family import IPV4, IPV6
from netlite.records.echo_links import EchoLinkSettings, EchoProbe, EchoReply
from netlite.records.raw_links import RawLinkSettings, RawProbe, TcpLinkSettings, TcpProbe, TcpReply
from netlite.records.udp_links import UdpLinkSettings, UdpProbe, UdpReply
from netlite.records.ping import Answer
from netlite.records.extensions import IcmpObject, MplsLabel
from netlite.records.replies import IcmpError, Origin, Quote
from netlite.records.seen import SeenPacket, Wanted
from netlite.teach.dissection import dissect
from netlite.teach.exchanges import exchanges
from netlite.teach.notes import Notes

HERE, THERE, ROUTER = "192.0.2.1", "198.18.2.1", "198.18.0.3"
EMSGSIZE = 90


def udp(port: int, source_port: int = 4000, ttl: int = 1) -> bytes:
    return ip_packet(HERE, THERE, 17, make_udp(4, HERE, THERE, source_port, port, b"abc"), ttl)


def echo(sequence: int, kind: str = "request", identifier: int = 7) -> bytes:
    ends = (HERE, THERE) if kind == "request" else (THERE, HERE)
    return ip_packet(*ends, 1, make_echo(4, identifier, sequence, b"abc", kind=kind), 64)


class Clock:
    def now_ns(self):
        return 1000

    def wall_ns(self):
        return 1_700_000_001_000


class Capture:
    def __init__(self):
        self.coming = []
        self.wanted = ()
        self.closed = False

    def pass_only(self, wanted):
        self.wanted = tuple(wanted)
        return True

    def receive(self):
        seen, self.coming = self.coming, []
        return seen

    rest = receive

    def close(self):
        self.closed = True


class Wire(Link):
    """A link that sends nothing, on a network that shows what it is told to."""

    identifier = 7

    def __init__(self, refusal=None):
        self.arrivals = []
        self.refusal = refusal

    def send(self, probe):
        if self.refusal:
            raise self.refusal
        return 500

    def receive(self):
        arrivals, self.arrivals = self.arrivals, []
        return arrivals


class Network:
    def __init__(self, capture, wire=None):
        self.capture, self.wire = capture, wire or Wire()

    def open_udp_link(self, settings):
        return self.wire

    open_echo_link = open_tcp_link = open_raw_link = open_udp_link

    def open_capture(self):
        if self.capture is None:
            raise PermissionError(1, "Operation not permitted")
        return self.capture

    def choose_source(self, settings):
        return HERE

    def device_has_address(self, device, address):
        return True


def packets(*seen: tuple) -> list[SeenPacket]:
    return [SeenPacket(at_ns, at_ns, sent, data) for at_ns, (sent, data) in enumerate(seen)]


def recorded(capture, kind="udp", wire=None):
    recording = Recording(Clock())
    network = RecordingNetwork(Network(capture, wire), recording)
    settings = UdpLinkSettings(IPV4, THERE) if kind == "udp" else EchoLinkSettings(IPV4, THERE, payload=bytes(56))
    return recording, getattr(network, f"open_{kind}_link")(settings)


def test_flows():
    probe, about = probe_flow(udp(33434)), answered_flow(icmp_error(ROUTER, HERE, 11, 0, udp(33434)))
    assert tuple(probe)[:4] == tuple(about)[:4] == (17, THERE, 4000, 33434) and about.is_about(probe)
    assert probe_flow(echo(3)) == Flow(1, THERE, 7, 3) == answered_flow(echo(3, "reply"))
    assert answered_flow(echo(3)) is None and probe_flow(echo(3, "reply")) is None
    assert probe_flow(b"") is None and answered_flow(b"\x45") is None


def test_only_the_packets_of_the_run_are_kept():
    capture = Capture()
    recording, link = recorded(capture)
    capture.coming = packets((True, udp(53)), (True, udp(33434)), (False, udp(33434)))
    assert link.send(UdpProbe(1, 1, 33434, 31)) == 500
    capture.coming = packets((False, icmp_error(ROUTER, HERE, 11, 0, udp(33434))),
                             (False, icmp_error(ROUTER, HERE, 11, 0, udp(33500))),
                             (False, echo(1, "reply")), (True, udp(33434)))
    link.receive()
    assert [(packet.sent, packet.number) for packet in recording.packets] == [(False, 1), (True, 1)]
    link.close()
    assert not capture.closed and recording.captured
    recording.close()
    assert capture.closed


def test_two_links_share_a_capture_and_nothing_is_kept_twice():
    capture, recording = Capture(), Recording(Clock())
    network = RecordingNetwork(Network(capture), recording)
    settings = EchoLinkSettings(IPV4, THERE, payload=bytes(56))
    first, second = network.open_echo_link(settings), network.open_echo_link(settings)
    first.send(EchoProbe(1, 1))
    capture.coming = packets((True, echo(1)), (False, echo(1, "reply")))
    second.receive()
    first.receive()
    assert [packet.number for packet in recording.packets] == [1, 1]


def test_a_probe_that_never_left_is_counted():
    recording, link = recorded(Capture())
    link.send(UdpProbe(1, 1, 33434, 31))
    assert recording.unseen == 1


def test_echoes_of_other_programs_are_not_kept():
    capture = Capture()
    recording, link = recorded(capture, "echo")
    capture.coming = packets((True, echo(1, identifier=8)), (True, echo(1)), (False, echo(1)))
    link.send(EchoProbe(1, 1))
    capture.coming = packets((False, echo(1, "reply", identifier=8)), (False, echo(1, "reply")), (False, echo(1, "reply")))
    link.receive()
    assert [packet.number for packet in recording.packets] == [1, 1, 1]  # a request and two answers
    found, = exchanges(recording.packets)
    assert len(found.answers) == 2


def test_a_refused_probe_takes_no_packet():
    capture = Capture()
    wire = Wire(OSError(EMSGSIZE, "Message too long"))
    recording, link = recorded(capture, wire=wire)
    with pytest.raises(OSError):
        link.send(UdpProbe(1, 1, 33434, 65535))
    wire.refusal = None
    capture.coming = packets((True, udp(33434)))
    link.send(UdpProbe(2, 1, 33434, 31))
    assert [packet.number for packet in recording.packets] == [2]


def test_fragments_belong_to_their_packet():
    whole = bytearray(echo(1))
    whole[6:8] = b"\x20\x00"
    later = bytearray(whole)
    later[6:8] = b"\x00\x05"
    capture = Capture()
    recording, link = recorded(capture, "echo")
    capture.coming = packets((True, bytes(whole)), (True, bytes(later)))
    link.send(EchoProbe(1, 1))
    assert [packet.number for packet in recording.packets] == [1, 1]
    assert exchanges(recording.packets)[0].pieces == 2


def test_a_full_recording_counts_what_it_drops():
    recording = Recording(Clock(), limit=1)
    for number in (1, 2):
        recording.add_probe(SeenPacket(0, 0, True, udp(33434), number), probe_flow(udp(33434)))
    assert (len(recording.packets), recording.dropped) == (1, 1)


def test_a_full_recording_remembers_one_probe_of_a_flow():
    """A ping comes back to every sequence number, for as long as it runs."""
    def memory_of(rounds: int) -> int:
        recording = Recording(Clock(), limit=1)
        for number in range(rounds):
            recording.add_probe(SeenPacket(0, 0, True, echo(5), number), probe_flow(echo(5)))
        recording.add_answer(SeenPacket(0, 0, False, echo(5, "reply")))
        assert recording.dropped == rounds
        return sum(map(len, recording._probes.values()))

    assert memory_of(20) == memory_of(3) == 1


def test_without_a_capture_packets_are_rebuilt():
    wire = Wire()
    recording, link = recorded(None, wire=wire)
    link.send(UdpProbe(1, 3, 33434, 60))
    quote = Quote(None, THERE, 17, source_port=4000, destination_port=33434, payload=b"abc")
    wire.arrivals = [Arrival(900, IcmpError(Origin.ICMP, ROUTER, 11, 0, 0, 113, 62, quote), None, 1)]
    link.receive()
    sent, received = recording.packets
    assert not recording.captured and sent.rebuilt and received.rebuilt
    assert (sent.at_ns, sent.wall_ns) == (500, 1_700_000_000_500)
    assert [layer.title for layer in dissect(sent.data)] == ["IPv4", "UDP", "data"]
    assert len(sent.data) == 60 and sent.data[8] == 3
    assert [layer.title for layer in dissect(received.data)][:4] == [
        "IPv4", "ICMP time to live exceeded in transit", "IPv4", "UDP"]
    assert received.number == 1
    assert exchanges(recording.packets)[0].answers[0].after_ns == 400


def test_the_link_is_the_link():
    _, link = recorded(None)
    assert link.identifier == 7 and link.fileno() == -1


SETTINGS = {"echo": EchoLinkSettings(IPV6, "2001:db8::2", payload=bytes(range(20))),
            "tcp": TcpLinkSettings(IPV4, THERE), "udp": UdpLinkSettings(IPV4, THERE)}


@pytest.mark.parametrize("kind, probe, titles", [
    ("echo", EchoProbe(1, 9, 5), ["IPv6", "ICMPv6 echo request", "data"]),
    ("tcp", TcpProbe(1, 5, 80, 40, 4000), ["IPv4", "TCP"]),
    ("udp", UdpProbe(1, 5, 33434, 28), ["IPv4", "UDP"])])
def test_rebuilt_probes(kind, probe, titles):
    network = Network(None)
    network.choose_source = lambda settings: "2001:db8::1" if settings.family is IPV6 else HERE
    data = rebuild_probe(network, SETTINGS[kind], Wire(), probe)
    assert [layer.title for layer in dissect(data)] == titles
    assert probe_flow(data).far == getattr(probe, "port", 9)


def test_a_rebuilt_raw_probe():
    data = rebuild_probe(Network(None), RawLinkSettings(IPV4, THERE, protocol=200), Wire(), RawProbe(1, 4, 30))
    assert (len(data), data[8], data[9]) == (30, 4, 200)


@pytest.mark.parametrize("family, there, protocol", [(IPV4, THERE, 1), (IPV6, "2001:db8::2", 58),
                                                     (IPV6, "2001:db8::2", 60), (IPV4, THERE, 17)])
def test_a_rebuilt_probe_of_any_protocol_is_kept(family, there, protocol):
    """An ICMP message that is no echo request has no flow, nor has a header that is not whole."""
    recording = Recording(Clock())
    network = RecordingNetwork(Network(None, Wire()), recording)
    link = network.open_raw_link(RawLinkSettings(family, there, family.any, protocol=protocol))
    link.send(RawProbe(3, 4, family.header_bytes + 5))
    assert [(seen.number, seen.rebuilt) for seen in recording.packets] == [(3, True)]


LABEL = IcmpObject(1, 1, bytes.fromhex("05dc1101"), (MplsLabel(24001, 0, 1, 1),))


@pytest.mark.parametrize("reply, titles", [
    (EchoReply(THERE, 7, 1, 11, b"abc", 60), ["IPv4", "ICMP echo reply", "data"]),
    (TcpReply(THERE, 80, 4000, 0x12, 60), ["IPv4", "TCP"]),
    (UdpReply(THERE, 33434, 11, 60, b"abc"), ["IPv4", "UDP", "data"]),
    (IcmpError(Origin.ICMP, ROUTER, 11, 0, 0, 113, 62, Quote(None, THERE, 17, source_port=1, destination_port=2), (LABEL,)),
     ["IPv4", "ICMP time to live exceeded in transit", "IPv4", "UDP", "data", "ICMP extensions", "ICMP extension object",
      "MPLS label"]),
    (IcmpError(Origin.LOCAL, None, 0, 0, 1500, EMSGSIZE), None)])
def test_rebuilt_replies(reply, titles):
    data = rebuild_reply(Network(None), SETTINGS["udp"], reply)
    assert (data and [layer.title for layer in dissect(data)]) == titles


def test_the_capture_is_told_what_belongs_to_each_link():
    capture, recording = Capture(), Recording(Clock())
    network = RecordingNetwork(Network(capture), recording)
    network.open_echo_link(EchoLinkSettings(IPV4, THERE))
    network.open_echo_link(EchoLinkSettings(IPV4, ROUTER))
    network.open_udp_link(UdpLinkSettings(IPV4, THERE))
    assert capture.wanted == (Wanted(4, 1, 7), Wanted(4, 17, None, THERE))


def held(value) -> int:
    """How many things a table of a recording holds, with those in them."""
    return sum(map(len, value.values())) if isinstance(value, dict) and value and \
        isinstance(next(iter(value.values())), list) else len(value)


@pytest.mark.parametrize("leaves", [True, False])
def test_a_long_run_takes_no_more_memory_for_it(monkeypatch, leaves):
    """Sequence numbers come back, and probes never leave: what is known of either is bounded."""
    monkeypatch.setattr("netlite.links.recording.MOST_EXPECTED", 50)
    capture, recording = Capture(), Recording(Clock(), limit=100)
    link = RecordingNetwork(Network(capture), recording).open_echo_link(EchoLinkSettings(IPV4, THERE))
    tables = [name for name, value in vars(recording).items() if isinstance(value, (dict, list))]
    for number in range(1, 2001):
        capture.coming = packets((True, echo(number % 20)), (False, echo(number % 20, "reply"))) if leaves else []
        link.send(EchoProbe(number, number % 20))
    assert max(held(getattr(recording, name)) for name in tables) <= 20 * 51
    assert recording.dropped == (4000 - 100 if leaves else 0)
    assert recording.unseen == (0 if leaves else 2000)


def test_probes_that_never_leave_for_new_hosts_are_counted(monkeypatch):
    monkeypatch.setattr("netlite.links.recording.MOST_EXPECTED", 50)
    recording, link = recorded(Capture())
    for number in range(1, 201):
        link.send(UdpProbe(number, 1, 33434 + number, 31))
    assert (recording.unseen, len(recording._expected)) == (200, 50)


def test_large_packets_fill_a_recording_too(monkeypatch):
    monkeypatch.setattr("netlite.links.recording.MOST_BYTES", 1000)
    recording = Recording(Clock())
    for number in range(1, 4):
        data = ip_packet(HERE, THERE, 17, make_udp(4, HERE, THERE, 4000, 33434, bytes(400)), 1)
        recording.add_probe(SeenPacket(0, 0, True, data, number), probe_flow(data))
    assert (len(recording.packets), recording.dropped) == (2, 1)


def test_times_are_those_the_program_reckons_with():
    """The stamp of departure that the kernel tells later, the answers one after the other; in a file, those of the capture."""
    capture = Capture()
    wire = Wire()
    recording, link = recorded(capture, "echo", wire)
    capture.coming = [SeenPacket(470, 1470, True, echo(1))]
    link.send(EchoProbe(1, 1))
    assert [packet.at_ns for packet in recording.packets] == [500]
    capture.coming = [SeenPacket(at_ns, at_ns + 1000, False, echo(1, "reply")) for at_ns in (880, 890)]
    reply = EchoReply(THERE, 7, 1, 11, b"abc", 60)
    wire.arrivals = [Arrival(900, reply, 520), Arrival(910, reply, 520)]
    link.receive()
    assert [(packet.at_ns, packet.wall_ns) for packet in recording.packets] == [(520, 1470), (900, 1880), (910, 1890)]
    found, = exchanges(recording.packets)
    assert [each.after_ns for each in found.answers] == [380, 390]


def test_times_of_errors_too():
    capture, wire = Capture(), Wire()
    recording, link = recorded(capture, "udp", wire)
    capture.coming = [SeenPacket(470, 0, True, udp(33434))]
    link.send(UdpProbe(1, 1, 33434, 31))
    capture.coming = [SeenPacket(880, 0, False, icmp_error(ROUTER, HERE, 11, 0, udp(33434)))]
    quote = Quote(None, THERE, 17, source_port=4000, destination_port=33434)
    wire.arrivals = [Arrival(900, IcmpError(Origin.ICMP, ROUTER, 11, 0, 0, 113, 62, quote))]
    link.receive()
    assert [packet.at_ns for packet in recording.packets] == [500, 900]


def test_the_times_that_were_printed_are_bounded(monkeypatch):
    monkeypatch.setattr("netlite.teach.notes.MOST_TIMES", 3)
    notes = Notes()
    for number in range(10):
        answer = Answer("192.0.2.1", number & 1, 64, 64, number * 1_000_000)
        notes.record(TimePassed(number), [Report(answer)])
    assert notes.who_answered(0) == notes.who_answered(1) == ["192.0.2.1"]
    assert notes.first_answer(0) == ("192.0.2.1", 0) and notes.first_answer(1) == ("192.0.2.1", 1_000_000)
    assert sum(map(len, notes._times.values())) == 3
