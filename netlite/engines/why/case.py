"""`Case`: what is known about one address of the host, as the rules ask for it."""

from __future__ import annotations

from ...records.facts import (
    Connected,
    Echoes,
    Flows,
    Gateway,
    Holders,
    MtuFact,
    OwnSocket,
    Path,
    Refusal,
    Sockets,
    Way,
)
from ...records.questions import Connect, FindWay, LookAtSockets, SearchMtu, Trace, TryFlows, WhoHas
from .facts import Facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...records.facts import Fact
    from ...records.questions import Question


class Case:
    """One address of the host, by what is known now."""

    def __init__(self, facts: Facts, version: int, address: str):
        self.facts, self.version, self.address = facts, version, address
        self.config, self.machine = facts.config, facts.machine
        found = self._of(FindWay(address))
        self.way = found if isinstance(found, Way) else None  # where packets to it leave
        self._small = self._echoes(address, False)

    def _of(self, question: Question) -> Fact | None:
        return self.facts.known.get(question)

    @property
    def is_own(self) -> bool:
        """Whether the address is this machine's own."""
        return self.way is not None and (self.way.kind == "local" or self.way.device == "lo")

    @property
    def next_hop(self) -> str:
        """Whom this machine hands packets to."""
        return self.way.gateway or self.address if self.way else self.address

    @property
    def gateway(self) -> Gateway | None:
        """The default gateway of this version of IP."""
        return next((each for each in self.machine.gateways if each.version == self.version), None)

    def _echoes(self, address: str, full: bool, source: str | None = None) -> list[Echoes]:
        return self.facts.echoes.get((address, full, source), [])

    @property
    def echo(self) -> Echoes | None:
        """The first few echo requests."""
        return next(iter(self._small), None)

    @property
    def other_source(self) -> str | None:
        """An address of the device that packets leave by, where they leave with one of another."""
        way = self.way
        if way is None or not way.source or self.is_own:
            return None
        own = [address.partition("/")[0] for each in self.machine.devices if each.name == way.device
               for address in each.addresses if (":" in address) == (self.version == 6)
               and not address.startswith("fe80:")]
        return own[0] if own and way.source not in own and not way.source.startswith("fe80:") else None

    def echo_from(self, source: str) -> Echoes | None:
        """The echo requests that left with another own address."""
        return next(iter(self._echoes(self.address, False, source)), None)

    @property
    def many(self) -> tuple[int, int]:
        """(sent, received) of all small ones."""
        return sum([each.sent for each in self._small]), sum([each.received for each in self._small])

    @property
    def rtts_ns(self) -> list[int]:
        """All round trips."""
        return [rtt for each in self._small for rtt in each.rtts_ns]

    @property
    def full(self) -> Echoes | None:
        """Those of full size."""
        return next(iter(self._echoes(self.address, True)), None)

    def router(self, address: str) -> Echoes | None:
        """How all echo requests to a router fared; None where there were none."""
        found = self._echoes(address, False)
        if not found:
            return None
        return Echoes(address, sum(each.sent for each in found), sum(each.received for each in found),
                      tuple([rtt for each in found for rtt in each.rtts_ns]))

    @property
    def holders_question(self) -> WhoHas | None:
        """Whether somebody else has the address that packets leave with; None where that cannot be asked (IPv6 finds
        it by itself)."""
        way = self.way
        if way is None or not (way.device and way.source) or self.version == 6 or self.is_own or not self.machine.raw:
            return None
        return WhoHas(way.device, way.source, way.gateway or self.address)

    @property
    def holders(self) -> Holders:
        """Who else has the address that packets leave with."""
        question = self.holders_question
        found = self._of(question) if question is not None else None
        return found if isinstance(found, Holders) else Holders()

    @property
    def connected(self) -> Connected | None:
        """How the connection fared."""
        found = self._of(Connect(self.address, self.config.port)) if self.config.port else None
        return found if isinstance(found, Connected) else None

    def paths(self, *methods: str) -> Iterator[Path]:
        """What traces of these methods found, those of single flows apart."""
        for question, fact in self.facts.known.items():
            if type(question) is Trace and question.address == self.address and question.source_port is None \
                    and isinstance(fact, Path) and fact.method in methods:
                yield fact

    @property
    def path(self) -> Path | None:
        """The first trace."""
        return next(self.paths("icmp", "udp"), None) or next(self.paths("tcp"), None)

    @property
    def lost_flow(self) -> Path | None:
        """The trace of a flow that gets lost; of several the one that ends first, for the others may be lost on their
        way back."""
        found = self._paths_of_flows(self.flows.lost if self.flows is not None else ())
        return min(found, key=lambda path: path.last.number if path.last else 0, default=None)

    @property
    def refused_flow(self) -> Path | None:
        """The trace of a flow that somebody refuses."""
        return next(iter(self._paths_of_flows(self.flows.refused if self.flows is not None else ())), None)

    def _paths_of_flows(self, ports: tuple[int, ...]) -> list[Path]:
        return [fact for question, fact in self.facts.known.items()
                if type(question) is Trace and question.address == self.address
                and question.source_port in ports and isinstance(fact, Path)]

    @property
    def flows(self) -> Flows | None:
        """What became of several flows, of all that were tried."""
        found = [fact for question, fact in self.facts.known.items() if type(question) is TryFlows
                 and question.address == self.address and isinstance(fact, Flows)]
        if not found:
            return None
        whole = found[0]
        for each in found[1:]:
            whole = each.replace(well=whole.well + each.well, lost=whole.lost + each.lost,
                                 refused=whole.refused + each.refused, refusals=whole.refusals + each.refusals)
        return whole

    @property
    def is_split(self) -> bool:
        """Whether some flows arrive and some do not."""
        return self.flows is not None and bool(self.flows.well and self.flows.lost)

    @property
    def mtu(self) -> MtuFact | None:
        """The path MTU."""
        found = self._of(SearchMtu(self.address))
        return found if isinstance(found, MtuFact) else None

    @property
    def sockets(self) -> tuple[OwnSocket, ...]:
        """This machine's own sockets."""
        found = self._of(self.sockets_question(False))
        return found.each if isinstance(found, Sockets) else ()

    @property
    def sockets_again(self) -> tuple[OwnSocket, ...] | None:
        """The same, a second later; None: nobody looked."""
        found = self._of(self.sockets_question(True))
        return found.each if isinstance(found, Sockets) else None

    def sockets_question(self, again: bool) -> LookAtSockets:
        """Those that have to do with the host; without one, all."""
        if self.config.host is None:
            return LookAtSockets(None, None, again)
        return LookAtSockets(self.address, self.config.port, again)

    # what follows from that

    @property
    def answers(self) -> bool:
        """Whether echo requests are answered, one at least."""
        return self.many[1] > 0 or any(path.reached for path in self.paths("icmp"))

    @property
    def is_silent(self) -> bool:
        """Whether echo requests were sent and none was answered."""
        return self.echo is not None and not self.answers

    def waits_for(self, fact: object) -> bool:
        """Whether it is too early to judge: this is still to come."""
        return not fact and not self.facts.done

    @property
    def is_there(self) -> bool:
        """Whether the host itself answered anything at all."""
        flows, connected = self.flows, self.connected
        return self.answers or any(path.reached for path in self.paths("udp", "tcp")) or \
            flows is not None and bool(flows.well) or \
            connected is not None and connected.outcome in ("open", "refused")

    @property
    def refusals(self) -> list[Refusal]:
        """ICMP errors about echo requests, the first of each source; then those that traces met."""
        found = list(self.echo.refusals) if self.echo else []
        for path in self.paths("icmp", "udp"):
            found += [hop.refusal for hop in path.hops if hop.refusal is not None and not hop.reached]
        return found

    @property
    def segment_refusals(self) -> list[Refusal]:
        """Those about TCP, the connection's first."""
        found = [self.connected.refusal] if self.connected is not None and self.connected.refusal is not None else []
        found += self.flows.refusals if self.flows is not None and self.flows.port else ()
        for path in self.paths("tcp"):
            found += [hop.refusal for hop in path.hops if hop.refusal is not None and not hop.reached]
        return [each for each in found if each.source is not None]

    @property
    def is_refused_apart(self) -> bool:
        """Whether some flows are refused, and others not, or by others: then traces mix their ways."""
        flows = self.flows
        return flows is not None and bool(flows.refused) and bool(
            flows.well or flows.lost or len({each.source for each in flows.refusals}) > 1)

    @property
    def others_answered(self) -> bool:
        """Whether the connection got no answer, and other flows to its port did."""
        flows, connected = self.flows, self.connected
        return connected is not None and connected.outcome == "silent" and (
            any(path.reached for path in self.paths("tcp"))
            or flows is not None and flows.port is not None and bool(flows.well))

    @property
    def traced_distance(self) -> int | None:
        """The first hop that a trace reached the host at: so many hops it is away at most, for traces lose packets."""
        return min([hop.number for path in self.paths("icmp", "udp", "tcp") for hop in path.hops if hop.reached],
                   default=None)

    @property
    def guessed_distance(self) -> int | None:
        """How many hops its echoes came by their TTL, if they began with 64, 128 or 255; the way there may differ."""
        ttl = next((each.ttl for each in self._small if each.ttl is not None), None)
        return None if ttl is None else (64 if ttl <= 64 else 128 if ttl <= 128 else 255) - ttl + 1

    @property
    def distance(self) -> int | None:
        """How many hops away the host is, 0 for this machine itself; None where no trace tells for sure: a router right
        before it spoke, or nothing gets lost."""
        if self.is_own:
            return 0
        reached, (sent, received) = self.traced_distance, self.many
        if reached is None or reached == 1 or sent == received and sent:
            return reached
        before = any(hop.number + 1 == reached and hop.source for path in self.paths("icmp", "udp", "tcp")
                     for hop in path.hops)
        return reached if before else None
