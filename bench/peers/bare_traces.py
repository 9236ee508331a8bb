"""What Python cannot do without to play a traceroute over one router: ``… COUNT``.

Nineteen probes as bytes with their sums; every packet taken over its wires with a new TTL and sum, and counted where it
comes, passes and leaves; the error that quotes it, made and read; six of the answers printed.  The packets are those of
the lab, byte by byte.  No look-ups, no checks, no records, no engine, and no other node, protocol or option.
"""

from _struct import Struct
from sys import argv

IP, UDP, ICMP = Struct("!BBHHHBBH4s4s"), Struct("!HHHH"), Struct("!BBHI")
CLIENT, ROUTER, SERVER = bytes((198, 18, 1, 1)), bytes((198, 18, 1, 2)), bytes((198, 18, 2, 2))
DATA = bytes(range(0x40, 0x60))
received, forwarded, made, delivered, packets, octets = [0] * 3, [0] * 3, [0] * 3, [0] * 3, [0] * 4, [0] * 4


def checksum(data: bytes) -> int:
    return -int.from_bytes(data, "big") % 65535


def ip(source: bytes, destination: bytes, protocol: int, ttl: int, data: bytes, precedence: int = 0) -> bytes:
    head = IP.pack(0x45, precedence, 20 + len(data), 0, 0, ttl, protocol, 0, source, destination)
    return head[:10] + checksum(head).to_bytes(2, "big") + head[12:] + data


def probe(port: int, ttl: int) -> bytes:
    ends = CLIENT + SERVER + bytes((0, 17, 0, 40))
    summed = checksum(ends + UDP.pack(port + 6567, port, 40, 0) + DATA)
    return ip(CLIENT, SERVER, 17, ttl, UDP.pack(port + 6567, port, 40, summed) + DATA)


def passes(packet: bytes, node: int, device: int) -> bytes:
    """At the next node, over the wire of a device."""
    packets[device] += 1
    octets[device] += len(packet) + 14
    received[node] += 1
    return packet


def router(packet: bytes) -> bytes:
    """Handed on, with a TTL that is less by one (RFC 1624)."""
    forwarded[1] += 1
    stored = (packet[10] << 8 | packet[11]) + 0x100
    return packet[:8] + bytes((packet[8] - 1, packet[9])) + (stored % 65535).to_bytes(2, "big") + packet[12:]


def error(source: bytes, kind: int, code: int, about: bytes) -> bytes:
    message = ICMP.pack(kind, code, 0, 0) + about
    return ip(source, CLIENT, 1, 64, message[:2] + checksum(message).to_bytes(2, "big") + message[4:], 0xC0)


def play() -> str:
    """The text of one traceroute."""
    lines: list[list[str]] = [[], []]
    for number in range(19):
        ttl, port = number // 3 + 1, 33434 + number
        made[0] += 1
        packet = passes(probe(port, ttl), 1, 0)
        if packet[8] > 1:
            packet = passes(router(packet), 2, 1)
            delivered[2] += 1
            made[2] += 1
            answer = router(passes(error(SERVER, 3, 3, packet), 1, 2))
        else:
            made[1] += 1
            answer = error(ROUTER, 11, 0, packet)
        answer = passes(answer, 0, 3)
        delivered[0] += 1
        *_, source, _ = IP.unpack_from(answer)
        told = UDP.unpack_from(answer, 48)[1] - 33434
        if told < 6:
            lines[told // 3].append(".".join(map(str, source)))
    return "\n".join(f"{hop:2}  {answered[0]}" + "  0.000 ms" * 3 for hop, answered in enumerate(lines, 1))


for _ in range(int(argv[1])):
    text = play()
print(text)
