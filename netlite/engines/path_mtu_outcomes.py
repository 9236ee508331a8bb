"""What came of a packet of some size: what its answer says about it."""

from __future__ import annotations

from ..records.icmp_errors import PORT_UNREACHABLE, TOO_BIG, TTL_EXCEEDED
from ..records.path_mtu import Fate
from ..records.record import Record
from ..records.replies import IcmpError, Origin, is_host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.replies import Reply

EXPIRED, LOCAL, CUT_OFF = 10, 11, 12


class Outcome(Record):
    """What came of the probes of one size and TTL: a value of `Fate`, EXPIRED on the way, LOCAL, or CUT_OFF:
    the end of the run came first, so nothing is known.

    `refused` is the errno where the kernel did not even send.
    """

    fate: int
    tries: int
    reply: Reply | None = None
    rtt_ns: int | None = None
    refused: int | None = None

    @property
    def source(self) -> str | None:
        return None if self.reply is None else self.reply.source


def fate_of(reply: Reply, udp_host: str | None = None) -> int | None:
    """What a reply says about the probe: a value of `Fate`, EXPIRED, or LOCAL; None for a hint.

    A closed port proves that a datagram arrived when the host it went to (`udp_host`) says so itself; firewalls on
    the way refuse in the same words, and hosts refuse echo requests so.
    """
    if type(reply) is not IcmpError:
        return Fate.ARRIVED
    if reply.origin == Origin.LOCAL:
        return LOCAL
    if reply.is_hint:
        return None
    if reply.says(TOO_BIG):
        return Fate.TOO_BIG
    if reply.says(TTL_EXCEEDED):
        return EXPIRED
    at_host = udp_host is not None and is_host(reply.source, udp_host)
    return Fate.ARRIVED if at_host and reply.says(PORT_UNREACHABLE) else Fate.UNREACHABLE
