"""All ways to a host: the multipath detection algorithm, hop by hop.

    of each router    so many flows are sent through it to the next hop that its stopping rule is content
    flows             those known to go through the router first; new ones are first sent to the router's own
                      hop, to see whether they go through it (unless it is alone there)
    an answer         tells one next hop of the router; a probe without one is repeated
    the next hop      when no router needs flows any more; the run ends when all flows end, at the last hop,
                      or after three hops where nobody answers.  A flow that is silent where the target has
                      answered others, or behind, has ended there
    a silent router   to whom flows cannot be told any more, as it limits its errors: as many new flows in a row as
                      would show a further router there were not answered.  No more are sent to it
    a crowded hop     where more answer than a router can have next hops, so that some make their addresses up: it
                      is left, and no new flows are sent from then on
    a costly hop      which has taken as many probes, or as long, as one hop may: it is left as it is known.  When the
                      whole search has, it ends

`mda_graph` says what enough is, and knows who saw which flow; `mda_answers` what answers took; `mda_effort` when that
was enough.
"""

from __future__ import annotations

from errno import EADDRINUSE, EAGAIN, EHOSTUNREACH, EMFILE, ENOBUFS

from ..records.icmp_errors import PORT_UNREACHABLE, TTL_EXCEEDED
from ..records.multipath import MultipathDone, MultipathHeader, MultipathHop, MultipathLinks, NextHop
from ..records.raw_links import TcpProbe
from ..records.record import Record
from ..records.replies import IcmpError, Origin, is_host
from ..records.traceroute import TraceFailed
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
    Started,
    TimePassed,
    round_trip_ns,
)
from .mda_answers import Answers
from .mda_effort import Effort
from .mda_graph import Graph, StoppingRule
from .naming import NamedReports
from .rewriting import Rewritings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .actions import Action
    from .events import Event
    from .mda_settings import MdaSettings

SILENT_HOPS = 3
BUFFERS_WAIT_NS = 10_000_000
BUFFERS_PATIENCE_NS = 1_000_000_000  # with not a probe leaving
LARGEST_PORT = 65535


class FlowProbe(Record):
    """A probe under way."""

    hop: int
    flow: int
    probe: UdpProbe | TcpProbe
    sent_ns: int | None = None


class Mda(Engine):
    """The engine of the search; reports MultipathHeader, MultipathHop…, MultipathLinks…, Rewriting…, MultipathDone, or
    TraceFailed where the kernel refused something."""

    def __init__(self, settings: MdaSettings):
        self.settings = settings
        self._rule = StoppingRule(settings.confidence_percent)
        self._graph = Graph(settings.first_hop)
        self._rewritings = Rewritings(settings.address)
        self._hop = settings.first_hop  # the hop whose vertices are searched
        self._under_way: dict[int, FlowProbe] = {}
        self._again: list[tuple[int, int]] = []  # (hop, flow) to send once more
        self._answers = Answers(settings)
        self._effort = Effort(settings)
        self._dead: set[int] = set()  # flows whose port somebody else has
        self._flows = 0
        self._most_flows = settings.max_flows
        self._sent = 0
        self._last_sent_ns: int | None = None
        self._blocked_until_ns = 0
        self._blocked_since_ns: int | None = None
        self._silent_hops = 0
        self._told: dict[int, int] = {}  # by hop: how many vertices were told
        self._known: dict[int, int] = {}  # by hop: how many vertices there were when it was left
        self._reached = self._gave_up = self._over = False
        self._incomplete: set[int] = set()
        self._crowded: set[int] = set()
        self._reports = NamedReports(settings.names)
        self._actions: list[Action] = []
        self._now_ns = 0

    def feed(self, event: Event) -> list[Action]:
        self._actions, self._now_ns = [], event.at_ns
        if type(event) is NameFound:
            self._reports.found(event.address, event.name, event.answered)
        if not self._over:
            self._note(event)
        if type(event) is TimePassed:  # only then all that has arrived is known
            self._give_up_late_ones()
        if not self._over and (type(event) is not ProbeSent or self.settings.gap_ns):
            self._advance()
        self._actions += self._reports.release(self._now_ns)
        if self._over and self._reports.deadline_ns is None:
            self._actions.append(Finish())
        self.deadline_ns = min((time for time in self._times() if time is not None), default=None)
        return self._actions

    def _note(self, event: Event) -> None:
        settings = self.settings
        if type(event) is ReplyArrived:
            self._reply_arrived(event)
        elif type(event) is ProbeSent:
            if event.number in self._under_way:
                self._under_way[event.number] = self._under_way[event.number].replace(sent_ns=event.sent_ns)
                self._last_sent_ns = event.sent_ns
                self._blocked_since_ns = None
        elif type(event) is SendFailed:
            self._send_failed(event)
        elif type(event) is Started:
            self._effort.search(self._hop, self._now_ns)
            self._report(MultipathHeader(settings.host, settings.address, settings.max_hops, settings.size_bytes,
                                         settings.first_source_port, settings.port, settings.confidence_percent,
                                         settings.protocol))
        elif type(event) is ReceiveFailed:
            self._report(TraceFailed("recvmsg", event.errno))
            self._over = True
        elif type(event) is Interrupted:  # what is under way may still show more
            self._incomplete.update((self._hop, *(asked.hop for asked in self._under_way.values())))
            self._finish()

    def _times(self) -> Iterator[int | None]:
        yield self._reports.deadline_ns
        if not self._over:
            first_ns: dict[int, int] = {}  # by hop, for which patience is the same
            for hop, _, _, sent_ns in self._under_way.values():
                if sent_ns is not None and sent_ns < first_ns.get(hop, sent_ns + 1):
                    first_ns[hop] = sent_ns
            yield from (sent_ns + self._answers.patience_ns(hop) for hop, sent_ns in first_ns.items())
            if self._blocked_until_ns > self._now_ns:
                yield self._blocked_until_ns

    # sending

    def _advance(self) -> None:
        """Send what there is to send; go on to the next hop when there is nothing left."""
        while not self._over and len(self._under_way) <= self.settings.window // 2:
            self._gave_up = self._effort.is_enough_in_all(self._now_ns)
            if self._gave_up or self._effort.is_enough(self._now_ns):
                self._leave_costly_hop()
            for hop, flow in self._wanted():
                if not self._may_send():
                    return
                self._send(hop, flow)
            if self._under_way or self._again:
                return
            if self._gave_up:
                self._finish()
            elif not self._wanted():
                self._next_hop()

    def _give_up_late_ones(self) -> None:
        for number, asked in list(self._under_way.items()):
            late_ns = self._late_ns(asked)
            if late_ns is not None and late_ns <= self._now_ns:
                del self._under_way[number]
                self._went_unanswered(asked.hop, asked.flow)

    def _may_send(self) -> bool:
        if len(self._under_way) >= max(1, self.settings.window) or self._effort.is_enough(self._now_ns) \
                or self._effort.is_enough_in_all(self._now_ns):
            return False
        if self.settings.gap_ns and self._sent:
            if self._last_sent_ns is None or any(asked.sent_ns is None for asked in self._under_way.values()):
                return False
            self._blocked_until_ns = max(self._blocked_until_ns, self._last_sent_ns + self.settings.gap_ns)
        return self._blocked_until_ns <= self._now_ns

    def _wanted(self) -> list[tuple[int, int]]:
        """What is to be sent, (hop, flow), beside what is under way: what is enough for every router."""
        here, graph = self._hop, self._graph
        wanted = list(self._again)
        if here in self._crowded or self._gave_up or self._effort.is_enough(self._now_ns):
            return wanted
        under_way = {(asked.hop, asked.flow) for asked in self._under_way.values()}.union(wanted)
        lacking_new = 0
        seen = graph.seen(here)
        for vertex, flows in graph.through(here - 1).items():
            known = {seen[flow] for flow in flows if flow in seen}
            unseen = [flow for flow in flows if flow not in seen]
            fresh = [flow for flow in unseen if (here, flow) not in under_way and flow not in self._dead]
            used = len(flows) - len(unseen) + sum([(here, flow) in under_way for flow in unseen])
            lacking = max(0, self._rule.enough(len(known) or 1) - used)
            wanted += [(here, flow) for flow in fresh[:lacking]]
            if vertex is not None or graph.is_alone(here - 1):  # silence beside answers may be loss: not looked for
                lacking_new += max(0, lacking - len(fresh))
        if not graph.is_alone(here - 1):
            lacking_new -= sum(hop < here for hop, _ in under_way)  # these may turn out to go the right way
            known_before = min(graph.count(here - 1), self.settings.max_next_hops)
            if lacking_new > 0 and graph.silence(here - 1) >= self._rule.enough(known_before):
                self._incomplete.add(here)
                lacking_new = 0
        return wanted + self._new_flows(lacking_new)

    def _new_flows(self, count: int) -> list[tuple[int, int]]:
        """Flows nobody has seen yet: sent on at once where the hop before has one router, else to that hop."""
        here, count = self._hop, max(0, count)
        room = max(0, self._most_flows - self._flows)
        if count > room:
            self._incomplete.add(here)
        alone = self._graph.is_alone(here - 1)
        return [(here if alone else here - 1, self._flows + more) for more in range(min(count, room))]

    def _send(self, hop: int, flow: int) -> None:
        settings = self.settings
        if (hop, flow) in self._again:
            self._again.remove((hop, flow))
        if flow >= self._flows:
            self._flows = flow + 1
            if self._graph.is_alone(hop - 1):
                self._graph.assume(hop - 1, flow)
        self._sent += 1
        self._effort.sent()
        fields = self._sent, hop, settings.port, settings.size_bytes, self._source_port(flow)
        probe = UdpProbe(*fields) if settings.protocol == "UDP" else TcpProbe(
            *fields, (settings.seed + self._sent) & 0xFFFFFFFF)
        self._under_way[self._sent] = FlowProbe(hop, flow, probe)
        self._actions.append(SendProbe(probe))

    def _source_port(self, flow: int) -> int:
        return (self.settings.first_source_port + flow - 1) % LARGEST_PORT + 1

    def _send_failed(self, event: SendFailed) -> None:
        asked = self._under_way.pop(event.number, None)
        if asked is None:
            return
        if event.errno in (EADDRINUSE, EMFILE):  # no such flow for us; no more at all
            self._dead.add(asked.flow)
            self._graph.forget(asked.flow)
            if event.errno == EMFILE:
                self._most_flows = self._flows
        elif event.errno in (ENOBUFS, EAGAIN):
            self._again.append((asked.hop, asked.flow))
            self._blocked_until_ns = self._now_ns + BUFFERS_WAIT_NS
            self._blocked_since_ns = self._now_ns if self._blocked_since_ns is None else self._blocked_since_ns
            if self._now_ns - self._blocked_since_ns >= BUFFERS_PATIENCE_NS:
                self._report(TraceFailed("send probe", event.errno))
                self._over = True
        elif event.errno == EHOSTUNREACH:
            self._went_unanswered(asked.hop, asked.flow)
        else:
            self._report(TraceFailed("send", event.errno))
            self._over = True

    # answers

    def _reply_arrived(self, event: ReplyArrived) -> None:
        number, reply = event.number, event.reply
        if number is None or number not in self._under_way:
            return
        asked = self._under_way[number]
        error = reply if type(reply) is IcmpError else None
        if asked.sent_ns is None or error and error.is_hint:
            return
        del self._under_way[number]
        if error and error.origin == Origin.LOCAL:
            self._went_unanswered(asked.hop, asked.flow)
            return
        if error is None or error.says(PORT_UNREACHABLE) and is_host(reply.source, self.settings.address):
            self._reached = True
            self._graph.reach(asked.hop)
        final = error is None or not error.says(TTL_EXCEEDED)
        self._graph.add(asked.hop, asked.flow, reply.source, final)
        if asked.hop not in self._crowded and self._graph.count(asked.hop) > self.settings.max_next_hops:
            self._leave_crowd(asked.hop)
        self._rewritings.note(asked.probe, reply, event.left_from)
        rtt_ns = round_trip_ns(event, asked.sent_ns)
        self._answers.add(asked.hop, NextHop(reply.source, (), rtt_ns, error, final, error.extensions if error else ()))

    def _leave_crowd(self, hop: int) -> None:
        self._crowded.add(hop)
        self._most_flows = self._flows
        self._again = [each for each in self._again if each[0] != hop]

    def _leave_costly_hop(self) -> None:
        """Whoever was to be asked once more is taken for silent."""
        self._incomplete.add(self._hop)
        for hop, flow in self._again:
            self._graph.add(hop, flow, None)
        self._again.clear()

    def _went_unanswered(self, hop: int, flow: int) -> None:
        if hop in self._crowded:
            return
        if self._answers.went_unanswered(hop, flow) < self.settings.tries:
            self._again.append((hop, flow))
        else:
            self._graph.add(hop, flow, None)

    def _late_ns(self, asked: FlowProbe) -> int | None:
        """When an answer is awaited no longer; None while the probe has not left."""
        return None if asked.sent_ns is None else asked.sent_ns + self._answers.patience_ns(asked.hop)

    # telling

    def _next_hop(self) -> None:
        """All is known of this hop.  It is told one hop later: new flows may still show more of it, and where they do
        later still, it is told once more at the end."""
        here, settings, graph = self._hop, self.settings, self._graph
        before, self._known[here - 1] = self._known.get(here - 1), len(graph.vertices(here - 1))
        if before is not None and before < self._known[here - 1]:
            self._search(here - 1)  # new flows have met a further router there: what is enough has become more
            return
        self._known[here] = len(graph.vertices(here))
        self._silent_hops = self._silent_hops + 1 if graph.vertices(here) == [None] else 0
        if here > settings.first_hop:
            self._tell(here - 1)
        if here == settings.max_hops or self._silent_hops == SILENT_HOPS or not graph.through(here):
            self._finish()
        self._search(here + 1)

    def _search(self, hop: int) -> None:
        self._hop = hop
        self._effort.search(hop, self._now_ns)

    def _tell(self, hop: int) -> None:
        """Report a hop, unless it was and nothing more is known."""
        vertices = self._graph.vertices(hop)
        if len(vertices) == self._told.get(hop, 0):
            return
        self._told[hop] = len(vertices)
        found = [self._answers.told(hop, vertex, self._graph) for vertex in vertices]
        crowded = hop in self._crowded
        self._report(MultipathHop(hop, tuple(found), not crowded and hop not in self._incomplete, crowded=crowded),
                     *(each.source for each in found))

    def _finish(self) -> None:
        for hop in range(self.settings.first_hop, self._hop + 1):
            self._tell(hop)
        for hop in range(self.settings.first_hop, self._hop):
            for vertex in self._graph.vertices(hop):
                far = self._graph.next_hops(hop, vertex)
                if far:
                    self._report(MultipathLinks(hop + 1, vertex, tuple(far)))
        for rewriting in self._rewritings.all():
            self._report(rewriting)
        self._report(MultipathDone(self._reached, self._sent, self._flows - len(self._dead), self._gave_up))
        self._over = True

    def _report(self, record: Record, *sources: str | None) -> None:
        self._actions += self._reports.add(record, sources, self._now_ns)
