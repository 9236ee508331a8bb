"""The names that a node in memory knows: as the topology has them, or as its name servers tell them."""

from __future__ import annotations

from ...errors import EAI_AGAIN, NameUnknown
from ...links.exchange import Letter
from ...packets.dns import NameQuestion, make_question, read_answer
from ...records.family import IPV4, IPV6
from ...sockets.resolver import Address, Resolver
from ..scene.prefixes import read_address
from ..scene.topology import DOMAIN, Topology

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...links.network import Network
    from ...records.family import Family

EAI_NONAME, EAI_ADDRFAMILY = -2, -9
NAME_PATIENCE_NS = 5_000_000_000  # resolv.conf(5), timeout


class SimulatedResolver(Resolver):
    """The names of a topology (``r1`` and ``r1.lab``) and localhost, IPv6 first as glibc answers."""

    def __init__(self, topology: Topology):
        self._topology = topology

    def addresses(self, host: str, af: int = 0, flags: int = 0) -> list[Address]:
        canonical: str | None = host
        if is_address(host):
            found = [(IPV6 if ":" in host else IPV4, host)]
        else:
            found = self._of_name(host)
            if not found:
                raise NameUnknown(EAI_NONAME, "Name or service not known")
            canonical = self.name(found[0][1])
        wanted = [Address(family.af, text, canonical or host) for family, text in found if af in (0, family.af)]
        if not wanted:
            raise NameUnknown(EAI_ADDRFAMILY, "Address family for hostname not supported")
        return wanted

    def addresses_within(self, host: str, af: int, flags: int, limit_ns: int) -> list[Address]:
        return self.addresses(host, af, flags)

    def address(self, host: str, af: int) -> str:
        return self.addresses(host, af)[0].text

    def aliases(self, host: str) -> list[str]:
        """The short name of a node beside its full one."""
        self.addresses(host, IPV4.af)
        return [] if host == "localhost" else [host.removesuffix("." + DOMAIN)]

    def name(self, address: str) -> str | None:
        return "localhost" if address in ("127.0.0.1", "::1") else self._topology.name_of(address)

    def look_up(self, address: str) -> tuple[str | None, bool]:
        return self.name(address), True

    def _of_name(self, host: str) -> list[tuple[Family, str]]:
        node = host.removesuffix("." + DOMAIN)
        if host == "localhost":
            return [(family, family.loopback) for family in (IPV6, IPV4)]
        if node not in self._topology.nodes or not self._topology.interfaces(node):
            return []
        return [(family, address) for family in (IPV6, IPV4)
                for address in self._topology.addresses(node, family.version)[:1]]


def is_address(host: str) -> bool:
    """Whether it is no name."""
    if "." not in host and ":" not in host:
        return False
    try:
        read_address(host)
    except ValueError:
        return False
    return True


class ServedResolver(SimulatedResolver):
    """The same, asked of the name servers of the topology as the C library asks: one after the other."""

    def __init__(self, topology: Topology, servers: tuple[str, ...], network: Network, clock: Any):
        super().__init__(topology)
        self._servers, self._network, self._clock = servers, network, clock

    def _of_name(self, host: str) -> list[tuple[Family, str]]:
        if host == "localhost":
            return super()._of_name(host)
        for server in self._servers:
            try:
                letters = [Letter(server, 53, make_question(NameQuestion(family.version, host, family.version)))
                           for family in (IPV6, IPV4)]
            except ValueError:
                return []
            answers = self._network.exchange(self._clock, letters, self._clock.now_ns() + NAME_PATIENCE_NS)
            read = [read_answer(each.data) for each in answers if each.data is not None]
            found = [address for each in read for address in each.addresses]
            if found or any(each.code in (0, 3) for each in read):
                return [(IPV6 if ":" in address else IPV4, address) for address in found]
        raise NameUnknown(EAI_AGAIN, "Temporary failure in name resolution")
