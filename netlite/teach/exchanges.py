"""The packets of a run put together: each probe with what answered it, read into records."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from ..engines.actions import Report
from ..engines.events import NameFound, ReplyArrived, SendFailed
from ..feature_errors import MalformedPacket
from ..packets.icmp import TYPES, read_icmp
from ..packets.ip import IpHeader, read_header
from ..packets.quote import ICMP_PROTOCOLS
from ..packets.transport import read_tcp, read_udp
from ..records.family import IpProtocol
from ..records.ping import Answer as EchoAnswer
from ..records.raw_links import RawReply
from ..records.record import Record
from ..records.replies import IcmpError, Origin
from ..records.seen import SeenPacket
from ..records.tracepath import PathAnswer
from ..records.traceroute import ProbeResult
from ..render.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..engines.actions import Action
    from ..engines.events import Event
    from ..engines.transcript import Listener
    from ..records.replies import Reply


MOST_NAMES = 10_000  # whoever sends makes addresses up as he likes
MOST_TIMES = 100_000  # as many as packets are kept


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


class OwnNetwork(Record):
    """A network that this host has an address in, as ``198.18.1.1/24``, and its broadcast address, if it has one."""

    prefix: str
    broadcast: str | None = None


class Notes:
    """What the transcript of a run adds to its packets; a transcript itself (`record`).

    `names` maps addresses to host names, `refused` are the errnos of sends, `local_mtus` the sizes with which our own
    kernel refused a packet, in order.  `further` is another transcript to be told.  The times are those that the
    program printed: who captures packets measures others.  `networks` are those that this host has an address in.
    """

    def __init__(self, further: Listener | None = None) -> None:
        self.names: dict[str, str] = {}
        self.refused: set[int] = set()
        self.local_mtus: dict[int, None] = {}
        self.networks: tuple[OwnNetwork, ...] = ()
        self._further = further
        self._times: dict[tuple[str | int, str | None], list[int]] = {}  # (probe, who answered): what was printed
        self._answerers: dict[str | int, list[str | None]] = {}  # probe: who answered
        self._printed = 0
        self._stars = False  # whether the program printed some

    def record(self, event: Event, caused: Iterable[Action]) -> None:
        if isinstance(event, NameFound) and event.name and len(self.names) < MOST_NAMES:
            self.names[event.address] = event.name
        elif isinstance(event, SendFailed):
            self.refused.add(event.errno)
        elif isinstance(event, ReplyArrived) and isinstance(event.reply, IcmpError):
            if event.reply.origin == Origin.LOCAL:
                self.local_mtus[event.reply.info] = None
        for action in caused:
            if isinstance(action, Report):
                self._note_time(action.record)
        if self._further is not None:
            self._further.record(event, caused)

    def _note_time(self, told: object) -> None:
        """Round trips that the program prints: ping's and tracepath's are cut to microseconds, traceroute's rounded."""
        if isinstance(told, EchoAnswer) and told.rtt_ns is not None:
            self._note(told.sequence, told.source.partition("%")[0], told.rtt_ns // 1000 * 1000)
        elif isinstance(told, ProbeResult) and told.rtt_ns is None:
            self._stars = True
        elif isinstance(told, ProbeResult) and told.rtt_ns is not None and told.number is not None:
            self._note(told.number, told.source, (told.rtt_ns + 500) // 1000 * 1000)
        elif isinstance(told, PathAnswer) and told.rtt_ns is not None:
            self._note(f"ttl {told.ttl_hops}", told.address, max(0, told.rtt_ns) // 1000 * 1000)

    def _note(self, probe: str | int, source: str | None, time_ns: int) -> None:
        if self._printed == MOST_TIMES:
            return
        self._printed += 1
        if (probe, source) not in self._times:
            self._answerers.setdefault(probe, []).append(source)
        self._times.setdefault((probe, source), []).append(time_ns)

    def with_times(self, found: list[Exchange]) -> list[Exchange]:
        """The exchanges with the times that the program printed, where it printed one."""
        left = {key: list(times) for key, times in self._times.items()}
        order = {key: place for place, key in enumerate(self._times)}

        def timed(exchange: Exchange, answer: Answer) -> Answer:
            key = next((key for key in keys(exchange, answer) if left.get(key)), None)
            if key is None:
                return answer.replace(counted=not self._stars)
            return answer.replace(after_ns=left[key].pop(0))

        def keys(exchange: Exchange, answer: Answer) -> tuple[tuple[str | int, str | None], ...]:
            source = answer.header.source
            return (exchange.number, source), (f"ttl {exchange.header.ttl}", source)

        def place(exchange: Exchange, answer: Answer) -> int:
            return next((order[key] for key in keys(exchange, answer) if key in order), len(order))

        if not (left or self._stars):
            return found
        return [exchange.replace(answers=tuple(timed(exchange, answer) for answer in sorted(
            exchange.answers, key=lambda answer: place(exchange, answer)))) for exchange in found]

    def placed(self, found: list[Exchange]) -> list[Exchange]:
        """The exchanges with the networks of this host that they went to."""
        if not self.networks:
            return found
        return [self._placed(exchange) for exchange in found]

    def _placed(self, exchange: Exchange) -> Exchange:
        address = ip_address(exchange.header.destination)
        for own in self.networks:
            network = ip_network(own.prefix, strict=False)
            if address.version == network.version and address in network:
                is_broadcast = str(address) == own.broadcast or address.version == 4 and network.prefixlen < 31 \
                    and address == network.broadcast_address
                return exchange.replace(network=str(network), is_broadcast=is_broadcast)
        return exchange

    def who_answered(self, number: int) -> list[str]:
        """Who answered probe `number`, as the program printed it."""
        return list(map(str, self._answerers.get(number, ())))

    def first_answer(self, number: int) -> tuple[str, int] | None:
        """Who answered probe `number` first, and after what time, as the program printed it."""
        source = next(iter(self.who_answered(number)), None)
        return None if source is None else (source, self._times[number, source][0])

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
