"""What was rewritten on the way: a quote that is not what was sent (NAT, load balancers, RFC 3022)."""

from __future__ import annotations

from ..records.multipath import Rewriting, flow_checksum
from ..records.raw_links import TcpProbe
from ..records.replies import IcmpError
from ..records.udp_links import UdpProbe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.probes import Probe
    from ..records.replies import Reply


class Rewritings:
    """Compares quotes with what was sent; keeps the nearest hop at which each difference was seen."""

    def __init__(self, destination: str):
        self._destination = destination.partition("%")[0]
        self._found: dict[tuple[str, ...] | tuple[str, int | str], Rewriting] = {}

    def note(self, probe: Probe, reply: Reply, source: str | None = None) -> None:
        """A reply to `probe`, which left from `source` if that is known; anything but an error with a quote about a
        probe with a TTL tells nothing."""
        quote = reply.quote if type(reply) is IcmpError else None
        if quote is None or probe.ttl is None:
            return
        pairs: list[tuple[str, int | str | None, int | str | None]] = [
            ("destination", self._destination, quote.destination and quote.destination.partition("%")[0]),
            ("source", source and source.partition("%")[0], quote.source and quote.source.partition("%")[0])]
        if type(probe) is UdpProbe or type(probe) is TcpProbe:
            pairs += [("destination port", probe.port, quote.destination_port),
                      ("source port", probe.source_port or None, quote.source_port)]
        found = [(field, sent, quoted) for field, sent, quoted in pairs
                 if sent is not None and quoted is not None and sent != quoted]
        if not found and type(probe) is UdpProbe and quote.checksum not in (None, 0, flow_checksum(probe.number)):
            found = [("checksum", flow_checksum(probe.number), quote.checksum)]
        for field, sent, quoted in found:
            key = (field,) if field == "checksum" else (field, quoted)  # every probe has its own checksum
            if key not in self._found or self._found[key].hop > probe.ttl:
                self._found[key] = Rewriting(probe.ttl, field, sent, quoted)

    def all(self) -> list[Rewriting]:
        """What was found, nearest first."""
        return sorted(self._found.values(), key=lambda each: (each.hop, each.field))
