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

A probe's number says its path (`watched_probes`, `links.ways`).  That an answer belongs to a probe, the link has seen.
"""

from __future__ import annotations

from _heapq import heappop, heappush

from ..records.icmp_errors import PORT_UNREACHABLE, PROTOCOL_UNREACHABLE, TTL_EXCEEDED
from ..records.ping_mishaps import ReceiveRefused
from ..records.replies import IcmpError, Origin, is_host
from ..records.watch import HopProbe, PathState
from .actions import NAME_PATIENCE_NS, Finish, LookUpName, Report, SendProbe
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
from .requests import PauseAsked, ResetAsked
from .watched_path import REACHED, REFUSED, ROUTER, Hop, Path, labels_of
from .watched_probes import WatchedProbe, WatchedProbes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.replies import Reply
    from .actions import Action
    from .events import Event
    from .watch_config import WatchConfig

RARELY = 10                           # behind a refusal a hop is asked so many times less often
GROW_NS = 25_000_000                  # between the first probes to neighbouring hops
MOST_NAMES = 4096                     # anybody can make up addresses
MANY, PATIENT_TURNS = 256, 64         # as engines.echo_targets: nobody is given up before all arrivals are read


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
        self._probes = WatchedProbes(config)
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
        if not hop.waits and (count is None or hop.asked * self._step(path, hop) < count):
            self._order += 1
            hop.due_ns, hop.waits = at_ns, True
            heappush(self._due, (at_ns, self._order, path, hop))

    def _ask(self, path: Path, hop: Hop, now_ns: int) -> Action:
        hop.asked += 1
        hop.sent += 1
        self._slot_ns = max(self._slot_ns, now_ns - self._spacing_ns) + self._spacing_ns
        interval_ns = self._config.interval_ns * self._step(path, hop)
        next_ns = hop.due_ns + interval_ns
        self._schedule(path, hop, next_ns if next_ns > now_ns else now_ns + interval_ns)
        return SendProbe(self._probes.make(path, hop, now_ns))

    def _step(self, path: Path, hop: Hop) -> int:
        return RARELY if path.is_behind(hop) else 1

    def _set_deadline(self, now_ns: int) -> None:
        times = []
        if not self._paused:
            times += [path.grow_ns for path in self._paths if path.grow_ns is not None]
            if self._due:
                times.append(max(self._due[0][0], self._slot_ns))
        overdue_ns = self._probes.next_overdue_ns
        if overdue_ns is not None:
            times.append(overdue_ns)
        if not times:
            times += [until_ns for until_ns in self._awaited.values() if until_ns > now_ns]
        self.deadline_ns = min(times, default=None)

    def _end(self) -> list[Action]:
        return [*map(Report, self.states()), Finish()]

    # what became of probes

    def _left(self, number: int, sent_ns: int) -> None:
        asked = self._probes.under_way(number)
        if asked is not None:
            asked.sent_ns = sent_ns
            asked.path.sent += 1

    def _failed(self, event: SendFailed) -> list[Action]:
        asked = self._probes.under_way(event.number)
        if asked is None:
            return []
        asked.path.errno = event.errno
        asked.hop.unsent += asked.counts
        self._probes.settle(event.number, "unsent")
        return self._tell(asked, "unsent", errno=event.errno)

    def _give_up(self, now_ns: int) -> list[Action]:
        if self._may_wait_unread():
            return []
        actions: list[Action] = []
        for number, asked in self._probes.overdue(now_ns):
            actions += self._lose(number, asked)
        return actions

    def _may_wait_unread(self) -> bool:
        many, self._arrivals = self._arrivals >= MANY, 0
        self._patient_turns = self._patient_turns + 1 if many else 0
        return many and self._patient_turns < PATIENT_TURNS

    def _lose(self, number: int, asked: WatchedProbe) -> list[Action]:
        asked.hop.lost += asked.counts
        self._probes.settle(number, "lost")
        return self._tell(asked, "lost")

    def _tell(self, asked: WatchedProbe, kind: str, source: str | None = None, rtt_ns: int | None = None,
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
        waiting = self._probes.under_way(number)
        asked = waiting or self._probes.settled(number)
        if asked is None or reply.source is None or getattr(reply, "checksum_ok", None) is False:
            return []
        rtt_ns = round_trip_ns(event, asked.sent_ns)
        actions = self._name(reply.source, event.at_ns)
        if waiting is not None and rtt_ns > self._config.timeout_ns:
            actions += self._lose(number, waiting)
            waiting = None
        if waiting is None:
            return actions + self._tell(asked, self._came_again(asked), reply.source, rtt_ns, reply)
        kind = kind_of(reply, asked.path.way.address)
        self._probes.settle(number, kind)
        actions += self._tell(asked, kind, reply.source, rtt_ns, reply)
        if asked.counts:
            asked.hop.took(rtt_ns, reply)
        changed = asked.path.answered(asked.hop, reply.source, kind, asked.sent_ns, self._config.wall_offset_ns)
        if asked.path.may_go_on and asked.path.grow_ns is None:
            asked.path.grow_ns = event.at_ns
        return actions + list(map(Report, changed))

    def _came_again(self, asked: WatchedProbe) -> str:
        """A further answer, or the first one to a probe that was lost."""
        if asked.verdict == "lost":
            asked.verdict = "late"
            asked.hop.late += asked.counts
            return "late"
        asked.hop.duplicates += asked.counts
        return "duplicate"

    def _name(self, source: str, now_ns: int) -> list[Action]:
        if not self._config.names or source in self._names or len(self._names) >= MOST_NAMES:
            return []
        self._names[source] = None
        self._awaited[source] = now_ns + NAME_PATIENCE_NS
        return [LookUpName(source)]


def kind_of(reply: Reply, address: str) -> str:
    """What an answer says about the way: a router's, the end's, or a refusal."""
    if type(reply) is not IcmpError:
        return REACHED
    if reply.says(TTL_EXCEEDED):
        return ROUTER
    at_host = is_host(reply.source, address)
    return REACHED if at_host and reply.says(PORT_UNREACHABLE, PROTOCOL_UNREACHABLE) else REFUSED

