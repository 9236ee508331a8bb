"""traceroute with all probes in one flow: the decisions of traceroute, and a look at what came back changed.

That all probes take one way is the work of the link (`links.flows`, or echo requests with one checksum);
the engine sends them from one source port to one port and hears which probe an answer is for.
"""

from __future__ import annotations

from ..records.echo_links import EchoProbe
from ..records.replies import IcmpError
from .actions import Finish, Report, SendProbe
from .engine import Engine
from .events import ReplyArrived
from .rewriting import Rewritings
from .traceroute import TracerouteEngine
from .traceroute_settings import Method, TracerouteSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.probes import Probe
    from .actions import Action
    from .events import Event


class Paris(Engine):
    """Reports what TracerouteEngine reports, and before the end a Rewriting for all that was changed on the way."""

    def __init__(self, settings: TracerouteSettings):
        self._engine = TracerouteEngine(settings)
        self._rewritings = Rewritings(settings.address)
        self._by_sequence = settings.method == Method.ICMP
        self._probes: dict[int, Probe] = {}  # by sequence or number

    def feed(self, event: Event) -> list[Action]:
        if type(event) is ReplyArrived:
            self._look_at(event)
        actions: list[Action] = []
        for action in self._engine.feed(event):
            if type(action) is SendProbe:
                probe = action.probe
                self._probes[probe.sequence if type(probe) is EchoProbe else probe.number] = probe
            if type(action) is Finish:
                actions += [Report(each) for each in self._rewritings.all()]
            actions.append(action)
        self.deadline_ns = self._engine.deadline_ns
        return actions

    def _look_at(self, event: ReplyArrived) -> None:
        reply, key = event.reply, event.number
        if self._by_sequence and type(reply) is IcmpError and reply.quote is not None:
            key = reply.quote.sequence
        if key in self._probes:
            self._rewritings.note(self._probes[key], reply, event.left_from)
