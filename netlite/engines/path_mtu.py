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

from ..records.echo_links import EchoProbe, EchoReply
from ..records.family import Family
from ..records.path_mtu import Fate, HopTried, MtuFailed, MtuHeader, Narrowing, PathMtuResult, SizeTried
from ..records.record import Record
from ..records.replies import IcmpError, Origin
from ..records.udp_links import UdpProbe
from .actions import Finish, SendProbe
from .engine import Engine
from .events import (
    Interrupted,
    NameFound,
    ProbeSent,
    ReceiveFailed,
    ReplyArrived,
    SendFailed,
    TimePassed,
    round_trip_ns,
)
from .naming import NamedReports
from .path_mtu_outcomes import CUT_OFF, EXPIRED, LOCAL, Outcome, fate_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.probes import Probe
    from ..records.replies import Reply
    from .actions import Action
    from .engine import Story
    from .events import Event

SECOND_NS = 1_000_000_000
TRIES = 3
BASE_BYTES = 1280  # every IPv6 link takes it (RFC 8200 section 5), and so do all but odd IPv4 links
SMALL_DATA_BYTES = 40
LARGEST_DATA_BYTES = 65535  # what the length field of IPv6 counts; that of IPv4 counts the header too
WAIT_ROUND_TRIPS = 8
LEAST_WAIT_SHARE = 5  # of the patience
COMMON_BYTES = (576, 1006, 1280, 1400, 1420, 1440, 1450, 1460, 1472, 1476, 1480, 1492, 1500, 2002, 4352, 4464,
                8166, 9000, 9180, 9216, 17914, 32000)  # links and tunnels; RFC 1191 section 7.1 and what came since
SAME_PORT = 33434
CERTAIN_TRIES = 12  # more than two seconds: hosts send an error a second when they limit them
LARGEST_PORT = 65535
OTHER_FLOWS = 5  # with the first: two equal ways are both met with 97 percent


class PathMtuConfig(Record):
    """How to search.

    `method` is "icmp" (echo requests) or "udp" (to a port nobody listens on); `patience_ns` how long to
    wait for an answer at most, less once the round trip is known; `limit_ns` (None: no limit) ends the whole run;
    `max_hops` and `max_probes` bound it too.  `names` looks host names up.  UDP probes go from `source_port`, and
    those of `other_flows` from the ports behind it, to `port`.
    """

    host: str
    address: str
    family: Family
    method: str = "icmp"
    patience_ns: int = SECOND_NS
    limit_ns: int | None = None
    max_hops: int = 30
    max_probes: int = 200
    port: int = SAME_PORT
    names: bool = False
    source_port: int = 0
    other_flows: int = 0


class PathMtu(Engine):
    """The engine of the search; reports MtuHeader, SizeTried, HopTried, and last PathMtuResult or MtuFailed."""

    def __init__(self, config: PathMtuConfig):
        self._config = config
        self._headers_bytes = config.family.header_bytes + 8  # ICMP echo and UDP alike
        self._small_bytes = self._headers_bytes + SMALL_DATA_BYTES
        self._low = 0        # the largest size that arrived
        self._high = 0       # the smallest that did not, while above _low
        self._ceiling = 65535 if config.family.version == 4 else config.family.header_bytes + LARGEST_DATA_BYTES
        self._local: int | None = None
        self._narrowings: list[Narrowing] = []
        self._reported: set[int] = set()     # MTUs that routers named
        self._lost: set[int] = set()         # sizes that vanished without a report
        self._vanished = False
        self._number = 0
        # probe number: (size, TTL, flow), time sent
        self._asked: dict[int, tuple[tuple[int, int | None, int], int]] = {}
        self._flow = self._flows_tried = self._narrower = self._wider = 0
        self._rtt_ns: int | None = None
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
            self._forget_what_was_slow()
            known = self._low == self._ceiling or self._low + 1 == self._high or self._low in self._reported
            self._report(PathMtuResult(self._low or None, self._local, tuple(self._narrowings), self._vanished,
                                       self._number, known and not self._stopped, (), self._flows_tried,
                                       self._narrower, self._wider),
                         *(each.source for each in self._narrowings))
        self._over = True
        while True:
            yield

    def _search(self) -> Story[int | None]:
        """Find `_low`; the errno when the kernel refuses to send at all."""
        outcome = yield from self._ask(self._ceiling)
        if outcome.fate == LOCAL and type(outcome.reply) is IcmpError:
            self._local = self._ceiling = max(outcome.reply.info, self._small_bytes)
        elif outcome.refused is not None:
            return outcome.refused
        elif outcome.fate == Fate.ARRIVED:
            self._low = self._ceiling
            self._report(SizeTried(self._low, Fate.ARRIVED, outcome.tries, outcome.source, None, outcome.rtt_ns),
                         outcome.source)
        self._high = self._ceiling + 1
        for size in (min(BASE_BYTES, self._ceiling), self._small_bytes):
            if not self._low and not self._is_enough():
                outcome = yield from self._try(size)
                if outcome.refused is not None:
                    return outcome.refused
        wanted = self._ceiling if self._low < self._ceiling else None
        while self._low and wanted is not None and not self._is_enough():
            yield from self._try(wanted)
            wanted = self._next_size()
        return None

    def _locate(self) -> Story[None]:
        """Walk with the smallest size that is too big, and with the smallest that vanished."""
        lost = [size for size in self._lost if size > self._low]
        self._vanished = bool(self._low and lost)
        hops: dict[str | None, int] = {}
        if 0 < self._low < self._ceiling:
            for size in sorted({self._low + 1, min(lost, default=self._low + 1)}):
                yield from self._walk(size, hops)
        self._place(hops)

    def _next_size(self) -> int | None:
        """The size that tells most, None when all is known."""
        if self._low in self._reported or self._high <= self._low + 1:
            return None
        named = [size for size in self._reported if self._low < size < self._high]
        if named:
            return max(named)
        if self._low in COMMON_BYTES:
            return self._low + 1  # the usual end of the search; for the first size it costs one answer
        middle = (self._low + self._high) // 2
        common = [size for size in COMMON_BYTES if self._low < size < self._high]
        return min(common, key=lambda size: abs(size - middle)) if common else middle

    def _try(self, size: int) -> Story[Outcome]:
        """Decide one size and keep what it teaches."""
        outcome = yield from self._ask(size)
        fate, reply = outcome.fate, outcome.reply
        if fate == CUT_OFF:
            return outcome
        if fate in (LOCAL, EXPIRED):
            fate = Fate.TOO_BIG if fate == LOCAL else Fate.UNREACHABLE
        if fate == Fate.ARRIVED:
            self._low = max(self._low, size)
            if self._high <= self._low:
                self._high = self._ceiling + 1
        else:
            self._high = min(self._high, size)
            if fate == Fate.LOST:
                self._lost.add(size)
        source = outcome.source
        named = reply.info if fate == Fate.TOO_BIG and type(reply) is IcmpError else None
        if named is not None and source is not None:
            self._note_report(size, named, source)
        self._report(SizeTried(size, fate, outcome.tries, source, named, outcome.rtt_ns), source)
        return outcome

    def _note_report(self, size: int, mtu_bytes: int, source: str) -> None:
        if self._low < mtu_bytes < size:
            self._reported.add(mtu_bytes)
            self._narrowings.append(Narrowing(mtu_bytes, None, None, source, True))

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
                    self._vanished = True
                    exact = seen_hop == hop - 1
                    self._narrowings.append(Narrowing(size - 1, seen_hop, hop - 1, seen_source if exact else None,
                                                      False))
                    break
            else:
                if outcome.fate == Fate.TOO_BIG and source is not None:
                    # a router looks at the TTL first, but not each; what this host says itself is a LOCAL error
                    hops.setdefault(source, max(1, hop - 1))
                    self._narrowings.append(Narrowing(size - 1, None, None, source, True))
                break

    def _forget_what_was_slow(self) -> None:
        """A size that arrived after all is proof against black holes for less."""
        self._narrowings = [each for each in self._narrowings if each.reported or each.mtu_bytes >= self._low]
        self._vanished = bool(self._low) and (any(size > self._low for size in self._lost)
                                              or any(not each.reported for each in self._narrowings))

    def _compare(self) -> Story[None]:
        """Try other flows; what is not answered on one is not evidence yet, for hosts limit their errors."""
        for self._flow in range(1, self._config.other_flows + 1 if self._low else 1):
            size = self._low
            outcome = yield from self._ask(size)
            if outcome.fate == Fate.LOST and not outcome.refused:
                outcome = yield from self._make_certain(size)
            narrower = outcome.fate in (Fate.TOO_BIG, Fate.LOST)
            if outcome.fate == Fate.ARRIVED and size < self._ceiling and not self._is_enough():
                outcome = yield from self._ask(size + 1, tries=1)
            wider = outcome.fate == Fate.ARRIVED and size < self._ceiling
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

    def _place(self, hops: dict[str | None, int]) -> None:
        """Give the routers that reported their hops, and leave out what was told twice."""
        placed: list[Narrowing] = []
        for each in self._narrowings:
            hop = hops.get(each.source)
            if each.reported and hop is not None:
                each = each.replace(first_hop=hop, last_hop=hop)
            if each not in placed:
                placed.append(each)
        self._narrowings = placed

    # one size

    def _is_enough(self) -> bool:
        return self._stopped or self._number >= self._config.max_probes

    def _ask(self, size: int, ttl: int | None = None, tries: int = TRIES) -> Story[Outcome]:
        """Probe until an answer, `tries` times at most; LOST, or the errno of the kernel's refusal, without one."""
        refused = None
        for number in range(1, tries + 1):
            if self._is_enough():
                return Outcome(CUT_OFF, number - 1)
            refused = yield from self._send(size, ttl)
            outcome = yield from self._await(size, ttl, refused)
            if outcome is not None:
                return outcome.replace(tries=number)
        if self._stopped:
            return Outcome(CUT_OFF, tries)
        return Outcome(LOCAL, tries) if refused == EMSGSIZE else Outcome(Fate.LOST, tries, refused=refused)

    def _send(self, size: int, ttl: int | None) -> Story[int | None]:
        """Send a probe; None, or the errno with which it was refused."""
        self._number += 1
        number, config = self._number, self._config
        if config.method == "icmp":
            probe: Probe = EchoProbe(number, number & 0xFFFF, ttl, size - self._headers_bytes)
        else:
            source_port = (config.source_port + self._flow - 1) % LARGEST_PORT + 1
            probe = UdpProbe(number, ttl or 64, config.port, size, source_port)
        asked = size, ttl, self._flow
        self._asked[number] = asked, self._now_ns
        self._actions.append(SendProbe(probe))
        while True:
            event = yield
            if type(event) is ProbeSent and event.number == number:
                self._asked[number] = asked, event.sent_ns
                return None
            if type(event) is SendFailed and event.number == number:
                return event.errno

    def _await(self, size: int, ttl: int | None, refused: int | None) -> Story[Outcome | None]:
        """What answers a probe of this size and TTL in time, or None.  After a refusal only what waits is read.

        Who says that the host is unreachable may be wrong: the probe, or its answer, may come another way.
        """
        until_ns = self._wait_until_ns = self._now_ns + (0 if refused else self._patience_ns())
        complaint: Outcome | None = None
        outcome: Outcome | None = None
        while outcome is None and not self._stopped:
            event = yield
            if type(event) is ReplyArrived:
                outcome = self._judge(event, size, ttl)
                if outcome is not None and outcome.fate == Fate.UNREACHABLE:
                    complaint, outcome = complaint or outcome, None
            elif type(event) is TimePassed and event.at_ns >= until_ns:
                break
        self._wait_until_ns = None
        return complaint if outcome is None else outcome

    def _patience_ns(self) -> int:
        patience_ns = self._config.patience_ns
        if self._rtt_ns is None:
            return patience_ns
        return min(patience_ns, max(patience_ns // LEAST_WAIT_SHARE, WAIT_ROUND_TRIPS * self._rtt_ns))

    def _judge(self, event: ReplyArrived, size: int, ttl: int | None) -> Outcome | None:
        reply = event.reply
        number = event.number if event.number is not None else self._number_of(reply)
        if number is None or number not in self._asked:
            return None
        (size_then, ttl_then, flow_then), sent_ns = self._asked[number]
        fate = fate_of(reply, self._config.address if self._config.method == "udp" else None)
        if fate is None:
            return None
        rtt_ns = round_trip_ns(event, sent_ns)
        if fate != LOCAL:
            self._rtt_ns = max(rtt_ns, self._rtt_ns or 0)
        if (size_then, ttl_then, flow_then) != (size, ttl, self._flow):
            if fate == Fate.ARRIVED and not flow_then:  # late: what was taken for lost was slow
                self._low = max(self._low, size_then)
                self._high = self._high if self._high > self._low else self._ceiling + 1
            return None
        return Outcome(fate, 0, reply, None if fate == LOCAL else rtt_ns)

    def _number_of(self, reply: Reply) -> int | None:
        """The latest probe with the sequence number that `reply` shows; the latest at all for a local refusal."""
        sequence = reply.sequence if isinstance(reply, EchoReply) else None
        if type(reply) is IcmpError:
            if reply.origin == Origin.LOCAL:
                return self._number
            sequence = reply.quote.sequence if reply.quote else None
        return None if sequence is None else self._number - (self._number - sequence & 0xFFFF)

    def _report(self, record: Record, *sources: str | None) -> None:
        self._actions += self._reports.add(record, sources, self._now_ns)
