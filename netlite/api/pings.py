"""Echo probes: to one host, a verdict a probe; to many, a result a host."""

from __future__ import annotations

from ..records.echo_targets import EchoTarget, EchoTargetsConfig, Told
from ..records.verdicts import HostResult, host_result
from ..world import World
from .arguments import (
    LARGEST_PAYLOAD,
    chosen_world,
    duration_ns,
    host_text,
    host_texts,
    interval_ns,
    number,
    optional_text,
    optional_whole,
    source_address,
    whole,
)
from .runs import LibraryRun
from .targets import HOW_TO_PING, Refusals, first_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from ..links.link import Link
    from ..records.verdicts import Verdict
    from .arguments import Host, Hosts

SHARED_BUFFER_BYTES = 1 << 20         # probes to neighbours that do not answer ARP wait there, before others
RESOLVERS = 32                        # names that are looked up at once


class PingRun(LibraryRun["Verdict"]):
    """The verdicts of one host as they fall; `result` is how it stands, at the end how it was."""

    def __init__(self, target: EchoTarget, link: Link, world: World):
        from ..engines.echo_targets import EchoTargets

        self._result: HostResult | None = None
        self._nothing = host_result(target.host, target.address)
        self._engine = EchoTargets(EchoTargetsConfig((target,), wall_offset_ns=wall_offset_ns(world)))
        super().__init__(self._engine, link, world)

    def tell(self, record: Told) -> Iterable[Verdict]:
        if isinstance(record.record, HostResult):
            self._result = record.record
            return ()
        return (record.record,)

    @property
    def result(self) -> HostResult:
        """How the host did so far."""
        if self._result is not None:
            return self._result
        return self._engine.standing(0) or self._nothing


class PingManyRun(LibraryRun[HostResult]):
    """A HostResult a host, each as soon as it is known."""

    def __init__(self, config: EchoTargetsConfig, link: Link, world: World, known: list[HostResult]):
        from ..engines.echo_targets import EchoTargets

        self._known = known
        super().__init__(EchoTargets(config), link, world)

    def tell(self, record: Told) -> Iterable[HostResult]:
        return (record.record,) if isinstance(record.record, HostResult) else ()

    def _iterate(self) -> Iterator[HostResult]:
        yield from self._take_known()
        yield from super()._iterate()

    def step(self) -> list[HostResult]:
        return self._take_known() + super().step()

    def _take_known(self) -> list[HostResult]:
        known, self._known = self._known, []
        return known


def ping(host: Host, *, count: int | None = 4, interval_s: float = 1.0, timeout_s: float = 1.0, size_bytes: int = 56,
         ttl: int | None = None, source: Host | None = None, device: str | None = None, version: int | None =
         None, world: World | None = None) -> PingRun:
    """Send ICMP echo requests and yield what becomes of each, as it is known: exactly one verdict a probe.

    `count` (-c) probes, from 1, None for no end; `interval_s` (-i) seconds apart, 0 or more; `timeout_s` (-W)
    seconds, for every probe, until it is lost; `size_bytes` (-s) of payload, 0 to 65507; `ttl` (-t) 1 to 255;
    `source` address and `device` (-I); `version` 4 or 6 (-4, -6), that of `source` unless given.

    Yields Answer, Lost, ProbeError and LocalError of `netlite.records.verdicts`, all with the same columns; a
    probe without a route, or too long for the device, is a LocalError.  ``run.result`` is the HostResult:
    counts, loss, jitter, percentiles.  An answer is what comes from the host itself with the random bytes of
    the request in its payload (8 bytes hold all of them).  Raises NameUnknown, NotPermitted, KernelRefused (a
    source or device that is none).

    Privileges: none where net.ipv4.ping_group_range admits the user, else CAP_NET_RAW.
    On the wire: RFC 792 (echo), RFC 4443 section 4.

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> lab = SimulatedEnvironment("example", chain(2), "client")
    >>> run = ping("server", count=2, version=4, world=lab)
    >>> [(each.kind, each.sequence, each.ttl) for each in run], run.result.loss
    ([('answer', 1, 62), ('answer', 2, 62)], 0.0)
    """
    text, (own, wanted) = host_text(host), source_address(source, version)
    target = EchoTarget(0, text, "", optional_whole("count", count, 1), interval_ns("interval_s", interval_s),
                        duration_ns("timeout_s", timeout_s), None, None)
    settings = link_options(size_bytes, ttl, own, device)
    world = chosen_world(world)
    family, address = first_address(world.resolver, text, wanted)
    link = open_link(world, family, address, settings)
    return PingRun(target.replace(address=address), link, world)


def ping_many(hosts: Hosts, *, count: int = 1, interval_s: float = 1.0, timeout_s: float = 1.0, rate: float = 250.0,
              in_flight: int = 1000, size_bytes: int = 56, ttl: int | None = None, source: Host | None = None,
              device: str | None = None, version: int | None = None, world: World | None = None) -> PingManyRun:
    """Ping many hosts at once over one socket a family; yields a HostResult a host, as soon as it is known.

    `hosts` are names and addresses, each of which gets `count` probes `interval_s` apart; `rate` probes a
    second in all (0: as fast as the kernel takes them), `in_flight` (1 to 60000) under way at once; the others
    as for `ping`. A name without an address, and a family that this host does not have, are results too:
    nothing sent, and the `reason`.  Raises NotPermitted, KernelRefused.

    Privileges and wire: as for `ping`.

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> lab = SimulatedEnvironment("example", chain(2), "client")
    >>> for each in ping_many(["server", "r1", "nowhere"], count=3, version=4, world=lab):
    ...     print(each.host, each.received, each.loss, each.reason)
    nowhere 0 None Name or service not known
    server 3 0.0 None
    r1 3 0.0 None
    """
    texts, (own, wanted) = host_texts(hosts), source_address(source, version)
    shape = EchoTarget(0, "", "", whole("count", count, 1), interval_ns("interval_s", interval_s),
                       duration_ns("timeout_s", timeout_s))
    config = EchoTargetsConfig((), number("rate", rate), whole("in_flight", in_flight, 1, 60000), False)
    settings = link_options(size_bytes, ttl, own, device)
    world = chosen_world(world)
    return start_many(world, look_up(world, texts, wanted), shape, config, settings)


def start_many(world: World, found: list[tuple[str, Any]], shape: EchoTarget, config: EchoTargetsConfig,
               settings: dict[str, Any]) -> PingManyRun:
    """The run for hosts, and what is `found` of each: (family, address) or NameUnknown."""
    from ..errors import KernelRefused, NameUnknown

    known = [host_result(host, None, reason=str(each)) for host, each in found if isinstance(each, NameUnknown)]
    reachable = [(host, *each) for host, each in found if not isinstance(each, NameUnknown)]
    links: dict[int, Link] = {}
    try:
        for family in {family.version: family for _, family, _ in reachable}.values():
            some = next(address for _, its, address in reachable if its is family)
            try:
                links[family.version] = open_link(world, family, some, settings, shared=True)
            except KernelRefused as refusal:
                if settings["source"] or settings["device"]:
                    raise
                known += [host_result(host, address, reason=str(refusal)) for host, its, address in reachable
                          if its is family]
        targets = tuple([shape.replace(key=key, host=host, address=address)
                         for key, (host, family, address) in enumerate(reachable) if family.version in links])
        return PingManyRun(config.replace(targets=targets), one_link(links), world, known)
    except BaseException:
        for link in links.values():
            link.close()
        raise


def look_up(world: World, hosts: list[str], version: int | None) -> list[tuple[str, Any]]:
    """(host, its (family, address) or NameUnknown) of each; names are asked for several at a time."""
    from ..errors import NameUnknown
    from ..sockets.name_lookups import side_by_side

    resolver = world.resolver

    def ask(host: str) -> Any:
        try:
            return first_address(resolver, host, version)
        except NameUnknown as unknown:
            return unknown

    different = list(dict.fromkeys(hosts))
    numbers = [host for host in different if host.replace(".", "").isdigit() or ":" in host]
    names = [host for host in different if host not in set(numbers)]
    answers = {host: ask(host) for host in numbers} | dict(zip(names, side_by_side(ask, names, RESOLVERS)))
    return [(host, answers[host]) for host in hosts]


def link_options(size_bytes: int, ttl: int | None, source: str | None, device: str | None) -> dict[str, Any]:
    """Arguments, checked, as fields of EchoLinkSettings."""
    from ..records.ping import counting

    return {"payload": counting(whole("size_bytes", size_bytes, 0, LARGEST_PAYLOAD)),
            "ttl": optional_whole("ttl", ttl, 1, 255), "source": source,
            "device": optional_text("device", device)}


def open_link(world: World, family: Any, address: str, settings: dict[str, Any], shared: bool = False) -> Link:
    """A link whose answers prove themselves; of a `shared` one the kernel stamps only what arrives."""
    from ..records.echo_links import EchoLinkSettings, KernelStamps, Proof

    with Refusals("ICMP socket", HOW_TO_PING):
        return world.network.open_echo_link(EchoLinkSettings(
            family, address, **settings, stamped=False, proof=Proof.TOKEN, preload=64 if shared else 1,
            kernel_stamps=KernelStamps.RECEIVED if shared else KernelStamps.BOTH,
            send_buffer_bytes=SHARED_BUFFER_BYTES if shared else None))


def one_link(links: dict[int, Link]) -> Link:
    """One link for what may be of two IP versions, or none."""
    from ..links.link import Link
    from ..links.pair import LinkPair

    return LinkPair(links) if len(links) > 1 else next(iter(links.values()), None) or Link()


def wall_offset_ns(world: World) -> int:
    """Wall time less monotonic time."""
    return world.clock.wall_ns() - world.clock.now_ns()
