"""`HoldersEngine`: asks a wire a few times who has an address, and tells everybody who says so."""

from __future__ import annotations

from ...records.arp import ArpProbe, ArpReply
from ..actions import Finish, Report, SendProbe
from ..engine import Engine
from ..events import Interrupted, ReceiveFailed, ReplyArrived, SendFailed, Started, TimePassed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..actions import Action
    from ..events import Event

PROBES, APART_NS = 2, 250_000_000     # RFC 5227 has three, a second or two apart, for who has just come


class HoldersEngine(Engine):
    """Reports each ArpReply of another sender, those of the hardware addresses in `own` left out."""

    def __init__(self, own: tuple[str, ...]):
        self._known = set(own)
        self._sent = 0

    def feed(self, event: Event) -> list[Action]:
        if type(event) is ReplyArrived and isinstance(event.reply, ArpReply):
            said = event.reply
            if said.hardware in self._known:
                return []
            self._known.add(said.hardware)
            return [Report(said)]
        if isinstance(event, (Interrupted, ReceiveFailed, SendFailed)):
            return [Finish()]
        if type(event) is Started or type(event) is TimePassed and event.at_ns >= (self.deadline_ns or 0):
            if self._sent == PROBES:
                return [Finish()]
            self._sent += 1
            self.deadline_ns = event.at_ns + APART_NS
            return [SendProbe(ArpProbe(self._sent))]  # type: ignore[arg-type]  # no IP packet
        return []
