"""Paths that are watched: each hop of each path is asked on its own schedule, and every answer is told as it comes.

Transition rules
  Started, TimePassed   hops that are due are asked, as far as `rate` allows; a path whose end is not known grows by
                        a hop every GROW_NS; what is `timeout` old is lost
  ProbeSent       from now on the probe has its time
  SendFailed      the probe is unsent; the hop has its next one when that is due
  ReplyArrived    an answer in time, a late one (its probe stays lost), a duplicate; hints are none.  It may change
                  the path (`watched_path`)
  NameFound       is remembered
  ResetAsked      all counts begin anew; PauseAsked: nothing is sent until it is taken back
  all hops have had `count` probes and all of these a verdict     the states are told, and the run ends
  Interrupted     the same at once; ReceiveFailed too, when it is told

A probe's number says its path: number modulo the number of paths (`links.ways`).  That an answer belongs to a
probe, the link has seen.
"""

from __future__ import annotations

from _heapq import heappop, heappush
from collections import deque

from ..records.echo_links import EchoProbe
from ..records.icmp_errors import PORT_UNREACHABLE, PROTOCOL_UNREACHABLE, TTL_EXCEEDED
from ..records.ping_mishaps import ReceiveRefused
from ..records.raw_links import TcpProbe
from ..records.record import Record
from ..records.replies import IcmpError, Origin, is_host
from ..records.udp_links import UdpProbe
from ..records.watch import HopProbe, PathState, Way
from .actions import Finish, LookUpName, Report, SendProbe
from .engine import Engine
from .events import (
    Interrupted,
    NameFound,
    ProbeSent,
    ReceiveFailed,
    ReplyArrived,
    SendFailed,
    Started,
    TimePassed,
    round_trip_ns,
)
from .naming import PATIENCE_NS
from .requests import PauseAsked, ResetAsked
from .watched_path import REACHED, REFUSED, ROUTER, Hop, Path, labels_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.probes import Probe
    from ..records.replies import Reply
    from .actions import Action
    from .events import Event

GROW_NS = 25_000_000                  # between the first probes to neighbouring hops
REMEMBERED = 8192                     # settled probes whose late answers and duplicates are still known
MOST_NAMES = 4096                     # anybody can make up addresses
MANY, PATIENT_TURNS = 256, 64         # as engines.echo_targets: nobody is given up before all arrivals are read
SEQUENCE_STEP = 0x10000               # between the initial sequence numbers of TCP


class WatchConfig(Record):
    """Which `ways` are watched and how.

    `method` "icmp", "udp" or "tcp" (to `port`); hops `first_hop` to `max_hops`, at most `max_unknown` beyond the last
    one that answers.  Each hop gets `count` probes (None: no end), one every `interval_ns`, and each of these has
    `timeout_ns`; at most `rate` probes a second leave in all.  `names` looks names up; `verdicts` False tells changes
    and the states at the end alone.  `wall_offset_ns` is wall time less monotonic time, `seed` where the sequence
    numbers of TCP begin.
    """

    ways: tuple[Way, ...]
    method: str = "icmp"
    port: int = 33434
    first_hop: int = 1
    max_hops: int = 30
    max_unknown: int = 12
    count: int | None = None
    interval_ns: int = 1_000_000_000
    timeout_ns: int = 3_000_000_000
    rate: float = 250.0
    names: bool = False
    verdicts: bool = True
    wall_offset_ns: int = 0
    seed: int = 0


class _Asked:
    """A probe: under way, or settled as `verdict`."""

    __slots__ = ("path", "hop", "era", "sequence", "sent_ns", "verdict")

    def __init__(self, path: Path, hop: Hop, now_ns: int):
        self.path, self.hop, self.era, self.sequence, self.sent_ns = path, hop, hop.era, path.sequence, now_ns
        self.verdict: str | None = None


class Watch(Engine):
    """Reports HopProbe and PathChanged as they happen, ReceiveRefused, and a PathState a path at the end."""

    def __init__(self, config: WatchConfig):
        self._config = config
        self._paths = [Path(place, way, config.first_hop, config.max_hops, config.max_unknown)
                       for place, way in enumerate(config.ways)]
        self._spacing_ns = round(1e9 / config.rate)
        self._slot_ns = 0  # when the rate allows the next probe
        self._due: list[tuple[int, int, Path, Hop]] = []  # when, order
        self._order = 0
        self._open: dict[int, _Asked] = {}
        self._settled: dict[int, _Asked] = {}
        self._overdue: deque[int] = deque()  # numbers in the order they left
        self._names: dict[str, str | None] = {}
        self._awaited: dict[str, int] = {}  # addresses whose names are looked up: until when the end waits for them
        self._arrivals = self._patient_turns = 0
        self._paused = False

    def feed(self, event: Event) -> list[Action]:
        now_ns = event.at_ns
        actions: list[Action] = []
        if type(event) is ReplyArrived:
            self._arrivals += 1
            actions = self._arrived(event)
        elif type(event) is ProbeSent:
            self._left(event.number, event.sent_ns)
        elif type(event) is SendFailed:
            actions = self._failed(event)
        elif type(event) is TimePassed:
            actions = self._give_up(now_ns)
        elif type(event) is NameFound:
            if self._awaited.pop(event.address, None) is not None or event.address in self._names:
                self._names[event.address] = event.name
        elif type(event) is Started:
            self._slot_ns = now_ns
            for place, path in enumerate(self._paths):
                path.grow_ns = now_ns + place * GROW_NS // len(self._paths)
        elif type(event) is ResetAsked:
            for path in self._paths:
                path.reset()
        elif type(event) is PauseAsked:
            self._paused = event.paused
        elif type(event) is ReceiveFailed:
            return [Report(ReceiveRefused(event.errno)), *self._end()]
        elif type(event) is Interrupted:
            return self._end()
        return actions + self._proceed(now_ns)

    def states(self) -> list[PathState]:
        """How all paths do now, in the order of the ways."""
        return [path.state(self._names) for path in self._paths]

    # what to do now

    def _proceed(self, now_ns: int) -> list[Action]:
        actions: list[Action] = []
        if not self._paused:
            self._grow(now_ns)
            while self._due and max(self._due[0][0], self._slot_ns) <= now_ns:
                _, _, path, hop = heappop(self._due)
                hop.waits = False
                if path.asks(hop):
                    actions.append(self._ask(path, hop, now_ns))
        self._set_deadline(now_ns)
        done = self._config.count is not None and self.deadline_ns is None and not self._paused
        return actions + self._end() if done else actions

    def _grow(self, now_ns: int) -> None:
        for path in self._paths:
            if path.grow_ns is not None and path.grow_ns <= now_ns:
                hop = path.grow()
                path.grow_ns = None if hop is None else now_ns + GROW_NS
                if hop is not None:
                    self._schedule(path, hop, max(now_ns, hop.due_ns))

    def _schedule(self, path: Path, hop: Hop, at_ns: int) -> None:
        count = self._config.count
        if not hop.waits and (count is None or hop.asked < count):
            self._order += 1
            hop.due_ns, hop.waits = at_ns, True
            heappush(self._due, (at_ns, self._order, path, hop))

    def _ask(self, path: Path, hop: Hop, now_ns: int) -> Action:
        path.sequence += 1
        hop.asked += 1
        hop.sent += 1
        number = path.sequence * len(self._paths) + path.place
        self._open[number] = _Asked(path, hop, now_ns)
        self._overdue.append(number)
        self._slot_ns = max(self._slot_ns, now_ns - self._spacing_ns) + self._spacing_ns
        next_ns = hop.due_ns + self._config.interval_ns
        self._schedule(path, hop, next_ns if next_ns > now_ns else now_ns + self._config.interval_ns)
        return SendProbe(self._probe(path, hop.number, number))

    def _probe(self, path: Path, ttl: int, number: int) -> Probe:
        config, way = self._config, path.way
        if config.method == "icmp":
            return EchoProbe(number, path.sequence & 0xFFFF, ttl, way.size_bytes)
        size_bytes = way.size_bytes or 0
        if config.method == "udp":
            return UdpProbe(number, ttl, config.port, size_bytes, way.source_port)
        return TcpProbe(number, ttl, config.port, size_bytes, way.source_port,
                        config.seed + path.sequence * SEQUENCE_STEP & 0xFFFFFFFF)

    def _set_deadline(self, now_ns: int) -> None:
        times = []
        if not self._paused:
            times += [path.grow_ns for path in self._paths if path.grow_ns is not None]
            if self._due:
                times.append(max(self._due[0][0], self._slot_ns))
        while self._overdue and self._overdue[0] not in self._open:
            self._overdue.popleft()
        if self._overdue:
            times.append(self._open[self._overdue[0]].sent_ns + self._config.timeout_ns)
        if not times:
            times += [until_ns for until_ns in self._awaited.values() if until_ns > now_ns]
        self.deadline_ns = min(times, default=None)

    def _end(self) -> list[Action]:
        return [*map(Report, self.states()), Finish()]

    # what became of probes

    def _left(self, number: int, sent_ns: int) -> None:
        asked = self._open.get(number)
        if asked is not None:
            asked.sent_ns = sent_ns
            asked.path.sent += 1

    def _failed(self, event: SendFailed) -> list[Action]:
        asked = self._open.get(event.number)
        if asked is None:
            return []
        asked.path.errno = event.errno
        if asked.era == asked.hop.era:
            asked.hop.unsent += 1
        return self._settle(event.number, asked, "unsent", errno=event.errno)

    def _give_up(self, now_ns: int) -> list[Action]:
        if self._may_wait_unread():
            return []
        actions: list[Action] = []
        while self._overdue:
            asked = self._open.get(self._overdue[0])
            if asked is not None and asked.sent_ns + self._config.timeout_ns > now_ns:
                break
            number = self._overdue.popleft()
            if asked is not None:
                actions += self._lose(number, asked)
        return actions

    def _may_wait_unread(self) -> bool:
        many, self._arrivals = self._arrivals >= MANY, 0
        self._patient_turns = self._patient_turns + 1 if many else 0
        return many and self._patient_turns < PATIENT_TURNS

    def _lose(self, number: int, asked: _Asked) -> list[Action]:
        if asked.era == asked.hop.era:
            asked.hop.lost += 1
        return self._settle(number, asked, "lost")

    def _settle(self, number: int, asked: _Asked, kind: str, errno: int | None = None) -> list[Action]:
        """The verdict about a probe that was not answered in time."""
        self._remember(number, asked, kind)
        return self._tell(asked, kind, errno=errno)

    def _remember(self, number: int, asked: _Asked, kind: str) -> None:
        del self._open[number]
        asked.verdict = kind
        self._settled[number] = asked
        if len(self._settled) > REMEMBERED:
            del self._settled[next(iter(self._settled))]

    def _tell(self, asked: _Asked, kind: str, source: str | None = None, rtt_ns: int | None = None,
              reply: Reply | None = None, errno: int | None = None) -> list[Action]:
        if not self._config.verdicts:
            return []
        way, error = asked.path.way, reply if type(reply) is IcmpError else None
        return [Report(HopProbe(
            way.host, way.flow, asked.hop.number, asked.sequence, kind, asked.sent_ns + self._config.wall_offset_ns,
            source, rtt_ns, None if reply is None else reply.ttl, None if error is None else error.type,
            None if error is None else error.code, labels_of(error), errno))]

    # answers

    def _arrived(self, event: ReplyArrived) -> list[Action]:
        reply, number = event.reply, event.number
        if number is None or type(reply) is IcmpError and (reply.is_hint or reply.origin == Origin.LOCAL):
            return []
        asked = self._open.get(number) or self._settled.get(number)
        if asked is None or reply.source is None or getattr(reply, "checksum_ok", None) is False:
            return []
        rtt_ns = round_trip_ns(event, asked.sent_ns)
        actions = self._name(reply.source, event.at_ns)
        if number in self._open and rtt_ns > self._config.timeout_ns:
            actions += self._lose(number, asked)
        if number not in self._open:
            return actions + self._tell(asked, self._came_again(asked), reply.source, rtt_ns, reply)
        kind = kind_of(reply, asked.path.way.address)
        self._remember(number, asked, kind)
        actions += self._tell(asked, kind, reply.source, rtt_ns, reply)
        if asked.era == asked.hop.era:
            asked.hop.took(rtt_ns, reply)
        changed = asked.path.answered(asked.hop, reply.source, kind, asked.sent_ns, self._config.wall_offset_ns)
        if asked.path.last_hop is None and asked.path.grow_ns is None:
            asked.path.grow_ns = event.at_ns
        return actions + list(map(Report, changed))

    def _came_again(self, asked: _Asked) -> str:
        """A further answer, or the first one to a probe that was lost."""
        hop, current = asked.hop, asked.era == asked.hop.era
        if asked.verdict == "lost":
            asked.verdict = "late"
            hop.late += current
            return "late"
        hop.duplicates += current
        return "duplicate"

    def _name(self, source: str, now_ns: int) -> list[Action]:
        if not self._config.names or source in self._names or len(self._names) >= MOST_NAMES:
            return []
        self._names[source] = None
        self._awaited[source] = now_ns + PATIENCE_NS
        return [LookUpName(source)]


def kind_of(reply: Reply, address: str) -> str:
    """What an answer says about the way: a router's, the end's, or a refusal."""
    if type(reply) is not IcmpError:
        return REACHED
    if reply.says(TTL_EXCEEDED):
        return ROUTER
    at_host = is_host(reply.source, address)
    return REACHED if at_host and reply.says(PORT_UNREACHABLE, PROTOCOL_UNREACHABLE) else REFUSED

