"""What a capture lets in: the packets of its run, and nothing of the traffic beside it."""

from __future__ import annotations

import _socket

import pytest
from bpf_machine import accepts

from netlite.links.link import Link
from netlite.links.recording_network import wanted_of
from netlite.packets.templates import make_echo
from netlite.packets.transport import make_tcp, make_udp
from netlite.packets.wire_format import icmp_error, ip_packet
from netlite.records.family import IPV4, IPV6, IpProtocol
from netlite.records.echo_links import EchoLinkSettings
from netlite.records.raw_links import RawLinkSettings, TcpLinkSettings
from netlite.records.udp_links import UdpLinkSettings
from netlite.records.seen import Wanted
from netlite.sockets.capture_filter import capture_program
from netlite.sockets.filters import attach

OURS, OTHERS = 0x1234, 0x4321
ENDS = {4: ("192.0.2.1", "198.18.2.1", "198.18.0.3", "198.18.2.9"),
        6: ("2001:db8::1", "2001:db8:2::1", "2001:db8:9::3", "2001:db8:2::9")}
ICMP = {4: 1, 6: 58}
EXCEEDED = {4: 11, 6: 3}


def echo(version, identifier, kind="request", head=None):
    here, there, *_ = ENDS[version]
    source, destination = (here, there) if kind == "request" else (there, here)
    message = make_echo(version, identifier, 7, b"abcd", source, destination, kind)
    return ip_packet(source, destination, ICMP[version], message, 64)


def udp(version, there=None, back=False):
    here, there = ENDS[version][0], there or ENDS[version][1]
    source, destination = (there, here) if back else (here, there)
    return ip_packet(source, destination, 17, make_udp(version, source, destination, 4000, 33434, b"abc"), 9)


def tcp(version):
    here, there, *_ = ENDS[version]
    return ip_packet(here, there, 6, make_tcp(version, here, there, 4000, 80), 64)


def about(version, packet):
    return icmp_error(ENDS[version][2], ENDS[version][0], EXCEEDED[version], 0, packet)


def with_options(packet):
    """An IPv4 packet with four bytes of options."""
    return b"\x46" + packet[1:20] + bytes(4) + packet[20:]


def later_fragment(version, packet):
    if version == 4:
        return packet[:6] + b"\x00\x05" + packet[8:]
    return packet[:6] + b"\x2c" + packet[7:40] + packet[6:7] + bytes.fromhex("00000818a1b2c3d4") + packet[40:]


@pytest.mark.parametrize("version", [4, 6])
def test_of_echoes_those_with_our_identifier(version):
    program = capture_program([Wanted(version, ICMP[version], OURS)])
    for kind in ("request", "reply"):
        assert accepts(program, echo(version, OURS, kind))
        assert not accepts(program, echo(version, OTHERS, kind))
    assert accepts(program, about(version, echo(version, OURS)))
    assert not accepts(program, about(version, echo(version, OTHERS)))
    assert accepts(program, later_fragment(version, echo(version, OURS)))
    for foreign in (udp(version), tcp(version), about(version, udp(version)), echo(10 - version, OURS),
                    later_fragment(version, udp(version)), b"", bytes(60)):
        assert not accepts(program, foreign)


def test_headers_with_options_and_quotes_of_such():
    program = capture_program([Wanted(4, 1, OURS)])
    for identifier, ours in ((OURS, True), (OTHERS, False)):
        packet = with_options(echo(4, identifier))
        assert accepts(program, packet) is accepts(program, about(4, packet)) is ours
        assert accepts(program, with_options(about(4, packet))) is ours


@pytest.mark.parametrize("version", [4, 6])
def test_of_datagrams_those_of_our_destination(version):
    there, another = ENDS[version][1], ENDS[version][3]
    program = capture_program([Wanted(version, 17, None, there)])
    assert accepts(program, udp(version)) and accepts(program, udp(version, back=True))
    assert not accepts(program, udp(version, another)) and not accepts(program, udp(version, another, back=True))
    assert accepts(program, later_fragment(version, udp(version)))
    assert not accepts(program, later_fragment(version, udp(version, another)))
    assert accepts(program, about(version, udp(version)))
    for foreign in (tcp(version), about(version, tcp(version)), echo(version, OURS), echo(version, OURS, "reply")):
        assert not accepts(program, foreign)


@pytest.mark.parametrize("version", [4, 6])
def test_several_links(version):
    wanted = [Wanted(version, 6, None, ENDS[version][1]), Wanted(version, ICMP[version], OURS), Wanted(10 - version, 17)]
    program = capture_program(wanted)
    for ours in (tcp(version), about(version, tcp(version)), echo(version, OURS), udp(10 - version)):
        assert accepts(program, ours)
    for foreign in (udp(version), echo(version, OTHERS), tcp(10 - version)):
        assert not accepts(program, foreign)


def test_routed_packets_are_let_in_where_we_send_some():
    routed = ip_packet("2001:db8::1", "2001:db8:9::3", IpProtocol.ROUTING, bytes(40), 9)
    assert accepts(capture_program([Wanted(6, 17)]), routed)
    assert not accepts(capture_program([Wanted(6, 17, None, "2001:db8:2::1")]), routed)


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("protocol", [1, 6, 17, 58, 253])
@pytest.mark.parametrize("identifier", [None, OURS])
def test_the_kernel_takes_the_program(version, protocol, identifier):
    one = Wanted(version, protocol, identifier, ENDS[version][1])
    socket = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM)
    try:
        assert attach(socket, capture_program([one, one.replace(destination=None)]))
    finally:
        socket.close()


def test_too_much_for_a_program():
    assert capture_program([Wanted(6, 17, None, f"2001:db8::{number:x}") for number in range(1, 200)]) is None


class Named(Link):
    identifier = OURS


@pytest.mark.parametrize("settings, wanted", [
    (EchoLinkSettings(IPV4, "192.0.2.1"), Wanted(4, 1, OURS)),
    (EchoLinkSettings(IPV6, "ff02::1%eth0"), Wanted(6, 58, OURS)),
    (UdpLinkSettings(IPV6, "fe80::1%eth0"), Wanted(6, 17, None, "fe80::1")),
    (UdpLinkSettings(IPV4, "0.0.0.0", protocol=136), Wanted(4, 136, None, "127.0.0.1")),
    (UdpLinkSettings(IPV4, "192.0.2.1", ip_options=b"\x83\x03\x04\0"), Wanted(4, 17)),
    (TcpLinkSettings(IPV4, "192.0.2.1"), Wanted(4, 6, None, "192.0.2.1")),
    (RawLinkSettings(IPV4, "192.0.2.1", protocol=1), Wanted(4, 1, None, "192.0.2.1"))])
def test_what_is_wanted_of_a_link(settings, wanted):
    assert wanted_of(Named(), settings) == wanted
