"""``netlite dhcp`` as JSON."""

from __future__ import annotations

from ..records.dhcp import DhcpBound, DhcpFailed, DhcpLost, DhcpMessage, DhcpSilence, DhcpTold
from ..records.record import Record
from .json_runs import Notation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .json_runs import Object


class DhcpJson(Notation):
    """A client at work; times are seconds since its start."""

    schema = "dhcp/1"
    arrays = {"datagram": "datagrams", "silence": "silences", "lease": "leases", "lost": "losses"}

    def __init__(self, device: str, hardware: str, started_ns: int):
        super().__init__({"interface": device, "hardware": hardware})
        self._started_ns = started_ns

    def objects(self, record: Record, stamp: str = "") -> list[Object]:
        if isinstance(record, DhcpTold):
            self.complete = True
            return [{"type": "datagram", "time": self._time(record.at_ns), "state": record.state, "sent": record.sent,
                     "source": record.source, "destination": record.destination, "use": record.use or None,
                     **message_object(record.message)}]
        if isinstance(record, DhcpBound):
            lease = record.lease
            return [{"type": "lease", "time": self._time(record.at_ns), "renewed": record.renewed,
                     "address": lease.address, "netmask": lease.netmask, "routers": list(lease.routers),
                     "name_servers": list(lease.name_servers), "server": lease.server, "lease_s": lease.seconds,
                     "renew_s": lease.renew_s, "rebind_s": lease.rebind_s}]
        if isinstance(record, DhcpLost):
            return [{"type": "lost", "time": self._time(record.at_ns), "address": record.address, "why": record.why}]
        if isinstance(record, DhcpSilence):
            return [{"type": "silence", "time": self._time(record.at_ns), "state": record.state,
                     "waited_s": record.waited_s, "last": record.last, "left": record.left}]
        if isinstance(record, DhcpFailed):
            self.complete = False
        return []

    def _time(self, at_ns: int) -> float:
        return (at_ns - self._started_ns) / 1e9


def message_object(message: DhcpMessage) -> Object:
    """A message, option by option."""
    return {"message": message.name, "transaction": message.transaction, "client": message.client,
            "yours": message.yours, "relay": message.relay, "hops": message.hops, "seconds": message.seconds,
            "broadcast": message.broadcast, "hardware": message.hardware, "requested": message.requested,
            "server": message.server, "netmask": message.netmask, "routers": list(message.routers),
            "name_servers": list(message.name_servers), "lease_s": message.lease_s, "renew_s": message.renew_s,
            "rebind_s": message.rebind_s, "wanted": list(message.wanted), "reason": message.said}
