"""Capture files of all kinds are read, hostile ones end in a sentence; what is told of packets."""

from __future__ import annotations

import random
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netlite.feature_errors import MalformedPacket
from netlite.packets import capture_files
from netlite.packets.capture_files import read_capture, write_pcap
from netlite.packets.link_layers import unframe
from netlite.packets.templates import make_echo
from netlite.packets.wire_format import icmp_error, ip_packet
from netlite.teach.capture_report import capture_html, capture_text

ECHO = ip_packet("192.0.2.1", "192.0.2.9", 1, make_echo(4, 7, 1, b"hello", "192.0.2.1", "192.0.2.9"))
REPLY = ip_packet("192.0.2.9", "192.0.2.1", 1, make_echo(4, 7, 1, b"hello", "192.0.2.9", "192.0.2.1", "reply"))
AT_NS = 1_700_000_000_123_456_789


def ethernet(packet: bytes, kind: int = 0x0800, tag: int | None = None) -> bytes:
    vlan = b"" if tag is None else pack("!HH", 0x8100, tag)
    return bytes(range(6)) + bytes(range(6, 12)) + vlan + pack("!H", kind) + packet


def pcap(frames, order="<", magic=0xA1B2C3D4, linktype=1, unit=1000) -> bytes:
    parts = [pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, linktype)]
    for at_ns, frame in frames:
        parts.append(pack(order + "IIII", at_ns // 10**9, at_ns % 10**9 // unit, len(frame), len(frame)) + frame)
    return b"".join(parts)


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    size = len(body) + 12
    return pack(order + "II", kind, size) + body + pack(order + "I", size)


def option(order: str, code: int, value: bytes) -> bytes:
    return pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def pcapng(frames, order="<", linktype=1, options=b"", comment="", old=False) -> bytes:
    told = [block(order, 0x0A0D0D0A, pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)),
            block(order, 5, b"statistics"), block(order, 1, pack(order + "HHI", linktype, 0, 0) + options)]
    for units, frame in frames:
        after = bytes(-len(frame) % 4) + (option(order, 1, comment.encode()) + bytes(4) if comment else b"")
        head = pack(order + "HHIIII", 0, 0, units >> 32, units & 0xFFFFFFFF, len(frame), len(frame)) if old else \
            pack(order + "IIIII", 0, units >> 32, units & 0xFFFFFFFF, len(frame), len(frame))
        told.append(block(order, 2 if old else 6, head + frame + after))
    return b"".join(told)


@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
@pytest.mark.parametrize("magic, unit", [(0xA1B2C3D4, 1000), (0xA1B23C4D, 1)], ids=["us", "ns"])
def test_pcap_in_both_orders_and_units(order, magic, unit):
    found = read_capture(pcap([(AT_NS, ethernet(ECHO)), (AT_NS + 10**9, b"x")], order, magic, unit=unit))
    assert (found.format, found.trouble, len(found.frames)) == ("pcap", "", 2)
    assert found.frames[0].wall_ns == AT_NS // unit * unit and found.frames[0].data == ethernet(ECHO)
    assert found.frames[0].linktype == 1 and [frame.number for frame in found.frames] == [1, 2]


@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
@pytest.mark.parametrize("resolution, units, wall_ns", [
    (None, 1_500_000, 1_500_000_000), (9, 1_500_000_000, 1_500_000_000), (3, 1500, 1_500_000_000), (0x8A, 1536, 1_500_000_000)])
@pytest.mark.parametrize("old", [False, True])
def test_pcapng_with_units_offsets_and_comments(order, resolution, units, wall_ns, old):
    options = (b"" if resolution is None else option(order, 9, bytes((resolution,)))) + option(order, 14, pack(order + "q", 100)) + bytes(4)
    found = read_capture(pcapng([(units, ECHO)], order, 101, options, "said", old))
    assert (found.format, found.trouble) == ("pcapng", "")
    frame = found.frames[0]
    assert (frame.wall_ns, frame.data, frame.linktype, frame.comment) == (wall_ns + 100 * 10**9, ECHO, 101, "said")


def test_simple_packets_and_several_sections():
    simple = block("<", 0x0A0D0D0A, pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block("<", 1, pack("<HHI", 101, 0, 20)) \
        + block("<", 3, pack("<I", len(ECHO)) + ECHO[:20])
    found = read_capture(simple + pcapng([(5, ECHO)], ">", 101))
    assert [(len(frame.data), frame.wire_bytes, frame.wall_ns) for frame in found.frames] == [
        (20, len(ECHO), None), (len(ECHO), len(ECHO), 5000)]


def test_what_is_written_is_read():
    found = read_capture(write_pcap([(AT_NS, ECHO), (AT_NS, b"")]))
    assert [(frame.wall_ns, frame.data) for frame in found.frames] == [(AT_NS, ECHO), (AT_NS, b"")]


def test_scapy_reads_what_is_written_and_is_read(tmp_path):
    scapy = pytest.importorskip("scapy.utils")
    from scapy.packet import Raw
    path = tmp_path / "written.pcap"
    path.write_bytes(write_pcap([(1_500_000_000, ECHO)]))
    with scapy.RawPcapReader(str(path)) as reader:
        data, metadata = next(iter(reader))
    assert (data, metadata.sec, metadata.usec) == (ECHO, 1, 500_000_000)
    for name, writer in (("a.pcap", scapy.RawPcapWriter(str(tmp_path / "a.pcap"), linktype=101)), ("b.pcapng", scapy.PcapNgWriter(str(tmp_path / "b.pcapng")))):
        with writer:
            if name == "b.pcapng":
                writer.linktype = 101
            writer.write(Raw(ECHO))
        assert read_capture((tmp_path / name).read_bytes()).frames[0].data == ECHO


@pytest.mark.parametrize("data", [b"", b"\xd4\xc3\xb2\xa1", b"no capture", b"\x0a\x0d\x0d", bytes(100)])
def test_what_is_no_capture_is_refused(data):
    with pytest.raises(MalformedPacket):
        read_capture(data)


@pytest.mark.parametrize("data, frames, said", [
    (pcap([(0, ECHO)])[:-1], 0, "the file ends inside packet 1"),
    (pcap([(0, ECHO)]) + b"abc", 1, "inside the head of packet 2"),
    (pcap([]) + pack("<IIII", 0, 0, 2**31, 9), 0, "says that it has 2147483648 bytes"),
    (pcapng([(0, ECHO)])[:-4], 0, "are left"),
    (pcapng([(0, ECHO)]) + pack("<II", 6, 4) + bytes(8), 1, "a block of 4 bytes"),
    (pcapng([]) + block("<", 6, pack("<IIIII", 9, 0, 0, 1, 1) + b"x"), 0, "interface 9, which the file does not describe"),
    (pcapng([]) + block("<", 6, pack("<IIIII", 0, 0, 0, 1 << 20, 1)), 0, "says that it has"),
    (pcapng([]) + block("<", 6, b""), 0, "packet 1 is cut off"),
    (pcapng([]) + block("<", 1, b""), 0, "an interface that is cut off"),
    (pcapng([]) + block("<", 0x0A0D0D0A, bytes(16)), 0, "a section without a byte order"),
])
def test_where_a_file_makes_no_sense_is_said(data, frames, said):
    found = read_capture(data)
    assert len(found.frames) == frames and said in found.trouble and found.trouble.startswith("byte ")
    assert f"The file makes no sense after that: {found.trouble}." in " ".join(capture_text(found).split())


def test_no_more_is_read_than_is_ever_shown(monkeypatch):
    monkeypatch.setattr(capture_files, "MOST_FRAMES", 3)
    found = read_capture(pcap([(0, b"x")] * 5))
    assert len(found.frames) == 3 and found.left and "these were not read" in capture_text(found)
    assert capture_files.MOST_BYTES <= 1 << 18


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([0, 1, 101, 108, 113, 228, 276, 9999]))
def test_any_frame_gets_a_sentence(data, linktype):
    unframe(linktype, data)
    found = read_capture(pcap([(0, data)], linktype=linktype))
    assert found.frames[0].data == data
    assert capture_text(found, fields=True) and capture_html("x", found).endswith("</html>\n")


def test_bytes_that_were_changed_anywhere_end_in_a_sentence():
    chance = random.Random(7)
    whole = [pcap([(AT_NS, ethernet(ECHO)), (AT_NS, ethernet(REPLY))]), pcapng([(5, ECHO), (6, REPLY)], comment="c", linktype=101)]
    for _ in range(1500):
        data = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            capture_text(read_capture(bytes(data[:chance.randint(0, len(data))])))
        except MalformedPacket:
            pass


def text_of(*frames: bytes, linktype: int = 101) -> str:
    return " ".join(capture_text(read_capture(pcap([(number * 10**6, frame) for number, frame in enumerate(frames)], linktype=linktype))).split())


def test_packets_are_told_with_what_they_answer():
    error = icmp_error("192.0.2.254", "192.0.2.1", 11, 0, ECHO)
    text = text_of(ECHO, error, REPLY)
    assert "192.0.2.1 asks 192.0.2.9 for an echo: id 7, sequence 1, 33 bytes, TTL 64." in text
    assert "192.0.2.254 tells 192.0.2.1: time to live exceeded in transit (type 11, code 0)." in text
    assert "It is about a packet from 192.0.2.1 to 192.0.2.9, packet 1, after 1.00 ms." in text
    assert "192.0.2.9 sends the echo back to 192.0.2.1: id 7, sequence 1 (the answer to packet 1, after 2.00 ms)." in text
    assert "whose request is not in the file" in text_of(REPLY)


def test_an_answer_that_comes_twice_is_not_the_answer_each_time():
    text = text_of(ECHO, REPLY, REPLY, ECHO, REPLY)
    assert text.count("(the answer to packet 1, after 1.00 ms).") == 1
    assert text.count("(the answer to packet 1, after 2.00 ms, once more).") == 1
    assert text.count("(the answer to packet 4, after 1.00 ms).") == 1 and text.count("once more") == 1


def test_a_clock_that_went_back_tells_no_time():
    frames = [(2_000_000_000, ECHO), (1_000_000_000, REPLY), (1_000_000_000, REPLY), (3_000_000_000, ECHO)]
    text = " ".join(capture_text(read_capture(pcap(frames, linktype=101))).split())
    assert "(the answer to packet 1)." in text and "(the answer to packet 1, once more)." in text
    assert "4 packets in a pcap file, in 2.000 s." in text


@pytest.mark.parametrize("name, code, said", [
    ("", 0, "for the IPv4 address of the root. * The name server 192.0.2.53 answers 192.0.2.1:40000: no address (to packet 1"),
    ("a.lab", 3, "answers 192.0.2.1:40000: there is no such name (NXDOMAIN) (to packet 1"), ("a.lab", 5, "it refuses (REFUSED) (to"), ("a.lab", 2, "it failed (SERVFAIL) (to")])
def test_what_a_name_server_says_without_addresses(name, code, said):
    from netlite.packets.dns import NameQuestion, make_answer, make_question
    question = NameQuestion(9, name, 4)
    text = text_of(*[ip_packet(*ends, 17, pack("!HHHH", *ports, 8 + len(body), 0) + body) for ends, ports, body in (
        (("192.0.2.1", "192.0.2.53"), (40000, 53), make_question(question)), (("192.0.2.53", "192.0.2.1"), (53, 40000), make_answer(question, code)))])
    for part in said.split(" * "):
        assert part in text


@pytest.mark.parametrize("more, said", [(0, None), (1, "1 more packet is not told here."), (2, "2 more packets are not told here.")])
def test_how_many_packets_are_left_out(more, said):
    arp = ethernet(bytes.fromhex("0001080006040001") + bytes(20), 0x0806)
    whole = capture_text(read_capture(pcap([(number, arp) for number in range(1000 + more)])))
    assert (said in whole if said else "not told here" not in whole) and whole.count("(ARP") == 1000
    fields = capture_text(read_capture(pcap([(number, arp) for number in range(40 + more)])), fields=True)
    assert (said in fields if said else "not told here" not in fields) and fields.count("(ARP") == 40 and "field" not in fields


def tcp(flags: int, data: bytes = b"") -> bytes:
    return ip_packet("192.0.2.1", "192.0.2.9", 6, pack("!HHIIBBHHH", 40000, 80, 1, 2, 5 << 4, flags, 100, 0, 0) + data)


@pytest.mark.parametrize("flags, data, said", [
    (0x02, b"", "asks 192.0.2.9:80 (http) for a connection"), (0x12, b"", "says yes to"), (0x14, b"", "there is no such connection"),
    (0x11, b"", "has said all to"), (0x18, b"GET", "sends 192.0.2.9:80 (http) 3 bytes of data."), (0x10, b"", "that all has come (ACK)")])
def test_segments_are_told_by_their_flags(flags, data, said):
    assert said in text_of(tcp(flags, data))


def test_names_addresses_and_other_frames_are_told():
    from netlite.packets.dns import NameQuestion, make_answer, make_question
    question = NameQuestion(9, "server.lab", 4)
    asked, answered = (ip_packet(*ends, 17, pack("!HHHH", *ports, 8 + len(body), 0) + body) for ends, ports, body in (
        (("192.0.2.1", "192.0.2.53"), (40000, 53), make_question(question)),
        (("192.0.2.53", "192.0.2.1"), (53, 40000), make_answer(question, 0, ("192.0.2.9",)))))
    text = text_of(asked, answered)
    assert "asks the name server 192.0.2.53 for the IPv4 address of server.lab." in text and "answers 192.0.2.1:40000: 192.0.2.9 (to packet 1" in text
    arp = bytes.fromhex("0001080006040001") + bytes(6) + bytes((192, 0, 2, 1)) + bytes(6) + bytes((192, 0, 2, 9))
    text = text_of(ethernet(arp, 0x0806), ethernet(ECHO, tag=7), ethernet(b"x", 0x88CC), linktype=1)
    assert "192.0.2.1 (00:00:00:00:00:00) asks all on the wire who has 192.0.2.9 (ARP)." in text
    assert "It carries the VLAN tag 7." in text and "EtherType 0x88cc, not explained here" in text
    offer = b"\2\1\6" + bytes(13) + bytes((192, 0, 2, 77)) + bytes(216) + b"\x63\x82\x53\x63\x35\x01\x02\x36\x04\xc0\0\2\xfe\xff"
    assert "DHCP OFFER: The server 192.0.2.254 offers 192.0.2.77." in text_of(
        ip_packet("192.0.2.254", "255.255.255.255", 17, pack("!HHHH", 67, 68, 8 + len(offer), 0) + offer))
    assert "DHCP that is cut off, or BOOTP." in text_of(
        ip_packet("192.0.2.254", "255.255.255.255", 17, pack("!HHHH", 67, 68, 8 + 236, 0) + offer[:236]))


def test_hostile_text_has_no_effect():
    found = read_capture(pcapng([(0, ECHO)], linktype=101, comment="\x1b[31m<script>alert(1)</script>"))
    assert "\x1b" not in capture_text(found)
    page = capture_html("<b>\x1b", found)
    assert "\x1b" not in page and "<script" not in page and "<b>" not in page
