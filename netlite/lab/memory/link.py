"""What the links of the network in memory share: they send and receive real packet bytes, as the real ones do.

`udp_links`, `tcp_links` and `raw_links` have one class for each of `netlite.links`.
"""

from __future__ import annotations

from errno import EMSGSIZE
from posix import strerror

from ...links.link import Arrival, Link
from ...packets.wire_format import DEFAULT_TTL, ip_packet
from ...records.links import MtuDiscovery
from ...records.replies import IcmpError, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol, TypeVar

    from ...records.links import LinkSettings
    from ...records.replies import Quote, Reply
    from .transit import Transit
    from .virtual_clock import VirtualClock
    from .ways import Place

    Settings = TypeVar("Settings", bound=LinkSettings)

    class Host(Protocol):
        """What is asked of `network.SimulatedNetwork`."""

        clock: VirtualClock
        echo_socket: str
        links: list[SimulatedLink]
        path_mtus: dict[str, int]

        def here(self) -> Place: ...
        def checked(self, settings: Settings) -> Settings: ...
        def need_raw(self) -> None: ...
        def next_port(self) -> int: ...
        def source_for(self, destination: str) -> str: ...
        def path_mtu(self, destination: str, learned: bool = ...) -> int: ...
        def transmit(self, packet: bytes, piece_bytes: int, summed: bool) -> int: ...
        def deliver(self) -> None: ...
        def due_ns(self) -> int | None: ...


class SimulatedLink(Link):
    """What the links share: sending within the path MTU, and arrivals in order."""

    summed = True  # whether it makes the checksums of its protocol
    settings: LinkSettings

    def __init__(self, network: Host, settings: LinkSettings, protocol: int):
        self.protocol = protocol
        self.settings = network.checked(settings)
        self.network = network
        self._family = settings.family
        self._ttl = DEFAULT_TTL if settings.ttl is None else settings.ttl
        self._mode = MtuDiscovery.WANT if settings.mtu_discovery is None else settings.mtu_discovery
        self._may_refuse = self._mode in (MtuDiscovery.DO, MtuDiscovery.PROBE)
        self._arrived: list[Arrival] = []
        network.links.append(self)

    def made(self, source: str, destination: str, what: Any) -> bytes:
        """What is sent, behind its IP header; `what` as it was given to `send_packet`."""
        raise NotImplementedError

    def quoted(self, what: Any) -> Quote | None:
        """What the error queue says of `what`, which is too big; None where a link asks for the size alone."""
        return None

    def send_packet(self, destination: str, data_bytes: int, what: Any, ttl: int | None) -> int:
        """Send what is `made` of `what`, so many bytes; return the time.  Raises OSError as sendto(2) does."""
        settings, network, family = self.settings, self.network, self._family
        if destination == family.any:
            destination = family.loopback
        source, mtu_bytes, errno = network.here().leaving[destination]
        if settings.source:
            source = settings.source
        elif errno:
            raise OSError(errno, strerror(errno))
        size_bytes = family.header_bytes + data_bytes
        if destination in network.path_mtus and self._mode != MtuDiscovery.PROBE:
            mtu_bytes = min(mtu_bytes, network.path_mtus[destination])
        if self._may_refuse and size_bytes > mtu_bytes:
            error = IcmpError(Origin.LOCAL, None, 0, 0, mtu_bytes, EMSGSIZE, None, self.quoted(what))
            self._arrived.append(Arrival(network.clock.now_ns(), error))
            raise OSError(EMSGSIZE, "Message too long")
        whole = self._mode != MtuDiscovery.DONT and size_bytes <= mtu_bytes
        packet = ip_packet(source, destination, self.protocol, self.made(source, destination, what),
                           self._ttl if ttl is None else ttl, settings.traffic_class or 0, whole,
                           settings.flow_label or 0)
        cut_bytes = min(size_bytes, mtu_bytes) if family.version == 6 else 0
        return network.transmit(packet, size_bytes if whole else cut_bytes, self.summed)

    def take(self, came: Transit, reply: Reply | None, errno: int | None) -> None:
        """Keep a packet that is for this link; `reply` is its ICMP record, None for other protocols; `errno` what the
        kernel makes of an ICMP error, None for what it does not queue."""
        raise NotImplementedError

    def receive(self) -> list[Arrival]:
        self.network.deliver()
        arrivals, self._arrived = self._arrived, []
        return arrivals

    def due_ns(self) -> int | None:
        return self.network.clock.now_ns() if self._arrived else self.network.due_ns()

    def close(self) -> None:
        if self in self.network.links:
            self.network.links.remove(self)
