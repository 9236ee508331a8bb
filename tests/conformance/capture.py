"""Packets as they leave a node, one line of text each.

A packet socket (packet(7)) on all interfaces of the namespace sees what the kernel hands to the
devices.  ARP, neighbour discovery and multicast membership are the kernel's own affair and left out.
Fields that no program chooses (IPv4 identification, checksums) are left out as well; a wrong
checksum would show as a missing reply.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
import zlib

ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 0x0003, 0x0800, 0x86DD
PACKET_OUTGOING = 4
SO_RCVBUFFORCE = 33
ICMP_QUOTES = {1: {3, 4, 5, 11, 12}, 58: {1, 2, 3, 4}}
KERNEL_ICMP6 = {130, 131, 132, 133, 134, 135, 136, 143}


class Capture:
    """Collects the packets leaving a node of a lab."""

    def __init__(self, lab, node: str):
        self.packets: list[str] = []
        self._socket = lab.socket(node, socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
        except PermissionError:  # without root the system's limit has to do
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 23)
        self._socket.setblocking(False)

    def fileno(self) -> int:
        return self._socket.fileno()

    def begin(self) -> None:
        """Forget what has left so far."""
        self.drain()
        self.packets.clear()

    def drain(self) -> None:
        """Take in all that has left so far."""
        while True:
            try:
                data, (device, protocol, kind, *_) = self._socket.recvfrom(1 << 17)
            except BlockingIOError:
                return
            if kind == PACKET_OUTGOING and protocol in (ETH_P_IP, ETH_P_IPV6):
                line = describe(data)
                if line:
                    self.packets.append(f"{device} {line}")

    def close(self) -> None:
        self._socket.close()


def describe(packet: bytes) -> str:
    """One line for an IP packet; empty for the kernel's own chatter."""
    return _ipv4(packet) if packet[0] >> 4 == 4 else _ipv6(packet)


def _ipv4(packet: bytes) -> str:
    head = (packet[0] & 15) * 4
    _, tos, length, _, fragment, ttl, protocol, _, source, destination = struct.unpack_from("!BBHHHBBH4s4s", packet)
    options = f" options={_ip_options(packet[20:head])}" if head > 20 else ""
    text = (f"IPv4 {ipaddress.ip_address(source)} > {ipaddress.ip_address(destination)} tos={tos:#x} "
            f"ttl={ttl} length={length} df={fragment >> 14 & 1}{options}")
    if fragment & 0x3FFF:
        return f"{text} fragment={(fragment & 0x1FFF) * 8} more={fragment >> 13 & 1}"
    return f"{text} {_payload(protocol, packet[head:length])}"


def _ip_options(options: bytes) -> str:
    """In hex; of an Internet timestamp (RFC 791) without the times."""
    if options[0] != 0x44:
        return options.hex()
    _, length, pointer, flags = options[:4]
    entry = 8 if flags & 15 else 4
    entries = [options[at:at + entry] for at in range(4, length, entry)]
    addresses = ",".join(one[:4].hex() if entry == 8 else "#" for one in entries)
    return f"44{length:02x}{pointer:02x}{flags:02x} {addresses} {options[length:].hex()}"


def _ipv6(packet: bytes) -> str:
    first, length, following, hops, source, destination = struct.unpack_from("!IHBB16s16s", packet)
    text = (f"IPv6 {ipaddress.ip_address(source)} > {ipaddress.ip_address(destination)} "
            f"tos={first >> 20 & 255:#x} flow={first & 0xFFFFF:#x} ttl={hops} length={length}")
    body = packet[40:40 + length]
    while following in (0, 43, 60):  # hop-by-hop, routing, destination options (RFC 8200)
        size = (body[1] + 1) * 8
        text += f" header{following}={body[2:size].hex()}"
        following, body = body[0], body[size:]
    if following == 44:
        place = struct.unpack_from("!H", body, 2)[0]
        return f"{text} fragment={place & 0xFFF8} more={place & 1}"
    if following == 58 and body[0] in KERNEL_ICMP6:
        return ""
    return f"{text} {_payload(following, body)}"


def _payload(protocol: int, data: bytes) -> str:
    if protocol in (1, 58) and len(data) >= 8:
        kind, code, _, identifier, sequence = struct.unpack_from("!BBHHH", data)
        if kind in ICMP_QUOTES[protocol]:
            return f"icmp {kind}/{code}"
        return f"icmp {kind}/{code} id={identifier} seq={sequence} {_data(data[8:])}"
    if protocol in (17, 136) and len(data) >= 8:
        source, destination, length = struct.unpack_from("!HHH", data)
        name = "udp" if protocol == 17 else "udplite"
        return f"{name} {source} > {destination} length={length} {_data(data[8:])}"
    if protocol == 6 and len(data) >= 20:
        return _tcp(data)
    return f"protocol={protocol} {_data(data)}"


def _data(data: bytes) -> str:
    """The start in hex; of what follows, only length and a checksum."""
    rest = f" and {len(data) - 64} more, crc {zlib.crc32(data[64:]):#x}" if len(data) > 64 else ""
    return f"data={data[:64].hex()}{rest}"


def _tcp(data: bytes) -> str:
    source, destination, sequence, acknowledged, flags, window, _, urgent = struct.unpack_from("!HHIIHHHH", data)
    head = (flags >> 12) * 4
    options, place = [], 20
    while place < head:
        kind = data[place]
        size = 1 if kind < 2 else max(2, data[place + 1])
        value = "#" if kind == 8 else data[place + 2:place + size].hex()  # 8: time stamps (RFC 7323)
        options.append(f"{kind}:{value}" if size > 1 else str(kind))
        place += size
    return (f"tcp {source} > {destination} seq={sequence} ack={acknowledged} flags={flags & 0xFFF:#05x} "
            f"window={window} urgent={urgent} options={','.join(options)} {_data(data[head:])}")
