"""The packets of a run put together: each probe with what answered it, read into records."""

from __future__ import annotations

from ..engines.events import NameFound, ReplyArrived, SendFailed
from ..errors import MalformedPacket
from ..packets.icmp import read_icmp
from ..packets.ip import IpHeader, read_header
from ..packets.quote import ICMP_PROTOCOLS
from ..packets.transport import read_tcp, read_udp
from ..records.family import IpProtocol
from ..records.record import Record
from ..records.replies import IcmpError, Origin, RawReply, Reply
from ..records.seen import SeenPacket
from ..render.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..engines.actions import Action
    from ..engines.events import Event
    from ..engines.transcript import Transcript


MOST_NAMES = 10_000  # whoever sends makes addresses up as he likes


class Answer(Record):
    """A packet that answers a probe: its IP header and what it says (a record of `records.replies`, or
    None where it cannot be read); `after_ns` is the time since the probe left."""

    packet: SeenPacket
    header: IpHeader
    reply: Reply | None
    after_ns: int

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

    `pieces` is in how many fragments the probe was sent.
    """

    number: int
    packet: SeenPacket
    header: IpHeader
    answers: tuple[Answer, ...]
    pieces: int = 1


class Notes:
    """What the transcript of a run adds to its packets; a transcript itself (`record`).

    `names` maps addresses to host names, `refused` are the errnos of sends, `local_mtus` the sizes with which our own
    kernel refused a packet, in order.  `further` is another transcript to be told.
    """

    def __init__(self, further: Transcript | None = None) -> None:
        self.names: dict[str, str] = {}
        self.refused: set[int] = set()
        self.local_mtus: dict[int, None] = {}
        self._further = further

    def record(self, event: Event, caused: Iterable[Action]) -> None:
        if isinstance(event, NameFound) and event.name and len(self.names) < MOST_NAMES:
            self.names[event.address] = event.name
        elif isinstance(event, SendFailed):
            self.refused.add(event.errno)
        elif isinstance(event, ReplyArrived) and isinstance(event.reply, IcmpError):
            if event.reply.origin == Origin.LOCAL:
                self.local_mtus[event.reply.info] = None
        if self._further is not None:
            self._further.record(event, caused)

    def called(self, address: str) -> str:
        """"name (address)", or the address alone."""
        name = self.names.get(address)
        return f"{visible(name)} ({address})" if name and name != address else address

    def short(self, address: str) -> str:
        """The first word of the host name, or the address."""
        return visible(self.names[address].partition(".")[0]) if address in self.names else address


def exchanges(packets: list[SeenPacket]) -> list[Exchange]:
    """One exchange a probe, in the order of sending.  Later fragments of a packet are left out."""
    sent: dict[int, SeenPacket] = {}
    pieces: dict[int, int] = {}
    answers: dict[int, list[Answer]] = {}
    for packet in packets:
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
