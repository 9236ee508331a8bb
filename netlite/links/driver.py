"""The one loop: wait, read, feed, act.

The driver knows no protocol and takes no decision.  It moves what the link received to the
engine, and does what the engine asks, until the engine says `Finish`.
"""

from __future__ import annotations

from ..engines.actions import Exchange, Finish, LookUpName, Report, SendProbe, Sweep
from ..engines.events import Exchanged, NameFound, ProbeSent, ReplyArrived, SendFailed, Started, Swept, TimePassed

REST = 256  # replies read at once before the engine is told that its time has passed


def run(engine, link, clock, signals=None, lookups=None, transcript=None):
    """Run `engine` over `link` to its end and yield the records it reports, in order.

    `signals` (sockets.signals.Signals) and `lookups` (sockets.resolver.NameLookups) are sources
    of further events; `transcript` (engines.transcript.Transcript) is told every event and action.
    The caller closes what it opened.
    """
    sources = [source for source in (link, signals, lookups) if source is not None]
    events = [Started(clock.now_ns())]
    while True:
        for event in events:  # grows while it is walked: an action's outcome is an event
            actions = engine.feed(event)
            if transcript is not None:
                transcript.record(event, actions)
            for action in actions:
                kind = type(action)
                if kind is SendProbe:
                    events.append(_send(link, clock, action.probe))
                elif kind is Exchange:
                    events.append(_exchange(link, clock, action))
                elif kind is Sweep:
                    sent_ns, errno, answers = link.sweep(action.probes)
                    events.append(Swept(clock.now_ns(), tuple(sent_ns), errno, tuple(answers)))
                elif kind is Report:
                    yield action.record
                elif kind is LookUpName:
                    if lookups is None:
                        events.append(NameFound(clock.now_ns(), action.address, None))
                    else:
                        lookups.ask(action.address)
                elif kind is Finish:
                    return
        events = _happened(engine, link, clock, signals, lookups)
        if not events:
            clock.wait(sources, engine.deadline_ns)
            events = _happened(engine, link, clock, signals, lookups)


def _send(link, clock, probe):
    """Send, and say what came of it: a refusal is an event, not an exception."""
    try:
        sent_ns = link.send(probe)
    except OSError as refusal:
        return SendFailed(clock.now_ns(), probe.number, refusal.errno)
    return ProbeSent.of((clock.now_ns(), probe.number, sent_ns))


def _exchange(link, clock, action):
    """Many probes and their answers at once; the last of them may lack its answer."""
    number = action.probe.number
    try:
        times, waiting_ns = link.exchange(action.probe, action.count, action.until_ns)
    except OSError as refusal:
        return SendFailed(clock.now_ns(), number, refusal.errno)
    return Exchanged(clock.now_ns(), number, tuple(times), waiting_ns)


def _happened(engine, link, clock, signals, lookups) -> list:
    """All events since the last look: signals, replies, names, and last the deadline."""
    events = []
    if signals is not None:
        events += signals.receive(clock.now_ns())
    arrivals = link.receive()
    now_ns = clock.now_ns()
    late = engine.deadline_ns is not None and engine.deadline_ns <= now_ns
    if late and arrivals:
        arrivals = arrivals + _rest(link)
    for received_ns, reply, sent_ns, number in arrivals:
        events.append(ReplyArrived.of((now_ns, reply, received_ns, sent_ns, number)))
    if lookups is not None:
        events += lookups.receive(now_ns)
    if late:
        events.append(TimePassed(now_ns))
    return events


def _rest(link) -> list:
    """What else has arrived: a probe is given up only when its reply is not among it.  Bounded, so
    that a storm cannot hold up the time."""
    arrivals = []
    for _ in range(REST):
        more = link.receive()
        if not more:
            break
        arrivals += more
    return arrivals
