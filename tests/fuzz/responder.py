"""A made-up network behind a tun device: what comes back for each probe follows from a seed and the probe alone.

Every destination is a host some hops away.  On the way and there each probe meets a fate: an answer, several, none,
or one that is wrong in some way.  Times stay out of it, but for answers held back until the next probe.
"""

from __future__ import annotations

import fcntl
import os
import struct
from random import Random

from odd_routers import ICMP, ICMP6, TCP, UDP, UDPLITE, Packet, echo_reply, extension, interface, labels, structure

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x1, 0x1000
SET_UP = ("link set dev eth0 up", "addr add 10.9.0.1/24 dev eth0", "addr add fd09::1/64 dev eth0 nodad", "route add default dev eth0",
          "route add ::/0 dev eth0")
ODD_SOURCES = {4: ("203.0.113.9", "10.9.0.77", "0.0.0.1", "198.51.100.250", "1.1.1.1"),
               6: ("2001:db8:9::9", "fd09::77", "fe80::9", "2001:db8:77::ffff", "::ffff:1.2.3.4")}
LARGEST_BYTES = 1480
OBJECTS = (extension(1, 1, labels((24001, 0, 1, 1))), extension(1, 1, labels((16, 5, 0, 254), (3, 7, 1, 1))), extension(2, 0x0A, bytes.fromhex("000000010a630301")),
           extension(7, 9, bytes.fromhex("deadbeef00000001")), extension(3, 1, b""), interface(b"ge-0/0/0"), b"\0\x08\x01\x01\0\0", b"\0\0\0\0", b"\xff\xff\1\1")
FRAGMENT = 44
SEQUENCES = (26, 27, 46, 47)  # places in a quote: errors about probes never sent are counted by the original alone


def open_tun() -> int:
    """The descriptor of a new device eth0; packets begin with their IP header."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", b"eth0", IFF_TUN | IFF_NO_PI))
    return descriptor


class Network:
    """Answers probes.  `seed` is that of the run; each destination has a story of its own."""

    def __init__(self, seed: int):
        self._seed = seed
        self._counts: dict[tuple, int] = {}
        self._held: dict[bytes, list[bytes]] = {}

    def answers(self, data: bytes) -> list[bytes]:
        """What comes back for a packet, at once."""
        packet = Packet(data)
        if packet.version == 4 and (data[6] & 0x1F or data[7]) or packet.protocol == FRAGMENT and data[42:44] > b"\0\7":
            return []  # the first fragment stands for all
        here = packet.destination, packet.ttl
        number = self._counts[here] = self._counts.get(here, 0) + 1
        released = self._held.pop(packet.destination, [])
        story = Random(f"{self._seed} {packet.destination.hex()}")
        hops, calm = story.randrange(1, 5), story.choice((0.3, 0.6, 0.9))
        fate = Fate(packet, Random(f"{self._seed} {packet.destination.hex()} {packet.ttl if packet.ttl < 40 else 0} {number}"), calm)
        found = fate.on_the_way() if packet.ttl < hops else fate.at_the_host()
        if found and packet.protocol in (ICMP, ICMP6) and fate.random.random() < 0.05:
            self._held[packet.destination] = found
            found = []
        most = len(found) if packet.protocol in (ICMP, ICMP6) else 1  # of others the next probe would have a part
        return [one[:LARGEST_BYTES] for one in found[:most] + released]


class Fate:
    """What becomes of one probe."""

    def __init__(self, packet: Packet, random: Random, calm: float):
        self.packet, self.random, self.calm = packet, random, calm

    def on_the_way(self) -> list[bytes]:
        """The answers of the router where its hops end."""
        if self.random.random() < 0.1:
            return []
        kind = 11 if self.packet.version == 4 else 3
        if self.random.random() < self.calm:
            return [self.packet.error(self.packet.router(self.packet.ttl), kind, 0, ttl=self.random.choice((64, 255, 250, 61)))]
        return [self._error(kind, 0) if self.random.random() < 0.6 else self._any_error()] * self.random.choice((1, 1, 1, 2))

    def at_the_host(self) -> list[bytes]:
        """The answers of the host, or of who is before it."""
        if self.random.random() < 0.1:
            return []
        if self.random.random() > self.calm and self.random.random() < 0.5:
            found = [self._any_error()]
            if self.random.random() < 0.3:
                found += self._good()
            return found
        return self._good() if self.random.random() < self.calm else self._odd()

    def _good(self) -> list[bytes]:
        packet = self.packet
        if packet.protocol in (ICMP, ICMP6):
            return [echo_reply(packet, packet.body[8:])] if packet.body[0] in (8, 128) else []
        if packet.protocol == TCP:
            if packet.body[13] & 0x04 or packet.body[13] & 0x12 == 0x10:  # a reset, or the kernel goes on with a connection
                return []
            return [self._segment(self.random.choice((0x12, 0x14, 0x14, 0x52, 0x04)))]
        kind, code = (3, 3) if packet.version == 4 else (1, 4)
        if packet.protocol not in (UDP, UDPLITE):
            kind, code = (3, 2) if packet.version == 4 else (4, 1)
        return [packet.error(packet.destination, kind, code, ttl=self.random.choice((64, 59, 255, 128)))]

    def _segment(self, flags: int) -> bytes:
        source_port, port, sequence = struct.unpack("!HHI", self.packet.body[:8])
        segment = struct.pack("!HHIIBBHHH", port, source_port, 1000 if flags & 2 else 0, sequence + 1 & 0xFFFFFFFF, 0x50, flags, 1000, 0, 0)
        return self.packet.reply(TCP, segment, self.packet.destination, 60, 16)

    def _odd(self) -> list[bytes]:
        """Good answers with something wrong or unusual."""
        good = self._good()
        if not good:
            return []
        answer, random = bytearray(good[0]), self.random
        head = 20 if self.packet.version == 4 else 40
        way = random.randrange(9)
        if way == 0:
            return good * random.randrange(2, 4)
        if way == 1:
            answer[head + 2] ^= 0x5A  # the checksum of ICMP; a port of TCP
            return [bytes(answer)]
        if way == 2 and self._is_echo():
            return [self._echo(self.packet.body[8:][:random.randrange(60)])]
        if way == 3 and self._is_echo():
            return [self._echo(self.packet.body[8:] + bytes(random.randrange(1, 300)))]
        if way == 4 and self._is_echo():
            data = bytearray(self.packet.body[8:] or b"\0")
            data[random.randrange(len(data))] ^= 0xFF
            return [self._echo(bytes(data))]
        if way == 5 and self._is_echo():
            return [self._echo(self.packet.body[8:], self._source())]
        if way == 6 and self._is_echo():
            return [self._echo(self.packet.body[8:], identity=random.choice((b"\0\1", self.packet.body[4:6])) + b"\0\1")]
        if way == 7:
            return good + [self._error(11 if self.packet.version == 4 else 3, 0)]
        return [self._error(3 if self.packet.version == 4 else 1, random.randrange(7))] + good

    def _is_echo(self) -> bool:
        return self.packet.protocol in (ICMP, ICMP6) and self.packet.body[0] in (8, 128)

    def _echo(self, payload: bytes, source: bytes | None = None, identity: bytes = b"") -> bytes:
        kind = b"\0\0" if self.packet.version == 4 else b"\x81\0"
        body = kind + b"\0\0" + (identity or self.packet.body[4:8]) + payload
        return self.packet.reply(self.packet.protocol, body, source or self.packet.destination, self.random.choice((64, 1, 255)), 2)

    def _source(self) -> bytes:
        from socket import AF_INET, AF_INET6, inet_pton

        version = self.packet.version
        return inet_pton(AF_INET if version == 4 else AF_INET6, self.random.choice(ODD_SOURCES[version]))

    def _any_error(self) -> bytes:
        kinds = (3, 3, 3, 11, 12, 4, 5, 40, 9) if self.packet.version == 4 else (1, 1, 1, 2, 3, 4, 100, 127)
        return self._error(self.random.choice(kinds), self.random.choice((0, 1, 2, 3, 4, 5, 9, 10, 13, 15, 16, 255)))

    def _error(self, kind: int, code: int) -> bytes:
        """An ICMP error with any quote."""
        packet, random = self.packet, self.random
        source = self._source() if random.random() < 0.2 else packet.router(packet.ttl if packet.ttl < 40 else 9)
        rest = random.choice((bytes(4), bytes(4), struct.pack("!I", 1400), struct.pack("!I", 1280), struct.pack("!I", 68), bytes([10, 9, 0, 99]), b"\xff\xff\xff\xff"))
        if random.random() < 0.4:
            return packet.error(source, kind, code, rest, random.choice((64, 255, 33)), self._objects())
        quote = bytearray(packet.data[:random.choice((0, 1, 19, 20, 24, 27, 28, 29, 36, 39, 40, 48, 56, 60, 128, 548))])
        if random.random() < 0.3 and quote:
            place = random.randrange(len(quote))
            quote[place] ^= 1 << random.randrange(8) if place not in SEQUENCES else 0
        if random.random() < 0.2 and len(quote) not in SEQUENCES:  # else it would stand where the number does
            quote += structure(self._objects() or OBJECTS[0])
        protocol = ICMP if packet.version == 4 else ICMP6
        return packet.reply(protocol, bytes([kind, code, 0, 0]) + rest + bytes(quote), source, random.choice((64, 255, 33)), 2)

    def _objects(self) -> bytes:
        return b"".join(self.random.choice(OBJECTS) for _ in range(self.random.randrange(3)))
