"""What we read from packets is what scapy put in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from netlite.packets.icmp import read_icmp, read_icmp_packet
from netlite.packets.ip import read_packet
from netlite.packets.transport import read_tcp, read_udp
from netlite.records.echo_links import EchoReply
from netlite.records.extensions import InterfaceInformation, MplsLabel
from netlite.records.replies import IcmpError

pytest.importorskip("scapy")

from netlite.packets import crafting  # noqa: E402

BYTES, WORDS, LONGS = some.integers(0, 0xFF), some.integers(0, 0xFFFF), some.integers(0, 0xFFFFFFFF)
PAYLOADS = some.binary(max_size=120)
VERSIONS = some.sampled_from((4, 6))
ADDRESSES = {4: ("192.0.2.1", "198.51.100.7"), 6: ("2001:db8::1", "2001:db8:ffff::7")}
ECHO = {4: 1, 6: 58}
LABEL = some.builds(MplsLabel, some.integers(0, 0xFFFFF), some.integers(0, 7), some.integers(0, 1), BYTES)
LABELS = some.lists(LABEL, min_size=1, max_size=5)


def packet(version: int, protocol: int, payload: bytes, ttl: int = 64, traffic_class: int = 0, options: bytes = b"",
           flow_label: int = 0) -> bytes:
    """A whole IP packet; `options` are raw IPv4 option bytes, padded to words."""
    layers = crafting.scapy_layers()
    source, destination = ADDRESSES[version]
    if version == 6:
        return bytes(layers["IPv6"](src=source, dst=destination, nh=protocol, hlim=ttl, tc=traffic_class,
                                    fl=flow_label, plen=len(payload)) / payload)
    padded = options + bytes(-len(options) % 4)
    return bytes(layers["IP"](src=source, dst=destination, proto=protocol, ttl=ttl, tos=traffic_class,
                              options=[layers["IPOption"](padded)] if padded else []) / payload)


@given(VERSIONS, BYTES, BYTES, some.integers(0, 0xFFFFF), PAYLOADS)
def test_oracle_ip_header(version, ttl, traffic_class, flow_label, payload):
    data = packet(version, 253, payload, ttl=ttl, traffic_class=traffic_class, flow_label=flow_label)
    header, rest = read_packet(data + b"trailer")
    assert (header.source, header.destination) == ADDRESSES[version]
    assert (header.protocol, header.ttl, header.traffic_class) == (253, ttl, traffic_class)
    assert header.flow_label == (flow_label if version == 6 else 0)
    assert rest == payload


@given(WORDS, WORDS, PAYLOADS, BYTES, some.sampled_from((b"", b"\x07\x07\x04\0\0\0\0\0", b"\1\1\1\0")))
def test_oracle_echo_reply(identifier, sequence, payload, ttl, options):
    message = crafting.craft_echo(4, identifier, sequence, payload, kind=crafting.ECHO_REPLY)
    reply = read_icmp_packet(packet(4, 1, message, ttl=ttl, options=options))
    assert reply == EchoReply("192.0.2.1", identifier, sequence, 8 + len(payload), payload, ttl, True,
                              options, "198.51.100.7")


@given(WORDS, WORDS, PAYLOADS)
def test_oracle_echo_reply6(identifier, sequence, payload):
    message = crafting.craft_echo(6, identifier, sequence, payload, *ADDRESSES[6], kind=crafting.ECHO_REPLY)
    reply = read_icmp_packet(packet(6, 58, message))
    assert (reply.identifier, reply.sequence, reply.payload) == (identifier, sequence, payload)
    assert reply.checksum_ok is None


@given(VERSIONS, WORDS, WORDS, LONGS, PAYLOADS, some.integers(0, 400))
def test_oracle_quotes_however_short(version, source_port, destination_port, sequence, payload, cut):
    addresses = ADDRESSES[version]
    segment = crafting.craft_tcp(version, *addresses, source_port, destination_port, sequence)
    sent = packet(version, 6, segment + payload)
    error = read_icmp(version, bytes((11 if version == 4 else 3, 0)) + bytes(6) + sent[:cut], "192.0.2.9")
    quote, header_bytes = error.quote, 20 if version == 4 else 40
    assert (quote.source, quote.destination) == (addresses if cut >= header_bytes else (None, None))
    assert quote.source_port == (source_port if cut >= header_bytes + 2 else None)
    assert quote.destination_port == (destination_port if cut >= header_bytes + 4 else None)
    assert quote.sequence == (sequence if cut >= header_bytes + 8 else None)


@given(LABELS, some.booleans())
def test_oracle_mpls_extension(labels, told_length):
    from scapy.contrib.mpls import MPLS
    from scapy.layers.inet import ICMP, IP, UDP
    from scapy.utils import checksum

    stack = b"".join(bytes(MPLS(label=label.label, cos=label.traffic_class, s=label.bottom, ttl=label.ttl))
                     for label in labels)
    thing = (4 + len(stack)).to_bytes(2, "big") + b"\1\1" + stack
    structure = b"\x20\0" + checksum(b"\x20\0\0\0" + thing).to_bytes(2, "big") + thing
    quoted = bytes(IP(src="192.0.2.1", dst="192.0.2.2") / UDP(sport=5, dport=33434))
    head = bytes(ICMP(type=11, code=0, length=32 if told_length else 0))[:8]
    error = read_icmp(4, head + quoted.ljust(128, b"\0") + structure, "192.0.2.9")
    assert type(error) is IcmpError and error.quote.destination_port == 33434
    assert [found.decoded for found in error.extensions] == [tuple(labels)]


@given(LONGS, some.sampled_from((None, "192.0.2.77")), some.none() | WORDS)
def test_oracle_interface_extension(index, address, mtu_bytes):
    """Without a name, whose length byte scapy counts in another way than RFC 5837 section 4.3."""
    inet = pytest.importorskip("scapy.layers.inet")
    if not hasattr(inet, "ICMPExtension_InterfaceInformation"):
        pytest.skip("this scapy has no interface information")
    fields = {"has_ifindex": 1, "ifindex": index}
    if address:
        fields |= {"has_ipaddr": 1, "afi": 1, "ip4": address}
    if mtu_bytes is not None:
        fields |= {"has_mtu": 1, "mtu": mtu_bytes}
    thing = bytes(inet.ICMPExtension_InterfaceInformation(**fields))
    structure = b"\x20\0\0\0" + thing
    error = read_icmp(4, b"\x0b\0\0\0\0\x20\0\0" + bytes(128) + structure, "192.0.2.9")
    assert error.extensions[0].decoded == InterfaceInformation(0, index, address, None, mtu_bytes)


@given(VERSIONS, WORDS, WORDS, PAYLOADS)
def test_oracle_udp(version, source_port, destination_port, payload):
    datagram = crafting.craft_udp(version, *ADDRESSES[version], source_port, destination_port, payload)
    reply = read_udp(datagram, "192.0.2.1")
    assert (reply.port, reply.size_bytes, reply.payload) == (source_port, 8 + len(payload), payload)


@given(WORDS, WORDS, LONGS, LONGS, BYTES, some.none() | WORDS)
def test_oracle_tcp(source_port, destination_port, sequence, acknowledgement, flags, mss_bytes):
    segment = crafting.craft_tcp(4, *ADDRESSES[4], source_port, destination_port, sequence, flags,
                                 mss_bytes=mss_bytes, acknowledgement=acknowledgement)
    reply = read_tcp(segment, "192.0.2.1", 60)
    assert tuple(reply) == ("192.0.2.1", source_port, destination_port, flags, 60, sequence, acknowledgement)
