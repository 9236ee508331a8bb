"""Which flow was answered by whom at which hop, and how many flows more it takes to be sure.

*Stopping rule* (Augustin, Friedman, Teixeira: Multipath tracing with Paris traceroute, 2007; Veitch,
Augustin, Friedman, Teixeira: Failure control in multipath route tracing, 2009): a router with k next hops
known has, with the wanted confidence, no other one when enough flows went through it.  Enough is the
least n for which k + 1 equally likely next hops would all have been seen.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCE = ""  # this host, the vertex of hop 0


class StoppingRule:
    """How many flows are enough; `confidence_percent` is that of each router."""

    tables: dict[int, list[int]] = {}  # by confidence, as far as they were asked for

    def __init__(self, confidence_percent: int):
        self._failure_percent = 100 - confidence_percent
        self._enough = self.tables.setdefault(confidence_percent, [1])

    def enough(self, known: int) -> int:
        """The flows that must go through a router with `known` next hops.

        >>> [StoppingRule(95).enough(known) for known in (1, 2, 3, 16)]
        [6, 11, 16, 96]
        """
        while len(self._enough) <= known:
            flows, ways = self._enough[-1], len(self._enough) + 1
            while 100 * unseen(ways, flows) > self._failure_percent * ways ** flows:
                flows += 1
            self._enough.append(flows)
        return self._enough[known]


def unseen(ways: int, flows: int) -> int:
    """In how many of the ways ** flows cases at least one of `ways` is taken by none of `flows` flows.

    >>> unseen(2, 3), 2 ** 3  # all three take the first way, or all take the second
    (2, 8)
    """
    total, choices = 0, 1
    for missed in range(1, ways):
        choices = choices * (ways - missed + 1) // missed
        total += choices * (ways - missed) ** flows * (1 if missed & 1 else -1)
    return total


class Graph:
    """What is known of all hops.

    A vertex is who answers at a hop: an address, or None for nobody.  Flows are numbers from 0.  A flow
    takes one way, always: what goes through a vertex shows, one hop on, one of its next hops.
    """

    def __init__(self, first_hop: int):
        self._first_hop = first_hop
        self._seen: dict[int, dict[int, str | None]] = {}  # by hop: flow -> vertex
        self._assumed: set[tuple[int, int]] = set()
        self._ended: dict[int, int] = {}                   # flow: the hop where it ends
        self._target_hop: int | None = None                # the nearest at which the target itself answered

    def add(self, hop: int, flow: int, vertex: str | None, final: bool = False) -> None:
        """The flow was answered by `vertex`; `final`: it goes no further."""
        self._seen.setdefault(hop, {})[flow] = vertex
        if final:
            self._ended[flow] = min(hop, self._ended.get(flow, hop))

    def reach(self, hop: int) -> None:
        """The target itself has answered at this hop."""
        self._target_hop = min(hop, self._target_hop or hop)

    def only(self, hop: int) -> str | None:
        """The one vertex of a hop; this host before the first one."""
        return SOURCE if hop < self._first_hop else self.vertices(hop)[0]

    def is_alone(self, hop: int) -> bool:
        """Whether every flow goes through one vertex at this hop, as far as is known."""
        return hop < self._first_hop or len(self.vertices(hop)) == 1

    def assume(self, hop: int, flow: int) -> None:
        """The flow goes through the only vertex of the hop, without asking there."""
        self._seen.setdefault(hop, {})[flow] = self.only(hop)
        self._assumed.add((hop, flow))

    def forget(self, flow: int) -> None:
        """There is no such flow after all."""
        for flows in self._seen.values():
            flows.pop(flow, None)

    def vertices(self, hop: int) -> list[str | None]:
        """Who answers at a hop, in the order found."""
        return list(dict.fromkeys(self._seen.get(hop, {}).values()))

    def count(self, hop: int) -> int:
        """How many answer at a hop; nobody is none of them."""
        return len(set(self._seen.get(hop, {}).values()) - {None})

    def silence(self, hop: int) -> int:
        """How many of the latest flows that were asked about at a hop were not answered, one after the other.

        Routers limit their errors too (RFC 1812 section 4.3.2.8): many in a row are no way of their own.
        """
        silent = 0
        for flow in sorted(self._seen.get(hop, {}), reverse=True):
            if (hop, flow) not in self._assumed:
                if self._seen[hop][flow] is not None:
                    break
                silent += 1
        return silent

    def seen(self, hop: int) -> Mapping[int, str | None]:
        """Who answers at the hop, by flow, as far as is known."""
        return self._seen.get(hop, {})

    def flows(self, hop: int, vertex: str | None) -> list[int]:
        """The flows that were answered by a vertex of a hop, in order."""
        return sorted(flow for flow, who in self._seen.get(hop, {}).items()
                      if who == vertex and (hop, flow) not in self._assumed)

    def through(self, hop: int) -> dict[str | None, list[int]]:
        """The flows that go through each vertex of a hop and beyond.

        Where the target is known, silence is most likely its own: hosts limit their errors (RFC 1812 section
        4.3.2.8), and looking for what lies behind would never end.
        """
        found: dict[str | None, list[int]] = {SOURCE: []} if hop < self._first_hop else {}
        at_target = self._target_hop is not None and hop >= self._target_hop
        for flow, vertex in self._seen.get(hop, {}).items():
            if self._ended.get(flow, hop + 1) > hop and not (at_target and vertex is None):
                found.setdefault(vertex, []).append(flow)
        return found

    def next_hops(self, hop: int, vertex: str | None) -> list[str | None]:
        """Who answers at `hop` + 1 what went through `vertex` at `hop`, in the order found."""
        here = self._seen.get(hop, {})
        return list(dict.fromkeys(who for flow, who in self._seen.get(hop + 1, {}).items()
                                  if flow in here and here[flow] == vertex))
