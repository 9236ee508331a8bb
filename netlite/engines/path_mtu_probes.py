"""The probes of a search for the path MTU: what was asked, and which of them an answer is for."""

from __future__ import annotations

from ..records.echo_links import EchoProbe, EchoReply
from ..records.record import Record
from ..records.replies import IcmpError, Origin
from ..records.udp_links import UdpProbe
from .events import round_trip_ns
from .path_mtu_outcomes import LOCAL, Outcome, fate_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.probes import Probe
    from ..records.replies import Reply
    from .events import ReplyArrived
    from .path_mtu_config import PathMtuConfig

WAIT_ROUND_TRIPS = 8
LEAST_WAIT_SHARE = 5  # of the patience
USUAL_TTL = 64
LARGEST_PORT = 65535


class SizeProbe(Record):
    """A packet of `size` bytes; `flow` 0 is the one that is searched."""

    size: int
    ttl: int | None
    flow: int


class SizeProbes:
    """All probes so far; `number` is that of the latest, from 1."""

    def __init__(self, config: PathMtuConfig):
        self._config = config
        self.number = 0
        self._sent: dict[int, tuple[SizeProbe, int]] = {}  # by number: what was asked, and when
        self._slowest_ns: int | None = None

    def make(self, asked: SizeProbe, now_ns: int) -> Probe:
        """The next probe."""
        self.number += 1
        number, config = self.number, self._config
        self._sent[number] = asked, now_ns
        if config.method == "icmp":
            return EchoProbe(number, number & 0xFFFF, asked.ttl, asked.size - config.headers_bytes)
        source_port = (config.source_port + asked.flow - 1) % LARGEST_PORT + 1
        return UdpProbe(number, asked.ttl or USUAL_TTL, config.port, asked.size, source_port)

    def left(self, number: int, sent_ns: int) -> None:
        """The kernel sent it."""
        self._sent[number] = self._sent[number][0], sent_ns

    def patience_ns(self) -> int:
        """How long to wait for the next answer."""
        most_ns = self._config.patience_ns
        if self._slowest_ns is None:
            return most_ns
        return min(most_ns, max(most_ns // LEAST_WAIT_SHARE, WAIT_ROUND_TRIPS * self._slowest_ns))

    def outcome(self, event: ReplyArrived) -> tuple[SizeProbe, Outcome] | None:
        """What came of which probe; None for what is no answer, or none to ours."""
        reply = event.reply
        number = event.number if event.number is not None else self._number_of(reply)
        if number is None or number not in self._sent:
            return None
        asked, sent_ns = self._sent[number]
        fate = fate_of(reply, self._config.address if self._config.method == "udp" else None)
        if fate is None:
            return None
        if fate == LOCAL:
            return asked, Outcome(LOCAL, 0, reply)
        rtt_ns = round_trip_ns(event, sent_ns)
        self._slowest_ns = max(rtt_ns, self._slowest_ns or 0)
        return asked, Outcome(fate, 0, reply, rtt_ns)

    def _number_of(self, reply: Reply) -> int | None:
        """The latest probe with the sequence number that `reply` shows; the latest at all for a local refusal."""
        sequence = reply.sequence if isinstance(reply, EchoReply) else None
        if type(reply) is IcmpError:
            if reply.origin == Origin.LOCAL:
                return self.number
            sequence = reply.quote.sequence if reply.quote else None
        return None if sequence is None else self.number - (self.number - sequence & 0xFFFF)
