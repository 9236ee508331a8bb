"""`Tries`: the same probe over several flows, each until it is answered or was lost often enough.

Made for connections (one flow) and for ways of which one is broken (several): what is lost once may be chance, what
is lost each time is not.
"""

from __future__ import annotations

from ...records.raw_links import TcpProbe
from ...records.record import Record
from ...records.udp_links import UdpProbe
from ..actions import Finish, Report, SendProbe
from ..engine import Engine
from ..events import Interrupted, ReceiveFailed, ReplyArrived, SendFailed, TimePassed, round_trip_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...records.replies import Reply
    from ..actions import Action
    from ..events import Event

DEFAULT_TTL = 64


class TriesConfig(Record):
    """From each of `source_ports` (0: whichever the kernel takes) to `port`, `tries` times, `patience_ns` each."""

    source_ports: tuple[int, ...]
    port: int
    size_bytes: int
    tcp: bool = False
    tries: int = 3
    patience_ns: int = 1_000_000_000


class Tried(Record):
    """What became of a flow: `reply`, or None; `errno` where the kernel refused; `sent` probes."""

    source_port: int
    reply: Reply | None
    errno: int | None
    sent: int
    rtt_ns: int | None = None


class Tries(Engine):
    """Reports a Tried a flow, at the end."""

    def __init__(self, config: TriesConfig):
        self._config = config
        self._number = 0
        self._round = 0
        self._flows: dict[int, int] = {}          # number of the probe: place of the flow
        self._sent_ns: dict[int, int] = {}
        self._tried = [Tried(port, None, None, 0) for port in config.source_ports]

    def feed(self, event: Event) -> list[Action]:
        if type(event) is ReplyArrived:
            self._arrived(event)
        elif type(event) is SendFailed:
            place = self._flows[event.number]
            self._tried[place] = self._tried[place].replace(errno=event.errno)
        elif type(event) is Interrupted or type(event) is ReceiveFailed:
            return self._end()
        elif self.deadline_ns is None or type(event) is TimePassed and event.at_ns >= self.deadline_ns:
            return self._next_round(event.at_ns)
        return self._end() if not self._open() else []

    def _open(self) -> list[int]:
        return [place for place, each in enumerate(self._tried) if each.reply is None and each.errno is None]

    def _next_round(self, now_ns: int) -> list[Action]:
        if self._round >= self._config.tries or not self._open():
            return self._end()
        self._round += 1
        self.deadline_ns = now_ns + self._config.patience_ns
        return [self._send(place, now_ns) for place in self._open()]

    def _send(self, place: int, now_ns: int) -> SendProbe:
        self._number += 1
        self._flows[self._number], self._sent_ns[self._number] = place, now_ns
        each, config = self._tried[place], self._config
        self._tried[place] = each.replace(sent=each.sent + 1)
        kind = TcpProbe if config.tcp else UdpProbe
        return SendProbe(kind(self._number, DEFAULT_TTL, config.port, config.size_bytes, each.source_port))

    def _arrived(self, event: ReplyArrived) -> None:
        place = self._flows.get(event.number or 0)
        if place is None or self._tried[place].reply is not None:
            return
        rtt_ns = round_trip_ns(event, self._sent_ns[event.number or 0])
        self._tried[place] = self._tried[place].replace(reply=event.reply, rtt_ns=rtt_ns)

    def _end(self) -> list[Action]:
        return [*map(Report, self._tried), Finish()]
