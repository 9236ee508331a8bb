"""Probes of a diagnosis that ask about the way: traces, the path MTU, flows."""

from __future__ import annotations

from ..engines.path_mtu import PathMtu
from ..engines.path_mtu_config import PathMtuConfig
from ..engines.why.tries import Tries, TriesConfig
from ..errors import KernelRefused
from ..links.exchange import family_of
from ..links.path_mtu import open_mtu_link
from ..records.facts import Flows, Hop, MtuFact, Narrow, Path
from ..records.links import MtuDiscovery
from ..records.path_mtu import PathMtuResult
from ..records.raw_links import TcpLinkSettings
from ..records.replies import IcmpError
from ..records.udp_links import UdpLinkSettings
from .diagnosis_probes import (
    DATA_BYTES,
    MS,
    PATIENCE_MS,
    SECOND_NS,
    TCP_HEADER_BYTES,
    UDP_HEADER_BYTES,
    UDP_PORT,
    is_from_host,
)
from .diagnosis_sessions import Probing, refusal_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..records.facts import Fact
    from ..records.questions import SearchMtu, Trace, TryFlows
    from ..world import World

FIRST_FLOW, FLOWS_APART, FLOW_STEP = 40961, 16384, 7  # source ports of flows
MTU_HOPS, MTU_PROBES = 30, 70
FLOW_HOPS, FLOW_PATIENCE_MS = 8, 500  # of a trace that sends one probe at a time


class Tracing(Probing):
    """A trace with all probes under way at once; of a hop with several the first that was answered counts."""

    def __init__(self, world: World, question: Trace):
        super().__init__(world)
        self._question = question
        try:
            self._begin(question)
        except (OSError, KernelRefused) as refusal:
            self.refused = refusal.errno

    def _begin(self, question: Trace) -> None:
        from ..engines.traceroute import TracerouteEngine
        from ..engines.traceroute_settings import TracerouteSettings
        from .traces import trace_link

        world, family, method = self.world, family_of(question.address), question.method
        header = family.header_bytes + (TCP_HEADER_BYTES + 4 if method == "tcp" else UDP_HEADER_BYTES)
        size_bytes = header if method == "tcp" else family.header_bytes + DATA_BYTES
        shared: dict[str, Any] = {"family": family, "destination": question.address, "mtu_discovery": MtuDiscovery.DONT}
        one_flow = question.source_port is not None and method == "udp"
        if one_flow:
            link = world.network.open_flow_link(UdpLinkSettings(**shared, socket_per_probe=True,
                                                                source_port=question.source_port))
        else:
            if question.source_port is not None:
                shared["source_port"] = question.source_port
            link = trace_link(world, method, False, shared, size_bytes - header)
        port = {"udp": UDP_PORT, "icmp": 1}.get(method) or question.port or 80
        alone = method == "tcp" and question.source_port is not None  # segments of one flow differ in time alone
        hops = min(question.max_hops, FLOW_HOPS) if alone else question.max_hops
        settings = TracerouteSettings(
            question.address, question.address, method, 1, hops, question.queries,
            1 if alone else hops * question.queries, FLOW_PATIENCE_MS * MS if alone else 3_400 * MS,
            port=port, port_step=0 if method == "tcp" or one_flow else 1, size_bytes=size_bytes, header_bytes=header,
            seed=int.from_bytes(world.random_bytes(4), "big"), source_port=question.source_port or 0)
        self.start(TracerouteEngine(settings), link)

    def fact(self) -> tuple[Fact, int]:
        from ..records.traceroute import ProbeResult, TraceDone, TraceFailed

        records = self.sessions[0].records if self.sessions else []
        results = [each for each in records if isinstance(each, ProbeResult)]
        reached = any(isinstance(each, TraceDone) and each.reached for each in records)
        hops: list[Hop] = []
        for hop in map(self._hop, results):
            if not hops or hops[-1].number != hop.number:
                hops.append(hop)
            elif hops[-1].source is None and hops[-1].refusal is None:
                hops[-1] = hop
        while hops and hops[-1].source is None and hops[-1].refusal is None:
            hops.pop()
        reached = reached and any(hop.reached for hop in hops)
        errno = next((each.errno for each in records if isinstance(each, TraceFailed)), self.refused)
        return Path(tuple(hops), reached, self._question.method, errno), self.packets

    def _hop(self, probe: Any) -> Hop:
        error, refusal, reached = probe.error, None, False
        if error is not None and probe.final:
            reached = is_from_host(error, self._question.address)
            refusal = None if reached else refusal_of(error)
        elif probe.final and probe.rtt_ns is not None:
            reached = True
        return Hop(probe.hop, probe.source, probe.rtt_ns, refusal, reached)


class Searching(Probing):
    """The search of `netlite mtu`."""

    def __init__(self, world: World, question: SearchMtu):
        super().__init__(world)
        family = family_of(question.address)
        try:
            link, method = open_mtu_link(world.network, family, question.address)
        except (OSError, KernelRefused) as refusal:
            self.refused = refusal.errno
            return
        self.start(PathMtu(PathMtuConfig(
            question.address, question.address, family, method, PATIENCE_MS * MS, 8 * SECOND_NS, MTU_HOPS, MTU_PROBES,
            names=False, source_port=link.identifier or 0)), link)

    def fact(self) -> tuple[Fact, int]:
        found = next((each for kept in self.sessions for each in kept.records if isinstance(each, PathMtuResult)), None)
        if found is None:
            return MtuFact(None, False), self.packets
        narrows = tuple([Narrow(each.mtu_bytes, each.first_hop, each.source, each.reported)
                         for each in found.narrowings])
        return MtuFact(found.mtu_bytes, found.black_hole, narrows), self.packets


class Flowing(Probing):
    """Several flows at once, each three times before it counts as lost."""

    def __init__(self, world: World, question: TryFlows):
        super().__init__(world)
        self._question = question
        family = family_of(question.address)
        tcp = question.port is not None
        try:
            link = world.network.open_connect_link(TcpLinkSettings(family, question.address)) if tcp else \
                world.network.open_flow_link(UdpLinkSettings(family, question.address, mtu_discovery=MtuDiscovery.DONT,
                                                             socket_per_probe=True))
        except (OSError, KernelRefused) as refusal:
            self.refused = refusal.errno
            return
        size_bytes = family.header_bytes + (TCP_HEADER_BYTES if tcp else DATA_BYTES)
        first = link.identifier or FIRST_FLOW + int.from_bytes(world.random_bytes(2), "big") % FLOWS_APART
        ports = tuple([first + FLOW_STEP * place for place in range(question.count)])
        # a kernel sends its SYN again by itself, after a second and after three
        tries, patience_ns = (1, question.tries * SECOND_NS) if tcp else (question.tries, SECOND_NS)
        self.start(Tries(TriesConfig(ports, question.port or UDP_PORT, size_bytes, tcp, tries, patience_ns)), link)

    def fact(self) -> tuple[Fact, int]:
        tried = [each for kept in self.sessions for each in kept.records]
        well = [each.source_port for each in tried if is_from_host(each.reply, self._question.address)]
        lost = [each.source_port for each in tried if each.reply is None and each.errno is None]
        refused = [(each.source_port, refusal_of(each.reply)) for each in tried
                   if type(each.reply) is IcmpError and each.source_port not in well]
        return Flows(tuple(well), tuple(lost), self._question.port, tuple([port for port, _ in refused]),
                     tuple([refusal for _, refusal in refused])), self.packets
