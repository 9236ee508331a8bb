"""Who answered at each hop, how fast, and how many probes that took; and how long others are awaited by that."""

from __future__ import annotations

from ..records.multipath import NextHop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .mda_graph import Graph
    from .mda_settings import MdaSettings

MARGIN_NS = 1_000_000


class Vertex:
    """The answers of one vertex: how many, their round trips, the quickest."""

    __slots__ = ("count", "sum_ns", "slowest_ns", "best")

    def __init__(self, best: NextHop) -> None:
        self.count = self.sum_ns = self.slowest_ns = 0
        self.best = best

    def add(self, answer: NextHop) -> None:
        """One more; the round trip of an answer is known."""
        rtt_ns, best_ns = answer.rtt_ns or 0, self.best.rtt_ns
        self.count += 1
        self.sum_ns += rtt_ns
        self.slowest_ns = max(rtt_ns, self.slowest_ns)
        if best_ns is None or rtt_ns < best_ns:
            self.best = answer


class Answers:
    """Of all hops; a vertex is who answers at a hop, None for nobody."""

    def __init__(self, settings: MdaSettings):
        self._settings = settings
        self._vertices: dict[tuple[int, str | None], Vertex] = {}
        self._slowest_ns: dict[int, int] = {}  # by hop
        self._tries: dict[tuple[int, int], int] = {}  # probes without an answer, by hop and flow

    def add(self, hop: int, answer: NextHop) -> None:
        """Somebody answered."""
        self._slowest_ns[hop] = max(answer.rtt_ns or 0, self._slowest_ns.get(hop, 0))
        self._vertices.setdefault((hop, answer.source), Vertex(answer)).add(answer)

    def went_unanswered(self, hop: int, flow: int) -> int:
        """A probe got no answer; how many of this flow to this hop did by now."""
        self._tries[hop, flow] = self._tries.get((hop, flow), 0) + 1
        return self._tries[hop, flow]

    def patience_ns(self, hop: int) -> int:
        """How long an answer from a hop is awaited, judged by what others took (-w MAX,HERE,NEAR)."""
        settings = self._settings
        for near, factor in ((hop, settings.here), (hop - 1, settings.near)):
            if factor and near in self._slowest_ns:
                return min(settings.patience_ns, int((self._slowest_ns[near] + MARGIN_NS) * factor))
        return settings.patience_ns

    def told(self, hop: int, vertex: str | None, graph: Graph) -> NextHop:
        """A vertex as it is told; probes without an answer are those of the flows that it answered in the end."""
        flows = tuple(graph.flows(hop, vertex))
        lost = sum(self._tries.get((hop, flow), 0) for flow in flows)
        if vertex is None:
            return NextHop(None, flows, sent=lost, lost=lost)
        found = self._vertices[hop, vertex]
        return found.best.replace(flows=flows, rtt_avg_ns=found.sum_ns // found.count, rtt_max_ns=found.slowest_ns,
                                  sent=len(flows) + lost, lost=lost)
