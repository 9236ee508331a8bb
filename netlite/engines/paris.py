"""traceroute with all probes in one flow: the decisions of traceroute, and a look at what came back changed.

That all probes take one way is the work of the link (`links.flows`, or echo requests with one checksum);
the engine sends them from one source port to one port and hears which probe an answer is for.
"""

from __future__ import annotations

from .actions import Finish, Report, SendProbe
from .engine import Engine
from .events import ReplyArrived
from .rewriting import Rewritings
from .traceroute import Method, TracerouteEngine, TracerouteSettings


class Paris(Engine):
    """Reports what TracerouteEngine reports, and before the end a Rewriting for all that was changed on the way."""

    def __init__(self, settings: TracerouteSettings):
        self._engine = TracerouteEngine(settings)
        self._rewritings = Rewritings(settings.address)
        self._by_sequence = settings.method == Method.ICMP
        self._probes: dict[int, object] = {}

    @property
    def deadline_ns(self) -> int | None:
        """That of traceroute."""
        return self._engine.deadline_ns

    def feed(self, event) -> list:
        if type(event) is ReplyArrived:
            self._look_at(event)
        actions = []
        for action in self._engine.feed(event):
            if type(action) is SendProbe:
                probe = action.probe
                self._probes[probe.sequence if self._by_sequence else probe.number] = probe
            if type(action) is Finish:
                actions += [Report(each) for each in self._rewritings.all()]
            actions.append(action)
        return actions

    def _look_at(self, event) -> None:
        quote = getattr(event.reply, "quote", None)
        probe = self._probes.get(quote.sequence if self._by_sequence and quote else event.number)
        if probe is not None:
            self._rewritings.note(probe, event.reply)
