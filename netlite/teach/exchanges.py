"""The packets of a run put together: each probe with what answered it, read into records."""

from __future__ import annotations

from ipaddress import ip_address

from ..feature_errors import MalformedPacket
from ..packets.icmp import TYPES, read_icmp
from ..packets.ip import IpHeader, read_header
from ..packets.quote import ICMP_PROTOCOLS
from ..packets.transport import read_tcp, read_udp
from ..records.family import IpProtocol
from ..records.raw_links import RawReply
from ..records.record import Record
from ..records.replies import IcmpError
from ..records.seen import SeenPacket

TYPE_CHECKING = False
if TYPE_CHECKING:

    from ..records.replies import Reply


class Answer(Record):
    """A packet that answers a probe: its IP header and what it says (a record of `records.replies`, or
    None where it cannot be read); `after_ns` is the time since the probe left.  It is not `counted` where the program
    had stopped waiting, and printed a star."""

    packet: SeenPacket
    header: IpHeader
    reply: Reply | None
    after_ns: int
    counted: bool = True

    @property
    def ttl(self) -> int | None:
        """As it arrived; None where a rebuilt packet does not know."""
        return None if self.packet.rebuilt and not self.header.ttl else self.header.ttl

    @property
    def error(self) -> IcmpError | None:
        """What it says where that is an error."""
        return self.reply if isinstance(self.reply, IcmpError) else None

    @property
    def is_error(self) -> bool:
        return self.error is not None


class Exchange(Record):
    """A probe and its answers in order of arrival, usually one or none.

    `pieces` is in how many fragments the probe was sent, `network` the network of this host that it went to ("": none
    that is known), `is_broadcast` whether to all of it.
    """

    number: int
    packet: SeenPacket
    header: IpHeader
    answers: tuple[Answer, ...]
    pieces: int = 1
    network: str = ""
    is_broadcast: bool = False

    @property
    def is_echo(self) -> bool:
        """Whether it asks for an echo, as ping does."""
        behind = self.packet.data[self.header.header_bytes:]
        return self.header.protocol in ICMP_PROTOCOLS and \
            behind[:1] == bytes((TYPES[self.header.version].echo_request,))

    @property
    def is_whole(self) -> bool:
        """Whether it may not be cut on its way: DF, and all of IPv6."""
        return self.header.version == 6 or bool(self.packet.data[6] & 0x40)

    @property
    def is_own(self) -> bool:
        """Whether it is to this host itself."""
        return self.header.destination == self.header.source or ip_address(self.header.destination).is_loopback


def exchanges(packets: list[SeenPacket]) -> list[Exchange]:
    """One exchange a probe, in the order of sending.  Later fragments of a packet are left out."""
    sent: dict[int, SeenPacket] = {}
    pieces: dict[int, int] = {}
    answers: dict[int, list[Answer]] = {}
    for packet in sorted(packets, key=lambda packet: not packet.sent):  # some devices stamp the departure late
        header = _header(packet.data)
        if packet.number is None:
            continue
        if packet.sent:
            pieces[packet.number] = pieces.get(packet.number, 0) + 1
        if header is None or header.protocol is None:
            continue
        if packet.sent:
            sent.setdefault(packet.number, packet)
        elif packet.number in sent:
            after_ns = packet.at_ns - sent[packet.number].at_ns
            answers.setdefault(packet.number, []).append(Answer(packet, header, _reply(header, packet.data), after_ns))
    return [Exchange(number, packet, read_header(packet.data), tuple(answers.get(number, ())), pieces[number])
            for number, packet in sent.items()]


def _header(data: bytes) -> IpHeader | None:
    try:
        return read_header(data)
    except MalformedPacket:
        return None


def _reply(header: IpHeader, data: bytes) -> Reply | None:
    message = data[header.header_bytes:header.size_bytes]
    try:
        if header.protocol in ICMP_PROTOCOLS:
            return read_icmp(header.version, message, header.source, header.ttl)
        if header.protocol == IpProtocol.TCP:
            return read_tcp(message, header.source, header.ttl)
        if header.protocol == IpProtocol.UDP:
            return read_udp(message, header.source, header.ttl)
    except MalformedPacket:
        return None
    return RawReply(header.source, len(message), header.ttl)
