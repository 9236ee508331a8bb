"""Targets: files that others hand in, captures and results of exercises; and the lines of scene files."""

from __future__ import annotations

from struct import pack

from targets import Target

from netlite.feature_errors import MalformedPacket
from netlite.lab.exercise.results import BadResult, Result, Step, Verdict, from_text, is_chained, is_sealed, to_text
from netlite.lab.scene.lines import lines_of
from netlite.packets.capture_files import read_capture, write_pcap
from netlite.packets.templates import make_echo
from netlite.packets.transport import make_udp
from netlite.packets.wire_format import icmp_error, ip_packet
from netlite.teach.capture_report import capture_html, capture_text

ENDS = "192.0.2.1", "192.0.2.9"
ECHO = ip_packet(*ENDS, 1, make_echo(4, 7, 1, b"data", *ENDS))
FRAMES = [ECHO, icmp_error("192.0.2.254", ENDS[0], 11, 0, ECHO), ip_packet(*ENDS, 17, make_udp(4, *ENDS, 40000, 53, b"\0\7\1\0\0\1"))]
ETHER = [bytes(12) + b"\x08\x00" + ECHO, bytes(12) + bytes.fromhex("0806 0001080006040001") + bytes(20),
         bytes(12) + bytes.fromhex("8100000708 00") + ECHO]
RESULT = to_text(Result("no-way-out", "0", "anna", "memory", "1", (Step("2030-01-31T08:00:00Z", "client", "route -n", "0"),),
                        Verdict(True, False, (("It is so.", True),), 0, 0, 1)), "").encode()


def pcap(frames, linktype: int, order: str = "<") -> bytes:
    head = pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, linktype)
    return head + b"".join(pack(order + "IIII", 1, 2, len(frame), len(frame)) + frame for frame in frames)


def block(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return pack("<II", kind, len(body) + 12) + body + pack("<I", len(body) + 12)


PCAPNG = block(0x0A0D0D0A, pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, pack("<HHIHHB3x", 101, 0, 0, 9, 1, 9)) \
    + b"".join(block(6, pack("<IIIII", 0, 0, 5, len(frame), len(frame)) + frame) for frame in FRAMES) + block(3, pack("<I", len(ECHO)) + ECHO)


def capture(data: bytes) -> None:
    """A capture file, told as text and as a page."""
    found = read_capture(data)
    assert len(found.frames) <= len(data) // 16 + 1
    assert "\x1b" not in capture_text(found, fields=True)
    page = capture_html("x", found)
    assert "<script" not in page and "\x1b" not in page


def result(data: bytes) -> None:
    """What a student hands in."""
    found = from_text(data)
    is_chained(found)
    is_sealed(found, "")


def scene_lines(data: bytes) -> None:
    """Where things stand in a scene file."""
    text = data.decode("utf-8", "replace")
    for path, line in lines_of(text).items():
        assert path and 1 <= line <= text.count("\n") + 1


TARGETS = (
    Target("capture", capture, [write_pcap([(5, frame) for frame in FRAMES]), pcap(ETHER, 1), pcap(ETHER, 1, ">"), PCAPNG],
           (MalformedPacket,)),
    Target("result", result, [RESULT], (BadResult,)),
    Target("scene-lines", scene_lines, [b'a = 1\n[[wires]]\nends = [\n"a", # x\n]\n[[faults]]\n[[faults.rules]]\nb = """\nc = 1\n"""\n']),
)
