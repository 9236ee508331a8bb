"""Probes of a diagnosis: each question becomes sessions of engines that there are, and their records a fact."""

from __future__ import annotations

from ..engines.echo_targets import EchoTargets
from ..engines.why.holders import HoldersEngine
from ..engines.why.tries import Tried, Tries, TriesConfig
from ..errors import KernelRefused
from ..links.exchange import family_of
from ..records.arp import ArpLinkSettings
from ..records.echo_targets import EchoTarget, EchoTargetsConfig
from ..records.facts import Connected, Echoes, EchoFact, Holders, Refusal
from ..records.icmp_errors import PORT_UNREACHABLE, PROTOCOL_UNREACHABLE
from ..records.links import MtuDiscovery
from ..records.raw_links import TcpLinkSettings, TcpReply
from ..records.replies import IcmpError
from ..records.tcp_flags import RST
from ..records.udp_links import UdpLinkSettings
from ..records.verdicts import HostResult
from .diagnosis_machine import device_mtu, dropped, neighbour_hardware, neighbour_state
from .diagnosis_sessions import Kept, Probing, refusal_of
from .pings import link_options, open_link, wall_offset_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..records.facts import Device, Fact, Way
    from ..records.questions import Connect, Echo, WhoHas
    from ..world import World

MS, SECOND_NS = 1_000_000, 1_000_000_000
CLOSE_MS, PATIENCE_MS = 50, 1000      # between echo requests, and to wait for an answer
TCP_HEADER_BYTES, UDP_HEADER_BYTES, ICMP_HEADER_BYTES, DATA_BYTES = 20, 8, 8, 40
UDP_PORT = 33434                      # of traceroute: closed, as a rule
TALK_NS = 2 * SECOND_NS
GREETINGS = {80: b"HEAD / HTTP/1.0\r\n\r\n", 8000: b"HEAD / HTTP/1.0\r\n\r\n", 8080: b"HEAD / HTTP/1.0\r\n\r\n"}
SPEAK_FIRST = (21, 22, 25, 110, 143, 587, 3306)
"""Ports of services that are known to speak, after a greeting or without one; others may rightly wait."""


class Echoing(Probing):
    """Echo requests to several addresses, a session a version of IP; UDP where there is no ICMP socket."""

    def __init__(self, world: World, question: Echo, icmp: str | None, ways: dict[str, Way]):
        super().__init__(world)
        self._question, self._ways = question, ways
        self._before = {version: dropped(world, version) for version in (4, 6)}
        self._echo: dict[int, Kept] = {}
        self._udp: dict[str, Kept] = {}
        self._errnos: dict[str, int | None] = {}
        for version in (4, 6):
            addresses = [each for each in question.addresses if family_of(each).version == version]
            if not addresses:
                continue
            try:
                if icmp:
                    self._echo[version] = self._open_echo(addresses)
                else:
                    self._udp |= {address: self._open_udp(address) for address in addresses}
            except (OSError, KernelRefused) as refusal:
                self._errnos |= dict.fromkeys(addresses, refusal.errno)

    def _open_echo(self, addresses: list[str]) -> Kept:
        family, question = family_of(addresses[0]), self._question
        size_bytes = 56
        settings: dict[str, Any] = {}
        if question.source is not None:
            settings["source"] = question.source
        if question.full:
            mtu_bytes = device_mtu(self.world, self._ways.get(addresses[0]))
            size_bytes = mtu_bytes - family.header_bytes - ICMP_HEADER_BYTES
            settings["mtu_discovery"] = MtuDiscovery.PROBE
        link = open_link(self.world, family, addresses[0], {**link_options(size_bytes, None, None, None), **settings},
                         shared=len(addresses) > 1)
        targets = tuple([EchoTarget(place, address, address, question.count, CLOSE_MS * MS, PATIENCE_MS * MS)
                         for place, address in enumerate(addresses)])
        config = EchoTargetsConfig(targets, wall_offset_ns=wall_offset_ns(self.world))
        return self.start(EchoTargets(config), link)

    def _open_udp(self, address: str) -> Kept:
        family = family_of(address)
        link = self.world.network.open_udp_link(UdpLinkSettings(
            family, address, source=self._question.source,
            mtu_discovery=MtuDiscovery.PROBE if self._question.full else None, socket_per_probe=True))
        size_bytes = device_mtu(self.world, self._ways.get(address)) if self._question.full else \
            family.header_bytes + DATA_BYTES
        ports = (0,) * min(3, self._question.count)
        return self.start(Tries(TriesConfig(ports, UDP_PORT, size_bytes, tries=1, patience_ns=PATIENCE_MS * MS)), link)

    def fact(self) -> tuple[Fact, int]:
        each = [self._echoes(address) for address in self._question.addresses]
        return EchoFact(tuple(each)), self.packets

    def _echoes(self, address: str) -> Echoes:
        version = family_of(address).version
        way = self._ways.get(address)
        next_hop = (way.gateway if way else None) or address
        after: dict[str, Any] = {"neighbour": neighbour_state(self.world, next_hop, way.device if way else None),
                 "dropped": max(0, dropped(self.world, version) - self._before[version])}
        if address in self._errnos:
            return Echoes(address, 0, 0, errno=self._errnos[address], **after)
        if address in self._udp:
            return udp_echoes(address, self._udp[address].records, after)
        key = [one for one in self._question.addresses if family_of(one).version == version].index(address)
        records = [told.record for told in self._echo[version].records if told.key == key]
        result = next((one for one in records if isinstance(one, HostResult)), None)
        verdicts = [one for one in records if not isinstance(one, HostResult)]
        refusals = [Refusal(one.source, one.icmp_type, one.icmp_code, one.errno, one.mtu_bytes)
                    for one in verdicts if one.kind == "error"]
        errnos = [one.errno for one in verdicts if one.kind == "refused"]
        ttls = [one.ttl for one in verdicts if one.kind == "answer"]
        return Echoes(address, result.sent if result else 0, result.received if result else 0,
                      result.rtts_ns if result else (), tuple(dict.fromkeys(refusals)), errnos[0] if errnos else None,
                      ttls[0] if ttls else None, duplicates=result.duplicates if result else 0, **after)


class AskingHolders(Probing):
    """Who else has an address of ours; cards of this machine itself do not count."""

    def __init__(self, world: World, question: WhoHas, devices: tuple[Device, ...]):
        super().__init__(world)
        self._question = question
        own = tuple([each.hardware.lower() for each in devices])
        try:
            self.start(HoldersEngine(own), world.network.open_arp_link(ArpLinkSettings(question.device,
                                                                                       question.address)))
        except OSError as refusal:
            self.refused = refusal.errno

    def fact(self) -> tuple[Fact, int]:
        question = self._question
        found = tuple([each.hardware for kept in self.sessions for each in kept.records])
        hardware = neighbour_hardware(self.world, question.gateway or "", question.device) if found else ""
        return Holders(found, hardware, self.refused), self.packets


def udp_echoes(address: str, records: list[Any], after: dict[str, Any]) -> Echoes:
    """What UDP to a closed port tells: the host answers with "port unreachable"."""
    tried = [one for one in records if isinstance(one, Tried)]
    well = [one for one in tried if is_from_host(one.reply, address)]
    refusals = [refusal_of(one.reply) for one in tried if type(one.reply) is IcmpError and one not in well]
    errno = next((one.errno for one in tried if one.errno is not None), None)
    ttl = next((one.reply.ttl for one in well if type(one.reply) is IcmpError), None)
    return Echoes(address, sum(one.sent for one in tried), len(well), tuple([one.rtt_ns or 0 for one in well]),
                  tuple(dict.fromkeys(refusals)), errno, ttl, method="udp", **after)


def is_from_host(reply: object, address: str) -> bool:
    """Whether the host itself answers: it refuses a closed port, or talks TCP."""
    if type(reply) is IcmpError:
        return reply.says(PORT_UNREACHABLE, PROTOCOL_UNREACHABLE) and reply.source == address
    return type(reply) is TcpReply


class Connecting(Probing):
    """One connection, tried twice; then a word with the service, where it is known to speak."""

    def __init__(self, world: World, question: Connect):
        super().__init__(world)
        self._question = question
        self._version = family_of(question.address).version
        self._before = dropped(world, self._version)
        family = family_of(question.address)
        try:
            link = world.network.open_connect_link(TcpLinkSettings(family, question.address))
        except (OSError, KernelRefused) as refusal:
            self.refused = refusal.errno
            return
        size_bytes = family.header_bytes + TCP_HEADER_BYTES
        self.start(Tries(TriesConfig((0,), question.port, size_bytes, True, 2, 1_200 * MS)), link)

    def fact(self) -> tuple[Fact, int]:
        tried = next((each for kept in self.sessions for each in kept.records), Tried(0, None, self.refused, 0))
        reply, took_ns, packets = tried.reply, tried.rtt_ns or 0, tried.sent
        errno = tried.errno or next((kept.refused for kept in self.sessions if kept.refused), None)
        if errno is not None:
            return Connected("error", errno=errno), packets
        if type(reply) is IcmpError:
            return Connected("error", took_ns, refusal_of(reply), reply.errno), packets
        if type(reply) is TcpReply and reply.flags & RST:
            return Connected("refused", took_ns), packets
        if reply is None:
            lost = max(0, dropped(self.world, self._version) - self._before)
            return Connected("silent", dropped=lost), packets
        question = self._question
        said = None
        if question.port in GREETINGS or question.port in SPEAK_FIRST:
            clock = self.world.clock
            greeting = GREETINGS.get(question.port, b"")
            said = self.world.network.converse(clock, question.address, question.port, greeting,
                                               clock.now_ns() + TALK_NS)
            packets += 4
        return Connected("open", took_ns, said=said), packets + 2
