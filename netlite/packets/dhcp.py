"""DHCP messages as bytes: the fixed fields of BOOTP (RFC 951, RFC 2131 section 2) and options (RFC 2132).

What is read may be any bytes: every length is checked, and what is no message is a MalformedPacket.
"""

from __future__ import annotations

from _socket import inet_aton, inet_ntoa
from _struct import Struct

from ..feature_errors import MalformedPacket
from ..records.dhcp import KIND_NAMES, DhcpMessage, DhcpReply
from ..records.family import IpProtocol
from .checksum import is_valid, pseudo_header
from .ip import packed, read_packet
from .transport import make_udp
from .wire_format import ip_packet

HEADER = Struct("!4BIHH4s4s4s4s16s64s128s")
COOKIE = b"\x63\x82\x53\x63"
REQUEST, REPLY, ETHERNET, HARDWARE_BYTES = 1, 2, 1, 6
BROADCAST = 0x8000
LEAST_BYTES = 300  # of a BOOTP message, which old relays insist on (RFC 1542 section 2.1)
PAD, END = 0, 255
OVERLOAD = 52  # options go on in the fields of file (1), server name (2) or both (3)
MASK, ROUTERS, NAMES, REQUESTED, LEASE, KIND, SERVER, WANTED, SAID, RENEW, REBIND = \
    1, 3, 6, 50, 51, 53, 54, 55, 56, 58, 59
UDP_HEADER_BYTES = 8


def make_message(message: DhcpMessage) -> bytes:
    """Its bytes, padded to what a BOOTP message has at least.

    >>> read_message(make_message(DhcpMessage(1, 7, "02:00:00:00:01:01"))).name
    'DISCOVER'
    """
    operation = REQUEST if message.is_request else REPLY
    head = HEADER.pack(operation, ETHERNET, HARDWARE_BYTES, message.hops, message.transaction, message.seconds,
                       BROADCAST if message.broadcast else 0, inet_aton(message.client), inet_aton(message.yours),
                       bytes(4), inet_aton(message.relay), bytes.fromhex(message.hardware.replace(":", "")), b"", b"")
    options = [_option(KIND, bytes((message.kind,)))]
    options += [_option(code, inet_aton(value)) for code, value in (
        (REQUESTED, message.requested), (SERVER, message.server), (MASK, message.netmask)) if value is not None]
    options += [_option(code, b"".join(map(inet_aton, values))) for code, values in (
        (ROUTERS, message.routers), (NAMES, message.name_servers)) if values]
    options += [_option(code, value.to_bytes(4, "big")) for code, value in (
        (LEASE, message.lease_s), (RENEW, message.renew_s), (REBIND, message.rebind_s)) if value is not None]
    if message.wanted:
        options.append(_option(WANTED, bytes(message.wanted)))
    if message.said:
        options.append(_option(SAID, message.said.encode("utf-8", "surrogateescape")))
    return (head + COOKIE + b"".join(options) + bytes((END,))).ljust(LEAST_BYTES, b"\0")


def read_message(data: bytes) -> DhcpMessage:
    """The message of a datagram.  Raises MalformedPacket where it is cut off, BOOTP, or of another network."""
    if len(data) < HEADER.size + len(COOKIE):
        raise MalformedPacket("a DHCP message that is cut off")
    operation, kind, length, hops, transaction, seconds, flags, client, yours, _, relay, hardware, name, file = \
        HEADER.unpack_from(data)
    if (kind, length) != (ETHERNET, HARDWARE_BYTES):
        raise MalformedPacket("DHCP of other networks than Ethernet")
    if data[HEADER.size:HEADER.size + len(COOKIE)] != COOKIE:
        raise MalformedPacket("BOOTP, not DHCP")
    options: dict[int, bytes] = {}
    _read_options(data[HEADER.size + len(COOKIE):], options)
    overload = options.get(OVERLOAD, b"\0")[-1:]
    for bit, place in ((1, file), (2, name)):
        if overload and overload[0] & bit:
            _read_options(place, options)
    said = options.get(KIND, b"")
    if len(said) != 1 or said[0] not in KIND_NAMES:
        raise MalformedPacket("DHCP without a message type")
    message = DhcpMessage(
        said[0], transaction, hardware[:HARDWARE_BYTES].hex(":"), inet_ntoa(client), inet_ntoa(yours),
        inet_ntoa(relay), hops, seconds, bool(flags & BROADCAST), _address(options, MASK), _addresses(options, ROUTERS),
        _addresses(options, NAMES), _address(options, REQUESTED), _number(options, LEASE), _address(options, SERVER),
        tuple(options.get(WANTED, b"")), _text(options, SAID), _number(options, RENEW), _number(options, REBIND))
    if operation != (REQUEST if message.is_request else REPLY):
        raise MalformedPacket(f"DHCP: {message.name} in a BOOTP message of the other direction")
    return message


def datagram(message: DhcpMessage, source: str, destination: str, own_port: int, port: int) -> bytes:
    """A whole IP packet with a message: clients speak from port 68, servers and relays from 67."""
    return ip_packet(source, destination, IpProtocol.UDP,
                     make_udp(4, source, destination, own_port, port, make_message(message)))


def read_datagram(packet: bytes, port: int, summed: bool = True) -> DhcpReply:
    """The message of an IP packet to UDP `port`; one that is not `summed` has no checksum yet.

    Raises MalformedPacket for all else, a wrong checksum too.
    """
    header, data = read_packet(packet)
    if header.version != 4 or header.protocol != IpProtocol.UDP or len(data) < UDP_HEADER_BYTES:
        raise MalformedPacket("no UDP over IPv4")
    size_bytes = int.from_bytes(data[4:6], "big")
    if int.from_bytes(data[2:4], "big") != port or not UDP_HEADER_BYTES <= size_bytes <= len(data):
        raise MalformedPacket("a datagram of others, or cut off")
    data = data[:size_bytes]
    ends = packed(header.source), packed(header.destination)
    if summed and data[6:8] != b"\0\0" and not is_valid(pseudo_header(*ends, IpProtocol.UDP, size_bytes) + data):
        raise MalformedPacket("a wrong checksum")
    return DhcpReply(read_message(data[UDP_HEADER_BYTES:]), header.source, header.destination,
                     packet[:header.size_bytes])


def _option(code: int, value: bytes) -> bytes:
    return bytes((code, min(len(value), 255))) + value[:255]


def _read_options(data: bytes, options: dict[int, bytes]) -> None:
    """Code, length, value, up to the end mark; parts of one option are put together (RFC 3396).

    One that is cut off ends them: what stands before it is kept.
    """
    place = 0
    while place < len(data) and data[place] != END:
        if data[place] == PAD:
            place += 1
            continue
        if place + 2 > len(data) or place + 2 + data[place + 1] > len(data):
            return
        end = place + 2 + data[place + 1]
        options[data[place]] = options.get(data[place], b"") + data[place + 2:end]
        place = end


def _address(options: dict[int, bytes], code: int) -> str | None:
    value = options.get(code, b"")
    return inet_ntoa(value) if len(value) == 4 else None


def _addresses(options: dict[int, bytes], code: int) -> tuple[str, ...]:
    value = options.get(code, b"")
    return tuple([inet_ntoa(value[place:place + 4]) for place in range(0, len(value) - 3, 4)])


def _number(options: dict[int, bytes], code: int) -> int | None:
    value = options.get(code, b"")
    return int.from_bytes(value, "big") if len(value) == 4 else None


def _text(options: dict[int, bytes], code: int) -> str | None:
    value = options.get(code, b"").rstrip(b"\0")
    return value.decode("utf-8", "surrogateescape") if value else None
