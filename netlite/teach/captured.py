"""A capture told: a sentence for each packet, whoever sent it, and what can be said of them together.

Nothing here knows who "we" are: the file may be from anywhere.
"""

from __future__ import annotations

from _socket import inet_ntoa

from ..feature_errors import MalformedPacket
from ..packets.dhcp import read_message
from ..packets.dns import read_answer, read_question
from ..packets.icmp import TYPES, read_icmp
from ..packets.ip import IpHeader, read_header
from ..packets.link_layers import ARP, ARP_BYTES, Framed, hardware, unframe
from ..packets.quote import ICMP_PROTOCOLS
from ..packets.transport import read_tcp
from ..records.captures import CapturedFrame
from ..records.family import IpProtocol
from ..records.icmp_errors import TOO_BIG
from ..records.record import Record
from ..records.replies import IcmpError
from ..records.tcp_flags import ACK, FIN, RST, SYN
from ..render.visible import visible
from .dhcp import sentence as dhcp_sentence
from .fields import protocol as protocol_name
from .icmp_kinds import icmp_kind
from .sentences import count, hop_word, milliseconds, routers_back

DOMAIN, DHCP_SERVER, DHCP_CLIENT = 53, 67, 68
SERVICES = {20: "ftp", 21: "ftp", 22: "ssh", 23: "telnet", 25: "smtp", 53: "domain", 67: "dhcp", 68: "dhcp", 80: "http",
            110: "pop3", 123: "ntp", 143: "imap", 161: "snmp", 179: "bgp", 443: "https", 546: "dhcpv6", 547: "dhcpv6",
            587: "submission", 853: "domain over TLS", 993: "imaps", 1900: "ssdp", 3389: "rdp", 5353: "mdns",
            5432: "postgresql"}
RCODES = {1: "it does not understand the question", 2: "it failed (SERVFAIL)", 3: "there is no such name (NXDOMAIN)",
          5: "it refuses (REFUSED)"}
MOST_REMEMBERED = 100_000


class Told(Record):
    """A frame with its sentence; `ip` is the packet in it, b"" where there is none."""

    frame: CapturedFrame
    sentence: str
    ends: tuple[str, str]
    kind: str
    ip: bytes


class Teller:
    """Tells frames one after the other, and remembers what later ones may be about."""

    def __init__(self) -> None:
        self._seen: dict[tuple[object, ...], CapturedFrame] = {}
        self._answered: set[tuple[object, ...]] = set()  # those that had an answer since they were asked
        self._explained: set[str] = set()  # kinds of ICMP, each of which is explained once

    def tell(self, frame: CapturedFrame) -> Told:
        """The sentence of the next frame."""
        framed = unframe(frame.linktype, frame.data)
        cut = frame.wire_bytes - len(frame.data)
        rest = f" The file holds {len(frame.data)} of its {frame.wire_bytes} bytes." if cut > 0 else ""
        tags = f" It carries the VLAN tag {', '.join(map(str, framed.vlans))}." if framed.vlans else ""
        if framed.protocol == ARP:
            sentence, ends = _arp(framed)
            return Told(frame, sentence + tags + rest, ends, "ARP", b"")
        if not framed.is_ip:
            return Told(frame, _strange(framed, frame) + tags + rest, (framed.sender, framed.receiver), "other", b"")
        try:
            header = read_header(framed.payload)
        except MalformedPacket as problem:
            return Told(frame, f"A packet whose header is no IP header: {problem}.{rest}", ("", ""), "other", b"")
        kind, sentence = self._ip(header, framed.payload, frame)
        return Told(frame, sentence + tags + rest, (header.source, header.destination), kind,
                    framed.payload[:max(header.size_bytes, header.header_bytes)])

    def _ip(self, header: IpHeader, data: bytes, frame: CapturedFrame) -> tuple[str, str]:
        there = f"{header.source} to {header.destination}"
        message = data[header.header_bytes:max(header.size_bytes, header.header_bytes)]
        if header.protocol is None:
            return "fragments", f"{there}: a later fragment of a packet, or one without anything in it."
        self._remember((header.source, header.destination, header.protocol, message[:8]), frame)
        if header.protocol in ICMP_PROTOCOLS:
            return ("ICMP" if header.version == 4 else "ICMPv6"), self._icmp(header, message, frame)
        if header.protocol == IpProtocol.TCP:
            return "TCP", self._tcp(header, message)
        if header.protocol == IpProtocol.UDP:
            return "UDP", self._udp(header, message, frame) if len(message) >= 8 else \
                f"{there}: a UDP datagram that is cut off."
        name = protocol_name(header.protocol)
        return name, f"{there}: {len(message)} bytes of {name}."

    def _remember(self, key: tuple[object, ...], frame: CapturedFrame) -> None:
        if len(self._seen) < MOST_REMEMBERED:
            self._seen[key] = frame
            self._answered.discard(key)

    def _answer(self, key: tuple[object, ...], frame: CapturedFrame, words: str) -> str:
        """What a frame is the answer to, in brackets: " (the answer to packet 3, after 1.20 ms)", or that once more."""
        asked = self._after(key, frame)
        if not asked:
            return ""
        again = ", once more" if key in self._answered else ""
        self._answered.add(key)
        return f" ({words}{asked[1:]}{again})"

    def _after(self, key: tuple[object, ...], frame: CapturedFrame) -> str:
        """What a frame answers: ", packet 3, after 1.20 ms"."""
        before = self._seen.get(key)
        if before is None:
            return ""
        if before.wall_ns is None or frame.wall_ns is None or frame.wall_ns < before.wall_ns:
            return f", packet {before.number}"
        return f", packet {before.number}, after {milliseconds(frame.wall_ns - before.wall_ns)}"

    def _icmp(self, header: IpHeader, message: bytes, frame: CapturedFrame) -> str:
        if len(message) < 8:
            return f"{header.source} to {header.destination}: an ICMP message that is cut off."
        kind, code, types = message[0], message[1], TYPES[header.version]
        identifier, sequence = int.from_bytes(message[4:6], "big"), int.from_bytes(message[6:8], "big")
        if kind == types.echo_request:
            self._remember(("echo", header.destination, header.source, message[4:8]), frame)
            return (f"{header.source} asks {header.destination} for an echo: id {identifier}, sequence {sequence}, "
                    f"{header.size_bytes} bytes, {hop_word(header.version)} {header.ttl}.")
        if kind == types.echo_reply:
            asked = self._answer(("echo", header.source, header.destination, message[4:8]), frame, "the answer to")
            return (f"{header.source} sends the echo back to {header.destination}: id {identifier}, sequence {sequence}"
                    f"{asked or ', whose request is not in the file'}."
                    f"{_crossed(header)}")
        said = icmp_kind(header.version, kind, code)
        told = f"{header.source} tells {header.destination}: {said.name} (type {kind}, code {code})."
        if said.name not in self._explained:
            self._explained.add(said.name)
            told += f" {said.sentence}"
        try:
            error = read_icmp(header.version, message, header.source, header.ttl)
        except MalformedPacket:
            return told
        if not isinstance(error, IcmpError) or error.quote is None or error.quote.source is None:
            return told
        quote = error.quote
        start = 8 + _quoted_header_bytes(message[8:])
        about = self._after((quote.source, quote.destination, quote.protocol, message[start:start + 8]), frame)
        size = f" The size that would fit: {error.info} bytes." if error.says(TOO_BIG) else ""
        return f"{told} It is about a packet from {quote.source} to {quote.destination}{about}.{size}{_crossed(header)}"

    def _tcp(self, header: IpHeader, message: bytes) -> str:
        try:
            segment = read_tcp(message, header.source, header.ttl)
        except MalformedPacket:
            return f"{header.source} to {header.destination}: a TCP segment that is cut off."
        here, there = _end(header.source, segment.source_port), _end(header.destination, segment.destination_port)
        data_bytes = len(message) - (message[12] >> 4) * 4
        flags = segment.flags
        if flags & RST:
            return f"{here} says to {there}: there is no such connection, or it is over at once (RST)."
        if flags & SYN:
            return (f"{here} says yes to {there}, the second step of the handshake (SYN, ACK)." if flags & ACK else
                    f"{here} asks {there} for a connection, the first step of the handshake (SYN).")
        carried = f"{count(data_bytes, 'byte')} of data" if data_bytes else ""
        if flags & FIN:
            return f"{here} has said all to {there} (FIN){f', with {carried}' if carried else ''}."
        return f"{here} sends {there} {carried}." if carried else f"{here} tells {there} that all has come (ACK)."

    def _udp(self, header: IpHeader, message: bytes, frame: CapturedFrame) -> str:
        sport, dport = int.from_bytes(message[:2], "big"), int.from_bytes(message[2:4], "big")
        here, there = _end(header.source, sport), _end(header.destination, dport)
        body = message[8:]
        if {sport, dport} <= {DHCP_SERVER, DHCP_CLIENT}:
            return f"{here} to {there}: DHCP {_dhcp(body, header.destination)}"
        try:
            if dport == DOMAIN:
                asked = read_question(body)
                self._remember(("dns", header.source, sport, asked.identifier), frame)
                return f"{here} asks the name server {header.destination} for the IPv{asked.version} address of " \
                       f"{visible(asked.name) or 'the root'}."
            if sport == DOMAIN:
                answer = read_answer(body)
                found = ", ".join(answer.addresses[:8]) or RCODES.get(answer.code, "no address")
                about = self._answer(("dns", header.destination, dport, answer.identifier), frame, "to")
                return f"The name server {header.source} answers {there}: {found}{about}."
        except MalformedPacket:
            pass
        return f"{here} sends {there} {count(len(body), 'byte')} by UDP, {hop_word(header.version)} {header.ttl}."


def _quoted_header_bytes(quote: bytes) -> int:
    try:
        return read_header(quote).header_bytes
    except MalformedPacket:
        return 0


def _end(address: str, port: int) -> str:
    shown = f"[{address}]" if ":" in address else address
    return f"{shown}:{port}" + (f" ({SERVICES[port]})" if port in SERVICES else "")


def _crossed(header: IpHeader) -> str:
    if header.ttl is None or not 0 < header.ttl <= 255:
        return ""
    return f" Its {hop_word(header.version)} is {header.ttl} here: it probably crossed " \
           f"{count(routers_back(header.ttl), 'router')}."


def _arp(framed: Framed) -> tuple[str, tuple[str, str]]:
    """RFC 826, for IPv4 on Ethernet."""
    data = framed.payload
    if len(data) < ARP_BYTES or data[:6] != b"\x00\x01\x08\x00\x06\x04":
        return "An ARP packet that is cut off, or not about IPv4 and Ethernet.", (framed.sender, framed.receiver)
    operation = int.from_bytes(data[6:8], "big")
    sender, target = inet_ntoa(data[14:18]), inet_ntoa(data[24:28])
    if sender == target:
        told = f"{hardware(data[8:14])} tells all that it has {sender} (ARP announcement)."
    elif sender == "0.0.0.0":
        told = f"{hardware(data[8:14])} asks whether anybody has {target} before it takes it (ARP probe)."
    elif operation == 1:
        told = f"{sender} ({hardware(data[8:14])}) asks all on the wire who has {target} (ARP)."
    elif operation == 2:
        told = f"{sender} tells {target} that its hardware address is {hardware(data[8:14])} (ARP)."
    else:
        told = f"ARP operation {operation} of {sender}, about {target}."
    return told, (sender, target)


def _strange(framed: Framed, frame: CapturedFrame) -> str:
    if framed.protocol is None:
        return f"{count(len(frame.data), 'byte')} of link type {frame.linktype}, not explained here."
    return f"A frame from {framed.sender or 'somebody'} with EtherType 0x{framed.protocol:04x}, not explained here."


def _dhcp(body: bytes, destination: str) -> str:
    """What a DHCP message says (RFC 2131, RFC 2132)."""
    try:
        message = read_message(body)
    except MalformedPacket:
        return "that is cut off, or BOOTP."
    return f"{message.name}: {dhcp_sentence(message, destination=destination)}"
