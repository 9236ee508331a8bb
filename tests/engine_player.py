"""Plays an engine in virtual time, as the driver would, in a world that a test makes up.

    run = Player(Ping(plan), lambda probe, at_ns: [(5 * MS, answer(probe))]).run()
    run.sent            [(0, EchoProbe(1, 1)), ...]
    run.reports         [Answer(...), ..., Summary(...)]

`fate(probe, at_ns)` says what becomes of a probe that leaves at `at_ns`: the errno with which the kernel refuses
it, or a list of (after how many ns, reply), or both, (errno, list).  Without `run` a test tells its own story with
`feed`, `reply` and `wait`.
"""

from __future__ import annotations

import heapq
from itertools import count

from netlite.engines.actions import Finish, LookUpName, Report, SendProbe
from netlite.engines.events import NameFound, ProbeSent, ReplyArrived, SendFailed, Started, TimePassed
from netlite.engines.rounds import Exchange, Exchanged, Sweep, Swept
from netlite.links.driver import Run

MS = 1_000_000


def silence(probe, at_ns: int) -> list:
    """The fate of a probe that nobody answers."""
    return []


def records_of(run: Run, clock) -> list:
    """All records of a driver's run, waited for with `clock`, as a session does."""
    records = []
    while not run.finished:
        records += run.step()
        if run.idle:
            clock.wait(run.sources, run.deadline_ns)
    return records


class Player:
    """An engine and the world around it.

    `names` maps an address to (how many ns a look-up takes, name); of other addresses nothing is heard.  `numbered`:
    the link knows which probe a reply answers.  `transcript` is told events and actions.  `sent` and `told` are the
    probes and the records with their times, `asked` the addresses looked up.
    """

    def __init__(self, engine, fate=silence, names=None, numbered: bool = False, transcript=None,
                 start_ns: int = 0):
        self.engine = engine
        self.now_ns = start_ns
        self.sent: list[tuple[int, object]] = []
        self.told: list[tuple[int, object]] = []
        self.asked: list[str] = []
        self.finished = False
        self._fate, self._names, self._numbered, self._transcript = fate, names or {}, numbered, transcript
        self._coming: list[tuple] = []  # (at_ns, order, what makes the event of the time it is told)
        self._order = count()

    @property
    def probes(self) -> list:
        return [probe for _, probe in self.sent]

    @property
    def reports(self) -> list:
        return [record for _, record in self.told]

    def of(self, kind: type) -> list:
        """The records of a kind."""
        return [record for record in self.reports if isinstance(record, kind)]

    def at(self, at_ns: int, make) -> None:
        """Have `make(now_ns)` happen at a time: an event's class, or a function."""
        heapq.heappush(self._coming, (at_ns, next(self._order), make))

    def run(self, limit: int = 200_000) -> Player:
        """Play until the engine is finished."""
        self.feed(Started(self.now_ns))
        for _ in range(limit):
            if self.finished:
                return self
            self._go_on()
        raise AssertionError("the run does not end")

    def feed(self, *events) -> None:
        """Tell the engine events, and what its actions cause at once."""
        assert not self.finished, "nothing is fed after the end"
        happened = list(events)
        for event in happened:  # grows while it is walked
            actions = self.engine.feed(event)
            if self._transcript is not None:
                self._transcript.record(event, actions)
            for action in actions:
                assert not self.finished, "nothing comes after Finish"
                happened += self._act(action)
            if self.finished:
                return

    def reply(self, number: int | None, reply, after_ns: int = MS) -> None:
        """Some time passes, and a reply arrives, to the probe `number` as far as the link knows."""
        self.now_ns += after_ns
        self.feed(ReplyArrived(self.now_ns, reply, self.now_ns, number=number))

    def wait(self) -> None:
        """Nothing happens until the deadline."""
        self.now_ns = max(self.now_ns, self.engine.deadline_ns)
        self.feed(TimePassed(self.now_ns))

    def _go_on(self) -> None:
        """Until the next time that something happens."""
        deadline_ns = self.engine.deadline_ns
        times = [self._coming[0][0]] if self._coming else []
        if deadline_ns is not None:
            times.append(deadline_ns)
        assert times, "the engine waits for nothing"
        self.now_ns = max(self.now_ns, min(times))
        events = []
        while self._coming and self._coming[0][0] <= self.now_ns:
            _, _, make = heapq.heappop(self._coming)
            events.append(make(self.now_ns))
        if deadline_ns is not None and deadline_ns <= self.now_ns:
            events.append(TimePassed(self.now_ns))
        self.feed(*events)

    def _act(self, action) -> list:
        """Do what the engine asks for; the events that this is answered with at once."""
        if isinstance(action, Report):
            self.told.append((self.now_ns, action.record))
        elif isinstance(action, LookUpName):
            self._look_up(action.address)
        elif isinstance(action, Sweep):
            return [self._sweep(action.probes)]
        elif isinstance(action, (SendProbe, Exchange)):  # a link may answer Exchange with a single send
            return [self._send(action)]
        elif isinstance(action, Finish):
            self.finished = True
        return []

    def _look_up(self, address: str) -> None:
        self.asked.append(address)
        if address in self._names:
            after_ns, name = self._names[address]
            self.at(self.now_ns + after_ns, lambda now_ns: NameFound(now_ns, address, name))

    def _send(self, action):
        probe = action.probe
        self.sent.append((self.now_ns, probe))
        errno, replies = self._outcome(probe)
        for after_ns, reply in replies:
            self._answer(probe, after_ns, reply)
        if errno:
            return SendFailed(self.now_ns, probe.number, errno)
        if isinstance(action, Exchange):
            return Exchanged(self.now_ns, probe.number, (self.now_ns,))
        return ProbeSent(self.now_ns, probe.number, self.now_ns)

    def _sweep(self, probes):
        """Send until one is refused; a reply without delay is told with the sweep."""
        sent, answers, errno = [], [], None
        for probe in probes:
            errno, replies = self._outcome(probe)
            if errno:
                break
            self.sent.append((self.now_ns, probe))
            sent.append(self.now_ns)
            for after_ns, reply in replies:
                if after_ns:
                    self._answer(probe, after_ns, reply)
                else:
                    answers.append((probe.sequence, self.now_ns))
        return Swept(self.now_ns, tuple(sent), errno, tuple(answers))

    def _outcome(self, probe) -> tuple[int | None, list]:
        fate = self._fate(probe, self.now_ns)
        if isinstance(fate, tuple):
            return fate
        return (fate, []) if isinstance(fate, int) else (None, fate)

    def _answer(self, probe, after_ns: int, reply) -> None:
        received_ns = self.now_ns + int(after_ns)
        number = probe.number if self._numbered else None
        self.at(received_ns, lambda now_ns: ReplyArrived(now_ns, reply, received_ns, number=number))
