"""How the path MTU is searched, even where routers do not report what is too big (RFC 8899).

    base        is the host there, and how long does an answer take?  The first probe is small
    ceiling     what this host's own wire takes: in most cases that is the answer
    search      a report names the next size to try; without reports sizes between the largest that
                arrived and the smallest that did not, those of common links first
    walk        packets one byte too big, with TTL 1, 2, 3, ...: where are they last seen?
    compare     UDP: does the size found get through on other flows, which may take other ways, and more not?

All of it but the last is one flow: on equal ways that differ, sizes of one are no evidence of another.  A size counts
as lost after three probes; what the end of the run cuts off is not known.  A report is believed once a packet of the
size it names has arrived (RFC 8899 section 4.6).  The run is written as a generator: `yield` is where the next event
comes in.
"""

from __future__ import annotations

from errno import EMSGSIZE

from ..records.path_mtu import Fate, HopTried, MtuFailed, MtuHeader, Narrowing, PathMtuResult, SizeTried
from ..records.record import Record
from ..records.replies import IcmpError
from .actions import Finish, SendProbe
from .engine import Engine
from .events import Interrupted, NameFound, ProbeSent, ReceiveFailed, ReplyArrived, SendFailed, TimePassed
from .naming import NamedReports
from .path_mtu_bounds import Bounds
from .path_mtu_outcomes import CUT_OFF, EXPIRED, LOCAL, Outcome
from .path_mtu_probes import SizeProbe, SizeProbes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .actions import Action
    from .engine import Story
    from .events import Event
    from .path_mtu_config import PathMtuConfig

TRIES = 3
BASE_BYTES = 1280  # every IPv6 link takes it (RFC 8200 section 5), and so do all but odd IPv4 links
SMALL_DATA_BYTES = 40
LARGEST_DATA_BYTES = 65535  # what the length field of IPv6 counts; that of IPv4 counts the header too
CERTAIN_TRIES = 12  # more than two seconds: hosts send an error a second when they limit them


class PathMtu(Engine):
    """The engine of the search; reports MtuHeader, SizeTried, HopTried, and last PathMtuResult or MtuFailed."""

    def __init__(self, config: PathMtuConfig):
        self._config = config
        self._small_bytes = config.headers_bytes + SMALL_DATA_BYTES
        self._bounds = Bounds(65535 if config.family.version == 4 else config.family.header_bytes + LARGEST_DATA_BYTES)
        self._local: int | None = None  # what a smaller MTU of this host's own wire is
        self._probes = SizeProbes(config)
        self._flow = self._flows_tried = self._narrower = self._wider = 0
        self._wait_until_ns: int | None = None
        self._stop_ns: int | None = None
        self._stopped = self._over = False
        self._actions: list[Action] = []
        self._reports = NamedReports(config.names)
        self._now_ns = 0
        self._story = self._run()
        next(self._story)

    def feed(self, event: Event) -> list[Action]:
        self._now_ns = event.at_ns
        self._actions = []
        if type(event) is NameFound:
            self._reports.found(event.address, event.name, event.answered)
        if type(event) is Interrupted or self._stop_ns is not None and event.at_ns >= self._stop_ns:
            self._stopped = True
        if not self._over and type(event) is ReceiveFailed:
            self._report(MtuFailed(event.errno, "recvmsg"))
            self._over = True
        if not self._over:
            self._story.send(event)
        self._actions += self._reports.release(self._now_ns)
        waiting_ns = self._reports.deadline_ns
        if self._over and waiting_ns is None:
            self._actions.append(Finish())
        stop_ns = None if self._stopped else self._stop_ns
        times = (waiting_ns,) if self._over else (waiting_ns, self._wait_until_ns, stop_ns)
        self.deadline_ns = min((time for time in times if time is not None), default=None)
        return self._actions

    # the story

    def _run(self) -> Story[None]:
        config = self._config
        yield
        if config.limit_ns is not None:
            self._stop_ns = self._now_ns + config.limit_ns
        self._report(MtuHeader(config.host, config.address, config.method))
        refused = yield from self._search()
        if refused is not None:
            self._report(MtuFailed(refused))
        else:
            yield from self._locate()
            yield from self._compare()
            bounds = self._bounds
            bounds.forget_what_was_slow()
            self._report(PathMtuResult(bounds.low or None, self._local, tuple(bounds.narrowings), bounds.vanishes,
                                       self._probes.number, bounds.is_known and not self._stopped, (),
                                       self._flows_tried, self._narrower, self._wider),
                         *(each.source for each in bounds.narrowings))
        self._over = True
        while True:
            yield

    def _search(self) -> Story[int | None]:
        """Find the largest size that arrives; the errno when the kernel refuses to send at all."""
        bounds = self._bounds
        outcome = yield from self._ask(bounds.ceiling)
        if outcome.fate == LOCAL and type(outcome.reply) is IcmpError:
            self._local = max(outcome.reply.info, self._small_bytes)
            bounds.limit(self._local)
        elif outcome.refused is not None:
            return outcome.refused
        elif outcome.fate == Fate.ARRIVED:
            bounds.arrived(bounds.ceiling)
            self._report(SizeTried(bounds.low, Fate.ARRIVED, outcome.tries, outcome.source, None, outcome.rtt_ns),
                         outcome.source)
        for size in (min(BASE_BYTES, bounds.ceiling), self._small_bytes):
            if not bounds.low and not self._is_enough():
                outcome = yield from self._try(size)
                if outcome.refused is not None:
                    return outcome.refused
        wanted = bounds.ceiling if bounds.low < bounds.ceiling else None
        while bounds.low and wanted is not None and not self._is_enough():
            yield from self._try(wanted)
            wanted = bounds.next_size()
        return None

    def _try(self, size: int) -> Story[Outcome]:
        """Decide one size and keep what it teaches."""
        outcome = yield from self._ask(size)
        fate, reply = outcome.fate, outcome.reply
        if fate == CUT_OFF:
            return outcome
        if fate in (LOCAL, EXPIRED):
            fate = Fate.TOO_BIG if fate == LOCAL else Fate.UNREACHABLE
        if fate == Fate.ARRIVED:
            self._bounds.arrived(size)
        else:
            self._bounds.failed(size, lost=fate == Fate.LOST)
        source = outcome.source
        named = reply.info if fate == Fate.TOO_BIG and type(reply) is IcmpError else None
        if named is not None and source is not None:
            self._bounds.reported(size, named, source)
        self._report(SizeTried(size, fate, outcome.tries, source, named, outcome.rtt_ns), source)
        return outcome

    def _locate(self) -> Story[None]:
        """Where the path narrows."""
        hops: dict[str | None, int] = {}
        for size in self._bounds.telling_sizes():
            yield from self._walk(size, hops)
        self._bounds.place(hops)

    def _walk(self, size: int, hops: dict[str | None, int]) -> Story[None]:
        """Where packets of `size` are last seen; notes the hops of routers, and a new narrowing."""
        seen_hop = 0
        seen_source: str | None = None
        for hop in range(1, self._config.max_hops + 1):
            if self._is_enough():
                break
            outcome = yield from self._ask(size, hop)
            source = outcome.source
            if outcome.fate == EXPIRED:
                seen_hop, seen_source, hops[source] = hop, source, hop
                self._report(HopTried(hop, size, source, True), source)
            elif outcome.fate == Fate.LOST:
                outcome = yield from self._ask(self._small_bytes, hop)
                if outcome.fate == CUT_OFF:
                    break
                source = outcome.source
                self._report(HopTried(hop, size, source, None if outcome.fate == Fate.LOST else False), source)
                if outcome.fate != Fate.LOST:
                    exact = seen_hop == hop - 1
                    self._bounds.narrowings.append(
                        Narrowing(size - 1, seen_hop, hop - 1, seen_source if exact else None, False))
                    break
            else:
                if outcome.fate == Fate.TOO_BIG and source is not None:
                    # a router looks at the TTL first, but not each; what this host says itself is a LOCAL error
                    hops.setdefault(source, max(1, hop - 1))
                    self._bounds.narrowings.append(Narrowing(size - 1, None, None, source, True))
                break

    def _compare(self) -> Story[None]:
        """Try other flows; what is not answered on one is not evidence yet, for hosts limit their errors."""
        for self._flow in range(1, self._config.other_flows + 1 if self._bounds.low else 1):
            size = self._bounds.low
            outcome = yield from self._ask(size)
            if outcome.fate == Fate.LOST and not outcome.refused:
                outcome = yield from self._make_certain(size)
            narrower = outcome.fate in (Fate.TOO_BIG, Fate.LOST)
            if outcome.fate == Fate.ARRIVED and size < self._bounds.ceiling and not self._is_enough():
                outcome = yield from self._ask(size + 1, tries=1)
            wider = outcome.fate == Fate.ARRIVED and size < self._bounds.ceiling
            if outcome.refused or self._is_enough():
                continue
            self._flows_tried += 1
            self._narrower += narrower
            self._wider += wider
            if narrower or wider:
                named = outcome.reply.info if type(outcome.reply) is IcmpError and narrower else None
                self._report(SizeTried(size + wider, outcome.fate, outcome.tries, outcome.source, named, outcome.rtt_ns,
                                       (), self._flow), outcome.source)
        self._flow = 0

    def _make_certain(self, size: int) -> Story[Outcome]:
        """A size was lost: is it, though small ones arrive, before and after?"""
        unknown = Outcome(CUT_OFF, 0)
        for _ in range(2):
            small = yield from self._ask(self._small_bytes, tries=CERTAIN_TRIES)
            if small.fate != Fate.ARRIVED:
                return unknown
            outcome = yield from self._ask(size, tries=CERTAIN_TRIES)
            if outcome.fate != Fate.LOST:
                return outcome
        return outcome

    # one size

    def _is_enough(self) -> bool:
        return self._stopped or self._probes.number >= self._config.max_probes

    def _ask(self, size: int, ttl: int | None = None, tries: int = TRIES) -> Story[Outcome]:
        """Probe until an answer, `tries` times at most; LOST, or the errno of the kernel's refusal, without one."""
        refused = None
        for number in range(1, tries + 1):
            if self._is_enough():
                return Outcome(CUT_OFF, number - 1)
            asked = SizeProbe(size, ttl, self._flow)
            refused = yield from self._send(asked)
            outcome = yield from self._await(asked, refused)
            if outcome is not None:
                return outcome.replace(tries=number)
        if self._stopped:
            return Outcome(CUT_OFF, tries)
        return Outcome(LOCAL, tries) if refused == EMSGSIZE else Outcome(Fate.LOST, tries, refused=refused)

    def _send(self, asked: SizeProbe) -> Story[int | None]:
        """Send a probe; None, or the errno with which it was refused."""
        self._actions.append(SendProbe(self._probes.make(asked, self._now_ns)))
        number = self._probes.number
        while True:
            event = yield
            if type(event) is ProbeSent and event.number == number:
                self._probes.left(number, event.sent_ns)
                return None
            if type(event) is SendFailed and event.number == number:
                return event.errno

    def _await(self, asked: SizeProbe, refused: int | None) -> Story[Outcome | None]:
        """What answers such a probe in time, or None.  After a refusal only what waits is read.

        Who says that the host is unreachable may be wrong: the probe, or its answer, may come another way.
        """
        until_ns = self._wait_until_ns = self._now_ns + (0 if refused else self._probes.patience_ns())
        complaint: Outcome | None = None
        outcome: Outcome | None = None
        while outcome is None and not self._stopped:
            event = yield
            if type(event) is ReplyArrived:
                outcome = self._judge(event, asked)
                if outcome is not None and outcome.fate == Fate.UNREACHABLE:
                    complaint, outcome = complaint or outcome, None
            elif type(event) is TimePassed and event.at_ns >= until_ns:
                break
        self._wait_until_ns = None
        return complaint if outcome is None else outcome

    def _judge(self, event: ReplyArrived, asked: SizeProbe) -> Outcome | None:
        """What an answer says about such a probe; one to another probe is late: that one was slow, not lost."""
        found = self._probes.outcome(event)
        if found is None:
            return None
        asked_then, outcome = found
        if asked_then == asked:
            return outcome
        if outcome.fate == Fate.ARRIVED and not asked_then.flow:
            self._bounds.arrived(asked_then.size)
        return None

    def _report(self, record: Record, *sources: str | None) -> None:
        self._actions += self._reports.add(record, sources, self._now_ns)
