"""Links from raw sockets on loopback (skipped without CAP_NET_RAW), and extensions in queued errors."""

import socket

import pytest

from netlite.errors import KernelRefused
from netlite.links.network import Network
from netlite.links.udp import with_extensions
from netlite.packets.checksum import checksum
from netlite.records.family import FAMILIES, IPV4, IPV6
from netlite.records.raw_links import RawLinkSettings, RawProbe, RawReply, TcpLinkSettings, TcpProbe, TcpReply
from netlite.records.udp_links import UdpLinkSettings
from netlite.records.extensions import MplsLabel
from netlite.records.replies import IcmpError, Origin, Quote
from netlite.sockets.clock import Clock

CLOSED_PORT = 1
EXPERIMENT = 253  # a protocol number for experiments (RFC 3692)
FIN, SYN, RST, ACK = 1, 2, 4, 16


@pytest.fixture(params=FAMILIES, ids=lambda family: family.name)
def family(request):
    try:
        with socket.socket(request.param.af, socket.SOCK_RAW, EXPERIMENT) as trial:
            trial.connect((request.param.loopback, 0))
    except OSError as refusal:
        pytest.skip(f"no raw {request.param.name} socket: {refusal}")
    return request.param


def arrivals_of(link, count: int = 1) -> list:
    arrivals = []
    while len(arrivals) < count:
        Clock.wait([link], Clock.now_ns() + 5_000_000_000)
        fresh = link.receive()
        assert fresh, "loopback did not answer"
        arrivals += fresh
    return arrivals


def test_a_closed_port_resets(family):
    with Network().open_tcp_link(TcpLinkSettings(family, family.loopback, sack=True, timestamp=7, window_scale=2)) as link:
        sent_ns = link.send(TcpProbe(5, 9, CLOSED_PORT, 60, sequence=1000))
        arrival, = arrivals_of(link)
    reply = arrival.reply
    assert type(reply) is TcpReply and reply.source == family.loopback and reply.source_port == CLOSED_PORT
    assert (reply.flags, reply.acknowledgement, reply.ttl) == (RST | ACK, 1001, 64)
    assert arrival.number == 5 and arrival.received_ns >= sent_ns


def test_an_open_port_is_answered_and_left(family):
    with socket.socket(family.af) as server:
        server.bind((family.loopback, 0))
        server.listen()
        port = server.getsockname()[1]
        with Network().open_tcp_link(TcpLinkSettings(family, family.loopback)) as link:
            link.send(TcpProbe(1, 9, port, 44, sequence=1000))
            assert arrivals_of(link)[0].reply.flags == SYN | ACK
        server.settimeout(0)
        with pytest.raises(BlockingIOError):  # half open: the application never hears of it
            server.accept()


def test_connections_without_privilege(family):
    with socket.socket(family.af) as server:
        server.bind((family.loopback, 0))
        server.listen()
        port = server.getsockname()[1]
        with Network().open_connect_link(TcpLinkSettings(family, family.loopback)) as link:
            link.send(TcpProbe(1, 9, port, 60))
            link.send(TcpProbe(2, 9, CLOSED_PORT, 60))
            arrivals = arrivals_of(link, 2)
    answers = {arrival.number: arrival.reply.flags for arrival in arrivals}
    assert answers == {1: SYN | ACK, 2: RST | ACK}
    assert arrivals[0].reply.source == family.loopback


def test_each_probe_has_a_port_of_its_own(family):
    with Network().open_tcp_link(TcpLinkSettings(family, family.loopback, flags=FIN | ACK)) as link:
        for number in (1, 2):
            link.send(TcpProbe(number, 9, CLOSED_PORT, 40))
        arrivals = arrivals_of(link, 2)
    assert [arrival.number for arrival in arrivals] == [1, 2]
    assert len({arrival.reply.destination_port for arrival in arrivals}) == 2


def test_a_source_port_that_is_taken(family):
    with socket.socket(family.af) as other:
        other.bind((family.loopback, 0))
        other.listen()
        settings = TcpLinkSettings(family, family.loopback, source_port=other.getsockname()[1])
        with Network().open_tcp_link(settings) as link, pytest.raises(KernelRefused) as refusal:
            link.send(TcpProbe(1, 9, CLOSED_PORT, 44))
    assert refusal.value.what == "bind"


def test_any_protocol(family):
    """On loopback our own packet comes back to the raw socket that sent it."""
    with Network().open_raw_link(RawLinkSettings(family, family.loopback, protocol=EXPERIMENT, pattern=b"abc")) as link:
        link.send(RawProbe(3, 9, family.header_bytes + 10))
        arrivals = arrivals_of(link)
    assert RawReply(family.loopback, 10, 9) in [arrival.reply for arrival in arrivals]
    assert {arrival.number for arrival in arrivals} == {3}


MPLS = bytes.fromhex("2000" "0000" "0008" "0101" "05dc2bfe")


def queued(family, padded_to: int, structure: bytes, kind: int) -> IcmpError:
    """An error about a probe with 32 bytes of data behind the UDP header, as the error queue has it."""
    skipped = family.header_bytes + 8
    data = bytes(range(0x40, 0x60)).ljust(padded_to - skipped, b"\0") + structure
    origin = Origin.ICMP if family is IPV4 else Origin.ICMP6
    return IcmpError(origin, "192.0.2.1", kind, 0, quote=Quote(None, None, 17, payload=data))


@pytest.mark.parametrize("family, kind", [(IPV4, 11), (IPV4, 3), (IPV4, 12), (IPV6, 3), (IPV6, 1)])
def test_extensions_behind_a_padded_quote(family, kind):
    settings = UdpLinkSettings(family, family.loopback)
    summed = MPLS[:2] + checksum(MPLS).to_bytes(2, "big") + MPLS[4:]
    for structure in (MPLS, summed):
        found = with_extensions(queued(family, 128, structure, kind), settings, 32).extensions
        assert [one.decoded for one in found] == [(MplsLabel(24002, 5, 1, 254),)]


def test_what_is_no_extension():
    settings = UdpLinkSettings(IPV4, "127.0.0.1")
    for reply in (queued(IPV4, 128, MPLS[:-4], 11), queued(IPV4, 132, MPLS, 11), queued(IPV4, 128, MPLS, 5),
                  queued(IPV4, 128, b"\x10" + MPLS[1:], 11), queued(IPV4, 128, MPLS[:2] + b"\1\1" + MPLS[4:], 11)):
        assert with_extensions(reply, settings, 32) == reply
