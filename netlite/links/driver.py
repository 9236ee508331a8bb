"""The one loop, turn by turn: read, feed, act; `session.Session` waits between the turns.

The driver knows no protocol and takes no decision.  It moves what the link received to the
engine, and does what the engine asks, until the engine says `Finish`.

It goes in turns.  Each looks once at signals, link, names and time, tells the engine what it found and
does what that causes.  A turn is bounded, whatever comes and whatever the engine asks for: what its actions
lead to beyond that is told in the next one, so the next look is never far.
"""

from __future__ import annotations

from ..engines.actions import Finish, LookUpName, Report, SendProbe
from ..engines.events import (
    NameFound,
    ProbeSent,
    ReceiveFailed,
    ReplyArrived,
    SendFailed,
    Started,
    TimePassed,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, Protocol

    from ..engines.engine import Engine
    from ..engines.events import Event
    from ..engines.transcript import Listener
    from ..records.probes import Probe
    from ..sockets.clock import AnyClock, Source
    from ..sockets.name_lookups import Lookups
    from .link import Arrival, Link

    class EventSource(Source, Protocol):
        """What is asked of `sockets.signals.Signals`."""

        def receive(self, at_ns: int) -> Sequence[Event]: ...


REST = 256  # replies read at once before the engine is told that its time has passed
TURNS = 64  # in a row at most, so that a storm does not keep the caller
BURST = 1024  # events of a turn: so many probes leave in a row, each asked for when the one before has left


class Run:
    """`engine` over `link`: each `step` yields the records that it reports, in order.

    `signals` (sockets.signals.Signals) and `lookups` (sockets.name_lookups.NameLookups) are sources of further events;
    `transcript` (engines.transcript.Transcript, or another listener) is told every event and action.  Who made
    them closes them.

    `step` never waits.  It is to be called again until the run is `finished`: at once unless it is `idle`,
    else when one of `sources` can be read or `deadline_ns` (monotonic; None: never) is reached.  Who waits says in
    `ready` whether he saw one that can be read: where none can the next turn does not look, and after one answer it is
    the next wait that tells of more.  None: he does not see that.
    """

    def __init__(self, engine: Engine, link: Link, clock: AnyClock, signals: EventSource | None = None,
                 lookups: Lookups | None = None, transcript: Listener | None = None, sweeps: bool = False) -> None:
        """`sweeps`: plain answers are looked for as after a Sweep, many at once."""
        self.finished = self.idle = False
        self.ready: bool | None = None
        self.sources: list[Source] = [link]
        if signals is not None:
            self.sources.append(signals)
        if lookups is not None:
            self.sources.append(lookups)
        self._engine = engine
        self._link = link
        self._clock = clock
        self._signals = signals
        self._lookups = lookups
        self._transcript = transcript
        self._sweeps = sweeps
        self._more = False                # of plain answers than were read in one look
        self._untold: list[Event] = [Started(clock.now_ns())]  # what the last turn left
        self._begun = False
        self._in_a_row = 0                # turns that found something

    @property
    def deadline_ns(self) -> int | None:
        return self._engine.deadline_ns

    def step(self) -> Iterator[Any]:
        """One turn; yields the records reported in it."""
        events, self._untold = self._untold, []
        looked = self._look() if self._begun else []  # before the first one nothing was sent that could be answered
        quiet = self._begun and self._in_a_row < (1 if self.ready is None else 2)
        self._begun, self.idle = True, False
        events += looked
        for event in events:  # grows while it is walked: what comes of an action is an event
            actions = self._engine.feed(event)
            if self._transcript is not None:
                self._transcript.record(event, actions)
            for action in actions:
                if isinstance(action, Report):
                    yield action.record
                    continue
                if isinstance(action, Finish):
                    self.finished = True
                    return
                quiet = False
                later = events if len(events) < BURST else self._untold  # this turn, unless it is a long one
                if isinstance(action, SendProbe):
                    later.append(self._send(action.probe))
                elif isinstance(action, LookUpName):
                    if self._lookups is None:
                        later.append(NameFound(self._clock.now_ns(), action.address, None))
                    else:
                        self._lookups.ask(action.address)
                else:
                    from .rounds import carry_out

                    self._untold.append(carry_out(action, self._link, self._clock))
        # quiet: nothing was done that something may have come of, and what had come was no more than a wait tells
        self.idle = not self._untold and (quiet or self._sweeps and not self._more)

    def turns(self) -> list[Any]:
        """Turns as long as there is something to do, without waiting; returns the records reported in them."""
        records: list[Any] = []
        for _ in range(TURNS):
            if self.finished:
                break
            records += self.step()
            if self.idle:
                break
        return records

    # looking

    def _look(self) -> list[Event]:
        """All events since the last look: signals, replies, names, and last the deadline."""
        now_ns, deadline_ns = self._clock.now_ns(), self._engine.deadline_ns
        late = deadline_ns is not None and deadline_ns <= now_ns
        events: list[Event] = [] if self._signals is None else [*self._signals.receive(now_ns)]
        if self.ready is False:
            self.ready, self._in_a_row, self._more = True, 0, False
        else:
            if self._sweeps:
                from .rounds import sweep

                swept = sweep((), self._link, self._clock)
                self._more = len(swept.answers) >= REST
                if swept.answers:
                    events.append(swept)
            events += self._arrived(REST if late else 1)
            if self._lookups is not None:
                events += self._lookups.receive(self._clock.now_ns())
            self._in_a_row = self._in_a_row + 1 if events else 0
        if late:
            events.append(TimePassed.of((self._clock.now_ns(),)))
        return events

    def _arrived(self, wanted: int) -> list[Event]:
        """The replies that have come, `wanted` of them or a few more: when the time is over a probe is given
        up only if its reply is not among those, and a storm cannot hold up the time."""
        arrivals: list[Arrival] = []
        refusal = None
        try:
            while len(arrivals) < wanted:
                more = self._link.receive()
                if not more:
                    break
                arrivals += more
        except OSError as error:
            refusal = error
        now_ns = self._clock.now_ns()
        events: list[Event] = []
        for received_ns, reply, sent_ns, number, left_from in arrivals:
            events.append(ReplyArrived.of((now_ns, reply, received_ns, sent_ns, number, left_from)))
        if refusal is not None:
            events.append(ReceiveFailed(now_ns, refusal.errno or 0))
        return events

    # acting: what comes of it is an event, a refusal too

    def _send(self, probe: Probe) -> Event:
        try:
            sent_ns = self._link.send(probe)
        except OSError as refusal:
            return SendFailed(self._clock.now_ns(), probe.number, refusal.errno or 0)
        return ProbeSent.of((self._clock.now_ns(), probe.number, sent_ns))
