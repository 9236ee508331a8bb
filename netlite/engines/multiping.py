"""Many targets at once: one engine, one socket, thousands of echo probes in flight.

Transition rules
  Started, TimePassed   what is due is sent: at most a burst, then the replies are read
  Swept                 the probes of the burst are under way, some are answered; at a refusal the rest
                        is sent again, a little later for ENOBUFS and EAGAIN; other refusals count as an error
  ReplyArrived          the probe with that sequence number is answered; nothing is sent, so that
                        all replies are read before the next burst.  An error is noted only: the
                        answer may still come, of the same probe or by another way
  a probe is `timeout` old     it is lost, or counts as an error when one was noted
  all probes of a target are settled     its summary is reported, in the order of the targets
  Interrupted           of the open probes nothing is known, the summaries follow
  ReceiveFailed         as Interrupted, once it is reported

Sequence numbers are handed out over all targets, as fping does; a number is not used again while its
probe may be answered.  That an answer comes from the target of its probe, the link has seen.
"""

from __future__ import annotations

from ..records.echo_links import EchoProbe, EchoReply
from ..records.multiping import MultiSummary, Progress, Target, TargetSummary
from ..records.ping_mishaps import ReceiveRefused
from ..records.record import Record
from ..records.replies import IcmpError
from .actions import Finish, Report
from .engine import Engine
from .events import Interrupted, ReceiveFailed, ReplyArrived, StatusAsked
from .rounds import Sweep, Swept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.replies import Reply
    from .actions import Action
    from .events import Event

BURST = 64
REPORTS = 1024  # of a turn, so that as many are in memory
EAGAIN, ENOBUFS = 11, 105  # no room for it now
RETRY_NS = 1_000_000


class MultiPingConfig(Record):
    """`count` probes to each of `targets`, `interval_ns` apart for one target; a probe without an
    answer after `timeout_ns` is lost; at most `rate` probes a second in all (0: no limit);
    a Progress is reported every `progress_ns` (0: only when asked)."""

    targets: tuple[Target, ...]
    count: int = 1
    interval_ns: int = 1_000_000_000
    timeout_ns: int = 1_000_000_000
    rate: float = 250.0
    progress_ns: int = 0


class _Tally:
    """The counts of one target."""

    __slots__ = ("sent", "open", "received", "duplicates", "errors", "rtt_min_ns", "rtt_max_ns", "rtt_sum_ns",
                 "next_ns", "error", "refusal_errno")

    def __init__(self) -> None:
        self.sent = self.open = self.received = self.duplicates = self.errors = self.rtt_sum_ns = 0
        self.rtt_min_ns: int | None = None
        self.rtt_max_ns: int | None = None
        self.next_ns = 0
        self.error: IcmpError | None = None
        self.refusal_errno: int | None = None


class MultiPing(Engine):
    """Pings all targets of a `MultiPingConfig`.

    Reports a TargetSummary a target in the order given, a Progress when asked (StatusAsked), a
    ReceiveRefused where nothing can be received, and last a MultiSummary.
    """

    def __init__(self, config: MultiPingConfig):
        self._config = config
        self._spacing_ns = int(1e9 / config.rate) if config.rate else 0
        self._tallies = [_Tally() for _ in config.targets]
        self._turn = 0                # index of the next probe: target = turn % targets
        self._turns = config.count * len(config.targets)
        self._slot_ns = 0             # when the rate allows the next probe
        self._open: dict[int, tuple[int, int]] = {}   # sequence -> (target index, sent_ns), oldest first
        self._settled: dict[int, int] = {}            # answered or lost sequence -> target index
        self._erred: dict[int, IcmpError] = {}        # of the open ones: those with an error, and the last one
        self._unsent: list[int] = []                  # target indexes to try again
        self._number = 0
        self._under_way: list[int] = []               # target indexes of the burst just asked for
        self._reported = 0
        self._started_ns = self._progress_ns = 0
        self._unknown = 0             # targets of which nothing is known at the end
        self._interrupted = False
        self._no_room_since_ns: int | None = None     # since when not a probe has left

    def feed(self, event: Event) -> list[Action]:
        if type(event) is ReplyArrived:
            self._reply(event.reply, event.received_ns)
            return self._look_again(event.at_ns)
        elif type(event) is Swept:
            self._swept(event)
            return self._look_again(event.at_ns)
        elif type(event) is StatusAsked:
            return [Report(self._progress())]
        elif type(event) is Interrupted:
            return self._end(event.at_ns)
        elif type(event) is ReceiveFailed:
            said: list[Action] = [] if self._interrupted else [Report(ReceiveRefused(event.errno))]
            return said + self._end(event.at_ns)
        if self._number == 0:
            self._started_ns = self._slot_ns = event.at_ns
            self._progress_ns = event.at_ns + self._config.progress_ns
        return self._proceed(event.at_ns)

    def _end(self, now_ns: int) -> list[Action]:
        """The end, unless the outcome of a burst is still to be told: then after that."""
        self._interrupted = True
        for sequence in tuple(self._erred):
            self._give_up(sequence)
        return self._look_again(now_ns) if self._under_way else self._proceed(now_ns)

    def _look_again(self, now_ns: int) -> list[Action]:
        """Have TimePassed come at once when the first target without a summary is settled."""
        if self._is_settled(self._reported):
            self.deadline_ns = now_ns
        return []

    def _proceed(self, now_ns: int) -> list[Action]:
        self._expire(now_ns)
        sends: list[Action] = [] if self._interrupted else self._due(now_ns)
        reports = self._summaries() if not sends else []
        if self._reported == len(self._tallies):
            return [*reports, Report(self._summary(now_ns)), Finish()]
        if self._config.progress_ns and now_ns >= self._progress_ns:
            self._progress_ns = now_ns + self._config.progress_ns
            reports.append(Report(self._progress()))
        self._set_deadline(now_ns, bool(sends))
        return sends + reports + self._look_again(now_ns)

    def _due(self, now_ns: int) -> list[Action]:
        """The probes that may leave now, at most a burst."""
        probes: list[EchoProbe] = []
        targets, tallies, open_, settled = self._config.targets, self._tallies, self._open, self._settled
        unsent, under_way, number, turn = self._unsent, self._under_way, self._number, self._turn
        slot_ns, first_slot_ns = self._slot_ns, now_ns - self._spacing_ns * BURST
        next_ns = now_ns + self._config.interval_ns
        while len(probes) < BURST and slot_ns <= now_ns:
            if not unsent and turn == self._turns:
                break
            index = unsent[0] if unsent else turn % len(tallies)
            sequence, tally = (number + 1) & 0xFFFF, tallies[index]
            if tally.next_ns > now_ns or sequence in open_:  # or all 65536 are in flight
                break
            if unsent:
                unsent.pop(0)
            else:
                turn += 1
            number += 1
            if sequence in settled:
                del settled[sequence]
            tally.next_ns = next_ns
            tally.open += 1
            open_[sequence] = index, now_ns
            probes.append(EchoProbe.of((number, sequence, None, None, targets[index].address)))
            under_way.append(index)
            slot_ns = (slot_ns if slot_ns > first_slot_ns else first_slot_ns) + self._spacing_ns
        self._number, self._turn, self._slot_ns = number, turn, slot_ns
        return [Sweep(tuple(probes))] if probes else []

    def _next_target(self) -> int | None:
        if self._unsent:
            return self._unsent[0]
        return self._turn % len(self._tallies) if self._turn < self._turns else None

    def _swept(self, event: Swept) -> None:
        number = self._number - len(self._under_way)
        if event.sent_ns:
            self._no_room_since_ns = None
        for index, sent_ns in zip(self._under_way, event.sent_ns):
            number += 1
            self._open[number & 0xFFFF] = index, sent_ns
            self._tallies[index].sent += 1
        errno = event.errno
        for index in self._under_way[len(event.sent_ns):]:
            number += 1
            self._refused(index, number & 0xFFFF, errno, event.at_ns)
            errno = None  # of those behind the one that was refused
        self._under_way.clear()
        for sequence, received_ns in event.answers:
            self._answered(sequence, received_ns)

    def _refused(self, index: int, sequence: int, errno: int | None, now_ns: int) -> None:
        """A probe that did not leave: because of `errno`, or (None) because one before it did not."""
        del self._open[sequence]
        tally = self._tallies[index]
        tally.open -= 1
        if errno in (None, ENOBUFS, EAGAIN) and not self._has_waited(errno, now_ns):
            self._unsent.append(index)
            tally.next_ns = now_ns
            if errno:
                self._slot_ns = now_ns + RETRY_NS
        else:
            tally.sent += 1
            tally.errors += 1
            if errno:
                tally.error, tally.refusal_errno = None, errno

    def _has_waited(self, errno: int | None, now_ns: int) -> bool:
        """Whether there was no room for any probe for as long as an answer may take."""
        if errno is not None and self._no_room_since_ns is None:
            self._no_room_since_ns = now_ns
        return self._no_room_since_ns is not None and now_ns - self._no_room_since_ns >= self._config.timeout_ns

    def _reply(self, reply: Reply, received_ns: int) -> None:
        if type(reply) is EchoReply:
            self._answered(reply.sequence, received_ns)
        elif type(reply) is IcmpError and reply.quote is not None and reply.quote.sequence in self._open:
            if not reply.is_hint:
                self._erred[reply.quote.sequence] = reply

    def _answered(self, sequence: int, received_ns: int) -> None:
        probe = self._open.pop(sequence, None)
        if probe is None:
            if sequence in self._settled:
                self._tallies[self._settled[sequence]].duplicates += 1
            return
        index, sent_ns = probe
        self._settled[sequence] = index
        if self._erred:
            self._erred.pop(sequence, None)
        tally = self._tallies[index]
        tally.open -= 1
        tally.received += 1
        rtt_ns = received_ns - sent_ns if received_ns > sent_ns else 0
        tally.rtt_sum_ns += rtt_ns
        if tally.rtt_min_ns is None or rtt_ns < tally.rtt_min_ns:
            tally.rtt_min_ns = rtt_ns
        if tally.rtt_max_ns is None or rtt_ns > tally.rtt_max_ns:
            tally.rtt_max_ns = rtt_ns

    def _expire(self, now_ns: int) -> None:
        oldest_ns = now_ns - self._config.timeout_ns
        while self._open:
            sequence = next(iter(self._open))
            if self._open[sequence][1] > oldest_ns:
                return
            self._give_up(sequence)

    def _give_up(self, sequence: int) -> None:
        """No answer came to an open probe."""
        index, _ = self._open.pop(sequence)
        self._settled[sequence] = index
        tally = self._tallies[index]
        tally.open -= 1
        if sequence in self._erred:
            tally.errors += 1
            tally.error, tally.refusal_errno = self._erred.pop(sequence), None

    def _is_settled(self, index: int) -> bool:
        """Whether nothing more is to come for a target."""
        if self._interrupted:
            return True
        last_turn = index + (self._config.count - 1) * len(self._tallies)
        return self._turn > last_turn and not self._tallies[index].open and index not in self._unsent

    def _summaries(self) -> list[Action]:
        reports: list[Action] = []
        targets, tallies = self._config.targets, self._tallies
        for index in range(self._reported, min(len(tallies), self._reported + REPORTS)):
            tally = tallies[index]
            if tally.open and not self._interrupted or not self._is_settled(index):
                break
            average_ns = tally.rtt_sum_ns // tally.received if tally.received else None
            summary = TargetSummary.of((
                targets[index], tally.sent, tally.received, tally.duplicates, tally.errors, tally.rtt_min_ns,
                average_ns, tally.rtt_max_ns, tally.open, tally.error, tally.refusal_errno))
            if not tally.received:
                self._unknown += summary.is_unknown
            reports.append(Report.of((summary,)))
        self._reported += len(reports)
        return reports

    def _set_deadline(self, now_ns: int, more: bool) -> None:
        deadlines = [self._progress_ns] if self._config.progress_ns else []
        index = self._next_target()
        if index is not None and (self._number + 1) & 0xFFFF not in self._open:
            deadlines.append(now_ns if more else max(self._slot_ns, self._tallies[index].next_ns))
        if self._open:
            deadlines.append(self._open[next(iter(self._open))][1] + self._config.timeout_ns)
        self.deadline_ns = min(deadlines) if deadlines else now_ns

    def _progress(self) -> Progress:
        return Progress(len(self._tallies), self._reported, sum(tally.sent for tally in self._tallies),
                        sum(tally.received for tally in self._tallies))

    def _summary(self, now_ns: int) -> MultiSummary:
        progress = self._progress()
        up = sum(1 for tally in self._tallies if tally.received)
        return MultiSummary(progress.targets, up, progress.sent, progress.received, now_ns - self._started_ns,
                            self._unknown)
