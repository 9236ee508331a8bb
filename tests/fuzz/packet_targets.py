"""Targets among what comes from the wire and from error queues."""

from __future__ import annotations

from ipaddress import ip_address

from targets import Target

from netlite.feature_errors import MalformedPacket
from netlite.packets import arp, checksum, dhcp, dns, flow, icmp, ip, node_information, quote, templates, transport, wire_format
from netlite.packets.crafting import scapy_layers
from netlite.engines.dhcp import leases
from netlite.engines.dhcp.server import DhcpServer, Pool
from netlite.records import ip_options
from netlite.records.dhcp import DhcpMessage
from netlite.render.ip_options import render_ip_header, render_ip_options
from netlite.sockets import ancillary
from netlite.teach import dhcp as explained_dhcp
from netlite.teach import dissection, tables

PLACES = {4: ("192.0.2.1", "198.51.100.2"), 6: ("2001:db8::1", "2001:db8:77::2")}
ASKED_EVERY = 256
"""scapy is asked about one of so many inputs: it takes a hundred times as long."""


def _packets() -> list[bytes]:
    found = []
    for version, (source, destination) in PLACES.items():
        protocol = 1 if version == 4 else 58
        echo = bytes(templates.make_echo(version, 77, 3, bytes(range(56)), source, destination))
        udp = bytes(transport.make_udp(version, source, destination, 40001, 33434, bytes(32)))
        tcp = bytes(transport.make_tcp(version, source, destination, 40001, 80))
        probes = [wire_format.ip_packet(source, destination, number, body) for number, body in ((protocol, echo), (17, udp), (6, tcp))]
        reply = (b"\0\0" if version == 4 else b"\x81\0") + echo[2:]
        found += [*probes, wire_format.ip_packet(destination, source, protocol, reply)]
        for kind, code, info in ((3, 4, 1400), (11, 0, 0), (5, 1, 0), (12, 0, 5)) if version == 4 else ((1, 4, 0), (2, 0, 1280), (3, 0, 0), (4, 1, 40)):
            found += [wire_format.icmp_error(destination, source, kind, code, probe, info) for probe in probes]
            found.append(wire_format.icmp_error(destination, source, kind, code, probes[1], info, labels=(24001, 16))
                         if "labels" in wire_format.icmp_error.__annotations__ else probes[0])
    return found


PACKETS = _packets()
MESSAGES = [packet[20 if packet[0] >> 4 == 4 else 40:] for packet in PACKETS]
INTERFACE = bytes.fromhex("0014020e000000010001000" + "0c00002010c657468300000000000000005dc")
OBJECTS = [b"\x20\0\0\0" + bytes.fromhex("000801015dc2bfe005dc2ffe"), b"\x20\0\0\0" + INTERFACE, b"\x20\0\0\0\0\x08\x01\x01\0\x01\x01\xff"]
NAMES = [bytes.fromhex("8c00aabb0002") + b"\0\0" + b"noncenon" + b"\0\0\0\x05" + b"\x06router\x03lab\0\0",
         bytes.fromhex("8c00aabb0004") + b"\0\0" + b"noncenon" + b"\0\0\0\x05" + bytes([192, 0, 2, 1]) * 3,
         bytes.fromhex("8c00aabb0003") + b"\0\0" + b"noncenon" + b"\0\0\0\x05" + bytes(16), b"\x8c\0\0\0\0\2\0\0noncenon\0\0\0\5\1a\xc0\x14\0"]
OPTIONS = [bytes.fromhex(text) for text in ("0727280a4d01010a4d02010a4d0202" + "00" * 24, "442428010a4d01010000000100000000" + "00" * 20,
                                            "83070401020304" + "00", "8804000101000000", "0101010744080500000000010700")]
ERRORS = [bytes.fromhex("6f000000020b000000000000000000000200000001020304" + "00" * 8), bytes.fromhex("5a000000030200007805000000000000" + "0a000000" + "00" * 24),
          bytes.fromhex("71000000010000000000000000000000000000000000000000")]
LAYERS: dict = {}
_count = [0]


def _same_as_scapy(data: bytes, header: ip.IpHeader, message: bytes) -> None:
    """The addresses, the protocol and the type that scapy reads in the same bytes."""
    LAYERS.update(LAYERS or scapy_layers())
    layer = LAYERS["IP" if header.version == 4 else "IPv6"](data)
    assert ip_address(layer.src) == ip_address(header.source) and ip_address(layer.dst) == ip_address(header.destination)
    if header.version == 4:
        assert (layer.ttl, layer.ihl * 4, layer.len, layer.tos) == (header.ttl, header.header_bytes, header.size_bytes, header.traffic_class)
    else:
        assert (layer.hlim, layer.fl, layer.tc) == (header.ttl, header.flow_label, header.traffic_class)


def packet(data: bytes) -> None:
    """A packet as a raw socket gives it."""
    header, message = ip.read_packet(data)
    _count[0] += 1
    if _count[0] % ASKED_EVERY == 0:
        _same_as_scapy(data, header, message)
    assert header.header_bytes + len(message) == header.size_bytes <= len(data)
    icmp.read_icmp_packet(data)


def message(data: bytes) -> None:
    """An ICMP message of either family."""
    version = 4 + 2 * (data[:1] >= b"\x40")
    found = icmp.read_icmp(version, data, PLACES[version][1], 64)
    assert found.source == PLACES[version][1]
    total = checksum.checksum(data)
    even = data + b"\0" * (len(data) & 1)
    words = sum(int.from_bytes(even[at:at + 2], "big") for at in range(0, len(even), 2)) if len(data) < 64 else None
    if words is not None:
        assert total == ~(words % 0xFFFF or 0xFFFF * (words > 0)) & 0xFFFF


def quoted(data: bytes) -> None:
    """A quote, with and without an IP header."""
    quote.read_quote(data)
    for protocol in (1, 6, 17, 33, 58, 136, 255, None):
        quote.read_transport(protocol, data)
    flow.probe_flow(data)
    flow.answered_flow(data)


def extension(data: bytes) -> None:
    """ICMP extensions."""
    from netlite.packets import extensions

    objects = extensions.read_structure(data)
    assert objects is None or sum(4 + len(each.payload) for each in objects) == len(data) - 4
    for version in (4, 6):
        extensions.split_by_length(version, data[0] if data else 0, data)
        extensions.search(bytes(128) + data, 28, 32, 4)


def transports(data: bytes) -> None:
    """What UDP and TCP answers hold."""
    for read in (transport.read_udp, transport.read_tcp):
        try:
            read(data, "192.0.2.1", 5)
        except MalformedPacket:
            pass


def names(data: bytes) -> None:
    """A reply to a node information query."""
    reply = node_information.read_reply(data, "2001:db8::1", 1)
    assert sum(map(len, reply.entries)) < 64 * len(data) + 64 * 10_000
    node_information.read_nonce(data)


def options(data: bytes) -> None:
    """IP options, read and shown."""
    ip_options.parse_ip_options(data)
    ip_options.recorded_route(data)
    ip_options.mentioned_addresses(data)
    render_ip_options(data[:40], False, str)
    if len(data) >= 20:
        render_ip_header(data[:60], str)


def queued(data: bytes) -> None:
    """Control messages: an error queue's, and all the others."""
    ancillary.read_queued_error(data)
    for level, kind in ((0, 11), (41, 25), (0, 2), (41, 52), (0, 1), (41, 67), (0, 7), (1, 29), (1, 35), (1, 37), (1, 64)):
        ancillary.read_ancillary([(level, kind, data)])


def lesson(data: bytes) -> None:
    """The fields of a packet, as --explain=fields shows them."""
    layers = dissection.dissect(data)
    for layer in layers:
        dissection.values(data, layer)
    tables.field_rows(data)


def name_answers(data: bytes) -> None:
    """What a name server says, and what it is asked."""
    dns.read_answer(data)
    dns.read_question(data)


def neighbour(data: bytes) -> None:
    """Who says that an address is his."""
    said = arp.read_arp(data)
    assert ip_address(said.address).version == 4 and len(said.hardware) == 17


def lease(data: bytes) -> None:
    """A DHCP message: what it carries is told, and made again; a client and a server take it."""
    said = dhcp.read_message(data)
    assert dhcp.read_message(dhcp.make_message(said)).kind == said.kind
    explained_dhcp.sentence(said)
    explained_dhcp.fields(said)
    leases.lease_of(said)
    DhcpServer([Pool("10.0.0.0/8", "10.0.0.1", "10.0.0.2")]).hear(0, said, "10.0.0.9")


LEASES = [dhcp.make_message(DhcpMessage(kind, 7, "02:00:00:00:01:01", yours="10.0.0.1", netmask="255.0.0.0", routers=("10.0.0.9",), lease_s=60,
                                        server="10.0.0.9", requested="10.0.0.1", said="no")) for kind in (1, 2, 3, 5, 6, 7)]
ASKED = dns.NameQuestion(7, "server.lab", 4)
SAID = [dns.make_question(ASKED), dns.make_answer(ASKED, 0, ("192.0.2.1", "192.0.2.2")),
        dns.make_answer(ASKED.replace(version=6), 3), dns.make_answer(ASKED.replace(version=6), 0, ("2001:db8::1",))]

TARGETS = (
    Target("packet", packet, PACKETS, (MalformedPacket,)), Target("message", message, MESSAGES, (MalformedPacket,)),
    Target("quote", quoted, [*PACKETS, *MESSAGES]), Target("extension", extension, OBJECTS), Target("transport", transports, MESSAGES),
    Target("node-information", names, NAMES, (MalformedPacket,)), Target("ip-options", options, OPTIONS), Target("error-queue", queued, ERRORS),
    Target("lesson", lesson, PACKETS), Target("name-answer", name_answers, SAID, (MalformedPacket,)),
    Target("lease", lease, LEASES, (MalformedPacket,)),
    Target("neighbour", neighbour, [arp.make_probe(b"\2\0\0\0\0\1", "192.0.2.1")], (MalformedPacket,)),
)
