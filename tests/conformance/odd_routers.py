"""A made-up network behind the node r1 of the scene ``odd``: says ``ready`` and answers until it is killed.

Runs in r1, which does not forward: every packet to 198.51.100.N or 2001:db8:77::N is read from the wire and
answered by hand.  N says what happens on the way (the same number, in hexadecimal, for IPv6):

    1   four routers, 10.99.K.1 or fd99:K::1, then the host        2   router 2 is silent
    4   routers report MPLS labels and other objects (RFC 4884)    5   errors come back another way
    6   routers name interfaces (RFC 5837) after what steers a terminal
    7   every answer comes from another router, the host's too
    10+C    router 3 says unreachable, code C      1c  time exceeded, code 1      1d  parameter problem
    32  port open (SYN+ACK)      33  a path without end      37  SYN+ACK with ECE      43  silence
    40  odd echo replies, by sequence number       41  one ICMP error a sequence number (ERRORS)
    42  the wires behind router 2 and 3 take 1400 and 1280 bytes
    44  echo replies longer than the request, by sequence number (LONGER)
    45  echo replies from router 9 alone             46  from router 9, then from the host
    47  a redirect before each echo reply (IPv4)     48  host unreachable before each echo reply
    49  router 2 says of the third probe of tracepath that nothing passes: packet too big for 0 bytes
    50  a redirect, a source quench and a message of type 40 with a wrong checksum before each echo reply (IPv4)
    51  echo replies with routes and times recorded in odd ways, by sequence number (RECORDED, IPv4)
"""

from __future__ import annotations

import random
import socket
import struct
import sys

ETH_P_ALL, OUTGOING = 0x0003, 4
ICMP, TCP, UDP, ICMP6, UDPLITE = 1, 6, 17, 58, 136
NET4, NET6 = bytes([198, 51, 100]), bytes.fromhex("20010db80077") + bytes(9)
WIRE_BYTES = 1500
HOST = 5                               # the TTL that reaches the host
THIRD_PORT = (44446).to_bytes(2, "big")
LONGER = (0, 1, 50, 107, 108, 109, 127, 128, 129, 200, 1000, 1300)
FULL = bytes(range(1, 37))             # nine addresses
RECORDED = (
    b"\7\x0b\x0c" + FULL[:8] + b"\0", b"\7\x0b\xff" + FULL[:8] + b"\0", b"\7\x0b\xff" + FULL[:7] + b"\xee\0", b"\7\x27\x28" + FULL + b"\0",
    b"\7\x27\x05" + FULL + b"\0", b"\7\x27\x06" + FULL + b"\0", b"\7\x26\x27" + FULL[:35] + b"\0\0", b"\7\x25\x26" + FULL[:34] + b"\0\0\0",
    b"\7\3\4\0", b"\7\6\7" + FULL[:3] + b"\0\0", b"\1\1\1\7\7\x08" + FULL[:4] + b"\0\0", b"\0\7\7\x08" + FULL[:4], b"\x44\x0c\x0d\0" + FULL[:8],
    b"\x44\x0c\x0d\3" + FULL[:8], b"\x44\x14\x15\xe1" + FULL[:16], b"\x44\4\5\0", b"\x83\7\x08" + FULL[:4] + b"\0", b"\x89\7\x08" + FULL[:4] + b"\0",
)
ERRORS = {
    4: [*((3, code) for code in range(16)), (4, 0), *((5, code) for code in range(5)), (11, 0), (12, 0), (12, 5),
        (18, 0), (40, 0)],
    6: [*((1, code) for code in range(9)), (2, 0), (3, 0), (3, 1), (3, 2), *((4, code) for code in range(4)), (100, 0)],
}


def ones(data: bytes) -> int:
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + bytes(len(data) & 1)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Packet:
    """What came in; makes what goes out."""

    def __init__(self, data: bytes):
        self.version = data[0] >> 4
        if self.version == 4:
            self.header_bytes, self.ttl, self.protocol = (data[0] & 15) * 4, data[8], data[9]
            self.source, self.destination = data[12:16], data[16:20]
        else:
            self.header_bytes, self.ttl, self.protocol = 40, data[7], data[6]
            self.source, self.destination = data[8:24], data[24:40]
        self.data, self.body = data, data[self.header_bytes:]
        self.scenario = self.destination[-1]

    def reply(self, protocol: int, body: bytes, source: bytes, ttl: int, place: int | None) -> bytes:
        """A packet back to the sender; the checksum goes to `place` of the body."""
        pseudo = source + self.source + struct.pack("!II", len(body), protocol)
        if self.version == 4:
            pseudo = b"" if protocol == ICMP else source + self.source + struct.pack("!BBH", 0, protocol, len(body))
        if place is not None:
            body = body[:place] + struct.pack("!H", ones(pseudo + body[:place] + b"\0\0" + body[place + 2:])) + body[place + 2:]
        if self.version == 6:
            return struct.pack("!IHBB", 6 << 28, len(body), protocol, ttl) + source + self.source + body
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, ttl, protocol, 0) + source + self.source
        return header[:10] + struct.pack("!H", ones(header)) + header[12:] + body

    def error(self, source: bytes, kind: int, code: int, rest: bytes = bytes(4), ttl: int = 64, objects: bytes = b"") -> bytes:
        """An ICMP error that quotes the packet; with `objects` as RFC 4884 has it."""
        quote = self.data[:548 if self.version == 4 else 1232]
        if objects:
            quote = self.data[:128].ljust(128, b"\0") + structure(objects)
            rest = rest[:1] + b"\x20" + rest[2:] if self.version == 4 else b"\x10" + rest[1:]
        protocol = ICMP if self.version == 4 else ICMP6
        return self.reply(protocol, bytes([kind, code, 0, 0]) + rest + quote, source, ttl, 2)

    def router(self, number: int) -> bytes:
        if self.version == 4:
            return bytes([10, 99 + (number >> 8) % 100, number & 255, 1])
        return bytes.fromhex("fd99") + number.to_bytes(2, "big") + bytes(11) + b"\1"


def structure(objects: bytes) -> bytes:
    return b"\x20\0" + struct.pack("!H", ones(b"\x20\0\0\0" + objects)) + objects


def extension(class_number: int, class_type: int, payload: bytes) -> bytes:
    return struct.pack("!HBB", 4 + len(payload), class_number, class_type) + payload


def labels(*entries) -> bytes:
    return b"".join(struct.pack("!I", label << 12 | traffic << 9 | bottom << 8 | ttl)
                    for label, traffic, bottom, ttl in entries)


OBJECTS = {  # of the routers of scenario 4
    1: extension(1, 1, labels((24001, 0, 1, 1))),
    2: extension(1, 1, labels((24002, 5, 0, 254), (16, 0, 1, 254))),
    3: extension(1, 1, labels((3, 0, 1, 1))) + extension(2, 0x0A, bytes.fromhex("000000010a630301")),
    4: extension(7, 9, bytes.fromhex("deadbeef00000001")),
}


def interface(name: bytes) -> bytes:
    """The interface a packet came in by, with its name (RFC 5837 section 4.3)."""
    return extension(2, 2, bytes([len(name) // 4 * 4 + 4]) + name.ljust(len(name) // 4 * 4 + 3, b"\0"))


NAMES = {  # of the routers of scenario 6
    1: b"\x1b]0;owned\x07", 2: b"\x1b[31m\xc2\x9b2J", 3: b"a\n 9  forged\r\t", 4: "\u202e\u2028".encode() + b"\x7f\xff",
}
OBJECTS_OF = {4: OBJECTS, 6: {number: interface(name) for number, name in NAMES.items()}}


def answers(packet: Packet) -> list[bytes]:
    """What comes back for a packet."""
    scenario, ttl = packet.scenario, packet.ttl
    echo = packet.protocol in (ICMP, ICMP6) and packet.body[0] == (8 if packet.version == 4 else 128)
    if scenario == (40 if packet.version == 4 else 0x40) and echo:
        return odd_echoes(packet)
    if scenario == (41 if packet.version == 4 else 0x41) and echo:
        return one_error(packet)
    name = scenario if packet.version == 4 else int(f"{scenario:x}") if f"{scenario:x}".isdigit() else scenario
    if name == 43:
        return []
    if name == 44 and echo:
        return [longer_echo(packet)]
    if name in (45, 46) and echo and ttl >= HOST:
        sources = (packet.router(9), packet.destination) if name == 46 else (packet.router(9),)
        return [echo_reply(packet, packet.body[8:], source) for source in sources]
    if name in (47, 48) and echo and ttl >= HOST:
        return [redirect(packet) if name == 47 else unreachable(packet), echo_reply(packet, packet.body[8:])]
    if name == 50 and echo and ttl >= HOST:
        wrong = [data[:22] + bytes([data[22] ^ 0xFF]) + data[23:]
                 for data in (redirect(packet), *(packet.error(packet.router(3), kind, 0) for kind in (4, 40)))]
        return [*wrong, echo_reply(packet, packet.body[8:])]
    if name == 51 and echo and ttl >= HOST:
        number = int.from_bytes(packet.body[6:8], "big")
        return [with_options(echo_reply(packet, packet.body[8:]), RECORDED[number - 1])] if 1 <= number <= len(RECORDED) else []
    if name == 42:
        for number, limit in ((2, 1400), (3, 1280)):
            if len(packet.data) > limit and ttl > number:
                kind, code = ((3, 4), (2, 0))[packet.version == 6]
                return [packet.error(packet.router(number), kind, code, struct.pack("!I", limit))]
    if name == 49 and packet.body[2:4] == THIRD_PORT:
        return [packet.error(packet.router(2), *((3, 4), (2, 0))[packet.version == 6])]
    if name == 33:
        return [exceeded(packet, ttl)]
    if name == 7:
        return [exceeded(packet, ttl, name)]
    special = first_refusal(packet, scenario) if ttl >= 3 else None
    if special:
        return [special]
    if ttl < HOST:
        return [] if name == 2 and ttl == 2 else [exceeded(packet, ttl, name)]
    return host(packet, name)


def exceeded(packet: Packet, number: int, name: int = 1) -> bytes:
    back = {2: 253, 3: 55}.get(number, 64 - number) if name == 5 else 64 - number % 60
    kind = 11 if packet.version == 4 else 3
    router = packet.router(random.randrange(1 << 16) if name == 7 else number & 0xFF)
    return packet.error(router, kind, 0, ttl=back, objects=OBJECTS_OF.get(name, {}).get(number, b""))


def first_refusal(packet: Packet, scenario: int) -> bytes | None:
    """The error of router 3 in the scenarios that have one."""
    third = packet.router(3)
    if packet.version == 6:
        return packet.error(third, 1, scenario - 0x10, ttl=62) if 0x10 <= scenario <= 0x18 else None
    if 10 <= scenario <= 25:
        return packet.error(third, 3, scenario - 10, struct.pack("!I", 1400) if scenario == 14 else bytes(4), 62)
    return {28: packet.error(third, 11, 1), 29: packet.error(third, 12, 0, b"\5\0\0\0")}.get(scenario)


def host(packet: Packet, name: int) -> list[bytes]:
    """The host itself."""
    me, body, ttl = packet.destination, packet.body, 64 - HOST
    if packet.protocol in (ICMP, ICMP6):
        kind = b"\0\0" if packet.version == 4 else b"\x81\0"
        return [packet.reply(packet.protocol, kind + body[2:], me, ttl, 2)]
    if packet.protocol in (UDP, UDPLITE):
        return [packet.error(me, *((3, 3) if packet.version == 4 else (1, 4)), ttl=ttl)]
    if packet.protocol != TCP:
        return [packet.error(me, *((3, 2) if packet.version == 4 else (4, 1)), ttl=ttl)]
    source_port, port, sequence = struct.unpack("!HHI", body[:8])
    if body[13] & 4:
        return []                     # never answer a RST
    flags = {32: 0x12, 37: 0x52}.get(name, 0x14)
    segment = struct.pack("!HHIIBBHHH", port, source_port, 1000 if flags & 2 else 0, sequence + 1 & 0xFFFFFFFF, 0x50,
                          flags, 1000, 0, 0)
    return [packet.reply(TCP, segment, me, ttl, 16)]


def echo_reply(packet: Packet, payload: bytes, source: bytes | None = None, ttl: int = 64) -> bytes:
    kind = b"\0\0" if packet.version == 4 else b"\x81\0"
    return packet.reply(packet.protocol, kind + b"\0\0" + packet.body[4:8] + payload, source or packet.destination, ttl, 2)


def with_options(data: bytes, options: bytes) -> bytes:
    """An IPv4 packet with options in its header."""
    size = struct.pack("!H", len(data) + len(options))
    header = bytes([0x45 + len(options) // 4]) + data[1:2] + size + data[4:10] + b"\0\0" + data[12:20] + options
    return header[:10] + struct.pack("!H", ones(header)) + header[12:] + data[20:]


def redirect(packet: Packet) -> bytes:
    return packet.error(bytes([10, 77, 1, 2]), 5, 1, bytes([10, 77, 1, 3]))


def unreachable(packet: Packet) -> bytes:
    return packet.error(packet.router(3), *((3, 1) if packet.version == 4 else (1, 3)))


def longer_echo(packet: Packet) -> bytes:
    """A reply with more bytes than the request; without a number of LONGER, with none more."""
    sequence = int.from_bytes(packet.body[6:8], "big")
    more = LONGER[sequence - 1] if 1 <= sequence <= len(LONGER) else 0
    more = min(more, WIRE_BYTES - len(packet.data))
    return echo_reply(packet, packet.body[8:] + bytes(place & 0xFF for place in range(more)))


def odd_echoes(packet: Packet) -> list[bytes]:
    """Replies that are wrong in one way each, by sequence number."""
    body = packet.body[8:]
    sequence = int.from_bytes(packet.body[6:8], "big")

    def reply(payload: bytes, source: bytes | None = None, ttl: int = 64) -> bytes:
        return echo_reply(packet, payload, source, ttl)

    if sequence == 5 and packet.version == 4:
        good = reply(body)
        return [good[:22] + bytes([good[22] ^ 0xFF]) + good[23:]]
    return {2: [reply(body)] * 3, 3: [reply(body[:40])], 4: [reply(body[:20] + b"\xee" + body[21:])],
            6: [reply(body, packet.router(9))], 7: [reply(body, ttl=255)], 8: [reply(body + bytes(10))],
            9: []}.get(sequence, [reply(body)])


def one_error(packet: Packet) -> list[bytes]:
    """The error of ERRORS whose turn it is."""
    number = int.from_bytes(packet.body[6:8], "big")
    if not 1 <= number <= len(ERRORS[packet.version]):
        return []
    kind, code = ERRORS[packet.version][number - 1]
    rest = bytes(4)
    if (packet.version, kind, code) in ((4, 3, 4), (6, 2, 0)):
        rest = struct.pack("!I", 1400)
    elif packet.version == 4 and kind == 5:
        rest = bytes([10, 77, 1, 3])
    elif packet.version == 4 and kind == 12:
        rest = bytes([code or 8, 0, 0, 0])
    elif packet.version == 6 and kind == 4:
        rest = struct.pack("!I", 40)
    return [packet.error(packet.router(3), kind, code, rest)]


def wanted(data: bytes) -> bool:
    return data[:1] and (data[0] >> 4 == 4 and data[16:19] == NET4 or data[0] >> 4 == 6 and data[24:39] == NET6)


def main() -> None:
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    wire.bind(("eth0", ETH_P_ALL))
    print("ready", flush=True)
    while True:
        frame, address = wire.recvfrom(1 << 16)
        if address[2] == OUTGOING or not wanted(frame[14:]):
            continue
        head = frame[6:12] + frame[:6] + frame[12:14]
        data = frame[14:]
        size = int.from_bytes(data[2:4], "big") if data[0] >> 4 == 4 else 40 + int.from_bytes(data[4:6], "big")
        for answer in answers(Packet(data[:size])):
            wire.send(head + answer)


if __name__ == "__main__":
    sys.exit(main())
