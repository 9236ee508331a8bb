"""The probes of watched paths: those under way, and settled ones whose late answers are still known."""

from __future__ import annotations

from collections import deque

from ..records.echo_links import EchoProbe
from ..records.raw_links import TcpProbe
from ..records.udp_links import UdpProbe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..records.probes import Probe
    from .watch_config import WatchConfig
    from .watched_path import Hop, Path

REMEMBERED = 8192                     # settled probes whose late answers and duplicates are still known
SEQUENCE_STEP = 0x10000               # between the initial sequence numbers of TCP


class WatchedProbe:
    """A probe: under way, or settled as `verdict`."""

    __slots__ = ("path", "hop", "era", "sequence", "sent_ns", "verdict")

    def __init__(self, path: Path, hop: Hop, now_ns: int):
        self.path, self.hop, self.era, self.sequence, self.sent_ns = path, hop, hop.era, path.sequence, now_ns
        self.verdict: str | None = None

    @property
    def counts(self) -> bool:
        """Whether the hop still counts it: it was not reset since."""
        return self.era == self.hop.era


class WatchedProbes:
    """All that were sent, by number; a number says the path: number modulo the number of paths."""

    def __init__(self, config: WatchConfig):
        self._config = config
        self._open: dict[int, WatchedProbe] = {}
        self._settled: dict[int, WatchedProbe] = {}
        self._order: deque[int] = deque()  # numbers as they left

    def make(self, path: Path, hop: Hop, now_ns: int) -> Probe:
        """The next probe to a hop."""
        path.sequence += 1
        number = path.sequence * len(self._config.ways) + path.place
        self._open[number] = WatchedProbe(path, hop, now_ns)
        self._order.append(number)
        config, way, ttl = self._config, path.way, hop.number
        if config.method == "icmp":
            return EchoProbe(number, path.sequence & 0xFFFF, ttl, way.size_bytes)
        size_bytes = way.size_bytes or 0
        if config.method == "udp":
            return UdpProbe(number, ttl, config.port, size_bytes, way.source_port)
        return TcpProbe(number, ttl, config.port, size_bytes, way.source_port,
                        config.seed + path.sequence * SEQUENCE_STEP & 0xFFFFFFFF)

    def under_way(self, number: int) -> WatchedProbe | None:
        """The probe, as long as nothing is known of it."""
        return self._open.get(number)

    def settled(self, number: int) -> WatchedProbe | None:
        """The probe, for a while after its verdict."""
        return self._settled.get(number)

    def settle(self, number: int, verdict: str) -> None:
        """What became of a probe under way."""
        asked = self._open.pop(number)
        asked.verdict = verdict
        self._settled[number] = asked
        if len(self._settled) > REMEMBERED:
            del self._settled[next(iter(self._settled))]

    def overdue(self, now_ns: int) -> Iterator[tuple[int, WatchedProbe]]:
        """Those that had their time."""
        while self._order:
            number = self._order[0]
            asked = self._open.get(number)
            if asked is not None and asked.sent_ns + self._config.timeout_ns > now_ns:
                return
            self._order.popleft()
            if asked is not None:
                yield number, asked

    @property
    def next_overdue_ns(self) -> int | None:
        """When the next one has had its time; None where none is under way."""
        while self._order and self._order[0] not in self._open:
            self._order.popleft()
        return self._open[self._order[0]].sent_ns + self._config.timeout_ns if self._order else None
