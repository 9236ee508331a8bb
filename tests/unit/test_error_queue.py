"""The error queue on loopback: no privilege, no waiting but for what the kernel delivers at once."""

import socket
from errno import EMSGSIZE

import pytest

from netlite.links.network import Network
from netlite.links.udp import payload
from netlite.records.family import FAMILIES, IPV4
from netlite.records.links import MtuDiscovery
from netlite.records.replies import IcmpError, Origin
from netlite.records.udp_links import ProbeStamp, UdpLinkSettings, UdpProbe, UdpReply
from netlite.sockets.clock import Clock

CLOSED_PORT = 1


def arrivals_of(link, *probes):
    sent = [link.send(probe) for probe in probes]
    arrivals = []
    while len(arrivals) < len(probes):
        Clock.wait([link], Clock.now_ns() + 5_000_000_000)
        fresh = link.receive()
        assert fresh, "loopback did not answer"
        arrivals += fresh
    return sent, arrivals


@pytest.fixture(params=FAMILIES, ids=lambda family: family.name)
def family(request):
    try:
        with socket.socket(request.param.af, socket.SOCK_DGRAM) as trial:
            trial.bind((request.param.loopback, 0))
    except OSError as refusal:
        pytest.skip(f"no {request.param.name} loopback: {refusal}")
    return request.param


def test_port_unreachable_is_an_icmp_error(family):
    with Network().open_udp_link(UdpLinkSettings(family, family.loopback, stamped=True)) as link:
        (sent_ns,), (arrival,) = arrivals_of(link, UdpProbe(1, 3, CLOSED_PORT, 100))
    error = arrival.reply
    assert type(error) is IcmpError
    assert (error.origin, error.type, error.code) == ((Origin.ICMP, 3, 3) if family is IPV4 else (Origin.ICMP6, 1, 4))
    assert error.source == family.loopback
    assert error.errno == 111 and error.ttl == 64
    assert error.quote.destination == family.loopback
    assert error.quote.destination_port == CLOSED_PORT
    assert ProbeStamp.from_wire(error.quote.payload) == ProbeStamp(3, sent_ns)
    assert len(error.quote.payload) == 100 - family.header_bytes - 8
    assert arrival.received_ns >= sent_ns
    assert arrival.number is None


@pytest.mark.parametrize("alone", [False, True])
def test_datagrams_of_others_are_answers_only_where_that_is_wanted(alone):
    settings = UdpLinkSettings(IPV4, "127.0.0.2", source="127.0.0.1", strict=alone)
    with Network().open_udp_link(settings) as link, socket.socket(type=socket.SOCK_DGRAM) as host, \
            socket.socket(type=socket.SOCK_DGRAM) as other:
        host.bind(("127.0.0.2", 0))
        other.bind(("127.0.0.3", 0))
        link.send(UdpProbe(1, 3, host.getsockname()[1], 100))
        _, target = host.recvfrom(1000)
        other.sendto(b"no", target)
        host.sendto(b"yes", target)
        arrivals = []
        while len(arrivals) < 2 - alone:
            Clock.wait([link], Clock.now_ns() + 5_000_000_000)
            arrivals += link.receive()
    assert [arrival.reply.payload for arrival in arrivals] == [b"no", b"yes"][alone:]


def test_own_kernel_refuses_what_is_too_big(family):
    settings = UdpLinkSettings(family, family.loopback, mtu_discovery=MtuDiscovery.DO)
    with Network().open_udp_link(settings) as link:
        with pytest.raises(OSError) as refusal:
            link.send(UdpProbe(1, 1, CLOSED_PORT, 128_000))
        assert refusal.value.errno == EMSGSIZE
        arrivals = link.receive()
    if family is IPV4:  # more than 65535 bytes never reach the queue, <net/ipv4/udp.c>
        assert arrivals == []
    else:
        assert [(a.reply.origin, a.reply.errno, a.reply.source) for a in arrivals] == [(Origin.LOCAL, EMSGSIZE, None)]
        assert arrivals[0].reply.info == 65536


def test_each_probe_from_a_socket_of_its_own(family):
    settings = UdpLinkSettings(family, family.loopback, socket_per_probe=True, pattern=b"@AB")
    with Network().open_udp_link(settings) as link:
        _, arrivals = arrivals_of(link, *(UdpProbe(n, 1, CLOSED_PORT, 70) for n in (1, 2, 3)))
        assert link.receive() == []
    assert sorted(arrival.number for arrival in arrivals) == [1, 2, 3]
    assert len({arrival.reply.quote.source_port for arrival in arrivals}) == 3
    assert arrivals[0].reply.quote.payload.startswith(b"@AB@AB")


def test_an_ordinary_answer(family):
    with socket.socket(family.af, socket.SOCK_DGRAM) as server:
        server.bind((family.loopback, 0))
        with Network().open_udp_link(UdpLinkSettings(family, family.loopback)) as link:
            link.send(UdpProbe(1, 9, server.getsockname()[1], 60))
            _, address = server.recvfrom(100)
            server.sendto(b"hello", address)
            Clock.wait([link], Clock.now_ns() + 5_000_000_000)
            reply = link.receive()[0].reply
        assert reply == UdpReply(family.loopback, server.getsockname()[1], 13, 64, b"hello")


def test_payload_is_pattern_under_stamp():
    settings = UdpLinkSettings(IPV4, "192.0.2.1", pattern=b"abc")
    assert payload(settings, UdpProbe(1, 1, 7, 35), 0) == b"abcabca"
    stamped = payload(settings.replace(stamped=True), UdpProbe(1, 5, 7, 54), 2_000_000_003)
    assert stamped == bytes.fromhex("0500000000000000" "0200000000000000" "0300000000000000") + b"ab"
    assert payload(settings.replace(stamped=True), UdpProbe(1, 5, 7, 29), 0) == b"\x05"
    assert payload(settings, UdpProbe(1, 1, 7, 28), 0) == b""
