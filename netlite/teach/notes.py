"""`Notes`: what a transcript and this host add to the packets of a run: names, times that were printed, networks."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from ..engines.actions import Report
from ..engines.events import NameFound, ReplyArrived, SendFailed
from ..records.ping import Answer as EchoAnswer
from ..records.record import Record
from ..records.replies import IcmpError, Origin
from ..records.tracepath import PathAnswer
from ..records.traceroute import ProbeResult
from ..render.visible import visible
from .exchanges import Answer, Exchange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..engines.actions import Action
    from ..engines.events import Event
    from ..engines.transcript import Listener

MOST_NAMES = 10_000  # whoever sends makes addresses up as he likes
MOST_TIMES = 100_000  # as many as packets are kept


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
